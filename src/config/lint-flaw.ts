// What the rules of the lint share: the shape of a flaw, and spans compared as calendars run.
import { dueAt } from '../model/calendar.ts'
import type { Calendar, Span } from '../model/policy.ts'
import { type Instant, instant } from '../model/scalars.ts'
import { DAY } from '../model/time.ts'
import type { Path } from './source.ts'

/** `against`: the other of two lines that disagree. */
export type Flaw = { readonly path: Path; readonly text: string; readonly against?: Path }

/** Starts that stand for all: noon of each day of a leap year, when no zone changes its clock. */
export const SAMPLES: readonly Instant[] = Array.from({ length: 366 }, (_, day) =>
  instant(Temporal.Instant.from('2028-01-01T12:00Z').epochMilliseconds + day * DAY),
)

/** Whether `span` can end after `other` that began with it. */
export const isLonger = (span: Span, other: Span, calendar: Calendar): boolean =>
  SAMPLES.some(start => dueAt(start, span, calendar) > dueAt(start, other, calendar))
