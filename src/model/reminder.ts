// What is due in a case and who is reminded of it when: a target has instants before it is due, then it, then
// more until somebody acts. Pure arithmetic over instants and a calendar.
import { before, repeated } from './calendar.ts'
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
  const after = settledOf(target, told)
  for (const at of remindersOf(target, after, calendar)) if (after === undefined || at > after) return at
  return undefined
}

/** The newest reminder until `now` that is not settled; those that were missed are not caught up on. */
export function dueReminder(
  target: Target,
  told: Reminded | undefined,
  now: Instant,
  calendar: Calendar,
): Instant | undefined {
  const after = settledOf(target, told)
  let newest: Instant | undefined
  for (const at of remindersOf(target, after, calendar)) {
    if (at > now) break
    newest = at
  }
  return newest !== undefined && (after === undefined || newest > after) ? newest : undefined
}

const settledOf = ({ due }: Target, told: Reminded | undefined): Instant | undefined =>
  told?.due === due ? told.upTo : undefined

/** From the newest that is settled on, where it was due by then; else from the first. */
function* remindersOf(
  { due, from, before: spans, every }: Target,
  settled: Instant | undefined,
  calendar: Calendar,
): Generator<Instant> {
  const isDue = settled !== undefined && settled >= due
  if (!isDue) {
    const early = spans.map(span => before(due, span, calendar)).filter(at => at > from)
    yield* early.sort((a, b) => a - b)
  }
  let count = 0
  for (const at of repeated(due, every, calendar, isDue ? settled : due)) {
    if (count === MOST_LATE) return
    yield at
    count += 1
  }
}
