// Statistics as a person reads them, in a mail or on a terminal. What may be published rounds up to days and down to
// fives, says nothing of a few, and gives no sum from which one could take the rest.
import { DAY, HOUR } from '../../model/time.ts'
import { FEWEST, type Figures, SPANS, type SpanName, type Spread, type Statistics } from './statistics.ts'

const names: Readonly<Record<SpanName, string>> = {
  conversation: 'first words to the reporter',
  plan: 'plan told',
  decision: 'accepted or not',
  fix: 'fix ready',
  embargo: 'public',
}

type Scope = 'all' | 'publishable'

/** One block a project: all its cases, then each period; of what may be published the periods alone. */
export function statisticsText(statistics: readonly Statistics[], scope: Scope): string {
  if (statistics.length === 0)
    return scope === 'all' ? 'There are no cases.' : 'There are no cases that may be told of yet.'
  return statistics
    .map(({ project, all, periods }) => {
      const blocks = periods.map(({ period, figures }) => figuresText(period, figures, scope))
      const few = `${project}: too few reports to tell of them`
      const first = scope === 'all' ? figuresText(project, all, scope) : blocks.length === 0 ? few : project
      return [first, ...blocks].join('\n')
    })
    .join('\n\n')
}

function figuresText(name: string, figures: Figures, scope: Scope): string {
  const counted = (count: number): string =>
    scope === 'all' ? String(count) : `at least ${count - (count % FEWEST)}`
  const outcomes = Object.entries(figures.outcomes)
    .filter(([, count]) => scope === 'all' || count >= FEWEST)
    .sort(([, a], [, b]) => b - a)
    .map(([state, count]) => `${counted(count)} ${state}`)
  const open = scope === 'publishable' || figures.open === 0 ? '' : `, ${figures.open} open`
  const told = outcomes.length === 0 ? '' : ` (${outcomes.join(', ')})`
  return [
    `${name}: ${counted(figures.cases)} ${figures.cases === 1 ? 'report' : 'reports'}${open}${told}`,
    ...(figures.broken < (scope === 'all' ? 1 : FEWEST)
      ? []
      : [`  embargo broken: ${counted(figures.broken)}`]),
    ...SPANS.flatMap(span => spreadText(names[span], figures.spans[span], scope)),
    ...figures.clocks.flatMap(clock => {
      const met = clock.inTime + clock.late
      if (met + clock.overdue + clock.running === 0) return []
      if (scope === 'publishable')
        return met < FEWEST ? [] : [`  ${clock.kind} ${clock.name}: ${percent(clock.inTime, met)} in time`]
      const parts = [
        `${clock.inTime} in time`,
        `${clock.late} late`,
        clock.overdue > 0 && `${clock.overdue} OVERDUE`,
        clock.running > 0 && `${clock.running} running`,
      ]
      return [`  ${clock.kind} ${clock.name}: ${parts.filter(part => part !== false).join(', ')}`]
    }),
  ].join('\n')
}

function spreadText(name: string, spread: Spread | undefined, scope: Scope): readonly string[] {
  if (spread === undefined || (scope === 'publishable' && spread.cases < FEWEST)) return []
  const { cases, median, ninth, longest } = spread
  const half = `half in ${length(median, scope)}`
  const most = `9 of 10 in ${length(ninth, scope)}`
  // The longest is one case's; nine in ten of a few are all.
  if (scope === 'all') return [`  ${name} (${cases}): ${half}, ${most}, longest ${length(longest, scope)}`]
  return [`  ${name}: ${cases / 10 < FEWEST ? half : `${half}, ${most}`}`]
}

function length(milliseconds: number, scope: Scope): string {
  if (scope === 'all' && milliseconds < 2 * DAY) {
    const hours = Math.round((milliseconds / HOUR) * 10) / 10
    return `${hours} h`
  }
  const days = scope === 'all' ? Math.round((milliseconds / DAY) * 10) / 10 : Math.ceil(milliseconds / DAY)
  return `${days} ${days === 1 ? 'day' : 'days'}`
}

/** In steps of five, so that nothing can be counted back. */
const percent = (part: number, whole: number): string => `${Math.round((part / whole) * 20) * 5} %`
