// How often people are reminded of what waits for them without a due time: daily for a week, then weekly, for what is
// told daily for ever nobody reads.
import { type Instant, later } from '../../model/scalars.ts'
import { DAY, HOUR } from '../../model/time.ts'

/** What is due so soon is told of now, so that however many there are make few mails. Milliseconds. */
export const TOGETHER = 12 * HOUR
const DAILY_FOR = 7 * DAY

/** The next reminder of what has waited since then, `last` being when somebody was reminded, if ever. */
export function nextNag(since: Instant, last: Instant = since): Instant {
  const from = last < since ? since : last
  return later(from, from - since < DAILY_FOR ? DAY : 7 * DAY)
}
