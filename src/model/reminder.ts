// What is due in a case and who is reminded of it when: a target has instants before it is due, then it, then
// more until somebody acts. Pure arithmetic over instants and a calendar.
import { before, dueAt } from './calendar.ts'
import type { Reminded } from './case.ts'
import type { Calendar, Span } from './policy.ts'
import type { Instant } from './scalars.ts'

export type Target = {
  /** `clock:NAME` or `embargo`. */
  readonly about: string
  readonly due: Instant
  /** Nobody is reminded before. */
  readonly from: Instant
  readonly before: readonly Span[]
  readonly every: Span
}

/** Reminders of one target that are gone through; whoever did not hear of so many hears of the newest. */
const MOST_LATE = 4_000

/** The reminder that comes next after those that are settled; undefined after very many. */
export function nextReminder(
  target: Target,
  told: Reminded | undefined,
  calendar: Calendar,
): Instant | undefined {
  const after = told?.due === target.due ? told.upTo : undefined
  for (const at of remindersOf(target, calendar, after)) if (after === undefined || at > after) return at
  return undefined
}

/** The newest reminder until `now` that is not settled; those that were missed are not caught up on. */
export function dueReminder(
  target: Target,
  told: Reminded | undefined,
  now: Instant,
  calendar: Calendar,
): Instant | undefined {
  const after = told?.due === target.due ? told.upTo : undefined
  let newest: Instant | undefined
  for (const at of remindersOf(target, calendar, after)) {
    if (at > now) break
    newest = at
  }
  return newest !== undefined && (after === undefined || newest > after) ? newest : undefined
}

/** From the newest that is settled on, since each follows from the one before; from the first if none is. */
function* remindersOf(
  { due, from, before: spans, every }: Target,
  calendar: Calendar,
  settled: Instant | undefined,
): Generator<Instant> {
  let at = due
  if (settled !== undefined && settled >= due) at = settled
  else
    yield* spans
      .map(span => before(due, span, calendar))
      .filter(early => early > from)
      .sort((a, b) => a - b)
  for (let count = 0; count < MOST_LATE; count += 1) {
    yield at
    at = dueAt(at, every, calendar)
  }
}
