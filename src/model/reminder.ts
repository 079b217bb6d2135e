// What is due in a case and who is reminded of it when: a target has instants before it is due, then it, then
// more until somebody acts. Pure arithmetic over instants and a calendar.
import { before, repeated } from './calendar.ts'
import type { Calendar, Span } from './policy.ts'
import { type Instant, later } from './scalars.ts'
import { HOUR, MINUTE } from './time.ts'

/** How far people were reminded of something that is due then; another due time begins anew. */
export type Reminded = { readonly due: Instant; readonly upTo: Instant }

export type Target = {
  /** `clock:NAME` or `embargo`. */
  readonly about: string
  readonly due: Instant
  /** Nobody is reminded before. */
  readonly from: Instant
  readonly before: readonly Span[]
  readonly every: Span | Easing
}

/** Less and less often: each of the pauses until so long after it was due, then the last one. Milliseconds. */
export type Easing = {
  readonly pauses: readonly { readonly every: number; readonly until: number }[]
  readonly later: number
}

/** The pause after a reminder so long after it was due. */
const pauseAfter = ({ pauses, later: last }: Easing, since: number): number =>
  pauses.find(({ until }) => since < until)?.every ?? last

/** The reminder that comes next after those that are settled; there always is another. */
export function nextReminder(target: Target, told: Reminded | undefined, calendar: Calendar): Instant {
  const after = settledOf(target, told)
  const all = remindersOf(target, after, calendar, undefined)
  for (;;) {
    const at = all.next().value
    if (after === undefined || at > after) return at
  }
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
  for (const at of remindersOf(target, after, calendar, now)) {
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
  now: Instant | undefined,
): Generator<Instant, never> {
  const isDue = settled !== undefined && settled >= due
  if (!isDue) {
    const early = spans.map(span => before(due, span, calendar)).filter(at => at > from)
    yield* early.sort((a, b) => a - b)
  }
  const first = isDue ? settled : due
  if ('pauses' in every) for (let at = first; ; at = later(at, pauseAfter(every, at - due))) yield at
  return yield* repeated(due, every, calendar, now === undefined ? first : newestOf(first, every, now))
}

/** The last of those until `now`, where they are as many as minutes of a pause can be; else the first. */
function newestOf(first: Instant, { count, unit }: Span, now: Instant): Instant {
  if (now < first || (unit !== 'minute' && unit !== 'hour')) return first
  const each = count * (unit === 'minute' ? MINUTE : HOUR)
  return later(first, Math.floor((now - first) / each) * each)
}
