// What the operator may do with single rows of the two queues: retry, drop or hold a mail to send, retry or
// drop a mail that was put aside, put lost octets of a mail back.
import type { MailOrder } from './order.ts'
import type { InboundId, NoticeId, OutboxId } from './scalars.ts'

/** Mail that may be a command, and all other: the two are settled in turn. */
export type Lane = 'command' | 'other'

export type DeliveryState = 'ready' | 'sending' | 'sent' | 'failed' | 'held' | 'dropped' | 'cancelled'

/** Why a copy of a notice does not go. The first two are of its case, and so of every copy. */
export type CopyFault =
  | 'embargo-over'
  | 'case-held'
  | 'contact-left'
  | 'contact-suspended'
  | 'not-meant'
  | 'terms-not-accepted'

/** What a machine says became of a mail of ours: in a delivery report (RFC 3464), or by a challenge. */
export type Report = {
  readonly fate: 'failed' | 'arrived'
  readonly by: 'report' | 'challenge'
  /** Enhanced status code (RFC 3463). */
  readonly status: string | undefined
}

/** A mail of ours of which a delivery report came, as it is now. */
export type ReportedMail = {
  readonly id: OutboxId
  readonly state: DeliveryState
  readonly doubt: 'in-doubt' | 'none'
  readonly promise: 'at-most-once' | 'at-least-once'
}

export type QueueRequest =
  | { readonly kind: 'outbox'; readonly action: 'retry' | 'drop' | 'hold'; readonly id: OutboxId }
  | { readonly kind: 'shunt'; readonly action: 'retry' | 'drop'; readonly id: InboundId }

/** The row that was named, as it is now. */
export type QueueRow =
  | {
      readonly kind: 'outbox'
      readonly state: DeliveryState
      readonly notice: NoticeId | undefined
      /** Whether its contact was made a further copy of that notice since. */
      readonly later: 'another' | 'none'
      /** What it says, if it is held because it could not be encrypted: then there are no octets. */
      readonly order: MailOrder | undefined
    }
  | { readonly kind: 'shunt'; readonly why: string }

/** `raw` is what the mail's octets are stored as: OpenPGP, to the storage key. */
export type KeptMail = { readonly id: InboundId; readonly raw: Uint8Array }

export type QueueChange =
  /** `request` brought the octets. */
  | { readonly kind: 'put-back'; readonly mails: readonly KeptMail[]; readonly request: InboundId }
  | { readonly kind: 'resume'; readonly sent: 'all' | 'none' }
  | {
      readonly kind: 'outbox'
      readonly id: OutboxId
      /** As it was seen; a row that moved on is looked at again. */
      readonly from: DeliveryState
      readonly to: 'ready' | 'held' | 'cancelled'
    }
  /** What a delivery report says became of a mail; `told`: nobody has to hear of it. */
  | {
      readonly kind: 'reported'
      readonly id: OutboxId
      readonly from: DeliveryState
      readonly to: 'sent' | 'failed'
      readonly why: 'reported' | 'challenged'
      /** Enhanced status code (RFC 3463) that the report gives. */
      readonly status: string | undefined
      readonly tell: 'admins' | 'nobody'
    }
  | { readonly kind: 'shunt'; readonly id: InboundId; readonly to: 'waiting' | 'dropped' }
