// What mail about joining a list says: requests, how they stand and what comes of them, tokens and terms.
import type { Application, Vouch } from './application.ts'
import type { ApplicationFlag } from './application-flag.ts'
import type { Contact } from './contact.ts'
import type { KeyFault } from './key-fault.ts'
import type { OpenedMail } from './mail.ts'
import type { Missing } from './missing.ts'
import type { Plaintext } from './plaintext.ts'
import type { Terms } from './policy.ts'
import type { ApplicationId, ContactId, Fingerprint, InboundId, Instant, ProjectName } from './scalars.ts'

export type JoiningMail =
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
      readonly unanswered: 'machine' | 'capped' | 'restored' | undefined
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
  /** A request to join, for the team: why they hear of it now, and how it stands. */
  | {
      readonly kind: 'application-review'
      readonly occasion: 'complete' | 'objected' | 'due-soon' | 'due' | 'overdue'
      readonly standing: ApplicationStanding
    }
  /** For the team: all that wait for a decision, once a week; or of which something came, while there are many. */
  | {
      readonly kind: 'applications-pending'
      readonly occasion: 'weekly' | 'many'
      /** The oldest first. */
      readonly pending: readonly ApplicationStanding[]
      /** Whether there are newer ones that are left out. */
      readonly others: 'none' | 'more'
    }
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
