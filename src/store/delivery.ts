// One mail to one recipient in the outbox: as it goes in, composed, and as its row says how far it has come.
import type { Content, MailOrder } from '../model/order.ts'
import type { DeliveryState } from '../model/queues.ts'
import type {
  CaseId,
  ContactId,
  EmailAddress,
  Instant,
  MessageId,
  NoticeId,
  OutboxId,
  ProjectName,
  Sha256,
} from '../model/scalars.ts'
import type { Prepared } from './payloads.ts'

/** One mail to one recipient, composed. `notBefore`: it is not handed over earlier. */
export type OutgoingMail = {
  readonly order: MailOrder
  readonly messageId: MessageId
  readonly envelopeFrom: EmailAddress
  readonly notBefore: Instant
  /** Of a copy of a notice: the digest of what it says, as it was signed. */
  readonly content?: Sha256 | undefined
  readonly body:
    | { readonly kind: 'encrypted'; readonly octets: Uint8Array; readonly subkey: string }
    /** The same, written already for its size. */
    | { readonly kind: 'prepared'; readonly payload: Prepared; readonly subkey: string }
    /** The same, of whose octets others have those in the middle too. */
    | {
        readonly kind: 'shared'
        readonly before: Uint8Array
        readonly payload: Prepared
        readonly after: Uint8Array
        readonly subkey: string
      }
    | { readonly kind: 'clear'; readonly octets: Uint8Array }
    /** It could not be encrypted: the order is kept, nothing is sent. */
    | { readonly kind: 'held'; readonly why: string }
}

export type Delivery = {
  readonly id: OutboxId
  readonly project: ProjectName
  readonly kind: Content['kind']
  readonly promise: 'at-most-once' | 'at-least-once'
  readonly to: EmailAddress
  readonly from: EmailAddress
  readonly case: CaseId | undefined
  readonly notice: NoticeId | undefined
  readonly contact: ContactId | undefined
  /** Version of the contact that the copy was prepared from. */
  readonly contactVersion: number | undefined
  /** Which one of the contact's it is. */
  readonly copy: number
  /** Of what else a copy was made; of mail about a date, which change of it that is. */
  readonly basis: string | undefined
  readonly messageId: MessageId
  readonly state: DeliveryState
  /** 1: it went out once without an answer, and so may have arrived. */
  readonly inDoubt: 0 | 1
  readonly attempts: number
  readonly createdAt: Instant
  readonly nextAttemptAt: Instant
  readonly firstAttemptAt: Instant | undefined
  readonly lastCode: number | undefined
  /** Enhanced status code of the last answer or report (RFC 3463). */
  readonly lastStatus: string | undefined
  readonly lastStage: string | undefined
  /** Code of why it is held, dropped, cancelled, or failed after it was accepted. */
  readonly why: string | undefined
}

export const deliveryColumns = `id, project, kind, promise, recipient AS "to", envelope_from AS "from",
  case_id AS "case", coalesce(notice_id, open_notice) AS notice, contact_id AS contact, contact_revision AS contactVersion,
  copy, basis, message_id AS messageId, state, in_doubt AS inDoubt, attempts, created_at AS createdAt,
  next_attempt_at AS nextAttemptAt, first_attempt_at AS firstAttemptAt, last_code AS lastCode,
  last_status AS lastStatus, last_stage AS lastStage, why`
