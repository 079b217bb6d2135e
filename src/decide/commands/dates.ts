// Dates that people type after a verb: what cannot be meant is a typing error, and refused as such.
import { ok, type Result } from '../../model/result.ts'
import type { Instant } from '../../model/scalars.ts'
import { DAY, formatInstant, parseInstant } from '../../model/time.ts'
import { type Refusal, refuse } from './command.ts'

/** A date further from now than this is taken for a typing error, in milliseconds. */
export const FURTHEST = 400 * DAY

/**
 * An instant that lies ahead, or `now`: the moment at which it is decided, which is that of the confirmation where one
 * is waited for.
 */
export const sendInstant = (name: string, text: string, now: Instant): Result<Instant, Refusal> =>
  text.toLowerCase() === 'now' ? ok(now) : futureInstant(name, text, now)

/** When something decided now is to happen. */
export const whenWords = (at: Instant, now: Instant): string =>
  at <= now ? 'at once' : `at ${formatInstant(at)}`

/** An instant that lies ahead; `name` is the argument's. */
export function futureInstant(name: string, text: string, now: Instant): Result<Instant, Refusal> {
  const parsed = parseInstant(text)
  if (!parsed.ok) return refuse('E-DATE', `${name}=${parsed.error}`)
  if (parsed.value <= now)
    return refuse('E-DATE', `${text} is past; choose an instant after ${formatInstant(now)}.`)
  if (parsed.value > now + FURTHEST)
    return refuse('E-DATE', `${text} is more than a year away; check the year.`)
  return parsed
}
