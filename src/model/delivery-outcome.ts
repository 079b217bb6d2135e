// What came of handing one mail to the submission server: between the dispatcher, which learns it, and the outbox,
// which records it.
import type { Instant, OutboxId } from './scalars.ts'

/** How far the dialogue had come (RFC 5321 §3): `data` up to the final dot, `final` the answer to it. */
export type SendStage = 'connect' | 'greeting' | 'auth' | 'mail' | 'rcpt' | 'data' | 'final'

/** What came of one attempt; `code` (RFC 5321 §4.2.3) and `status` (RFC 3463) are the reply's, if one came. */
export type DeliveryOutcome =
  | { readonly kind: 'accepted'; readonly code: number }
  | {
      readonly kind: 'retry'
      readonly at: Instant
      readonly code: number | undefined
      readonly status?: string | undefined
      readonly stage: SendStage
    }
  | {
      readonly kind: 'failed'
      readonly code: number | undefined
      readonly status?: string | undefined
      readonly stage: SendStage
    }
  /** The whole mail went out and no answer came: sent again at `at` if promised at least once, else dropped. */
  | { readonly kind: 'in-doubt'; readonly at: Instant }

/** `at`: when the outcome was known. */
export type Answer = { readonly id: OutboxId; readonly outcome: DeliveryOutcome; readonly at: Instant }
