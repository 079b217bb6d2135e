// The facts the journal keeps. A new fact is one arm here; the compiler then lists every place that must
// handle it. Events say what was decided, never how it is to be mailed.
import type { CaseEvent } from './case-event.ts'
import type { ApplicationEvent, ContactEvent, DistributorEvent, IncidentEvent } from './member-event.ts'
import type { Attachment, Audience, Forecast, FurtherCopy } from './notice.ts'
import type { Plaintext } from './plaintext.ts'
import type { Leave } from './policy.ts'
import type { Poster, PostWait } from './post.ts'
import type {
  ApplicationId,
  CaseId,
  ContactId,
  DistributorId,
  Fingerprint,
  InboundId,
  IncidentId,
  Instant,
  MessageId,
  NoticeId,
  PostId,
  ProjectName,
} from './scalars.ts'

/** Who made a change. The audit chain names the key; `name` is the short name that people read. */
export type Actor =
  | {
      readonly kind: 'admin' | 'maintainer' | 'engineer'
      readonly name: string
      readonly fingerprint: Fingerprint
    }
  /** The key of a contact on a distributors list; `name` is the contact's id. */
  | { readonly kind: 'member'; readonly name: ContactId; readonly fingerprint: Fingerprint }
  /** The key that somebody who wants to join offered; `name` is the id of the application or of the invited contact. */
  | {
      readonly kind: 'applicant'
      readonly name: ApplicationId | ContactId
      readonly fingerprint: Fingerprint
    }
  /** The key of a case, which speaks for its reporter. */
  | { readonly kind: 'reporter'; readonly name: 'reporter'; readonly fingerprint: Fingerprint }
  /** Whoever runs the command line on the host. */
  | { readonly kind: 'operator'; readonly name: 'operator' }
  | { readonly kind: 'scheduler'; readonly name: 'scheduler' }
  /** Anyone who writes in: opens and follows up cases, nothing else. */
  | { readonly kind: 'outsider'; readonly name: 'outsider' }

export const OPERATOR: Actor = { kind: 'operator', name: 'operator' }
export const OUTSIDER: Actor = { kind: 'outsider', name: 'outsider' }
export const SCHEDULER: Actor = { kind: 'scheduler', name: 'scheduler' }

type Fact = { readonly at: Instant; readonly actor: Actor }

export type NoticeEvent = Fact & { readonly notice: NoticeId } & (
    | {
        readonly kind: 'notice-scheduled'
        readonly case: CaseId
        readonly project: ProjectName
        readonly stage: string
        readonly to: 'distributors' | 'users'
        readonly sendAt: Instant
        readonly audience: Audience
        readonly may: readonly Leave[]
        readonly text: Plaintext
        readonly forecast?: Forecast
        readonly attachments: readonly Attachment[]
      }
    | { readonly kind: 'notice-rescheduled'; readonly sendAt: Instant }
    | { readonly kind: 'notice-audience-set'; readonly audience: Audience }
    /** Whether all can be reached was looked at, at the time before its instant that `upTo` is. */
    | { readonly kind: 'notice-checked'; readonly due: Instant; readonly upTo: Instant }
    | { readonly kind: 'notice-cancelled' }
    /** These contacts get it once more; `copy` counts those of each. */
    | { readonly kind: 'notice-resent'; readonly copies: readonly FurtherCopy[] }
    /** Its instant came and the copies were released. */
    | { readonly kind: 'notice-released' }
    /** Too late, the clock cannot be trusted, or it went out before a restore: an admin must decide. */
    | {
        readonly kind: 'notice-held'
        readonly why:
          | 'late'
          | 'mailbox-not-settled'
          | 'restored'
          | 'case-held'
          | 'case-changed'
          | 'embargo-over'
      }
  )

export type PostEvent = Fact & { readonly post: PostId } & (
    | {
        readonly kind: 'post-received'
        readonly project: ProjectName
        readonly about: CaseId | undefined
        readonly inbound: InboundId
        readonly poster: Poster
        readonly by: Fingerprint
        readonly messageId: MessageId | undefined
        readonly parent: NoticeId | PostId | undefined
        /** Why an admin has to let it through; undefined: it went out at once. */
        readonly waits: PostWait | undefined
      }
    /** An admin let it through. */
    | { readonly kind: 'post-relayed' }
    | { readonly kind: 'post-withheld'; readonly reason: Plaintext }
    /** That it waits. */
    | { readonly kind: 'post-reminded' }
  )

export type AbsenceEvent = Fact & { readonly absences: 'absences'; readonly name: string } & (
    | {
        readonly kind: 'away-set'
        /** Undefined: they are back. */
        readonly until: Instant | undefined
      }
    /** They lead a case, or were asked in turn: the others come first now. */
    | { readonly kind: 'turn-had' }
  )

export type Event =
  | CaseEvent
  | NoticeEvent
  | ContactEvent
  | AbsenceEvent
  | ApplicationEvent
  | DistributorEvent
  | IncidentEvent
  | PostEvent

/** One stream of the journal: the id of what its events change. */
export type StreamId =
  | CaseId
  | NoticeId
  | ContactId
  | ApplicationId
  | DistributorId
  | IncidentId
  | PostId
  | 'absences'

/** The stream that an event belongs to. */
export function streamOf(event: Event): StreamId {
  if ('notice' in event) return event.notice
  if ('contact' in event) return event.contact
  if ('application' in event) return event.application
  if ('distributor' in event) return event.distributor
  if ('incident' in event) return event.incident
  if ('post' in event) return event.post
  if ('absences' in event) return event.absences
  return event.case
}
