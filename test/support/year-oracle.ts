// What reminders a year must have brought, worked out from what people did and from the policy's words alone, with
// arithmetic of its own: nothing here is shared with the rules that it judges but the types.
import assert from 'node:assert/strict'
import type { CaseEvent } from '../../src/model/case-event.ts'
import type { Event } from '../../src/model/event.ts'
import type { Clock, Condition, Policy, Span } from '../../src/model/policy.ts'

const MINUTE = 60_000
const DAY = 86_400_000

/** Every calendar that is judged counts in UTC. */
function shifted(start: number, { count, unit }: Span, policy: Policy, direction: 1 | -1 = 1): number {
  if (unit === 'minute') return start + direction * count * MINUTE
  if (unit === 'hour') return start + direction * count * 60 * MINUTE
  assert.equal(policy.calendar.zone, 'UTC')
  if (unit === 'day') return start + direction * count * DAY
  let at = start
  for (let left = count; left > 0; ) {
    at += direction * DAY
    const day = new Date(at)
    const isOff = policy.calendar.weekend.includes(day.getUTCDay() === 0 ? 7 : day.getUTCDay())
    if (!isOff && !policy.calendar.holidays.includes(day.toISOString().slice(0, 10))) left -= 1
  }
  return at
}

type Facts = {
  readonly reached: Map<string, number>
  readonly engineers: Map<string, { since: number; terms?: number; access?: number }>
  score: number | undefined
  tags: readonly string[]
  mitigation: string | undefined
  publicAt: number | undefined
  /** The date that people set last, and when; `broken`: it is due since then. */
  date: { readonly at: number | undefined; readonly set: number; readonly broken: boolean } | undefined
  over: boolean
}

type Told = { due: number; upTo: number }

export type Expected = {
  readonly at: number
  readonly due: number
  readonly about: string
  readonly case: string
}

/** What is expected, and how the promises fared. */
export type Judged = {
  readonly expected: readonly Expected[]
  readonly inTime: number
  readonly late: number
  readonly never: number
}

/** @param end Until when time passed. */
export function judge(policy: Policy, done: readonly Event[], end: number): Judged {
  const byCase = new Map<string, CaseEvent[]>()
  for (const event of done)
    if ('case' in event && !('notice' in event))
      byCase.set(event.case, [...(byCase.get(event.case) ?? []), event])
  const expected: Expected[] = []
  const fates = { inTime: 0, late: 0, never: 0 }
  for (const [id, events] of byCase) {
    const facts: Facts = {
      reached: new Map(),
      engineers: new Map(),
      score: undefined,
      tags: [],
      mitigation: undefined,
      publicAt: undefined,
      date: undefined,
      over: false,
    }
    const told = new Map<string, Told>()
    for (let next = 0; next < events.length; ) {
      const now = events[next]?.at ?? 0
      for (; events[next]?.at === now; next += 1) learn(facts, events[next] as CaseEvent)
      // That it is due they hear from whoever broke it.
      if (facts.date?.broken && facts.date.set === now) told.set('embargo', { due: now, upTo: now })
      const until = events[next]?.at ?? end
      for (const target of targetsOf(facts, policy))
        for (const at of remindersOf(target, told, now, until, policy))
          expected.push({ at, due: target.due, about: target.about, case: id })
    }
    for (const clock of policy.clocks) {
      const start = reachedAt(facts, clock.start, policy)
      if (start === undefined || !holds(clock.when, facts)) continue
      const due = shifted(start, clock.within, policy)
      const met = reachedAt(facts, clock.until, policy)
      if (met === undefined) fates.never += 1
      else if (met <= due) fates.inTime += 1
      else fates.late += 1
    }
  }
  return { expected, ...fates }
}

function learn(facts: Facts, event: CaseEvent): void {
  const reach = (name: string) => {
    if (!facts.reached.has(name)) facts.reached.set(name, event.at)
  }
  switch (event.kind) {
    case 'case-opened':
      facts.reached.set('received', event.receivedAt)
      break
    case 'case-taken':
      reach('lead')
      break
    case 'reply-sent':
      reach('conversation')
      if (event.plan === 'yes') reach('plan')
      break
    case 'case-accepted':
      reach('decided')
      reach('accepted')
      break
    case 'case-rejected':
      reach('decided')
      facts.over = true
      break
    case 'case-closed':
      facts.over = true
      break
    case 'severity-set':
      facts.score = event.severity.score
      reach('severity')
      break
    case 'tags-set':
      facts.tags = event.tags
      break
    case 'engineer-joined':
      facts.engineers.set(event.engineer.name, { since: event.engineer.since })
      break
    case 'mitigations-set':
      facts.mitigation = event.mitigation
      reach('mitigation')
      break
    case 'communication-set':
      reach('communication')
      break
    case 'cve-set':
      reach('cve')
      break
    case 'made-public':
      facts.publicAt ??= event.at
      reach('public')
      break
    case 'fix-ready':
      reach('fix-ready')
      break
    case 'notice-went-out':
      reach(`notice:${event.stage}`)
      break
    case 'disclosure-planned':
      facts.date = { at: event.disclose, set: event.at, broken: false }
      break
    case 'case-extended':
      facts.date = { at: event.until, set: event.at, broken: false }
      break
    case 'embargo-broken':
      facts.date = { at: event.at, set: event.at, broken: true }
      break
    default:
      break
  }
}

function reachedAt({ reached, engineers }: Facts, name: string, { fixTeam }: Policy): number | undefined {
  if (name !== 'fix-team') return reached.get(name)
  const instants = [...engineers.values()].flatMap(one => [
    one.since,
    ...fixTeam.needs.map(need => one[need]),
  ])
  return instants.length === 0 || instants.includes(undefined)
    ? undefined
    : Math.max(...instants.map(at => at ?? 0))
}

function holds(when: Condition | undefined, { score, tags, mitigation }: Facts): boolean {
  const { atLeast, below } = when?.severity ?? {}
  const isRated = when?.severity === undefined || score !== undefined
  const isAbove = atLeast === undefined || (score ?? -1) >= atLeast
  const isBelow = below === undefined || (score ?? 11) < below
  const isTagged = when === undefined || when.tags.length === 0 || when.tags.some(tag => tags.includes(tag))
  return (
    isRated &&
    isAbove &&
    isBelow &&
    isTagged &&
    (when?.mitigation === undefined || when.mitigation === mitigation)
  )
}

type Target = {
  readonly about: string
  readonly due: number
  readonly from: number
  readonly before: readonly Span[]
  /** `broken`: every four hours for a day, then each day. */
  readonly every: Span | 'broken'
}

function targetsOf(facts: Facts, policy: Policy): readonly Target[] {
  if (facts.over) return []
  const hurried = policy.public.effect === 'all-asap' ? facts.publicAt : undefined
  const clocks = policy.clocks.flatMap((clock): readonly Target[] => {
    const start = reachedAt(facts, clock.start, policy)
    if (start === undefined || reachedAt(facts, clock.until, policy) !== undefined) return []
    if (!holds(clock.when, facts)) return []
    const regular = shifted(start, clock.within, policy)
    const due = hurried === undefined ? regular : Math.min(regular, Math.max(hurried, start))
    const before = isBlocked(clock, facts, policy) ? [] : clock.nags.before
    const from = clock.earliest === undefined ? start : shifted(start, clock.earliest, policy)
    return [{ about: `clock:${clock.name}`, due, from, before, every: clock.nags.every }]
  })
  const { start, maximum, remind } = policy.embargo
  const began = reachedAt(facts, start, policy)
  const longest = began === undefined || maximum === undefined ? undefined : shifted(began, maximum, policy)
  const { at, set, broken = false } = facts.date ?? {}
  const agreed = at ?? longest
  if (agreed === undefined) return clocks
  // A date that was set although it is public already is one that people chose.
  const isHurried =
    policy.public.effect !== 'none' && !broken && !(set !== undefined && set >= (facts.publicAt ?? 0))
  const due = isHurried ? Math.min(agreed, facts.publicAt ?? agreed) : agreed
  const from = set ?? facts.reached.get('received') ?? 0
  const { before, every } = remind
  return [...clocks, { about: 'embargo', due, from, before, every: broken ? 'broken' : every }]
}

function isBlocked(clock: Clock, facts: Facts, policy: Policy): boolean {
  const after = [clock.after ?? []].flat()
  return after.length > 0 && !after.some(name => reachedAt(facts, name, policy) !== undefined)
}

/** Those from `now`, when people acted, until they act again; what was due earlier and not told is told now, once. */
function remindersOf(
  { about, due, from, before, every }: Target,
  told: Map<string, Told>,
  now: number,
  until: number,
  policy: Policy,
): readonly number[] {
  const known = told.get(about)
  const settled = known?.due === due ? known.upTo : Number.NEGATIVE_INFINITY
  const instants = before.map(span => shifted(due, span, policy, -1)).filter(at => at > from)
  const next = (at: number) =>
    every === 'broken' ? at + (at < due + DAY ? DAY / 6 : DAY) : shifted(at, every, policy)
  for (let at = due; at <= until; at = next(at)) instants.push(at)
  const open = instants.filter(at => at > settled && at <= until).sort((a, b) => a - b)
  const missed = open.filter(at => at <= now)
  const coming = open.filter(at => at > now)
  const last = open.at(-1)
  if (last !== undefined) told.set(about, { due, upTo: last })
  return missed.length > 0 ? [now, ...coming] : coming
}
