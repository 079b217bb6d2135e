// Folds the events of a case into its state. Pure; what a fact does to a case is said here, and by subject in
// case-people.ts, case-embargo.ts, case-sharing.ts and case-words.ts.
import { atLeast, type Case, type Ending } from './case.ts'
import { withEmbargo } from './case-embargo.ts'
import type { CaseEvent } from './case-event.ts'
import { searchFrom, withPeople } from './case-people.ts'
import { withSharing } from './case-sharing.ts'
import { withWords } from './case-words.ts'
import { dateOf, isSameDate } from './disclosure-date.ts'
import type { Actor } from './event.ts'
import { reached } from './milestones.ts'
import { type Plaintext, plaintext } from './plaintext.ts'
import { unreachable } from './result.ts'
import type { Instant } from './scalars.ts'

type Opened = Extract<CaseEvent, { kind: 'case-opened' }>

/** Folds one event into its case. @throws when the first event does not open the case: a journal fault. */
export function evolveCase(before: Case | undefined, event: CaseEvent): Case {
  if (event.kind === 'case-opened') {
    if (before !== undefined) throw new Error('case opened twice')
    return opened(event)
  }
  if (before === undefined) throw new Error('event of a case that was never opened')
  const unattended = before.unattended + (UNATTENDED.has(event.actor.kind) ? 1 : 0)
  const next = evolved({ ...before, revision: before.revision + 1, unattended }, event)
  const dateChanges = before.dateChanges + (isSameDate(dateOf(before), dateOf(next)) ? 0 : 1)
  return { ...next, dateChanges, milestones: reached(next.milestones, event) }
}

/** Those who work on no case. What members ask for is not to void what waits for a confirmation. */
const UNATTENDED: ReadonlySet<Actor['kind']> = new Set(['scheduler', 'member'])

const opened = (event: Opened): Case => ({
  id: event.case,
  project: event.project,
  channel: event.channel,
  advisory: event.advisory,
  state: 'new',
  revision: 1,
  receivedAt: event.receivedAt,
  milestones: { received: event.receivedAt },
  reminded: {},
  embargo: { state: 'none', disclose: undefined },
  dateChanges: 0,
  unattended: 0,
  reporter: event.reporter,
  otherAuthors: event.otherAuthors ?? [],
  wishes: { credit: undefined, consent: undefined, private: undefined, position: undefined },
  protection: event.protection,
  title: event.title,
  lead: undefined,
  leadOffered: undefined,
  leadSearch: searchFrom(event.at),
  sharedWith: 'team',
  fixTeam: [],
  severityProposed: undefined,
  severity: undefined,
  tags: [],
  cve: { kind: 'none' },
  affects: [],
  fixed: [],
  wontfix: [],
  mitigations: undefined,
  mitigation: undefined,
  communication: undefined,
  upstream: [],
  public: undefined,
  fixReady: undefined,
  held: undefined,
  slowed: undefined,
  slowdowns: [],
  extended: undefined,
  mergedInto: undefined,
  ended: undefined,
  awaits: undefined,
  content: 'kept',
  extract: event.extract,
  thread: [
    {
      inbound: event.inbound,
      at: event.at,
      from: 'reporter',
      ...(event.attached === undefined ? {} : { attached: event.attached }),
    },
  ],
  notes: [],
  statements: [],
  offers: [],
  sharing: [],
  contributions: [],
  answers: [],
  feedback: [],
  heard: [],
  toldAt: undefined,
  earlyDisclosure: undefined,
  replies: [],
  messageId: event.messageId,
})

function evolved(next: Case, event: Exclude<CaseEvent, Opened>): Case {
  switch (event.kind) {
    case 'case-routed':
      // Whom it was shared with are the people of the project it was taken for; by its policy they agreed, got at its
      // code, and extended the embargo.
      return {
        ...next,
        project: event.project,
        sharedWith: 'team',
        leadSearch: searchFrom(event.at),
        fixTeam: next.fixTeam.map(({ terms, access, ...one }) => one),
        extended: undefined,
      }
    case 'case-accepted': {
      const { embargo, fixTeam } = next
      return {
        ...next,
        state: atLeast(next.state, fixTeam.length > 0 ? 'fixing' : 'accepted'),
        embargo: embargo.state === 'proposed' ? { ...embargo, state: 'active' } : embargo,
      }
    }
    case 'case-rejected':
      return {
        ...next,
        state: event.as,
        ended: ending(next, event.at, event.reason, event.as === 'spam' ? 'nobody' : 'reporter'),
      }
    case 'case-reclassified':
      return { ...next, state: 'internal', ended: ending(next, event.at, plaintext(event.as), 'nobody') }
    case 'case-reopened':
      return {
        ...next,
        state: event.to,
        mergedInto: undefined,
        ended: undefined,
        leadSearch: searchFrom(event.at),
      }
    case 'case-merged':
      return {
        ...next,
        state: 'duplicate',
        mergedInto: event.into,
        ended: ending(next, event.at, undefined, 'reporter'),
      }
    case 'case-closed':
      return { ...next, state: 'closed' }
    case 'case-purged':
      return purged(next)
    case 'fix-ready':
      return {
        ...next,
        state: atLeast(next.state, 'fix-ready'),
        fixReady: { at: event.at, tested: event.tested, lgtm: event.lgtm },
      }
    case 'severity-proposed':
      return { ...next, severityProposed: event.severity }
    case 'severity-set':
      return { ...next, severity: event.severity }
    case 'tags-set':
      return { ...next, tags: event.tags }
    case 'title-set':
      return { ...next, title: event.title }
    case 'cve-set':
      return { ...next, cve: event.cve }
    case 'affects-set':
      return { ...next, affects: event.versions }
    case 'fixed-set':
      return { ...next, fixed: event.versions, wontfix: event.wontfix }
    case 'mitigations-set':
      return { ...next, mitigations: event.text, mitigation: event.mitigation }
    case 'communication-set':
      return { ...next, communication: event.text }
    case 'upstream-set': {
      const name = event.upstream.name.open()
      return { ...next, upstream: [...next.upstream.filter(one => one.name.open() !== name), event.upstream] }
    }
    case 'made-public':
      return { ...next, public: { at: next.public?.at ?? event.at, url: event.url } }
    case 'reminded': {
      const { about, due, upTo } = event
      return { ...next, reminded: { ...next.reminded, [about]: { due, upTo } } }
    }
    case 'notice-went-out':
      return event.to === 'distributors' ? { ...next, toldAt: event.at } : next
    case 'lead-offered':
    case 'lead-not-found':
    case 'lead-left':
    case 'case-taken':
    case 'case-shared':
    case 'discussion-set':
    case 'engineer-joined':
    case 'engineer-left':
    case 'terms-accepted':
    case 'access-set':
    case 'key-revoked':
      return withPeople(next, event)
    case 'case-held':
    case 'case-released':
    case 'case-slowed':
    case 'slow-ended':
    case 'disclosure-planned':
    case 'case-extended':
    case 'embargo-lifted':
    case 'embargo-doubted':
    case 'embargo-broken':
    case 'embargo-continued':
    case 'date-agreed':
      return withEmbargo(next, event)
    case 'early-disclosure-decided': {
      const { as, at, actor, reason } = event
      return { ...next, earlyDisclosure: { as, at, by: actor.name, reason } }
    }
    case 'share-asked':
    case 'share-agreed':
    case 'share-decided':
    case 'contributed':
    case 'member-answered':
    case 'feedback-given':
      return withSharing(next, event)
    case 'case-followed-up':
    case 'reporter-set':
    case 'key-offered':
    case 'asked':
    case 'statement-made':
    case 'statement-adopted':
    case 'reporter-said':
    case 'note-added':
    case 'reply-sent':
      return withWords(next, event)
    default:
      return unreachable(event)
  }
}

/** From the state it had on the way, also where it takes one exit after another. */
const ending = (next: Case, at: Instant, reason: Plaintext | undefined, told: Ending['told']): Ending => ({
  at,
  from: next.ended?.from ?? next.state,
  reason,
  told,
})

const GONE = plaintext('')

/** What people wrote, and who they were, goes; what happened when, and to which state, stays. */
const purged = (next: Case): Case => ({
  ...opened({
    kind: 'case-opened',
    at: next.receivedAt,
    actor: { kind: 'outsider', name: 'outsider' },
    case: next.id,
    project: next.project,
    channel: next.channel,
    advisory: undefined,
    receivedAt: next.receivedAt,
    inbound: next.thread[0]?.inbound ?? missing(),
    reporter: { address: undefined, key: undefined },
    protection: next.protection,
    title: GONE,
    messageId: undefined,
    extract: undefined,
  }),
  state: next.state,
  revision: next.revision,
  thread: next.thread,
  cve: next.cve,
  milestones: next.milestones,
  embargo: { state: next.embargo.state, disclose: next.embargo.disclose },
  dateChanges: next.dateChanges,
  unattended: next.unattended,
  mergedInto: next.mergedInto,
  content: 'purged',
})

function missing(): never {
  throw new Error('a case without its first mail')
}
