// What a decision about a mail, a request or an instant needs to see: the question that reading a snapshot answers.
import type { CaseState } from '../model/case.ts'
import type { QueueRequest } from '../model/queues.ts'
import type {
  ApplicationId,
  CaseId,
  ContactId,
  DistributorId,
  EmailAddress,
  Fingerprint,
  IncidentId,
  Instant,
  MessageId,
  NoticeId,
  PostId,
  StatementId,
} from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import type { Person } from './plans.ts'
import type { SignatureIdentity } from './signatures.ts'

/** Every application that is open, the newest of all, or those of the mail alone. */
export type Pending = 'applications' | 'all-applications' | 'nothing'

/** What a mail or request names, and so what its decision needs to see. */
export type SnapshotQuery = {
  readonly now: Instant
  readonly settings: Settings
  readonly ownKeys: readonly Fingerprint[]
  readonly cases: readonly CaseId[]
  readonly notices: readonly NoticeId[]
  readonly applications: readonly ApplicationId[]
  readonly incidents: readonly IncidentId[]
  readonly posts: readonly PostId[]
  /** Contacts who may be on their way back, or off the list: the cases that they were told of are looked at. */
  readonly contacts: readonly ContactId[]
  /** Cases with which the incidents are wanted that are open about them. */
  readonly leaksOf: readonly CaseId[]
  /** Organisations: the same of their contacts, and the applications are wanted that brought them here. */
  readonly distributors: readonly DistributorId[]
  readonly statements: readonly StatementId[]
  /** In-Reply-To and References of the mail. */
  readonly thread: readonly MessageId[]
  /** The same of a mail to a list: what it answers is looked up. */
  readonly answers: readonly MessageId[]
  /** The mail's own Message-ID. */
  readonly messageId: MessageId | undefined
  readonly signature: SignatureIdentity | undefined
  /** Keys that it says are revoked: the cases and requests to join in which they speak are looked at. */
  readonly revoked: readonly Fingerprint[]
  readonly token: string | undefined
  readonly author: EmailAddress | undefined
  readonly person: Person | undefined
  /** The newest cases in these states, too, of whose notices only the scheduled ones. */
  readonly states: readonly CaseState[]
  readonly also: 'scheduled-notices' | 'nothing'
  readonly pending: Pending
  readonly queueRow: QueueRequest | undefined
  /** The return address of ours that the mail came to. */
  readonly returned: EmailAddress | undefined
  /** The GitHub advisory that the mail tells of. */
  readonly advisory: string | undefined
  /** The enrolled certificate that a bad signature names. */
  readonly claimed: Fingerprint | undefined
}
