// What is decided on (Input and Snapshot) and what a decision is. All plain data: deciding reads no clock,
// no store and draws no randomness.
import type { Case } from './case.ts'
import type { Contact } from './distributor.ts'
import type { Actor, Event } from './event.ts'
import type { OpenedMail } from './mail.ts'
import type { Notice } from './notice.ts'
import type { MailOrder } from './order.ts'
import type { Plaintext } from './plaintext.ts'
import type {
  CaseId,
  EmailAddress,
  Fingerprint,
  InboundId,
  Instant,
  NoticeId,
  OutboxId,
  ProjectName,
  Sha256,
} from './scalars.ts'
import type { Settings } from './settings.ts'

/** Every inbound mail ends in exactly one of these (product.md §2). */
export const OUTCOMES = [
  'report',
  'report-noack',
  'follow-up',
  'application',
  'post',
  'command',
  'refused',
  'bounce',
  'own',
  'duplicate',
  'shunt',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/** What classify found; still without any look at the store. */
export type Sorted =
  | { readonly kind: 'bounce'; readonly delivery: OutboxId | undefined }
  /** At a distributors address. */
  | { readonly kind: 'list'; readonly project: ProjectName }
  /** Opens as a command, or was sent to the command address. */
  | { readonly kind: 'command'; readonly at: 'command-address' | 'elsewhere' }
  /** All else: a report, or a follow-up if `case` (from a reply address) or a thread says so. */
  | { readonly kind: 'letter'; readonly case: CaseId | undefined; readonly machine: 'human' | 'automatic' }

export type Input =
  | {
      readonly kind: 'mail'
      readonly inbound: InboundId
      readonly receivedAt: Instant
      readonly mail: OpenedMail
      readonly sorted: Sorted
    }
  | {
      readonly kind: 'operator'
      readonly inbound: InboundId
      readonly receivedAt: Instant
      readonly text: Plaintext
    }

/** A plan that waits for `confirm`: what its issuer signed, to be planned again when it is confirmed. */
export type PendingPlan = {
  readonly token: string
  readonly issuer: Fingerprint | 'operator'
  readonly text: Plaintext
  readonly attachments: readonly OperandFile[]
  readonly expiresAt: Instant
  /** Revisions of what the plan touches; one that moved on voids the plan. */
  readonly revisions: Readonly<Record<string, number>>
  /** Addresses shown to the issuer; any that is new at confirmation is shown and asked again. */
  readonly audience: readonly EmailAddress[]
  readonly noticeIds: readonly NoticeId[]
}

/** A file that a command names by `att:`. */
export type OperandFile = {
  readonly fileName: Plaintext
  readonly mediaType: string
  readonly sha256: Sha256
  readonly octets: Uint8Array
}

/** All that deciding may know, read in one go before it begins. */
export type Snapshot = {
  readonly now: Instant
  readonly settings: Settings
  readonly cases: ReadonlyMap<CaseId, Case>
  readonly notices: ReadonlyMap<NoticeId, Notice>
  /** Contacts of the projects concerned. */
  readonly contacts: readonly Contact[]
  /** Case that a mail of ours, named in In-Reply-To or References, belongs to. */
  readonly threadCase: CaseId | undefined
  /** Whether the signature was used before. */
  readonly signature: 'unused' | 'used'
  readonly pending: PendingPlan | undefined
  /** Acknowledgements of the last 24 h: to this address, to its domain, in all. */
  readonly acknowledged: { readonly address: number; readonly domain: number; readonly all: number }
  /** Generic lines, `help` and keys sent to this address in the last 24 h. */
  readonly courtesies: number
  /** Wrong confirmation tokens this person sent in the last 24 h. */
  readonly wrongTokens: number
}

/** Random material, drawn before deciding. */
export type Fresh = {
  readonly case: CaseId
  readonly notices: readonly NoticeId[]
  readonly token: string
}

export type PlanChange =
  | { readonly kind: 'issued'; readonly plan: PendingPlan }
  | { readonly kind: 'confirmed'; readonly token: string }
  | { readonly kind: 'wrong-token' }

export type Decision = {
  readonly outcome: Outcome
  /** Short constant code for log and audit: `new-case`, `E-REPLAY`, … */
  readonly reason: string
  readonly actor: Actor
  readonly events: readonly Event[]
  readonly mails: readonly MailOrder[]
  /** Marks a signature as used, whatever came of it. */
  readonly oneShot: { readonly primary: Fingerprint; readonly hashValue: string } | undefined
  readonly plan: PlanChange | undefined
  /** Files that events refer to by digest. */
  readonly files: readonly OperandFile[]
}
