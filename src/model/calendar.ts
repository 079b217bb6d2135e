// When a span of a policy's clock ends, by the policy's own calendar. Reads no clock; the zone rules are
// those of the runtime.
import type { Calendar, Span } from './policy.ts'
import { type Instant, instant, later } from './scalars.ts'
import { HOUR, MINUTE } from './time.ts'

/**
 * The instant at which `span`, counted from `start`, is over. Minutes and hours are exact. Days keep the
 * local time of `start` in the calendar's zone; a time that the zone skips moves on by the gap. `n` business
 * days end at that same local time on the n-th business day after the day of `start`, whatever day that is:
 * three business days from Friday 17:00 end on Wednesday 17:00, and so do three from Saturday 17:00. This is
 * the earliest reading of "within 3 business days", so nobody is told a later time than they count to.
 * @throws RangeError if the calendar's weekend leaves no day of the week to work on.
 */
export function dueAt(start: Instant, span: Span, calendar: Calendar): Instant {
  if (span.unit === 'minute') return later(start, span.count * MINUTE)
  if (span.unit === 'hour') return later(start, span.count * HOUR)
  const local = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(calendar.zone)
  const days = span.unit === 'day' ? span.count : calendarDays(local.toPlainDate(), span.count, calendar)
  return instant(local.add({ days }).epochMilliseconds)
}

/**
 * The instant `span` before `due`, counted as `dueAt` counts forward: days keep the local time.
 * @throws RangeError as `dueAt` does.
 */
export function before(due: Instant, span: Span, calendar: Calendar): Instant {
  if (span.unit === 'minute') return later(due, -span.count * MINUTE)
  if (span.unit === 'hour') return later(due, -span.count * HOUR)
  const local = Temporal.Instant.fromEpochMilliseconds(due).toZonedDateTimeISO(calendar.zone)
  const days = span.unit === 'day' ? span.count : calendarDays(local.toPlainDate(), span.count, calendar, -1)
  return instant(local.subtract({ days }).epochMilliseconds)
}

/**
 * An instant and then others, each `span` after the one before, without end. Days keep the local time of `first`
 * also after a night that skipped it. `from`, one of them, leaves out those before.
 * @throws RangeError as `dueAt` does.
 */
export function* repeated(
  first: Instant,
  span: Span,
  calendar: Calendar,
  from: Instant,
): Generator<Instant, never> {
  if (span.unit === 'minute' || span.unit === 'hour')
    for (let at = from; ; at = dueAt(at, span, calendar)) yield at
  const zoned = (at: Instant) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(calendar.zone)
  const plainTime = zoned(first).toPlainTime()
  let day = zoned(from).toPlainDate()
  for (yield from; ; ) {
    day = day.add({ days: span.unit === 'day' ? span.count : calendarDays(day, span.count, calendar) })
    yield instant(day.toZonedDateTime({ timeZone: calendar.zone, plainTime }).epochMilliseconds)
  }
}

function calendarDays(
  from: Temporal.PlainDate,
  businessDays: number,
  calendar: Calendar,
  direction: 1 | -1 = 1,
): number {
  let left = businessDays
  let day = from
  // Each week has a business day at least, but for as many as there are holidays.
  const most = 7 * (businessDays + calendar.holidays.length)
  for (let passed = 0; passed <= most; passed++) {
    if (left === 0) return passed
    day = day.add({ days: direction })
    if (isBusinessDay(day, calendar)) left -= 1
  }
  throw new RangeError('the calendar has too few business days')
}

const isBusinessDay = (day: Temporal.PlainDate, calendar: Calendar): boolean =>
  !calendar.weekend.includes(day.dayOfWeek) && !calendar.holidays.includes(day.toString())
