// Figures over cases: how long things took, what was kept and what was not, by month of arrival. In go cases as
// their journals left them and the policies of today; out come counts and spans, never an id or a word.
import { type Case, type CaseState, isOpen } from '../../model/case.ts'
import type { Clock, Milestone, Policy } from '../../model/policy.ts'
import type { Instant, ProjectName } from '../../model/scalars.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import { clocksOf } from './clocks.ts'

/** Of so many cases the middle one, the one that nine in ten do not exceed, and the longest; milliseconds. */
export type Spread = {
  readonly cases: number
  readonly median: number
  readonly ninth: number
  readonly longest: number
}

export const SPANS = ['conversation', 'plan', 'decision', 'fix', 'embargo'] as const
export type SpanName = (typeof SPANS)[number]

/** What became of one clock in all cases; `overdue`: not met yet, and its time is over. */
export type ClockFigures = {
  readonly name: string
  readonly kind: Clock['kind']
  readonly inTime: number
  readonly late: number
  readonly overdue: number
  readonly running: number
}

export type Figures = {
  readonly cases: number
  readonly open: number
  readonly outcomes: Readonly<Partial<Record<CaseState, number>>>
  /** Cases of which somebody did not keep the embargo. */
  readonly broken: number
  readonly spans: Readonly<Record<SpanName, Spread | undefined>>
  readonly clocks: readonly ClockFigures[]
}

export type Statistics = {
  readonly project: ProjectName
  readonly all: Figures
  /**
   * By month of arrival in the policy's zone, `2026-11`; the oldest first. Of what may be published, by year, few years
   * that hold few together, `2025 to 2026`; what is left of the newest is in none.
   */
  readonly periods: readonly { readonly period: string; readonly figures: Figures }[]
}

/** Figures below this are left out of what may be published: they would tell of single cases. */
export const FEWEST = 5

/**
 * Of each project that has cases. `publishable`: only cases of which nothing is secret any more, by year. Times are
 * judged by the policy of today.
 */
export function statisticsOf(
  cases: Iterable<Case>,
  settings: Settings,
  now: Instant,
  scope: 'all' | 'publishable',
): readonly Statistics[] {
  const projects = new Map<ProjectName, Case[]>()
  for (const theCase of cases) {
    if (scope === 'publishable' && !mayBeCounted(theCase)) continue
    const others = projects.get(theCase.project)
    if (others === undefined) projects.set(theCase.project, [theCase])
    else others.push(theCase)
  }
  return [...projects]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([project, its]) => {
      const policy = policyOf(settings, project)
      const periods = new Map<string, Case[]>()
      for (const theCase of its) {
        const period = periodOf(theCase.receivedAt, policy, scope)
        const others = periods.get(period)
        if (others === undefined) periods.set(period, [theCase])
        else others.push(theCase)
      }
      const inOrder = [...periods].sort(([a], [b]) => (a < b ? -1 : 1))
      return {
        project,
        all: figuresOf(its, policy, now),
        periods: (scope === 'all' ? inOrder : joined(inOrder)).map(([period, some]) => ({
          period,
          figures: figuresOf(some, policy, now),
        })),
      }
    })
}

type Period = readonly [name: string, cases: readonly Case[]]

/** Each with its next ones until they hold enough: nobody takes one from another and has a single case left. */
function joined(years: readonly Period[]): readonly Period[] {
  const found: Period[] = []
  let open: { readonly from: string; readonly cases: Case[] } | undefined
  for (const [year, cases] of years) {
    open ??= { from: year, cases: [] }
    open.cases.push(...cases)
    if (open.cases.length < FEWEST) continue
    found.push([open.from === year ? year : `${open.from} to ${year}`, open.cases])
    open = undefined
  }
  return found
}

/** What the world knows, or there was nothing to know of; a duplicate may tell of another that is secret still. */
const PUBLISHABLE: readonly CaseState[] = ['published', 'closed', 'rejected', 'not-security']
const mayBeCounted = ({ state }: Case): boolean => PUBLISHABLE.includes(state)

function periodOf(at: Instant, { calendar }: Policy, scope: 'all' | 'publishable'): string {
  const day = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(calendar.zone).toPlainDate()
  return day.toString().slice(0, scope === 'all' ? '2026-11'.length : '2026'.length)
}

function figuresOf(cases: readonly Case[], policy: Policy, now: Instant): Figures {
  const outcomes: Partial<Record<CaseState, number>> = {}
  for (const { state } of cases) outcomes[state] = (outcomes[state] ?? 0) + 1
  const until = (milestone: Milestone) =>
    spreadOf(cases.flatMap(one => spanOf(one, one.milestones[milestone])))
  return {
    cases: cases.length,
    open: cases.filter(isOpen).length,
    outcomes,
    broken: cases.filter(({ embargo }) => embargo.state === 'broken').length,
    spans: {
      conversation: until('conversation'),
      plan: until('plan'),
      decision: until('decided'),
      fix: until('fix-ready'),
      embargo: spreadOf(cases.flatMap(one => spanOf(one, disclosedAt(one)))),
    },
    clocks: clockFigures(cases, policy, now),
  }
}

const spanOf = ({ receivedAt }: Case, until: Instant | undefined): readonly number[] =>
  until === undefined ? [] : [Math.max(0, until - receivedAt)]

/** When everybody could know: published by us, or by anybody else before. */
function disclosedAt({ milestones }: Case): Instant | undefined {
  const { public: known, published } = milestones
  return known === undefined || (published !== undefined && published < known) ? published : known
}

function spreadOf(spans: readonly number[]): Spread | undefined {
  const sorted = spans.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
  const [median, ninth, longest] = [at(0.5), at(0.9), at(1)]
  if (median === undefined || ninth === undefined || longest === undefined) return undefined
  return { cases: sorted.length, median, ninth, longest }
}

function clockFigures(cases: readonly Case[], policy: Policy, now: Instant): readonly ClockFigures[] {
  const all = cases.flatMap(theCase => clocksOf(theCase, policy))
  return policy.clocks.map(({ name, kind }) => {
    const figures = { name, kind, inTime: 0, late: 0, overdue: 0, running: 0 }
    for (const one of all) {
      if (one.clock.name !== name) continue
      if (one.state === 'met') figures[one.metAt <= one.dueAt ? 'inTime' : 'late'] += 1
      else if (one.state === 'running') figures[now <= one.dueAt ? 'running' : 'overdue'] += 1
    }
    return figures
  })
}
