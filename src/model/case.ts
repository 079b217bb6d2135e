// A case: one report and all that follows from it. State is what its events, folded in order, give.
import type { Heard, MemberAnswer } from './answer.ts'
import type { Milestones } from './milestones.ts'
import type { CaseKey, Engineer } from './person.ts'
import type { Plaintext } from './plaintext.ts'
import type { Reminded } from './reminder.ts'
import type {
  CaseId,
  ContactId,
  DistributorId,
  EmailAddress,
  Fingerprint,
  InboundId,
  IncidentId,
  Instant,
  MessageId,
  ProjectName,
  Sha256,
  StatementId,
} from './scalars.ts'
import type { Contribution, ShareRequest } from './sharing.ts'

/** Reasoned exits that `reject as=…` leads to, and `spam`, `merge`, `reclassify` and `close as=internal`. */
export const REJECTIONS = ['rejected', 'duplicate', 'not-security', 'internal', 'spam'] as const
export type Rejection = (typeof REJECTIONS)[number]

/** The way of a case that is a vulnerability (product.md §5); `accept` and `publish` may skip what lies between. */
export const CASE_WAY = ['new', 'triaged', 'accepted', 'fixing', 'fix-ready', 'published', 'closed'] as const
export type CaseState = (typeof CASE_WAY)[number] | Rejection

const way: readonly CaseState[] = CASE_WAY

/** The later of two states on the way; a case never goes back on it. */
export const atLeast = (state: CaseState, least: CaseState): CaseState =>
  way.indexOf(state) < way.indexOf(least) ? least : state

/** How a report reached us. */
export type Channel = 'direct' | 'list' | 'forwarded' | 'ghsa'

/** What the reporter wants and says, by their key or by a statement that an admin adopted. */
export type ReporterWishes = {
  /** Name to thank; `none`: they want no credit; undefined: they did not say. */
  readonly credit: Plaintext | 'none' | undefined
  /** To the publication as proposed. */
  readonly consent: 'yes' | 'no' | undefined
  /** To an already public matter being handled in private, as `ask-private` asks. */
  readonly private: 'yes' | 'no' | undefined
  /** On the embargo's instant. */
  readonly position:
    | { readonly kind: 'agree' }
    | { readonly kind: 'object'; readonly reason: Plaintext | undefined }
    | { readonly kind: 'propose'; readonly instant: Instant }
    | undefined
}

/** Who reported. `key`: the one of the case, set at opening (product.md §5) or by `reporter key=`. */
export type Reporter = {
  readonly address: EmailAddress | undefined
  readonly key: CaseKey | undefined
}

/**
 * Who said it: the key of the case, in a mail that was no command, or whoever wrote from the reporter's address
 * in a case without a key.
 */
export type Speaker = 'key' | 'address'

/** One thing that a reporter says of their wishes. */
export type Saying =
  | { readonly kind: 'credit'; readonly name: Plaintext | 'none' }
  | { readonly kind: 'consent'; readonly answer: 'yes' | 'no' }
  | { readonly kind: 'private'; readonly answer: 'yes' | 'no' }
  | { readonly kind: 'agree' }
  | { readonly kind: 'object'; readonly reason: Plaintext | undefined }
  | { readonly kind: 'propose'; readonly instant: Instant }

/** What a reporter said in the thread: it counts for nothing until an admin adopts it (product.md §3). */
export type Statement = {
  readonly id: StatementId
  readonly at: Instant
  readonly inbound: InboundId
  readonly by: Speaker
  readonly saying: Saying
  readonly adoptedBy: string | undefined
}

/** `reporter`, `member` (a contact who was told of the case), `team` (any insider), or anybody else in the thread. */
export type Writer = 'reporter' | 'member' | 'other' | 'team'

export type ThreadEntry = {
  readonly inbound: InboundId
  readonly at: Instant
  readonly from: Writer
  /** The file in that mail which is the report, where somebody forwarded it. */
  readonly attached?: Attached
  /** It says, as the first mail of its case, that all is public; the admins are alarmed of that once. */
  readonly claims?: 'public'
}

export type Attached = {
  /** Of its octets. */
  readonly sha256: Sha256
  /** Of what tells it from other mail, however it reaches us. */
  readonly identity: Sha256
}

export type Note = { readonly at: Instant; readonly by: string; readonly text: Plaintext }

/** A key that came with a mail of the thread: it counts for nothing until an admin says `reporter … key=`. */
export type KeyOffer = { readonly at: Instant; readonly inbound: InboundId; readonly key: CaseKey }

/** A CVSS vector that was strictly validated, and its base score. */
export type Severity = {
  readonly version: '3.0' | '3.1' | '4.0'
  readonly vector: string
  readonly score: number
}

export type CveState =
  | { readonly kind: 'none' }
  | { readonly kind: 'requested'; readonly at: Instant }
  | { readonly kind: 'assigned'; readonly id: string }

/** An upstream project whose own disclosure binds ours. */
export type Upstream = {
  readonly name: Plaintext
  readonly instant: Instant | undefined
}

/** What was found in a report for whoever triages it; nothing in it decides anything. */
export type Extraction = {
  /** Positions in the policy's proposedContent of what the report seems to hold. */
  readonly contentFound: readonly number[]
  readonly cveIds: readonly string[]
  readonly cvssVectors: readonly string[]
  readonly versions: readonly Plaintext[]
  /** Disclosure date that the reporter seems to ask for, as written. */
  readonly requestedDate: Plaintext | undefined
  /** The same as an instant: the beginning of that day, UTC. */
  readonly requestedAt: Instant | undefined
  readonly claimsPublic: 'yes' | 'no'
  /** It seems to ask for a place on a distributors list. */
  readonly asksToJoin?: 'yes'
  /** Rare words (names of functions, files, CVE ids), to find similar open cases by. */
  readonly terms: readonly Plaintext[]
}

export type Ending = {
  readonly at: Instant
  readonly from: CaseState
  /** Undefined where the exit says it all. */
  readonly reason: Plaintext | undefined
  /** Whether its reporter heard of it; nobody tells a spammer or a machine. */
  readonly told: 'reporter' | 'nobody'
}

/** How somebody is looked for who leads the case, as long as nobody does. */
export type LeadSearch = {
  /** Nobody led it from then on. */
  readonly since: Instant
  /** Who was asked since, the newest last. */
  readonly asked: readonly { readonly name: string; readonly at: Instant }[]
  /** When all were asked and none had accepted. */
  readonly inVain: Instant | undefined
}

/**
 * When the case is to be public, as people agreed; the policy's own limits stand in the policy. `none`: no date is
 * named. `proposed`: one is, and the case is not accepted yet. `active`: the date of an accepted case. `lifted`:
 * over, since the policy allows no longer one. `broken`: somebody did not keep it.
 */
export type Embargo = {
  readonly state: 'none' | 'proposed' | 'active' | 'lifted' | 'broken'
  readonly disclose: Instant | undefined
  /** When that date was set or last changed, and why. */
  readonly set?: { readonly at: Instant; readonly why: Plaintext | undefined }
  /** The organisations told that agreed to that date, of how many; undefined: the team alone names it. */
  readonly agreed?: { readonly at: Instant; readonly agreed: number; readonly of: number }
  /** Word that somebody does not keep it, on which the team has not decided yet. */
  readonly doubted?: { readonly at: Instant; readonly because: IncidentId | undefined }
}

/** What a member thinks of the fix. */
export type Feedback = {
  readonly contributor: ContactId
  readonly of: DistributorId
  readonly at: Instant
  /** Undefined: it came as a mail, which stands in the thread. */
  readonly text: Plaintext | undefined
}

/** What we can ask a reporter for. */
export type Asked = 'info' | 'private' | 'key'

export type Case = {
  readonly id: CaseId
  readonly project: ProjectName
  readonly channel: Channel
  /** GHSA id of the advisory that opened it. */
  readonly advisory: string | undefined
  readonly state: CaseState
  /** Number of events so far; `expect=` compares it. */
  readonly revision: number
  /** Clocks run from it: arrival, or when a forwarded report reached its first reader. */
  readonly receivedAt: Instant
  /** When each came to be first; `fix-team` depends on the policy, and is asked of src/decide/time/clocks.ts. */
  readonly milestones: Milestones
  /** By what they are about: `clock:NAME`, `embargo`. */
  readonly reminded: Readonly<Record<string, Reminded>>
  readonly embargo: Embargo
  /** How often another date came to hold, or none any more (disclosure-date.ts). */
  readonly dateChanges: number
  /** Events that the clock or a member brought about, and nobody who works on it. */
  readonly unattended: number
  readonly reporter: Reporter
  /**
   * Authors, other than the one whom its header names, of what was decrypted in the first mail: whoever sent
   * it may only have passed it on, so that a reply must say to whom it goes. Empty once that is settled.
   */
  readonly otherAuthors: readonly EmailAddress[]
  readonly wishes: ReporterWishes
  /** `encrypted`: nothing about this case ever leaves in clear but the acknowledgement and bare news. */
  readonly protection: 'clear' | 'encrypted'
  readonly title: Plaintext
  readonly lead: string | undefined
  /** Who was asked to lead and has not answered yet. */
  readonly leadOffered: string | undefined
  readonly leadSearch: LeadSearch
  readonly sharedWith: 'team' | 'maintainers'
  readonly fixTeam: readonly Engineer[]
  readonly severityProposed: Severity | undefined
  readonly severity: Severity | undefined
  readonly tags: readonly string[]
  readonly cve: CveState
  readonly affects: readonly Plaintext[]
  readonly fixed: readonly Plaintext[]
  /** Versions that are hit and will not be fixed. */
  readonly wontfix: readonly Plaintext[]
  readonly mitigations: Plaintext | undefined
  /** Whether users can carry them out without much ado; a policy may ask for an earlier disclosure then. */
  readonly mitigation: 'straightforward' | undefined
  readonly communication: Plaintext | undefined
  readonly upstream: readonly Upstream[]
  /** Since when it is public, and where. */
  readonly public: { readonly at: Instant; readonly url: Plaintext } | undefined
  readonly fixReady:
    | { readonly at: Instant; readonly tested: Plaintext; readonly lgtm: Plaintext }
    | undefined
  /** `told`: the state that its reporter knows of; they hear of another when it is released. */
  readonly held: { readonly at: Instant; readonly reason: Plaintext; readonly told: CaseState } | undefined
  readonly slowed: { readonly at: Instant; readonly reason: Plaintext } | undefined
  /** Times for which it was slowed down before: the clocks that stood still then are due so much later. */
  readonly slowdowns: readonly { readonly from: Instant; readonly until: Instant }[]
  /** `because`: which of the policy's reasons it is. */
  readonly extended:
    | { readonly until: Instant; readonly reason: Plaintext; readonly because?: string }
    | undefined
  readonly mergedInto: CaseId | undefined
  /** How it took a reasoned exit, and from which state. */
  readonly ended: Ending | undefined
  /** What we asked the reporter for and have not heard of yet. */
  readonly awaits: { readonly at: Instant; readonly about: Asked } | undefined
  /** `purged`: everything that people wrote is gone; ids, states and instants are kept. */
  readonly content: 'kept' | 'purged'
  readonly extract: Extraction | undefined
  readonly thread: readonly ThreadEntry[]
  readonly notes: readonly Note[]
  readonly statements: readonly Statement[]
  /** The newest last, one a key, at most `MOST_OFFERS`. */
  readonly offers: readonly KeyOffer[]
  /** Keys that spoke in it and whose owners have revoked them: an older copy of one is not taken again. */
  readonly revokedKeys?: readonly Fingerprint[]
  /** All that were granted, and else of a contact the last one; the newest last. */
  readonly sharing: readonly ShareRequest[]
  readonly contributions: readonly Contribution[]
  /** Of an organisation the last one of each matter; the newest last. */
  readonly answers: readonly MemberAnswer[]
  readonly feedback: readonly Feedback[]
  /** Since when its reporter takes part in what is discussed with members; undefined: they do not. */
  readonly reporterDiscusses?: Instant
  /** One an organisation; the newest last. */
  readonly heard: readonly Heard[]
  /** When the newest notice to its distributors began to go; undefined: none has. */
  readonly toldAt: Instant | undefined
  /** Whether distributors hear of it early; undefined: nobody has decided. */
  readonly earlyDisclosure:
    | { readonly as: 'yes' | 'no'; readonly at: Instant; readonly by: string; readonly reason: Plaintext }
    | undefined
  /** What the team wrote to the reporter. */
  readonly replies: readonly Note[]
  /** The reporter's own Message-ID, which our mails to them refer to. */
  readonly messageId: MessageId | undefined
}

/** Certificates are stored with the case, and anyone may send some. */
export const MOST_OFFERS = 10

export const OPEN_STATES: readonly CaseState[] = [
  'new',
  'triaged',
  'accepted',
  'fixing',
  'fix-ready',
  'published',
]

/** Whether people still work on it; a published case is open until it is closed. */
export const isOpen = (theCase: Case): boolean => OPEN_STATES.includes(theCase.state)

/** How often people with authority changed it: mail that joins it counts for nothing, nor what it says, nor time. */
export const changesByPeople = ({ revision, thread, statements, unattended }: Case): number =>
  revision - thread.length - statements.length - unattended

/** Whether it may still take one of the reasoned exits. */
export const isUnpublished = (theCase: Case): boolean => isOpen(theCase) && theCase.state !== 'published'

const ACCEPTED = CASE_WAY.slice(CASE_WAY.indexOf('accepted'))

/** Whether it was found to be a vulnerability, and takes no exit. */
export const isAccepted = ({ state }: Pick<Case, 'state'>): boolean => ACCEPTED.some(one => one === state)

/** Whether the admins know that it is, or is said to be, public. */
export const isSaidPublic = ({ public: known, extract, thread }: Case): boolean =>
  known !== undefined || extract?.claimsPublic === 'yes' || thread.some(({ claims }) => claims === 'public')

/** Whether its newest mail is the one that says so, and nobody with authority has yet. */
export const claimsPublicNow = ({ public: known, extract, thread }: Case): boolean =>
  known === undefined &&
  (thread.at(-1)?.claims === 'public' || (thread.length === 1 && extract?.claimsPublic === 'yes'))

/** The state that the reporter knows of: what they hear next is news only if it is another. */
export function toldState({ held, ended, state }: Case): CaseState {
  if (held !== undefined) return held.told
  return ended?.told === 'nobody' ? ended.from : state
}
