// A request to join a project's distributors list, from its first mail to its end. State is what its events give.
import type { ApplicationEvent } from './member-event.ts'
import type { CaseKey } from './person.ts'
import type { Plaintext } from './plaintext.ts'
import type { Reminded } from './reminder.ts'
import { unreachable } from './result.ts'
import type {
  ApplicationId,
  ContactId,
  DistributorId,
  EmailAddress,
  Fingerprint,
  InboundId,
  Instant,
  ProjectName,
  Sha256,
} from './scalars.ts'

/** Which text somebody accepted, and how we know. */
export type Acceptance = {
  readonly version: string
  readonly sha256: Sha256
  readonly at: Instant
  /**
   * `explicit`: signed as such. `implied`: by asking to join, and signed with the proof of the key. `operator-vouched`:
   * the operator said so.
   */
  readonly how: 'explicit' | 'implied' | 'operator-vouched'
  /** Mail with the signature. */
  readonly inbound: InboundId | undefined
}

/** What an applicant says; each as last given, undefined while it was not. */
export type Answers = {
  readonly organisation: Plaintext | undefined
  readonly name: Plaintext | undefined
  /** By the position of the criterion in the policy, from 0. */
  readonly criteria: Readonly<Record<number, Plaintext>>
}

/** A member's word for an applicant. */
export type Vouch = {
  readonly contact: ContactId
  readonly distributor: DistributorId
  /** Key that it is for: void once it is another (threats.md E03). */
  readonly fingerprint: Fingerprint
  readonly at: Instant
  readonly inbound: InboundId
  readonly text: Plaintext
}

export type Objection = {
  /** Short name of an admin, or the contact. */
  readonly by: string
  readonly at: Instant
  readonly reason: Plaintext
}

/** `lapsed`: nobody completed it. */
export const APPLICATION_STATES = ['open', 'approved', 'declined', 'withdrawn', 'lapsed', 'spam'] as const
export type ApplicationState = (typeof APPLICATION_STATES)[number]

export type Application = {
  readonly id: ApplicationId
  readonly project: ProjectName
  readonly revision: number
  /** Counts what a decision on it depends on: neither reminders, nor mail that changes no answer. */
  readonly version: number
  readonly state: ApplicationState
  /** Of the first mail; the decision's clock runs from it. */
  readonly receivedAt: Instant
  /** When the applicant was last heard of. */
  readonly heardAt: Instant
  readonly address: EmailAddress
  readonly answers: Answers
  /** The key that they offered and that can be used; what is signed by another is not theirs. */
  readonly key: CaseKey | undefined
  /** What they must send back under that key from that address, and since when; another key or address has another. */
  readonly challenge: { readonly token: string; readonly at: Instant } | undefined
  /** When address and key were proven, by which mail. */
  readonly proven: { readonly at: Instant; readonly inbound: InboundId } | undefined
  readonly acceptance: Acceptance | undefined
  readonly vouches: readonly Vouch[]
  readonly objections: readonly Objection[]
  /** When an admin had the members asked for their word. */
  readonly circulatedAt: Instant | undefined
  /** When nothing was missing any more: the time for objections runs from it. */
  readonly completeAt: Instant | undefined
  /** All of its mails, oldest first. */
  readonly thread: readonly InboundId[]
  readonly end:
    | { readonly at: Instant; readonly by: string; readonly reason: Plaintext | undefined }
    | undefined
  readonly reminded: Readonly<Record<string, Reminded>>
}

/** Folds one event into its application. @throws on a journal that does not begin with its first mail. */
export function evolveApplication(before: Application | undefined, event: ApplicationEvent): Application {
  if (event.kind === 'application-opened') {
    if (before !== undefined) throw new Error('application opened twice')
    return {
      id: event.application,
      project: event.project,
      revision: 1,
      version: 1,
      state: 'open',
      receivedAt: event.receivedAt,
      heardAt: event.receivedAt,
      address: event.address,
      answers: event.answers,
      key: event.key,
      challenge: undefined,
      proven: undefined,
      acceptance: undefined,
      vouches: [],
      objections: [],
      circulatedAt: undefined,
      completeAt: undefined,
      thread: [event.inbound],
      end: undefined,
      reminded: {},
    }
  }
  if (before === undefined) throw new Error('event of an application that was never opened')
  const next = evolved({ ...before, revision: before.revision + 1 }, event)
  return isWeighty(event) ? { ...next, version: before.version + 1 } : next
}

const isWeighty = (event: ApplicationEvent): boolean =>
  event.kind !== 'application-reminded' &&
  (event.kind !== 'application-followed-up' || event.answers !== undefined)

function evolved(
  one: Application,
  event: Exclude<ApplicationEvent, { kind: 'application-opened' }>,
): Application {
  const { at } = event
  switch (event.kind) {
    case 'application-followed-up': {
      const next = { ...one, heardAt: at, thread: [...one.thread, event.inbound] }
      return event.answers === undefined ? next : changed({ ...next, answers: event.answers }, one)
    }
    case 'application-key-set':
      return changed({ ...one, key: event.key }, one)
    case 'application-key-revoked':
      return changed({ ...one, key: undefined }, one)
    case 'challenge-sent':
      return { ...one, challenge: { token: event.token, at } }
    case 'application-proven':
      return { ...one, heardAt: at, challenge: undefined, proven: { at, inbound: event.inbound } }
    case 'application-accepted-terms':
      return { ...one, heardAt: at, acceptance: event.acceptance }
    case 'application-vouched':
      return { ...one, vouches: [...one.vouches, event.vouch] }
    case 'vouch-voided':
      return {
        ...one,
        vouches: one.vouches.filter(({ contact }) => contact !== event.voucher),
        completeAt: undefined,
      }
    case 'application-circulated':
      return { ...one, circulatedAt: at }
    case 'application-objected':
      return { ...one, objections: [...one.objections, event.objection] }
    case 'application-completed':
      return { ...one, completeAt: at }
    case 'application-ended':
      return { ...one, state: event.as, end: { at, by: event.actor.name, reason: event.reason } }
    case 'application-reminded':
      return { ...one, reminded: { ...one.reminded, [event.about]: { due: event.due, upTo: event.upTo } } }
    default:
      return unreachable(event)
  }
}

/** Any change of key or organisation voids the proof of the key, the acceptance by it and every vouch (threats.md E03). */
function changed(next: Application, before: Application): Application {
  const isSame =
    next.key?.fingerprint === before.key?.fingerprint &&
    next.answers.organisation?.open() === before.answers.organisation?.open()
  if (isSame) return next
  const reset = { ...next, vouches: [], completeAt: undefined }
  return next.key?.fingerprint === before.key?.fingerprint
    ? reset
    : { ...reset, challenge: undefined, proven: undefined, acceptance: undefined }
}
