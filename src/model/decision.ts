// What is decided on (Input and Snapshot) and what a decision is. All plain data: deciding reads no clock,
// no store and draws no randomness.
import type { Absences } from './absence.ts'
import type { Limit } from './alert.ts'
import type { Application } from './application.ts'
import type { Case, Extraction } from './case.ts'
import type { Change } from './changes.ts'
import type { Contact } from './contact.ts'
import type { Distributor } from './distributor.ts'
import type { Actor, Event } from './event.ts'
import type { Incident } from './incident.ts'
import type { KeyFault } from './key-fault.ts'
import type { OpenedMail, TextLayout } from './mail.ts'
import type { Notice } from './notice.ts'
import type { MailOrder, Transcript } from './order.ts'
import type { CaseKey } from './person.ts'
import type { Plaintext } from './plaintext.ts'
import type { DeliveryState, KeptMail, QueueChange, QueueRequest, QueueRow, ReportedMail } from './queues.ts'
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
  NoticeId,
  ProjectName,
  Sha256,
  StatementId,
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

/** Which of our addresses a mail came to; the first that fits, in this order. */
export type Addressed =
  /** A delivery return address of ours (`+b.`), where bounces come. */
  | { readonly kind: 'return'; readonly address: EmailAddress }
  | { readonly kind: 'command' }
  /** A case reply address (`+c.`) whose MAC holds. */
  | { readonly kind: 'case'; readonly case: CaseId }
  /** The reply address of an application (`+a.`) whose MAC holds. */
  | { readonly kind: 'application'; readonly application: ApplicationId }
  | { readonly kind: 'distributors'; readonly project: ProjectName }
  /** All else, blind copies included. */
  | { readonly kind: 'security' }

/** A file that a command names, as the child opened it; what the verb needs it for decides which. */
export type OpenedOperand =
  | {
      readonly kind: 'mail'
      readonly mail: OpenedMail
      /** Of what tells it from other mail, however it reaches us. */
      readonly identity: Sha256
      /** Case that this very mail opened or joined already, forwarded or by itself. */
      readonly case: CaseId | undefined
    }
  | {
      readonly kind: 'certificate'
      readonly key: CaseKey
      readonly encryptable: 'yes' | 'no'
      /** Why no member may use it. */
      readonly fault?: KeyFault
    }
  /** Meant as a key, and none that could be looked at. */
  | { readonly kind: 'unusable-key'; readonly fault: KeyFault }

/** By the digest of their octets; a file that could not be read is not among them. */
export type OpenedOperands = ReadonlyMap<Sha256, OpenedOperand>

/** What classify found; still without any look at the store. */
export type Sorted = {
  readonly machine: 'human' | 'automatic' | 'bounce'
  readonly addressed: Addressed
}

/** What is known of a mail besides itself, should it open a case. */
export type Arrival = {
  readonly channel: 'direct' | 'list'
  /** The GitHub advisory that it tells of. */
  readonly advisory: string | undefined
  readonly extract: Extraction
  /** Open cases that it may be about, the likeliest first. */
  readonly similar: readonly CaseId[]
}

/** What the operator asked for on the command line. */
export type OperatorRequest =
  | { readonly kind: 'command'; readonly text: Plaintext }
  | { readonly kind: 'trust-clock' }
  | {
      readonly kind: 'member-import'
      readonly project: ProjectName
      readonly organisation: Plaintext
      readonly name: Plaintext
      readonly address: EmailAddress
      readonly key: CaseKey
    }
  | { readonly kind: 'queue'; readonly request: QueueRequest }
  /** Octets that were lost, fetched again and encrypted to the storage key. */
  | { readonly kind: 'put-back'; readonly mails: readonly KeptMail[] }
  /**
   * Ends safe mode; `all`: what was to be sent went out before the restore. `members`: how many contacts are rightly on
   * the lists, as the operator counts them.
   */
  | { readonly kind: 'resume'; readonly sent: 'all' | 'none'; readonly members: number | undefined }

export type Input =
  | {
      readonly kind: 'mail'
      readonly inbound: InboundId
      readonly receivedAt: Instant
      readonly mail: OpenedMail
      readonly sorted: Sorted
      readonly operands: OpenedOperands
      /** What a machine says of the mail of ours it is about: in a delivery report (RFC 3464), or by a challenge. */
      readonly reported: 'failed' | 'arrived' | undefined
      readonly arrival: Arrival
    }
  | {
      readonly kind: 'operator'
      readonly inbound: InboundId
      readonly receivedAt: Instant
      readonly request: OperatorRequest
      /** The files of a plan that the operator confirms. */
      readonly operands?: OpenedOperands
    }

/** A plan that waits for `confirm`: what its issuer signed, to be planned again when it is confirmed. */
export type PendingPlan = {
  readonly token: string
  readonly issuer: Fingerprint | 'operator'
  readonly text: Plaintext
  readonly layout: TextLayout
  readonly attachments: readonly OperandFile[]
  readonly expiresAt: Instant
  /** How far people had brought what the plan touches; one that moved on voids the plan. */
  readonly revisions: Readonly<Record<string, number>>
  /** Addresses shown to the issuer; any that is new at confirmation is shown and asked again. */
  readonly audience: readonly EmailAddress[]
  /** Ids the plan was shown with, kept so that it is confirmed as shown. */
  readonly noticeIds: readonly NoticeId[]
  /** Who confirmed so far. */
  readonly confirmations: readonly (Fingerprint | 'operator')[]
}

/** A file that a command names by `att:`. */
export type OperandFile = {
  readonly fileName: Plaintext
  readonly mediaType: string
  readonly sha256: Sha256
  readonly octets: Uint8Array
  /** How many octets it has, if it is too large and `octets` are empty: nobody may use it. */
  readonly leftOut?: number | undefined
}

/** All that deciding may know, read in one go before it begins. */
export type Snapshot = {
  readonly now: Instant
  readonly settings: Settings
  /** Those named, those of the thread, and those in which the signer's key speaks. */
  readonly cases: ReadonlyMap<CaseId, Case>
  readonly notices: ReadonlyMap<NoticeId, Notice>
  /** All there are or ever were, in whatever state. */
  readonly contacts: readonly Contact[]
  readonly distributors: readonly Distributor[]
  /** Those named, the one of the thread, those of the signer's key, and those from the author's address that are open or were declined. */
  readonly applications: ReadonlyMap<ApplicationId, Application>
  readonly incidents: ReadonlyMap<IncidentId, Incident>
  /** The keys of members to whom a notice of the case went; of the cases at hand, and of all that the signer knows of. */
  readonly told: Told
  readonly absences: Absences
  /** Case that a mail of ours, named in In-Reply-To or References, belongs to. */
  readonly threadCase: CaseId | undefined
  /** Application that such a mail of ours belongs to. */
  readonly threadApplication: ApplicationId | undefined
  /** Incident that such a mail of ours tells of. */
  readonly threadIncident: IncidentId | undefined
  /** Of the cases at hand: all copies of their notices, oldest first. */
  readonly copies: readonly NoticeCopy[]
  /** Case that the advisory which the mail tells of opened. */
  readonly advisoryCase: CaseId | undefined
  /** Whether the signature was used before. */
  readonly signature: 'unused' | 'used'
  readonly pending: PendingPlan | undefined
  /** Whether the mail's own Message-ID is one that we sent. */
  readonly messageIdIs: 'ours' | 'foreign'
  /** Fingerprints of our own mail and list keys. */
  readonly ownKeys: readonly Fingerprint[]
  /** Acknowledgements of the last 24 h: to this address, to its domain, in all. */
  readonly acknowledged: { readonly address: number; readonly domain: number; readonly all: number }
  /** The same of mails with a token that proves address and key. */
  readonly challenged: { readonly address: number; readonly domain: number; readonly all: number }
  /** Mails about requests to join, to one admin, of the last 24 h. */
  readonly applicationsShown: number
  /** Limits that keep acknowledgements waiting already; of addresses, the one of this mailbox. */
  readonly owed: readonly Limit[]
  /** Generic lines, `help` and keys sent in the last 24 h: to this address, in all. */
  /** Transcripts of the last 24 h to the reporters of the cases in which the signer's key speaks. */
  readonly transcripts: ReadonlyMap<EmailAddress, number>
  readonly courtesies: { readonly address: number; readonly all: number }
  /** What the owner of the key that a bad signature names was told of such mail in the last 24 h. */
  readonly warnings: number
  /** Wrong confirmation tokens this person sent in the last 24 h. */
  readonly wrongTokens: number
  /** `safe`: restored from a backup, and the operator has not said yet what went out since. */
  readonly mode: 'normal' | 'safe'
  /** No signature as old as this or older counts; undefined before the first restore. */
  readonly restoredAt: Instant | undefined
  /** Until when this person's changes are kept to be told together; undefined: the next is told at once. */
  readonly changesKeptUntil: Instant | undefined
  /** Since when the signatures of each admin count. */
  readonly entitled: ReadonlyMap<Fingerprint, Instant>
  /** The mail whose return address a mail came to. */
  readonly returned: ReportedMail | undefined
  /** The row of a queue that the operator named; undefined if there is none. */
  readonly queueRow: QueueRow | undefined
}

/** A copy of a notice for one contact, as far as it came. */
export type NoticeCopy = {
  readonly case: CaseId
  readonly notice: NoticeId
  readonly contact: ContactId
  readonly to: EmailAddress
  readonly state: DeliveryState
  /** `in-doubt`: it went out once without an answer. */
  readonly doubt: 'none' | 'in-doubt'
  /** When it was first handed over; undefined: it never was. */
  readonly at: Instant | undefined
  /** Key id of the subkey that it is encrypted to. */
  readonly subkey: string | undefined
}

/** Whom a notice of a case went to, by the keys that are theirs now. */
export type Told = ReadonlyMap<CaseId, readonly Fingerprint[]>

/** Unused ids, in the order in which they are used up. */
export type FreshIds = {
  readonly notices: readonly NoticeId[]
  readonly contacts: readonly ContactId[]
  readonly applications: readonly ApplicationId[]
  readonly distributors: readonly DistributorId[]
  readonly incidents: readonly IncidentId[]
  /** Secrets that only whom they are mailed to can send back. */
  readonly challenges: readonly string[]
}

/** Random material, drawn before deciding. */
export type Fresh = FreshIds & {
  readonly case: CaseId
  readonly statements: readonly StatementId[]
  readonly token: string
}

export type PlanChange =
  | { readonly kind: 'issued'; readonly plan: PendingPlan }
  | { readonly kind: 'confirmed'; readonly token: string }
  /** One more person confirmed; more are needed. */
  | { readonly kind: 'counted'; readonly token: string; readonly by: Fingerprint | 'operator' }
  | { readonly kind: 'wrong-token'; readonly by: Fingerprint | 'operator' }

/** What one mailbox is owed: the oldest orders, and how many cases there are in all. */
export type Owed = {
  readonly mailbox: string
  readonly orders: readonly MailOrder[]
  readonly cases: number
}

/** Postponed acknowledgements: one is owed from now on, or all that a mailbox was owed are paid by one mail. */
export type OwedChange =
  | { readonly kind: 'owed'; readonly order: MailOrder; readonly limit: Limit }
  | { readonly kind: 'paid'; readonly mailbox: string; readonly cases: number }

export type Decision = {
  readonly outcome: Outcome
  /** Short constant code for log and audit: `new-case`, `E-REPLAY`, … */
  readonly reason: string
  readonly actor: Actor
  readonly events: readonly Event[]
  readonly mails: readonly MailOrder[]
  /** For the operator, who reads it on the command line instead of by mail. */
  readonly answer: Transcript | undefined
  /** Marks a signature as used, whatever came of it. */
  readonly oneShot: { readonly primary: Fingerprint; readonly hashValue: string } | undefined
  readonly plan: PlanChange | undefined
  /** Files that events refer to by digest. */
  readonly files: readonly OperandFile[]
  /** What the operator has done with a row of a queue. */
  readonly queue?: QueueChange
  /** What the other admins are told of now, or later with more. */
  readonly change?: Change
  readonly owed?: OwedChange
}
