// What is mailed of posts: to those who read them, to the admins who let them through, and to who wrote them.
import type { OpenedMail } from './mail.ts'
import type { Plaintext } from './plaintext.ts'
import type { PostWait } from './post.ts'
import type { CaseId, InboundId, PostId } from './scalars.ts'
import type { MemberName } from './sharing.ts'

/** Who wrote a post, as its readers may know them: a member, the team as the policy calls it, the reporter. */
export type PosterName = MemberName | 'team' | 'reporter'

/** Why a post did not reach its readers at once, or at all. */
export type PostAnswer =
  | 'no-discussion'
  | 'suspended'
  | 'over'
  | 'unknown-case'
  | 'several-cases'
  | 'secret-key'
  | 'shape'
  /** Encrypted, and not to the key of the list. */
  | 'other-key'
  | 'withheld'
  | PostWait

export type DiscussionContent =
  /** The same to everybody who reads it. `mail` undefined: what the stored octets say is put in when this is sealed. */
  | {
      readonly kind: 'post'
      readonly post: PostId
      readonly about: CaseId | undefined
      readonly inbound: InboundId
      readonly poster: PosterName
      readonly mail: OpenedMail | undefined
    }
  /** Asks the admins to let it through; `readers`: whom it would reach now. */
  | {
      readonly kind: 'post-waiting'
      readonly post: PostId
      readonly about: CaseId | undefined
      readonly poster: PosterName
      readonly why: PostWait
      readonly readers: number
      readonly mail: OpenedMail
    }
  /** To its writer; `reason` of the team's, where it was withheld. */
  | {
      readonly kind: 'post-answer'
      readonly why: PostAnswer
      readonly about: CaseId | undefined
      readonly reason: Plaintext | undefined
    }
