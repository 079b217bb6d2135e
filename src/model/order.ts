// Mail that a decision wants sent: to whom, under which key, and what it is about. Compose turns an order
// into octets; an order whose certificate cannot be used is held, never sent in clear.
import type { Alert } from './alert.ts'
import type { DateTally, Position } from './answer.ts'
import type { Case, CaseState } from './case.ts'
import type { DisclosureDate } from './disclosure-date.ts'
import type { DiscussionContent } from './discussion.ts'
import type { Doubt } from './doubt.ts'
import type { EndingContent } from './ending.ts'
import type { JoiningMail } from './joining-mail.ts'
import type { OpenedMail } from './mail.ts'
import type { MembershipMail } from './member-news.ts'
import type { Forecast, Handling, Notice } from './notice.ts'
import type { Plaintext } from './plaintext.ts'
import type { Clock, Milestone } from './policy.ts'
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
  PostId,
  ProjectName,
} from './scalars.ts'
import type { MemberName, SharingContent } from './sharing.ts'

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
      /** The member who was told of the case and wrote it, if one did. */
      readonly member?: MemberName
      /** Of a new case: its clocks, what is due first first, and what the policy calls it if it comes first. */
      readonly clocks?: readonly DueClock[]
      readonly priority?: string
      /** For whom it is worded; an admin unless it says otherwise. Others see no address of the reporter's. */
      readonly reader?: 'admin' | 'insider'
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
  | JoiningMail
  | MembershipMail
  | { readonly kind: 'notice'; readonly notice: Notice; readonly handling: Handling }
  /** In clear; `forecast`: what it says besides the notice's text. */
  | { readonly kind: 'users-notice'; readonly notice: Notice; readonly forecast: Forecast }
  /** The same for the admins, to be put where users read it; `sent`: addresses that it goes to by itself. */
  | {
      readonly kind: 'users-notice-text'
      readonly notice: Notice
      readonly forecast: Forecast
      readonly sent: number
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
  | DateContent
  | DiscussionContent
  | EndingContent
  /** Asks a member, whose organisation said nothing of a notice that they have since then. */
  | {
      readonly kind: 'answer-wanted'
      readonly notice: NoticeId
      readonly since: Instant
      readonly asked: 'again' | 'last'
    }
  /**
   * What the organisations that were told of a case said of it. `told`: those that have a notice, `silent`: of which
   * nothing was heard; `asked`: whether those were asked again, and whether that was the last time.
   */
  | {
      readonly kind: 'roll-up'
      readonly told: number
      readonly silent: number
      readonly asked: 'again' | 'last' | 'nobody'
      readonly lines: readonly Plaintext[]
    }
  /** Told to the other admins, in one line. */
  | { readonly kind: 'change'; readonly by: string; readonly lines: readonly Plaintext[] }

/** Mail about the date of a case to others than its reporter. */
export type DateContent =
  /** A date that was set, moved, or holds no more; to those who work on the case, and to members who were told of it. */
  | {
      readonly kind: 'disclosure-date'
      readonly date: DisclosureDate
      readonly reader: 'insider' | 'member'
      /** Organisations told that want just that date, of how many, if they are enough. */
      readonly agreed?: NonNullable<Case['embargo']['agreed']>
      /** Who set it by a command, and sentences to know with it; to insiders alone. */
      readonly set?: { readonly by: string; readonly notes: Plaintext }
    }
  /** What the organisations told think of a date, to those who work on the case. */
  | {
      readonly kind: 'date-tally'
      readonly date: DisclosureDate | undefined
      readonly tally: DateTally
      readonly reporter: Case['wishes']['position']
      /** What one of them has just said; undefined: with it enough of them agree. */
      readonly said: { readonly by: MemberName; readonly position: Position } | undefined
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
  /** Somebody does not keep the embargo, and the team has not decided what follows. */
  | { readonly kind: 'decision'; readonly due: Instant; readonly doubt: Doubt }
  /** Nobody leads it, and nobody is left who could be asked. */
  | { readonly kind: 'lead'; readonly due: Instant; readonly asked: readonly string[] }

/** What is told to someone who may be anybody: the same for members and strangers. */
export type RefusalSentence =
  | 'not-authorised'
  | 'cleartext-signed'
  | 'html-only'
  | 'did-not-verify'
  | 'replayed'
  | 'stale'

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
  /** The post that it relays. */
  readonly post?: PostId
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
  'feedback',
  'membership',
  'notice',
  'users-notice',
  'users-notice-text',
  'reply',
  'report',
  'past-mail',
  'welcome',
  'request',
  'news',
  'share-request',
  'share-outcome',
  'contribution',
  'post',
  'post-waiting',
  'embargo-broken',
  'embargo-over',
  'leak',
  'strike',
  'application-declined',
  'member-welcome',
  'challenge',
  'reacceptance',
  'disclosure-date',
  'date-tally',
])

/**
 * Acknowledgements and what merely informs go at most once: dropped when in doubt. A person's words and
 * notices go at least once: the same octets again when in doubt (product.md §11, threats.md J01, J02).
 */
export function deliveryPromise(kind: Content['kind']): 'at-most-once' | 'at-least-once' {
  return AT_LEAST_ONCE.has(kind) ? 'at-least-once' : 'at-most-once'
}
