// What is mailed when somebody does not keep an embargo and the team ends it.
import type { DisclosureDate } from './disclosure-date.ts'
import type { Plaintext } from './plaintext.ts'
import type { IncidentId, Instant, NoticeId } from './scalars.ts'

export type EndingContent =
  /** Tells an admin that it is broken, and what there is to do. Lengths of time in milliseconds. */
  | {
      readonly kind: 'embargo-broken'
      readonly by: string
      readonly reason: Plaintext
      /** How long ago word of it came; undefined: none did. */
      readonly sinceWord: number | undefined
      /** How long ago the first notice went out; undefined: none did. */
      readonly sinceNotice: number | undefined
      /** What does not go out any more. */
      readonly stopped: { readonly notices: readonly NoticeId[]; readonly copies: number }
      /** Contacts who hear of it; `waits`: the case is held, and nobody outside hears of it before its release. */
      readonly members: number | 'waits'
      readonly incident: IncidentId | undefined
      /** Whether the policy wants that the team looks back together. */
      readonly retrospective: 'held' | 'none'
      readonly who: Plaintext
      /** The date that was named, if one was. */
      readonly date?: DisclosureDate
    }
  /** Tells a member who knew the date; never who broke it, nor why. */
  | {
      readonly kind: 'embargo-over'
      readonly at: Instant
      /** The date that they knew, if one was named. */
      readonly date?: DisclosureDate
      readonly public: 'yes' | 'no'
    }
