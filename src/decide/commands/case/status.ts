// `status`: what a reporter may know of their case, or an applicant of their request to join, without changing anything.
// Never who works on it, nor who is on a list.
import { type Case, isUnpublished } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { ok, type Result } from '../../../model/result.ts'
import { counts, sayingLines } from '../../../model/saying.ts'
import { type ApplicationId, parseApplicationId } from '../../../model/scalars.ts'
import { formatInstant } from '../../../model/time.ts'
import { applicationOf } from '../../authority.ts'
import { applicantsView } from '../../membership/whereabouts.ts'
import { quotedLines } from '../../quoted.ts'
import { defineCommand, type Effect, effect, type Refusal, refuse, type World } from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'
import { noApplication } from '../membership/application-verbs.ts'
import { type CaseArguments, findCase, takeCase } from './case-verbs.ts'

export const status = defineCommand<Wanted>({
  verb: 'status',
  usage: 'status [C-…|A-…]',
  summary: 'how far your report is, and what you told us; or your request to join, which needs no number',
  roles: ['reporter', 'applicant'],
  nature: 'reversible',
  parse: parseStatus,
  decide: (wanted, world) => {
    if (wanted.kind === 'application') return applicationStatus(wanted.id, world)
    const found = findCase(wanted.case, world)
    if (!found.ok) return found
    const { id, state, receivedAt } = found.value
    return effect('ok', plaintext(describe(found.value)), {
      facts: { case: id, state, received: formatInstant(receivedAt) },
    })
  },
})

type Wanted =
  | { readonly kind: 'case'; readonly case: CaseArguments }
  /** Undefined: the one that is open under their key. */
  | { readonly kind: 'application'; readonly id: ApplicationId | undefined }

function parseStatus(parsed: ParsedCommand): Result<Wanted, string> {
  const [first, second] = parsed.arguments
  if (first === undefined && parsed.block === undefined) return ok({ kind: 'application', id: undefined })
  const id = first?.kind === 'reference' ? parseApplicationId(first.text) : undefined
  if (id !== undefined && second === undefined && parsed.block === undefined)
    return ok({ kind: 'application', id })
  const taken = takeCase(parsed, { named: [], block: 'none' })
  return taken.ok ? ok({ kind: 'case', case: taken.value }) : taken
}

function applicationStatus(id: ApplicationId | undefined, world: World): Result<Effect, Refusal> {
  const { who, applications } = world
  const own = who === 'operator' ? undefined : applicationOf(who, applications.values())
  const found = id === undefined ? own : applications.get(id)
  if (id === undefined && found === undefined)
    return refuse('E-STATE', 'No request to join waits under your key; of a report send: status C-…')
  if (id !== undefined && (found === undefined || found.key?.fingerprint !== who)) return noApplication(id)
  if (found === undefined) return refuse('E-STATE', 'No request to join waits under your key.')
  return effect('ok', plaintext(applicantsView(found, world)), {
    facts: { application: found.id, state: found.state, received: formatInstant(found.receivedAt) },
  })
}

const STATES: Readonly<Record<Case['state'], string>> = {
  new: 'waits for somebody to take it up',
  triaged: 'is being looked into',
  accepted: 'is accepted as a vulnerability',
  fixing: 'is being fixed',
  'fix-ready': 'has a fix that waits for its release',
  published: 'is published',
  closed: 'is closed',
  rejected: 'was not taken for a vulnerability',
  duplicate: 'is handled with an earlier report',
  'not-security': 'was taken for a bug without harm to security',
  internal: 'is handled internally',
  spam: 'is closed',
}

const DISCLOSURE: Readonly<Record<Case['embargo']['state'], (date: string) => string>> = {
  none: date => `It is to be public at ${date}.`,
  proposed: date => `If it is accepted we propose to disclose it at ${date}.`,
  active: date => `It is to be public at ${date}.`,
  lifted: date => `Its embargo is over since ${date}.`,
  broken: date => `Its embargo is over before its date, ${date}: we publish as soon as we can.`,
}

function describe(theCase: Case): string {
  const { id, state, receivedAt, cve, wishes, statements, embargo } = theCase
  const lines = [`${id} ${STATES[state]}. It was received ${formatInstant(receivedAt)}.`]
  if (cve.kind === 'assigned') lines.push(`Its CVE id is ${cve.id}.`)
  if (embargo.disclose !== undefined && isUnpublished(theCase))
    lines.push(DISCLOSURE[embargo.state](formatInstant(embargo.disclose)))
  const said = [
    wishes.credit === undefined ? undefined : sayingLines({ kind: 'credit', name: wishes.credit }),
    wishes.consent && `consent ${wishes.consent}`,
    wishes.private && `private ${wishes.private}`,
    wishes.position && sayingLines(wishes.position),
  ].filter(line => line !== undefined)
  // What no key signed may be anybody's words.
  const open = statements.filter(
    ({ by, adoptedBy, saying }) => by === 'key' && adoptedBy === undefined && counts(saying, theCase),
  )
  if (said.length + open.length === 0) lines.push('You told us no wishes yet.')
  if (said.length > 0) lines.push('You told us:', ...said.flatMap(text => quotedLines(plaintext(text))))
  if (open.length > 0)
    lines.push(
      'Said in mail that you signed; it counts once the team adopts it, or you send it as a command:',
      ...open.flatMap(({ saying }) => quotedLines(plaintext(sayingLines(saying)))),
    )
  return lines.join('\n')
}
