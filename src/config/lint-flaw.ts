// What the rules of the lint share: the shape of a flaw, and spans compared as calendars run.
import { dueAt } from '../model/calendar.ts'
import type { Calendar, Span } from '../model/policy.ts'
import { type Instant, instant } from '../model/scalars.ts'
import type { Path } from './source.ts'

/** `against`: the other of two lines that disagree. */
export type Flaw = { readonly path: Path; readonly text: string; readonly against?: Path }

/** Two weeks in which no zone changes its clock and no profile lists a holiday. */
const PLAIN = { from: Temporal.PlainDate.from('1999-06-01'), days: 14 }
/** Days before a holiday on which a span may start that runs over it, and the holidays that are looked at. */
const AHEAD = 28
const MOST_HOLIDAYS = 12

/** Starts that stand for all: noon of each day of two plain weeks, and of the weeks before holidays. */
export function startsOf({ zone, holidays }: Calendar): readonly Instant[] {
  const runs = holidays
    .slice(0, MOST_HOLIDAYS)
    .map(day => ({ from: Temporal.PlainDate.from(day).subtract({ days: AHEAD }), days: AHEAD }))
  const days = [PLAIN, ...runs].flatMap(run =>
    Array.from({ length: run.days }, (_, i) => run.from.add({ days: i }).toString()),
  )
  return [...new Set(days)].map(day => {
    const noon = Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: zone, plainTime: '12:00' })
    return instant(noon.epochMilliseconds)
  })
}

/** Whether `span` can end after `other` that began with it. */
export const isLonger = (span: Span, other: Span, calendar: Calendar): boolean =>
  startsOf(calendar).some(start => dueAt(start, span, calendar) > dueAt(start, other, calendar))
