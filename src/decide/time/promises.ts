// What clocks mean to people: which comes next, which a change has met, moved or stopped, and which cases come
// first. In go a case and its policy, out come clocks with instants, or names and instants as words.
import { dueAt } from '../../model/calendar.ts'
import type { Case } from '../../model/case.ts'
import { doubtOf } from '../../model/doubt.ts'
import type { Content, DueClock } from '../../model/order.ts'
import type { Policy, Priority } from '../../model/policy.ts'
import { unreachable } from '../../model/result.ts'
import type { Instant } from '../../model/scalars.ts'
import { formatInstant } from '../../model/time.ts'
import { clocksOf, embargoOf, holds, missingFor, type RunningClock } from './clocks.ts'

type ReportContent = Extract<Content, { kind: 'report' }>

/** Those that run, what is due first first. */
const runningClocks = (theCase: Case, policy: Policy): readonly DueClock[] =>
  clocksOf(theCase, policy)
    .flatMap(running => (running.state === 'running' ? { clock: running.clock, due: running.dueAt } : []))
    .sort((a, b) => a.due - b.due)

/**
 * The promise to the reporter that is kept next; undefined: all are, or none lies ahead. `at-once`: only as every
 * reporter was told of it, so that it tells nothing about this case: neither an upstream project's date nor a pause.
 */
export const nextPromise = (
  theCase: Case,
  policy: Policy,
  now: Instant,
  which: 'any' | 'at-once',
): DueClock | undefined =>
  runningClocks(theCase, policy).find(
    ({ clock: { kind, told, start, when, within }, due }) =>
      kind === 'promise' &&
      told === 'reporter' &&
      due > now &&
      (which === 'any' ||
        (start === 'received' &&
          when === undefined &&
          due === dueAt(theCase.receivedAt, within, policy.calendar))),
  )

export type NextDue = { readonly name: string; readonly due: Instant }

/** What is due next in a case, the end of its embargo and the decision on it included; undefined: nothing. */
export function nextDue(theCase: Case, policy: Policy): NextDue | undefined {
  const [clock] = runningClocks(theCase, policy)
  const doubt = doubtOf(theCase, policy)
  const embargo = embargoOf(theCase, policy)
  const all: readonly (NextDue | undefined)[] = [
    clock && { name: clock.clock.name, due: clock.due },
    doubt && { name: 'break or continue', due: doubt.due },
    embargo && { name: 'embargo', due: embargo.dueAt },
  ]
  return all.filter(one => one !== undefined).toSorted((a, b) => a.due - b.due)[0]
}

/** What `reply` and other verbs say of the clocks they met, and which comes next; empty where it met none. */
export function metSentence(before: Case, after: Case, policy: Policy, now: Instant): string {
  const was = clocksOf(before, policy)
  const met = clocksOf(after, policy).flatMap(({ clock, state }, i) =>
    state === 'met' && was[i]?.state !== 'met' ? clock.name : [],
  )
  if (met.length === 0) return ''
  const [next] = runningClocks(after, policy)
  const rest =
    next === undefined ? 'No clock runs any more' : `Next is ${next.clock.name}, ${dueOrOver(next.due, now)}`
  return `\nThat meets: ${met.join(', ')}. ${rest}.`
}

/** The clocks that stand still from now on, as one line; each that is due at another time, or runs again, as one. */
export function changedClocks(before: Case, after: Case, policy: Policy): readonly string[] {
  const was = clocksOf(before, policy)
  const now = clocksOf(after, policy)
  const stopped = now.flatMap(({ state, clock }, i) =>
    state === 'slowed' && was[i]?.state !== 'slowed' ? clock.name : [],
  )
  const moved = now.flatMap((is, i): readonly string[] => {
    const old = was[i]
    if (is.state !== 'running') return []
    if (old?.state === 'running' && old.dueAt === is.dueAt) return []
    const then = old?.state === 'running' ? `, was ${formatInstant(old.dueAt)}` : ''
    return [`${is.clock.name} is ${dueWords(is.dueAt)}${then}`]
  })
  const still = stopped.length === 1 ? 'stands still' : 'stand still'
  const lines = stopped.length === 0 ? moved : [`${stopped.join(', ')} ${still}`, ...moved]
  const [from, to] = [embargoOf(before, policy), embargoOf(after, policy)]
  if (to === undefined || from === undefined || from.dueAt === to.dueAt) return lines
  return [...lines, `the embargo ends ${formatInstant(to.dueAt)}, was ${formatInstant(from.dueAt)}`]
}

/** The first rule that fits, and its place among all; undefined: none does. */
export function priorityOf(
  theCase: Case,
  { priorities }: Policy,
): { readonly priority: Priority; readonly rank: number } | undefined {
  const rank = priorities.findIndex(({ when }) => holds(when, theCase))
  const priority = priorities[rank]
  return priority && { priority, rank }
}

/** What whoever triages a new case reads of its clocks and priority. */
export function dueInReport(theCase: Case, policy: Policy): Pick<ReportContent, 'clocks' | 'priority'> {
  return { clocks: runningClocks(theCase, policy), ...priorityTold(theCase, policy) }
}

/** As mails tell it; empty: no rule fits. */
export function priorityTold(theCase: Case, policy: Policy): { readonly priority?: string } {
  const first = priorityOf(theCase, policy)
  return first === undefined ? {} : { priority: first.priority.text }
}

/** One clock as a line: its name, how it stands and since or until when, and of one that runs what happens then. */
export function clockLine(running: RunningClock, theCase: Case, policy: Policy, now: Instant): string {
  const { clock } = running
  const marks = [...(clock.kind === 'aim' ? ['aim'] : []), ...(clock.told === 'team' ? ['for the team'] : [])]
  const kind = marks.length === 0 ? '' : ` (${marks.join(', ')})`
  const then = running.state === 'running' ? `; then ${clock.text}` : ''
  return `${clock.name}${kind}: ${standing(running, theCase, policy, now)}${then}`
}

function standing(running: RunningClock, theCase: Case, policy: Policy, now: Instant): string {
  const { clock } = running
  switch (running.state) {
    case 'running': {
      const missing = missingFor(clock, theCase, policy)
      const waits = missing.length === 0 ? '' : `, after ${missing.join(' or ')}`
      return `${dueOrOver(running.dueAt, now)}${waits}`
    }
    case 'met': {
      const late = running.metAt > running.dueAt ? `, was due ${formatInstant(running.dueAt)}` : ''
      return `met ${formatInstant(running.metAt)}${late}`
    }
    case 'waiting':
      return `begins with: ${clock.start}`
    case 'slowed':
      return 'stands still, the fix is slowed down'
    case 'elsewhere':
      return 'not for this case'
    case 'over':
      return 'over, the case has ended'
    default:
      return unreachable(running)
  }
}

/** `due 2026-11-24T12:00Z`, or since when it is overdue. */
export const dueOrOver = (due: Instant, now: Instant): string =>
  `${due < now ? 'OVERDUE since' : 'due'} ${formatInstant(due)}`

const dueWords = (due: Instant): string => `due ${formatInstant(due)}`
