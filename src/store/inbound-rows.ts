// What a row of the inbound queue holds, as it is put in and as it is read, and how others name it.
import { createHash } from 'node:crypto'
import type { Outcome } from '../model/decision.ts'
import type { Lane } from '../model/queues.ts'
import type { InboundId, Instant, MessageId, Sha256 } from '../model/scalars.ts'
import type { AuditIds } from './audit.ts'

/**
 * Octets fetched from one mailbox; `raw` is OpenPGP-encrypted to the storage key, digest and size are not. Of a
 * mail over the limit `raw` is the header alone, and `size` what the whole has.
 */
export type ReceivedMail = {
  readonly mailbox: string
  readonly uidValidity: number
  readonly uid: number
  readonly sha256: Sha256
  readonly size: number
  /** In one or in pieces. */
  readonly raw: Uint8Array | readonly Uint8Array[]
  readonly receivedAt: Instant
  /** `other` unless it says otherwise. */
  readonly lane?: Lane
}

export type Received =
  | (ReceivedMail & { readonly source: 'imap' })
  /** A request of the operator, put in by the command line. */
  | (Omit<ReceivedMail, 'mailbox' | 'uidValidity' | 'uid'> & { readonly source: 'cli' })

export type InboundRow = {
  readonly id: InboundId
  readonly source: 'imap' | 'cli'
  readonly mailbox: string
  readonly uidValidity: number
  readonly uid: number
  readonly sha256: Sha256
  readonly size: number
  readonly receivedAt: Instant
  readonly attempts: number
  readonly lane: Lane
  /** Undefined while it waits. */
  readonly outcome: Outcome | undefined
  readonly reason: string | undefined
  readonly settledAt: Instant | undefined
  readonly duplicateOf: InboundId | undefined
}

/** `stored`: how many octets there are of it, encrypted; undefined if they are gone. */
export type Waiting = InboundRow & { readonly stored: number | undefined }

export type InboundFilter = {
  readonly outcome?: Outcome | 'waiting'
  /** Newest first. */
  readonly limit: number
}

/** Mailbox name under which requests of the command line are numbered. */
export const CLI_MAILBOX = 'cli'
/** Stands for the mailbox where a server gave a UID of it a second time, to another mail. */
export const REUSED_MAILBOX = '(reused)'

/** Of an `InboundRow`. */
export const COLUMNS = `id, source, mailbox, uid_validity AS uidValidity, uid, sha256, size,
  received_at AS receivedAt, attempts, lane, outcome, reason, settled_at AS settledAt, duplicate_of AS duplicateOf`

/** What the audit names of a mail. */
export const inboundIds = (row: InboundRow): AuditIds => ({
  inbound: row.id,
  source: row.source,
  mailbox: row.mailbox,
  uidValidity: row.uidValidity,
  uid: row.uid,
  sha256: row.sha256,
})

/** Message-IDs of others are kept as digests: their makers choose what stands in them. */
export const messageIdDigest = (id: MessageId | undefined): string | null =>
  id === undefined ? null : createHash('sha256').update(id, 'latin1').digest('hex')

export const answerPlace = (id: InboundId) => ({ table: 'inbound', column: 'answer', row: id })
