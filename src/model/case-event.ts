// What can happen to a case. One arm a fact; who did it and when stands on each.

import type { Answer } from './answer.ts'
import type {
  Asked,
  Attached,
  CaseState,
  Channel,
  CveState,
  Extraction,
  Rejection,
  Reporter,
  Saying,
  Severity,
  Speaker,
  Upstream,
  Writer,
} from './case.ts'
import type { Actor } from './event.ts'
import type { CaseKey, Engineer } from './person.ts'
import type { Plaintext } from './plaintext.ts'
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
  StatementId,
} from './scalars.ts'
import type { SharingOutcome } from './sharing.ts'

type About = { readonly at: Instant; readonly actor: Actor; readonly case: CaseId }

export type CaseEvent = About &
  (
    | {
        readonly kind: 'case-opened'
        readonly project: ProjectName
        readonly channel: Channel
        readonly advisory: string | undefined
        /** What clocks run from; `at` is when the case was opened. */
        readonly receivedAt: Instant
        readonly inbound: InboundId
        /** The file in the mail that is the report, where somebody forwarded it. */
        readonly attached?: Attached
        readonly reporter: Reporter
        readonly otherAuthors?: readonly EmailAddress[]
        readonly protection: 'clear' | 'encrypted'
        readonly title: Plaintext
        readonly messageId: MessageId | undefined
        readonly extract: Extraction | undefined
      }
    | {
        readonly kind: 'case-followed-up'
        readonly inbound: InboundId
        readonly from: Writer
        /** The first mail of the case to say that it is public. */
        readonly claims?: 'public'
      }
    | { readonly kind: 'case-routed'; readonly project: ProjectName }
    | { readonly kind: 'lead-offered'; readonly to: string }
    | { readonly kind: 'case-taken'; readonly lead: string }
    /** All who could be asked were, and nobody leads it. */
    | { readonly kind: 'lead-not-found' }
    /** They lead it no more, or need not answer whether they would. */
    | { readonly kind: 'lead-left'; readonly name: string }
    | { readonly kind: 'case-accepted' }
    | { readonly kind: 'case-rejected'; readonly as: Rejection; readonly reason: Plaintext }
    /** It was no report at all; nobody is told. */
    | { readonly kind: 'case-reclassified'; readonly as: 'application' | 'automatic' }
    /** Back to where it was before an exit. */
    | { readonly kind: 'case-reopened'; readonly to: CaseState }
    | { readonly kind: 'case-merged'; readonly into: CaseId }
    | { readonly kind: 'case-closed' }
    | { readonly kind: 'case-purged' }
    | { readonly kind: 'case-shared' }
    | { readonly kind: 'engineer-joined'; readonly engineer: Engineer }
    | { readonly kind: 'engineer-left'; readonly name: string }
    /** `terms`: as they were read. */
    | { readonly kind: 'terms-accepted'; readonly name: string; readonly terms: Plaintext }
    | { readonly kind: 'access-set'; readonly name: string; readonly access: 'granted' | 'withdrawn' }
    | { readonly kind: 'fix-ready'; readonly tested: Plaintext; readonly lgtm: Plaintext }
    | { readonly kind: 'severity-proposed' | 'severity-set'; readonly severity: Severity }
    | { readonly kind: 'tags-set'; readonly tags: readonly string[] }
    | { readonly kind: 'title-set'; readonly title: Plaintext }
    | { readonly kind: 'cve-set'; readonly cve: CveState }
    | { readonly kind: 'affects-set'; readonly versions: readonly Plaintext[] }
    | {
        readonly kind: 'fixed-set'
        readonly versions: readonly Plaintext[]
        readonly wontfix: readonly Plaintext[]
      }
    | {
        readonly kind: 'mitigations-set'
        readonly text: Plaintext
        readonly mitigation: 'straightforward' | undefined
      }
    | { readonly kind: 'communication-set'; readonly text: Plaintext }
    | { readonly kind: 'upstream-set'; readonly upstream: Upstream }
    | { readonly kind: 'made-public'; readonly url: Plaintext }
    | { readonly kind: 'case-held' | 'case-slowed'; readonly reason: Plaintext }
    | { readonly kind: 'case-released'; readonly reason: Plaintext }
    | { readonly kind: 'slow-ended' }
    | { readonly kind: 'disclosure-planned'; readonly disclose: Instant; readonly reason: Plaintext }
    | {
        readonly kind: 'case-extended'
        readonly until: Instant
        readonly reason: Plaintext
        readonly because?: string
      }
    /** The policy allows no longer one; `due`: since when. */
    | { readonly kind: 'embargo-lifted'; readonly due: Instant }
    /** Word came that somebody did not keep it: the team has to decide what follows. */
    | { readonly kind: 'embargo-doubted'; readonly because: IncidentId | undefined }
    /** It is over before its date. `since`: when word of that came, if any did. */
    | {
        readonly kind: 'embargo-broken'
        readonly reason: Plaintext
        readonly since: Instant | undefined
      }
    | { readonly kind: 'embargo-continued'; readonly reason: Plaintext }
    /** Enough of the organisations that know of the case agree to the date, and none objects. */
    | {
        readonly kind: 'date-agreed'
        readonly disclose: Instant
        readonly agreed: number
        readonly of: number
      }
    /** Whether distributors are to hear of it early at all. */
    | {
        readonly kind: 'early-disclosure-decided'
        readonly as: 'yes' | 'no'
        readonly reason: Plaintext
      }
    | {
        readonly kind: 'member-answered'
        readonly answerer: ContactId
        readonly of: DistributorId
        readonly answer: Answer
      }
    /** What a member thinks of the fix: for the insiders alone. */
    | {
        readonly kind: 'feedback-given'
        readonly contributor: ContactId
        readonly of: DistributorId
        /** Undefined: it is a mail of the thread. */
        readonly text: Plaintext | undefined
      }
    | {
        readonly kind: 'reporter-set'
        readonly address: EmailAddress | undefined
        readonly key: CaseKey | undefined
      }
    | { readonly kind: 'key-offered'; readonly inbound: InboundId; readonly key: CaseKey }
    /** By its owner: it speaks for nobody in the case any more, and an engineer who used it is off its fix team. */
    | { readonly kind: 'key-revoked'; readonly key: Fingerprint }
    | { readonly kind: 'asked'; readonly about: Asked }
    | {
        readonly kind: 'statement-made'
        readonly statement: StatementId
        readonly inbound: InboundId
        readonly by: Speaker
        readonly saying: Saying
      }
    | { readonly kind: 'statement-adopted'; readonly statement: StatementId }
    | { readonly kind: 'reporter-said'; readonly saying: Saying }
    | { readonly kind: 'note-added'; readonly text: Plaintext }
    /** A member asks to tell somebody; an earlier request of the same contact is void. */
    | {
        readonly kind: 'share-asked'
        readonly asker: ContactId
        readonly of: DistributorId
        readonly with: Plaintext
        readonly why: Plaintext
        readonly due: Instant
        readonly asked: readonly ContactId[]
      }
    | {
        readonly kind: 'share-agreed'
        readonly asker: ContactId
        readonly voter: ContactId
        readonly of: DistributorId
      }
    | {
        readonly kind: 'share-decided'
        readonly asker: ContactId
        readonly as: SharingOutcome
        readonly reason: Plaintext | undefined
      }
    | {
        readonly kind: 'contributed'
        readonly contributor: ContactId
        readonly of: DistributorId
        readonly task: string
        readonly text: Plaintext
      }
    /** `upTo`: of the reminders of what is due then, all until that instant are settled. */
    | { readonly kind: 'reminded'; readonly about: string; readonly due: Instant; readonly upTo: Instant }
    /** A notice of the case went out. */
    | {
        readonly kind: 'notice-went-out'
        readonly stage: string
        readonly to: 'distributors' | 'users'
      }
    | { readonly kind: 'reply-sent'; readonly text: Plaintext; readonly plan: 'yes' | 'no' }
  )
