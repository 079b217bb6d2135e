// How fast mail is handed to the submission server: never more than so many in any minute, and not all of them in its
// first second. In go instants of the guarded clock, out comes when the next mail may go; nothing is waited for here.
import { type Instant, instant } from './scalars.ts'
import { MINUTE } from './time.ts'

/** What may still be handed over at an instant; a fraction grows to a whole mail. */
export type Pace = { readonly left: number; readonly at: Instant }

/** Copies of notices that go before another mail that is due has its turn. */
export const COPIES_IN_A_ROW = 9

/** What may go at once after a pause: a second's share. */
const burst = (perMinute: number): number => Math.max(1, Math.floor(perMinute / 60))

/** Milliseconds from one mail to the next: with the burst before them any minute holds no more than it may. */
const spacing = (perMinute: number): number => MINUTE / (perMinute - burst(perMinute) + 1)

/** After a pause. */
export const rested = (perMinute: number, at: Instant): Pace => ({ left: burst(perMinute), at })

/** The same later; a clock that has gone back gives nothing. */
export function paced({ left, at }: Pace, perMinute: number, now: Instant): Pace {
  const gained = Math.max(0, now - at) / spacing(perMinute)
  return { left: Math.min(burst(perMinute), left + gained), at: now }
}

/** Mails that may go now. */
export const allowance = ({ left }: Pace): number => Math.floor(left)

export const spent = ({ left, at }: Pace, mails: number): Pace => ({ left: left - mails, at })

/** When one may go where none may now: a millisecond later at the soonest. */
export const nextAllowed = ({ left, at }: Pace, perMinute: number): Instant =>
  instant(Math.max(at + 1, Math.ceil(at + (1 - left) * spacing(perMinute))))

/** When the last of so many copies has left, those of other mail between them included, if the server keeps up. */
export function lastLeaves(copies: number, perMinute: number | undefined, from: Instant): Instant {
  if (perMinute === undefined) return from
  const mails = copies + Math.floor(Math.max(0, copies - 1) / COPIES_IN_A_ROW)
  return instant(Math.ceil(from + Math.max(0, mails - burst(perMinute)) * spacing(perMinute)))
}
