// What can happen to applications, organisations on a distributors list, their contacts, and incidents. One arm a fact.
import type { Acceptance, Answers, ApplicationState, Objection, Vouch } from './application.ts'
import type { NextKey, SuspendedFor } from './contact.ts'
import type { Joined } from './distributor.ts'
import type { Actor } from './event.ts'
import type { Incident } from './incident.ts'
import type { CaseKey } from './person.ts'
import type { Plaintext } from './plaintext.ts'
import type {
  ApplicationId,
  CaseId,
  ContactId,
  DistributorId,
  EmailAddress,
  Fingerprint,
  InboundId,
  IncidentId,
  Instant,
  ProjectName,
  Sha256,
} from './scalars.ts'

type Fact = { readonly at: Instant; readonly actor: Actor }
type Reminder = { readonly about: string; readonly due: Instant; readonly upTo: Instant }

export type ApplicationEvent = Fact & { readonly application: ApplicationId } & (
    | {
        readonly kind: 'application-opened'
        readonly project: ProjectName
        readonly receivedAt: Instant
        readonly inbound: InboundId
        readonly address: EmailAddress
        readonly answers: Answers
        readonly key: CaseKey | undefined
      }
    | {
        readonly kind: 'application-followed-up'
        readonly inbound: InboundId
        /** All of them, as they are now; undefined: it changed none. */
        readonly answers: Answers | undefined
      }
    | { readonly kind: 'application-key-set'; readonly key: CaseKey }
    /** By its owner, who then needs another one. */
    | { readonly kind: 'application-key-revoked'; readonly key: Fingerprint }
    | { readonly kind: 'challenge-sent'; readonly token: string }
    | { readonly kind: 'application-proven'; readonly inbound: InboundId }
    | { readonly kind: 'application-accepted-terms'; readonly acceptance: Acceptance }
    | { readonly kind: 'application-vouched'; readonly vouch: Vouch }
    | { readonly kind: 'vouch-voided'; readonly voucher: ContactId; readonly why: string }
    | { readonly kind: 'application-circulated' }
    | { readonly kind: 'application-objected'; readonly objection: Objection }
    | { readonly kind: 'application-completed' }
    | {
        readonly kind: 'application-ended'
        readonly as: Exclude<ApplicationState, 'open'>
        readonly reason: Plaintext | undefined
      }
    | ({ readonly kind: 'application-reminded' } & Reminder)
  )

export type DistributorEvent = Fact & { readonly distributor: DistributorId } & (
    | {
        readonly kind: 'distributor-joined'
        readonly project: ProjectName
        readonly name: Plaintext
        readonly class: string | undefined
        readonly joined: Joined
        readonly vouchedBy: readonly DistributorId[]
        readonly approvedBy: readonly string[]
      }
    | { readonly kind: 'distributor-vouched'; readonly of: ApplicationId; readonly voucher: ContactId }
    | { readonly kind: 'distributor-classed'; readonly class: string | undefined }
    | {
        readonly kind: 'distributor-struck'
        readonly because: IncidentId | undefined
        readonly reason: Plaintext
      }
    | {
        readonly kind: 'distributor-ended'
        readonly how: 'left' | 'removed' | 'permanent'
        readonly reason: Plaintext | undefined
      }
  )

export type ContactEvent = Fact & { readonly contact: ContactId } & (
    | {
        readonly kind: 'contact-named'
        readonly project: ProjectName
        readonly of: DistributorId
        readonly organisation: Plaintext
        readonly name: Plaintext
        readonly address: EmailAddress
        readonly contactKind: 'role' | 'person'
        readonly manages: 'all' | 'nothing'
        /** Pruned certificate: the pinned key. */
        readonly key: CaseKey
        /** `active`: key and address are proven already, or the operator vouched for them. */
        readonly as: 'invited' | 'active'
        readonly token: string | undefined
        readonly acceptance: Acceptance | undefined
      }
    | { readonly kind: 'contact-proven'; readonly inbound: InboundId; readonly activeAt: Instant }
    /** By an admin, where the policy wants that for further contacts of an organisation. */
    | { readonly kind: 'contact-approved' }
    | { readonly kind: 'contact-manages'; readonly manages: 'all' | 'nothing' }
    | { readonly kind: 'contact-activated' }
    | { readonly kind: 'contact-accepted-terms'; readonly acceptance: Acceptance }
    | { readonly kind: 'acceptance-asked'; readonly sha256: Sha256; readonly by: Instant }
    | { readonly kind: 'contact-attested'; readonly people: number; readonly inbound: InboundId }
    | {
        readonly kind: 'contact-suspended'
        readonly why: SuspendedFor
        readonly until: Instant | undefined
        readonly reason?: Plaintext | undefined
      }
    | { readonly kind: 'contact-resumed' }
    | {
        readonly kind: 'contact-ended'
        readonly as: 'left' | 'removed'
        readonly reason?: Plaintext | undefined
      }
    | {
        readonly kind: 'key-asked'
        readonly next: Omit<NextKey, 'token'>
        readonly token: string
        /** Of a `rekey`: how an admin verified that the key is theirs. */
        readonly verified?: Plaintext | undefined
      }
    | { readonly kind: 'key-proven'; readonly inbound: InboundId; readonly effectiveAt: Instant }
    | { readonly kind: 'key-dropped' }
    | { readonly kind: 'key-changed'; readonly key: CaseKey; readonly verified?: Plaintext | undefined }
    /** The same key with a later end or another subkey, by its owner. */
    | {
        readonly kind: 'key-merged'
        readonly certificate: Uint8Array
        readonly keyIds: readonly string[]
        readonly encryptsUntil?: Instant | undefined
      }
    | { readonly kind: 'contact-key-revoked'; readonly certificate: Uint8Array }
    | ({ readonly kind: 'contact-reminded' } & Reminder)
  )

export type IncidentEvent = Fact & { readonly incident: IncidentId } & (
    | {
        readonly kind: 'incident-opened'
        readonly project: ProjectName
        readonly from: Incident['from']
        readonly about: CaseId | undefined
        readonly inbound: InboundId
        readonly text: Plaintext
      }
    | { readonly kind: 'incident-told'; readonly inbound: InboundId; readonly text: Plaintext }
    | { readonly kind: 'incident-linked'; readonly about: CaseId }
    | { readonly kind: 'incident-closed' }
    /** Nobody had touched it for a time, and the admins were told. */
    | { readonly kind: 'incident-reminded' }
  )
