// What may come of handing one mail to the submission server, and when to try again. Pure: it reads no clock
// and speaks to nobody.
import type { SendStage } from '../model/delivery-outcome.ts'
import { type Instant, later } from '../model/scalars.ts'
import { DAY, HOUR, MINUTE } from '../model/time.ts'

export type SendFailure = {
  readonly kind: 'temporary' | 'permanent'
  readonly stage: SendStage
  /** Reply code (RFC 5321 §4.2.3); undefined where no reply came. */
  readonly code: number | undefined
  /** Enhanced status code (RFC 3463), where the reply has one. */
  readonly status?: string
}

export type SendOutcome =
  | { readonly kind: 'accepted'; readonly code: number }
  | SendFailure
  /** The whole mail went out and no answer came: it may have been accepted (RFC 1047). */
  | { readonly kind: 'in-doubt' }

/** Waits after the first attempts; hourly from then on (RFC 5321 §4.5.4.1). */
const FIRST_WAITS = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE] as const
const LATER_WAIT = HOUR
const GIVE_UP_AFTER = 5 * DAY

/** Replies that speak of the session, not of the mail: bad sequence, authentication required (RFC 4954 §6). */
const SESSION_REPLIES: readonly number[] = [503, 530]

/**
 * When to try again after the `attempts`th attempt failed at `now`. The last attempt is made five days after
 * the first one; whatever fails then or later is given up.
 */
export function nextAttempt(attempts: number, firstAttemptAt: Instant, now: Instant): Instant | 'give-up' {
  const last = later(firstAttemptAt, GIVE_UP_AFTER)
  if (now >= last) return 'give-up'
  const next = later(now, FIRST_WAITS[attempts - 1] ?? LATER_WAIT)
  return next < last ? next : last
}

/**
 * Whether trying the same mail again can help. A 5yz reply to the envelope or the mail is final. Before MAIL
 * everything passes: a wrong password or a blocked host is put right by people and says nothing of the mail.
 */
export function classifyReply(stage: SendStage, code: number | undefined): SendFailure {
  const early = stage === 'connect' || stage === 'greeting' || stage === 'auth'
  const refused = code !== undefined && code >= 500 && code <= 599 && !SESSION_REPLIES.includes(code)
  return { kind: refused && !early ? 'permanent' : 'temporary', stage, code }
}
