// What the decision on one input needs to see, before it is known what that is.
import { claimedBy } from '../decide/command-mail.ts'
import { read, readAuthored } from '../decide/command-run.ts'
import type { CommandMail } from '../decide/commands/grammar.ts'
import { namedInPost } from '../decide/discussion/about.ts'
import type { Input } from '../model/decision.ts'
import type { OpenedMail } from '../model/mail.ts'
import { type CaseId, type IncidentId, parseCaseId, parseIncidentId } from '../model/scalars.ts'
import type { SnapshotQuery } from '../store/snapshot-query.ts'
import type { Store } from '../store/store.ts'
import { type Named, namedIn } from './references.ts'

export type Query = Omit<SnapshotQuery, 'now' | 'settings' | 'ownKeys'>

export const NO_QUERY: Query = {
  cases: [],
  notices: [],
  applications: [],
  incidents: [],
  posts: [],
  contacts: [],
  leaksOf: [],
  distributors: [],
  pending: 'nothing',
  statements: [],
  states: [],
  advisory: undefined,
  thread: [],
  answers: [],
  messageId: undefined,
  signature: undefined,
  revoked: [],
  token: undefined,
  author: undefined,
  person: undefined,
  also: 'nothing',
  queueRow: undefined,
  returned: undefined,
  claimed: undefined,
}

/** All that the decision on an input may need to see: what it names, and what a plan it confirms names. */
export function queryOf(input: Input, store: Pick<Store, 'pendingPlan'>): Query {
  if (input.kind === 'operator') {
    const { request } = input
    const named = request.kind === 'command' ? namedAnywhere(read(request.text, 'fixed'), store) : {}
    const queueRow = request.kind === 'queue' ? request.request : undefined
    const waiting =
      request.kind === 'resume' ? ({ also: 'scheduled-notices', pending: 'applications' } as const) : {}
    return { ...NO_QUERY, ...named, ...waiting, person: 'operator', queueRow }
  }
  const { mail, sorted } = input
  const { authored, header } = mail
  // A stranger's words name nothing: only what someone signed is looked up.
  const good = authored.kind === 'signed' && authored.signature.kind === 'good'
  const signature = good ? authored.signature.signature : mail.author
  const atList = sorted.addressed.kind === 'distributors'
  const posted = atList && mail.author !== undefined ? namedInPost(mail) : { cases: [], notices: [] }
  const named = good ? namedAnywhere(read(authored.text, authored.layout), store) : NO_QUERY
  return {
    ...NO_QUERY,
    ...named,
    cases: [
      ...named.cases,
      ...(sorted.addressed.kind === 'case' ? [sorted.addressed.case] : []),
      ...posted.cases,
      ...(good ? caseTold(mail) : []),
    ],
    notices: [...named.notices, ...posted.notices],
    applications:
      sorted.addressed.kind === 'application'
        ? [...named.applications, sorted.addressed.application]
        : named.applications,
    incidents: [...named.incidents, ...incidentsTold(mail)],
    thread: header.replyTo,
    answers: atList ? header.replyTo : [],
    messageId: header.messageId,
    advisory: input.arrival.advisory,
    signature,
    revoked: mail.offered.filter(({ revoked }) => revoked === true).map(({ fingerprint }) => fingerprint),
    author: header.authors[0],
    person: signature?.primary,
    claimed: claimedBy(authored),
    returned: sorted.addressed.kind === 'return' ? sorted.addressed.address : undefined,
  }
}

/** Whoever tells of a leak names it in words that nobody need sign. */
function incidentsTold({ authored }: OpenedMail): readonly IncidentId[] {
  const reading = readAuthored(authored)
  const id = reading.kind === 'leak' && reading.of !== undefined ? parseIncidentId(reading.of) : undefined
  return id === undefined ? [] : [id]
}

/** The case that a leak is of; where nobody signed it, it puts none in doubt, and none is looked up. */
function caseTold({ authored }: OpenedMail): readonly CaseId[] {
  const reading = readAuthored(authored)
  const id = reading.kind === 'leak' && reading.of !== undefined ? parseCaseId(reading.of) : undefined
  return id === undefined ? [] : [id]
}

/** What it names, or what the plan names that it confirms. */
function namedAnywhere(reading: CommandMail, store: Pick<Store, 'pendingPlan'>): Named {
  const named = namedIn(reading)
  const { token } = named
  const pending = token === undefined ? undefined : store.pendingPlan(token)
  if (pending === undefined) return named
  const planned = namedIn(read(pending.text, pending.layout))
  return { ...planned, token }
}
