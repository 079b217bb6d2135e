// Mail that a decision wants sent: to whom, under which key, and what it is about. Compose turns an order
// into octets; an order whose certificate cannot be used is held, never sent in clear.
import type { Application, Vouch } from './application.ts'
import type { ApplicationFlag } from './application-flag.ts'
import type { Case, CaseState } from './case.ts'
import type { Contact } from './contact.ts'
import type { KeyFault } from './key-fault.ts'
import type { OpenedMail } from './mail.ts'
import type { MembershipMail } from './member-news.ts'
import type { Missing } from './missing.ts'
import type { Notice } from './notice.ts'
import type { Plaintext } from './plaintext.ts'
import type { Clock, Milestone, Policy, Terms } from './policy.ts'
import type {
  ApplicationId,
  CaseId,
  ContactId,
  EmailAddress,
  Fingerprint,
  InboundId,
  IncidentId,
  Instant,
  MessageId,
  NoticeId,
  ProjectName,
} from './scalars.ts'
import type { Admin } from './settings.ts'
import type { SharingContent } from './sharing.ts'

export type EncryptTo =
  /** A certificate from configuration or roster. */
  | { readonly kind: 'enrolled'; readonly fingerprint: Fingerprint }
  /** A certificate that came by mail, or is no longer enrolled; only the sandbox touches it. */
  | { readonly kind: 'offered'; readonly certificate: Uint8Array }
  /** Signed, in clear. */
  | { readonly kind: 'nobody' }

export type CommandStatus = 'ok' | 'noop' | 'wait' | 'error' | 'skipped'

export type ErrorCode =
  | 'E-SYNTAX'
  | 'E-UNKNOWN'
  | 'E-ROLE'
  | 'E-STATE'
  | 'E-DATE'
  | 'E-KEY'
  | 'E-STALE'
  | 'E-REPLAY'
  | 'E-POLICY'
  | 'E-QUORUM'

/** One echoed command of a transcript. */
export type CommandResult = {
  readonly source: string
  readonly status: CommandStatus
  readonly code: ErrorCode | undefined
  /** What happened, or what to send instead. */
  readonly text: Plaintext
  /** The same in fields, for the JSON part: ids, states, instants. */
  readonly facts: Readonly<Record<string, string | number>>
  /** Mails that would go out, shown in full as far as there is room. */
  readonly simulated?: readonly SimulatedMail[]
}

/** A command mail that is offered ready to send with one tap; `body` is its whole text. */
export type Suggestion = { readonly label: string; readonly body: string }

export type Transcript = {
  readonly kind: 'transcript'
  readonly results: readonly CommandResult[]
  readonly suggestions: readonly Suggestion[]
  /** Lines below the end of the commands that were not read. */
  readonly ignored: number
  readonly dryRun: 'dry-run' | 'run'
  /** The case whose other insiders can be written to; the address for that is shown. */
  readonly discuss?: CaseId
}

export type Content =
  | { readonly kind: 'acknowledgement'; readonly receivedAt: Instant }
  /** One for all the cases that the limits left without: numbers, `others` more than are listed. */
  | {
      readonly kind: 'acknowledgement-list'
      readonly cases: readonly CaseId[]
      readonly others: number
    }
  | {
      readonly kind: 'report'
      readonly what: 'new' | 'follow-up' | 'earlier' | 'list-mail'
      readonly theCase: Case | undefined
      readonly mail: OpenedMail
      /** The stored mail, where no case's thread names it. */
      readonly inbound?: InboundId
      /** `foreign`: what was decrypted is by somebody else than the mail around it (threats.md B01). */
      readonly inside: 'own' | 'foreign'
      /** Why no acknowledgement went out, if none did. */
      readonly unanswered: 'machine' | 'no-author' | 'capped' | 'restored' | 'advisory' | undefined
      /** Open cases that a new one may be the same as. */
      readonly similar?: readonly CaseId[]
      /** Of a new one: the date of disclosure that we would propose. */
      readonly proposal?: Instant
      /** Who of the case's insiders wrote it, if one did. */
      readonly writer?: string
      /** Of a new case: its clocks, what is due first first, and what the policy calls it if it comes first. */
      readonly clocks?: readonly DueClock[]
      readonly priority?: string
      /** For whom it is worded; an admin unless it says otherwise. Others see no address of the reporter's. */
      readonly reader?: 'admin' | 'insider'
    }
  /** A request to join, or mail in its thread, for the admins. */
  | {
      readonly kind: 'application'
      /** `other`: by somebody who is not the applicant, as far as we can tell; `ended`: it is over. Neither changes anything. */
      readonly what: 'new' | 'follow-up' | 'other' | 'ended'
      /** As it is now. */
      readonly application: Application
      readonly mail: OpenedMail
      readonly inbound: InboundId
      readonly inside: 'own' | 'foreign'
      /** Why the applicant was not answered, where they would have been. */
      readonly unanswered: 'machine' | 'capped' | undefined
      readonly flags: readonly ApplicationFlag[]
      /** Criteria that the mail seems to speak of without saying so, by their positions. */
      readonly hints: readonly number[]
    }
  /** To whoever asked to join: what is known, what is missing. Nothing of their own words, and of nobody else's. */
  | {
      readonly kind: 'application-answer'
      /** `unread`: what came answered nothing that is asked. */
      readonly occasion: 'opened' | 'changed' | 'unread' | 'reminded' | 'lapsed'
      readonly application: Application
      /** Why the key that came with their mail is not taken. */
      readonly fault?: KeyFault
      /** Of a reminder: when it ends without a word. */
      readonly endsAt?: Instant
    }
  /** To whoever asked to join, and it is not clear what: there are several lists, or none. */
  | {
      readonly kind: 'application-which'
      /** Those that have a list; empty: there is none to join. */
      readonly projects: readonly ProjectName[]
      /** The name of the project that was meant and has none. */
      readonly of: string | undefined
    }
  /** An earlier mail of a thread, for somebody who joins it; what it says is opened when this is sealed. */
  | { readonly kind: 'past-mail'; readonly inbound: InboundId; readonly theCase: Case }
  /** What a case is about, and what somebody new to it may do there. */
  | {
      readonly kind: 'welcome'
      readonly theCase: Case
      /** `invited`: to the fix team; they read no more than the terms until they agree. */
      readonly as: 'maintainer' | 'engineer' | 'lead' | 'invited'
      /** Mails of the thread that follow, and those that are too many. */
      readonly mails: number
      readonly older: number
      /** After it the next in turn is asked to lead; without it nobody else will be. */
      readonly answerBy?: Instant
    }
  /** A constant request to a reporter, which may go in clear. */
  | { readonly kind: 'request'; readonly about: 'key' | 'private' }
  | { readonly kind: 'reply'; readonly text: Plaintext }
  /**
   * A change of state or of the date of disclosure, told to the reporter; what did not change is undefined. `reason`
   * of the state, only where the mail is encrypted.
   */
  | {
      readonly kind: 'news'
      readonly state: CaseState | undefined
      readonly reason: Plaintext | undefined
      readonly date?: DisclosureDate
      /** What they were promised and hear of next, if anything. */
      readonly next?: DueClock
    }
  | Transcript
  /** One constant line to someone whose mail did nothing. */
  | { readonly kind: 'refusal'; readonly sentence: RefusalSentence }
  | { readonly kind: 'help'; readonly role: 'admin' | 'anyone' }
  | { readonly kind: 'key' }
  | { readonly kind: 'alert'; readonly alert: Alert }
  | MembershipMail
  | { readonly kind: 'notice'; readonly notice: Notice }
  /**
   * A token that is to come back signed by the key it is encrypted to; the whole answer is among the offers. `accepts`:
   * the terms that go with it, and whether the proof accepts them or a line of its own does.
   */
  | {
      readonly kind: 'challenge'
      readonly proving: 'application' | 'contact' | 'key'
      readonly id: ApplicationId | ContactId
      readonly fingerprint: Fingerprint
      readonly until: Instant
      readonly accepts: { readonly terms: Terms; readonly how: 'implied' | 'explicit' } | undefined
    }
  /** To a member: the terms are others than those that they accepted. The answer is among the offers. */
  | {
      readonly kind: 'reacceptance'
      readonly contact: ContactId
      readonly stage: 'asked' | 'reminded' | 'late' | 'suspended'
      readonly terms: Terms
      /** The version that they accepted; undefined: none that is known. */
      readonly former: string | undefined
      readonly by: Instant
    }
  /** What is due in a case, or was; `at`: when it is told. */
  | {
      readonly kind: 'reminder'
      readonly theCase: Case
      readonly at: Instant
      readonly items: readonly DueItem[]
      /** What the policy calls a case like this, where it names any that come first. */
      readonly priority?: string
    }
  | SharingContent
  /** A request to join, for the team: why they hear of it now, and how it stands. */
  | {
      readonly kind: 'application-review'
      readonly occasion: 'complete' | 'objected' | 'due-soon' | 'due' | 'overdue'
      readonly standing: ApplicationStanding
    }
  /** All that wait for a decision, for the team, once a week. */
  | { readonly kind: 'applications-pending'; readonly pending: readonly ApplicationStanding[] }
  /** A request to join, for the members: whether they know who asks. */
  | {
      readonly kind: 'application-circulated'
      readonly application: Application
      /** Until when they may object; undefined: not at all. `open`: a time that has not begun. */
      readonly objections: { readonly until: Instant } | 'open' | undefined
      /** Whom a vouch is for; `none`: the policy asks for no vouches. */
      readonly vouches: 'person' | 'organisation' | 'none'
    }
  /** Where a request stands, for whoever made it; `next`: when they hear of it again. */
  | {
      readonly kind: 'application-standing'
      readonly application: Application
      readonly lacks: readonly Missing[]
      readonly next: Instant
    }
  | {
      readonly kind: 'application-declined'
      readonly application: Application
      readonly reason: Plaintext
      /** From when on they may ask again; undefined: at any time. */
      readonly again: Instant | undefined
    }
  /** All that somebody needs who is on the list from now on; `notices`: whether those that went out follow. */
  | { readonly kind: 'member-welcome'; readonly contact: Contact; readonly notices: 'follow' | 'none' }
  /** Told to the other admins, in one line. */
  | { readonly kind: 'change'; readonly by: string; readonly lines: readonly Plaintext[] }

/** How a request to join stands. */
export type ApplicationStanding = {
  readonly application: Application
  readonly flags: readonly ApplicationFlag[]
  readonly lacks: readonly Missing[]
  readonly vouches: readonly {
    readonly vouch: Vouch
    readonly organisation: Plaintext
    /** Why it does not count, as the rest of a sentence; undefined: it counts. */
    readonly fault: string | undefined
  }[]
  /** By when it is to be decided; undefined: whenever. */
  readonly due: Instant | undefined
  /** When the time for objections ends, or ended; undefined: it has not begun, or there is none. */
  readonly objectionsUntil: Instant | undefined
  /** `found`: without vouches, while there are too few members. */
  readonly way: 'approve' | 'found'
  /** What the policy lets an admin choose, and what is taken if they do not. */
  readonly choices: string
}

/** When a case is to be public, or since when its embargo is over. */
export type DisclosureDate = {
  readonly at: Instant
  /** The date that they were told before, if it was another. */
  readonly former?: Instant
  readonly standing: 'proposed' | 'active' | 'lifted'
}
/** A clock that runs, and until when. */
export type DueClock = { readonly clock: Clock; readonly due: Instant }

/** Something that is due, or was. */
export type DueItem =
  | {
      readonly kind: 'clock'
      readonly clock: Clock
      readonly due: Instant
      /** What must be there first, and is not yet. */
      readonly waitsFor: readonly Milestone[]
    }
  | {
      readonly kind: 'embargo'
      readonly due: Instant
      readonly maximum: Instant | undefined
      readonly state: Case['embargo']['state']
    }
  /** Nobody leads it, and nobody is left who could be asked. */
  | { readonly kind: 'lead'; readonly due: Instant; readonly asked: readonly string[] }

/** What is told to someone who may be anybody: the same for members and strangers. */
export type RefusalSentence =
  | 'not-authorised'
  | 'cleartext-signed'
  | 'html-only'
  | 'did-not-verify'
  | 'replayed'

/** What keeps a notice that is due: a clock in doubt, copies that cannot be made, a disk that is nearly full. */
export type NoticeWait = 'clock' | 'fault' | 'room'

/** Whose share of a day's acknowledgements is used up. */
export type Limit = 'address' | 'domain' | 'all'

/** Something admins must know, without content: codes and ids only. */
export type Alert =
  /** Members who did not accept the terms that hold by the date; `effect`: what the policy makes of it. */
  | {
      readonly kind: 'acceptance-overdue'
      readonly version: string
      readonly contacts: readonly { readonly id: ContactId; readonly address: EmailAddress }[]
      readonly effect: 'suspended' | 'kept'
    }
  /** A contact on the list signed what only the team may send. */
  | { readonly kind: 'member-command'; readonly inbound: InboundId; readonly contact: ContactId }
  /** An admin says that it is. `effect`: what the policy makes of it. */
  | { readonly kind: 'case-public'; readonly case: CaseId; readonly effect: Policy['public']['effect'] }
  /** By its owner. `engineer`: whose it was on the fix team of these cases; else it was their reporter's. */
  | {
      readonly kind: 'key-revoked'
      readonly key: Fingerprint
      readonly engineer: string | undefined
      readonly cases: readonly CaseId[]
    }
  /** Nobody has touched them for a time, the first of them since then. */
  | { readonly kind: 'incidents-open'; readonly incidents: readonly IncidentId[]; readonly since: Instant }
  | { readonly kind: 'shunted'; readonly inbound: InboundId; readonly why: string }
  | { readonly kind: 'delivery-failed'; readonly to: string; readonly mail: string }
  /** `others`: how many more are late beyond the one that is named. */
  | {
      readonly kind: 'delivery-late'
      readonly to: string
      readonly mail: string
      readonly others: number
    }
  | { readonly kind: 'delivery-held'; readonly to: string; readonly mail: string; readonly why: string }
  | { readonly kind: 'notice-held'; readonly notice: NoticeId; readonly why: string }
  /** It is due, and goes by itself when what hinders it is gone. */
  | { readonly kind: 'notice-waits'; readonly notice: NoticeId; readonly why: NoticeWait }
  /** The data directory could not be written; told when it can be again. */
  | { readonly kind: 'disk-failed'; readonly since: Instant }
  /** Sent in clear, for it is about mail that could be encrypted to none of them. */
  | { readonly kind: 'admins-unreachable' }
  /** The mailbox's server does not let us in, or has no such mailbox, or one without UIDs. */
  | { readonly kind: 'mailbox-refused'; readonly why: 'auth-failed' | 'unusable' }
  /** The configuration names other admins than at the last start, or other addresses or keys of theirs. */
  | {
      readonly kind: 'team-changed'
      readonly joined: readonly Admin[]
      readonly left: readonly Admin[]
      readonly changed: readonly Admin[]
    }
  /** Mail is read and answered, but stays where it is: no quota, no right to write, no command for it. */
  | { readonly kind: 'filing-refused' }
  /** Mail that was in the mailbox and was gone before it could be read; once an hour, whatever became of how many. */
  | { readonly kind: 'mail-vanished'; readonly mails: number }
  /** Stored mail whose octets are gone; told at each start. */
  | { readonly kind: 'octets-missing'; readonly mails: number; readonly cases: readonly CaseId[] }
  /** A limit was reached: acknowledgements wait until the day allows more. Told once while any waits for it. */
  | { readonly kind: 'acknowledgements-postponed'; readonly limit: Limit; readonly case: CaseId }
  /** Its UIDVALIDITY changed: every mail in it was looked at anew. */
  | { readonly kind: 'mailbox-renumbered' }

export type MailOrder = {
  readonly to: EmailAddress
  readonly encryptTo: EncryptTo
  readonly project: ProjectName
  readonly case: CaseId | undefined
  readonly notice: NoticeId | undefined
  readonly contact: ContactId | undefined
  /** Of the contact whom a copy of a notice is made for: what it may go to is as it was then. */
  readonly contactVersion?: number
  /** The application whose thread it stands in. */
  readonly application?: ApplicationId
  /** The incident that an answer to it adds to. */
  readonly incident?: IncidentId
  /** `list`: to a member or an applicant, from the project's distributors address where it has one. */
  readonly from?: 'list'
  /** The recipient's own Message-ID that this mail answers. */
  readonly inReplyTo: MessageId | undefined
  readonly content: Content
  /** What its reader can tap next, of a mail about a case: filled in for every decision by src/decide/offers.ts. */
  readonly offers?: readonly Suggestion[]
}

/** A mail that would go out then. */
export type SimulatedMail = { readonly at: Instant; readonly order: MailOrder }

const AT_LEAST_ONCE: ReadonlySet<Content['kind']> = new Set([
  'membership',
  'notice',
  'reply',
  'report',
  'past-mail',
  'welcome',
  'request',
  'news',
  'share-request',
  'share-outcome',
  'contribution',
  'leak',
  'strike',
  'application-declined',
  'member-welcome',
  'challenge',
  'reacceptance',
])

/**
 * Acknowledgements and what merely informs go at most once: dropped when in doubt. A person's words and
 * notices go at least once: the same octets again when in doubt (product.md §11, threats.md J01, J02).
 */
export function deliveryPromise(kind: Content['kind']): 'at-most-once' | 'at-least-once' {
  return AT_LEAST_ONCE.has(kind) ? 'at-least-once' : 'at-most-once'
}
