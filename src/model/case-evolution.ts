// Folds the events of a case into its state. Pure; the only place that says what a fact does to a case.
import {
  CASE_WAY,
  type Case,
  type CaseState,
  type Ending,
  isAccepted,
  type LeadSearch,
  MOST_OFFERS,
  type ReporterWishes,
  type Saying,
  toldState,
} from './case.ts'
import type { CaseEvent } from './case-event.ts'
import { reached } from './milestones.ts'
import type { Engineer } from './person.ts'
import { type Plaintext, plaintext } from './plaintext.ts'
import { unreachable } from './result.ts'
import type { Fingerprint, Instant } from './scalars.ts'

type Opened = Extract<CaseEvent, { kind: 'case-opened' }>

/** Folds one event into its case. @throws when the first event does not open the case: a journal fault. */
export function evolveCase(before: Case | undefined, event: CaseEvent): Case {
  if (event.kind === 'case-opened') {
    if (before !== undefined) throw new Error('case opened twice')
    return opened(event)
  }
  if (before === undefined) throw new Error('event of a case that was never opened')
  const unattended = before.unattended + (event.actor.kind === 'scheduler' ? 1 : 0)
  const next = evolved({ ...before, revision: before.revision + 1, unattended }, event)
  return { ...next, milestones: reached(next.milestones, event) }
}

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
  replies: [],
  messageId: event.messageId,
})

function evolved(next: Case, event: Exclude<CaseEvent, Opened>): Case {
  switch (event.kind) {
    case 'case-followed-up':
      return {
        ...next,
        thread: [
          ...next.thread,
          {
            inbound: event.inbound,
            at: event.at,
            from: event.from,
            ...(event.claims === undefined ? {} : { claims: event.claims }),
          },
        ],
        awaits: event.from === 'reporter' ? undefined : next.awaits,
      }
    case 'case-routed':
      // Whom it was shared with are the people of the project it was taken for.
      return { ...next, project: event.project, sharedWith: 'team', leadSearch: searchFrom(event.at) }
    case 'lead-offered':
      return {
        ...next,
        leadOffered: event.to,
        leadSearch: askedToo(next.leadSearch, event.to, event.at),
        // Whose turn it is has not looked at it yet, which is what the reporter would be told.
        state: event.actor.kind === 'scheduler' ? next.state : atLeast(next.state, 'triaged'),
      }
    case 'lead-not-found':
      return { ...next, leadOffered: undefined, leadSearch: { ...next.leadSearch, inVain: event.at } }
    case 'lead-left':
      return {
        ...next,
        lead: next.lead === event.name ? undefined : next.lead,
        leadOffered: next.leadOffered === event.name ? undefined : next.leadOffered,
        leadSearch: next.lead === event.name ? searchFrom(event.at) : next.leadSearch,
      }
    case 'case-taken':
      return { ...next, lead: event.lead, leadOffered: undefined, state: atLeast(next.state, 'triaged') }
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
    case 'case-shared':
      return { ...next, sharedWith: 'maintainers' }
    case 'engineer-joined':
      return {
        ...next,
        fixTeam: [
          ...next.fixTeam.filter(one => one.fingerprint !== event.engineer.fingerprint),
          event.engineer,
        ],
        state: next.state === 'accepted' ? 'fixing' : next.state,
      }
    case 'engineer-left':
      return { ...next, fixTeam: next.fixTeam.filter(one => one.name !== event.name) }
    case 'terms-accepted':
      return { ...next, fixTeam: engineers(next, event.name, one => ({ ...one, terms: event.at })) }
    case 'access-set':
      return {
        ...next,
        fixTeam: engineers(next, event.name, ({ access, ...one }) =>
          event.access === 'granted' ? { ...one, access: event.at } : one,
        ),
      }
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
    case 'case-held':
      return { ...next, held: { at: event.at, reason: event.reason, told: toldState(next) } }
    case 'case-released':
      return { ...next, held: undefined }
    case 'case-slowed':
      // Another reason slows it down no more than the one before did.
      return { ...next, slowed: { at: next.slowed?.at ?? event.at, reason: event.reason } }
    case 'slow-ended':
      return next.slowed === undefined
        ? next
        : {
            ...next,
            slowed: undefined,
            slowdowns: [...next.slowdowns, { from: next.slowed.at, until: event.at }],
          }
    case 'disclosure-planned':
      return dated(next, event.disclose, event.at, event.reason)
    case 'case-extended': {
      const { until, reason, because } = event
      const extended = because === undefined ? { until, reason } : { until, reason, because }
      return { ...dated(next, until, event.at, reason), extended }
    }
    case 'embargo-lifted': {
      const set = { at: event.at, why: undefined }
      return { ...next, embargo: { state: 'lifted', disclose: event.due, set } }
    }
    case 'reporter-set':
      return {
        ...next,
        reporter: { address: event.address ?? next.reporter.address, key: event.key ?? next.reporter.key },
        otherAuthors: event.address === undefined ? next.otherAuthors : [],
        offers: next.offers.filter(({ key }) => key.fingerprint !== event.key?.fingerprint),
      }
    case 'key-offered': {
      const { at, inbound, key } = event
      const others = next.offers.filter(one => one.key.fingerprint !== key.fingerprint)
      return { ...next, offers: [...others, { at, inbound, key }].slice(-MOST_OFFERS) }
    }
    case 'key-revoked':
      return withoutKey(next, event.key, event.at)
    case 'asked':
      return { ...next, awaits: { at: event.at, about: event.about } }
    case 'statement-made': {
      const { statement: id, at, inbound, by, saying } = event
      const statement = { id, at, inbound, by, saying, adoptedBy: undefined }
      return { ...next, statements: [...next.statements, statement] }
    }
    case 'statement-adopted':
      return adopted(next, event)
    case 'reporter-said':
      return { ...next, wishes: wishing(next.wishes, event.saying) }
    case 'note-added':
      return { ...next, notes: [...next.notes, { at: event.at, by: event.actor.name, text: event.text }] }
    case 'reply-sent':
      return {
        ...next,
        replies: [...next.replies, { at: event.at, by: event.actor.name, text: event.text }],
      }
    case 'reminded': {
      const { about, due, upTo } = event
      return { ...next, reminded: { ...next.reminded, [about]: { due, upTo } } }
    }
    case 'notice-went-out':
      return next
    default:
      return unreachable(event)
  }
}

const searchFrom = (since: Instant): LeadSearch => ({ since, asked: [], inVain: undefined })

const askedToo = ({ since, asked }: LeadSearch, name: string, at: Instant): LeadSearch => ({
  since,
  asked: [...asked.filter(one => one.name !== name), { name, at }],
  inVain: undefined,
})

const engineers = (
  { fixTeam }: Case,
  name: string,
  change: (engineer: Engineer) => Engineer,
): readonly Engineer[] => fixTeam.map(one => (one.name === name ? change(one) : one))

/** A case that came encrypted stays one that nothing leaves in clear. */
function withoutKey(next: Case, revoked: Fingerprint, at: Instant): Case {
  const { reporter, fixTeam, lead, leadOffered, offers, revokedKeys = [] } = next
  const gone = fixTeam.filter(({ key }) => key?.fingerprint === revoked)
  const isGone = (name: string | undefined) => gone.some(one => one.name === name)
  return {
    ...next,
    reporter: { ...reporter, key: reporter.key?.fingerprint === revoked ? undefined : reporter.key },
    fixTeam: fixTeam.filter(one => !gone.includes(one)),
    lead: isGone(lead) ? undefined : lead,
    leadSearch: isGone(lead) ? searchFrom(at) : next.leadSearch,
    leadOffered: isGone(leadOffered) ? undefined : leadOffered,
    offers: offers.filter(({ key }) => key.fingerprint !== revoked),
    revokedKeys: [...revokedKeys.filter(one => one !== revoked), revoked],
  }
}

/** With another date of disclosure; what its reporter said of the one before is said of that. */
function dated(next: Case, disclose: Instant, at: Instant, why: Plaintext): Case {
  const { position } = next.wishes
  const isTheirs = position?.kind === 'propose' && position.instant === disclose
  return {
    ...next,
    embargo: { state: isAccepted(next) ? 'active' : 'proposed', disclose, set: { at, why } },
    wishes: { ...next.wishes, position: isTheirs ? position : undefined },
  }
}

const way: readonly CaseState[] = CASE_WAY

/** The later of two states on the way; a case never goes back on it. */
const atLeast = (state: CaseState, least: CaseState): CaseState =>
  way.indexOf(state) < way.indexOf(least) ? least : state

/** From the state it had on the way, also where it takes one exit after another. */
const ending = (next: Case, at: Instant, reason: Plaintext | undefined, told: Ending['told']): Ending => ({
  at,
  from: next.ended?.from ?? next.state,
  reason,
  told,
})

function adopted(next: Case, event: Extract<CaseEvent, { kind: 'statement-adopted' }>): Case {
  const statement = next.statements.find(one => one.id === event.statement)
  if (statement === undefined) throw new Error('a statement adopted that was never made')
  return {
    ...next,
    statements: next.statements.map(one =>
      one === statement ? { ...one, adoptedBy: event.actor.name } : one,
    ),
    wishes: wishing(next.wishes, statement.saying),
  }
}

function wishing(wishes: ReporterWishes, saying: Saying): ReporterWishes {
  switch (saying.kind) {
    case 'credit':
      return { ...wishes, credit: saying.name }
    case 'consent':
      return { ...wishes, consent: saying.answer }
    case 'private':
      return { ...wishes, private: saying.answer }
    case 'agree':
    case 'object':
    case 'propose':
      return { ...wishes, position: saying }
    default:
      return unreachable(saying)
  }
}

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
  unattended: next.unattended,
  mergedInto: next.mergedInto,
  content: 'purged',
})

function missing(): never {
  throw new Error('a case without its first mail')
}
