// What no single key of a profile can tell: keys that disagree, and keys that can have no effect. In go a policy
// and its source, out comes a line for each flaw. Faults stop the start; warnings are for its author to judge, since
// a policy's own words may disagree with each other.
import type { Clock, Condition, Policy, Span } from '../model/policy.ts'
import { clockFaults, conditionFault, noStage } from './lint-clocks.ts'
import { type Flaw, isLonger } from './lint-flaw.ts'
import { membershipFaults, membershipWarnings } from './lint-membership.ts'
import { noticeFaults } from './lint-notices.ts'
import { type ConfigProblem, isWritten, type Source } from './source.ts'

export type Lint = { readonly faults: readonly ConfigProblem[]; readonly warnings: readonly ConfigProblem[] }

/** `today`: an ISO date; dates before it are past. */
export function lint(source: Source, policy: Policy, today: string): Lint {
  const problems = (flaws: readonly Flaw[]) => flaws.map(flaw => problemOf(source, flaw))
  return {
    faults: problems([
      ...policy.clocks.flatMap((clock, i) =>
        clockFaults(clock, ['clocks', i], policy, path => isWritten(source, path)),
      ),
      ...policy.priorities.flatMap((_, i) => priorityFaults(policy, i)),
      ...peopleFaults(policy),
      ...embargoFaults(policy, source),
      ...noticeFaults(policy, path => isWritten(source, path)),
      ...membershipFaults(policy, path => isWritten(source, path)),
    ]),
    warnings: problems([
      ...contradictions(policy),
      ...noticesOfFewer(policy),
      ...membershipWarnings(policy),
      ...datesGoneBy(policy, today),
    ]),
  }
}

function problemOf(source: Source, { path, text, against }: Flaw): ConfigProblem {
  if (against === undefined) return source.problemAt(path, text)
  const { line, key } = source.problemAt(against, '')
  return source.problemAt(path, `disagrees with line ${line}, ${key}: ${text}`)
}

/** The last priority may hold for all that is left. */
function priorityFaults({ priorities }: Policy, i: number): readonly Flaw[] {
  const priority = priorities[i]
  if (priority === undefined) return []
  const path = ['priorities', i, 'when']
  const wrong = conditionFault(priority.when)
  const isRest = wrong?.path.length === 0 && i === priorities.length - 1 && i > 0
  if (wrong !== undefined && !isRest) return [{ path: [...path, ...wrong.path], text: wrong.text }]
  const earlier = priorities.slice(0, i).findIndex(({ when }) => covers(when, priority.when))
  if (earlier < 0) return []
  const text = 'it holds only for cases that come under that one; change their order, or one of them'
  return [{ path, text, against: ['priorities', earlier, 'when'] }]
}

/** Whether every case for which `narrow` holds is one for which `wide` does. */
function covers(wide: Condition, narrow: Condition): boolean {
  const from = (condition: Condition) => condition.severity?.atLeast ?? 0
  const to = (condition: Condition) => condition.severity?.below ?? Number.POSITIVE_INFINITY
  const scores =
    wide.severity === undefined ||
    (narrow.severity !== undefined && from(wide) <= from(narrow) && to(narrow) <= to(wide))
  const tags =
    wide.tags.length === 0 || (narrow.tags.length > 0 && narrow.tags.every(tag => wide.tags.includes(tag)))
  return scores && tags && (wide.mitigation === undefined || wide.mitigation === narrow.mitigation)
}

function peopleFaults({ slow, clocks, fixTeam: { needs, terms } }: Policy): readonly Flaw[] {
  const flaws: Flaw[] = []
  const report = (path: Flaw['path'], text: string) => void flaws.push({ path, text })
  if (slow !== undefined && !clocks.some(clock => clock.yields.includes('slow')))
    report(['slow'], 'stops no clock; add yields: [slow] to those that it stops, or leave it out')
  if (slow?.below === 0) report(['slow', 'below'], 'no score is below 0; give a higher one')
  if (needs.includes('terms') && terms === undefined)
    report(['fixTeam', 'needs'], 'names terms, but there are none; add fixTeam.terms')
  if (!needs.includes('terms') && terms !== undefined)
    report(['fixTeam', 'terms'], 'nobody is asked to agree; add terms to fixTeam.needs, or leave them out')
  const isAwaited = clocks.some(({ start, until, after }) => [start, until, ...after].includes('fix-team'))
  if (needs.length > 0 && !isAwaited)
    report(['fixTeam', 'needs'], 'no clock waits for the fix team; add one with until: fix-team')
  return flaws
}

/** What only a longest time gives an effect. */
const BEYOND_THE_MAXIMUM = ['overrun', 'quorumBeyond', 'yields'] as const

function embargoFaults(policy: Policy, source: Source): readonly Flaw[] {
  const { start, maximum, preferred, overrun, quorumBeyond, remind } = policy.embargo
  const flaws: Flaw[] = []
  const report = (path: Flaw['path'], text: string, against?: Flaw['path']) =>
    void flaws.push({
      path: ['embargo', ...path],
      text,
      ...(against && { against: ['embargo', ...against] }),
    })
  const absent = noStage(start, policy)
  if (absent !== undefined) report(['start'], absent)
  if (start === 'published')
    report(['start'], 'must not be published, for then there is nothing left to keep')
  if (maximum === undefined) {
    for (const key of BEYOND_THE_MAXIMUM)
      if (isWritten(source, ['embargo', key]))
        report([key], 'has no effect, for there is no longest time; leave it out, or name embargo.maximum')
    return flaws
  }
  if (preferred !== undefined && isLonger(preferred, maximum, policy.calendar))
    report(['preferred'], 'it can be later than the longest time; make it shorter', ['maximum'])
  if (quorumBeyond > 0 && overrun === 'publish')
    report(['quorumBeyond'], 'nobody is asked, for no later date is taken; leave it out', ['overrun'])
  remind.before.forEach((span, i) => {
    const path = ['remind', 'before', i]
    if (isWritten(source, ['embargo', ...path]) && isLonger(span, maximum, policy.calendar))
      report(path, 'nobody would be reminded before the embargo begins; make it shorter', ['maximum'])
  })
  if (policy.slots?.weekdays.length === 0)
    flaws.push({ path: ['slots', 'weekdays'], text: 'leaves no day; name one at least, or leave it out' })
  return flaws
}

/** What the policy's own words may say against each other. */
function contradictions({ fix, versions, clocks, embargo, calendar }: Policy): readonly Flaw[] {
  const flaws: Flaw[] = []
  if (fix.backport === 'all-supported' && versions.supported === 'latest')
    flaws.push({
      path: ['fix', 'backport'],
      text: 'a fix for all supported lines, of which there is one, the latest; name the others in versions, or say latest',
      against: ['versions', 'supported'],
    })
  clocks.forEach((clock, i) => {
    const path = ['clocks', i, 'within']
    if (
      clock.until === 'published' &&
      clock.start === embargo.start &&
      embargo.maximum !== undefined &&
      isLonger(clock.within, embargo.maximum, calendar)
    )
      flaws.push({
        path,
        text: 'it is to be public within this time, and the embargo may end before; make one of them fit the other',
        against: ['embargo', 'maximum'],
      })
    const held = waitsForLater(clock, clocks, span => isLonger(span, clock.within, calendar))
    if (held >= 0)
      flaws.push({
        path,
        text: `it waits for ${clock.after.join(' or ')}, which may come later than this; give it more time`,
        against: ['clocks', held, 'within'],
      })
  })
  return flaws
}

/** Clocks that wait for a notice in cases for which its stage is not meant. */
function noticesOfFewer({ clocks, notices: { stages } }: Policy): readonly Flaw[] {
  return clocks.flatMap(({ until, when }, i) =>
    stages.flatMap((stage, at) =>
      until !== `notice:${stage.name}` ||
      stage.when === undefined ||
      (when !== undefined && covers(stage.when, when))
        ? []
        : [
            {
              path: ['clocks', i, 'until'],
              text: 'the stage is meant for fewer cases than the clock; give the clock the same condition',
              against: ['notices', 'stages', at, 'when'],
            },
          ],
    ),
  )
}

/** The clock that ends with the only thing that `clock` waits for, and later; -1: there is none. */
const waitsForLater = (clock: Clock, clocks: readonly Clock[], isLater: (span: Span) => boolean): number =>
  clocks.findIndex(
    other =>
      clock.after.length === 1 &&
      clock.after.includes(other.until) &&
      other.start === clock.start &&
      isLater(other.within),
  )

function datesGoneBy({ calendar: { holidays }, slots }: Policy, today: string): readonly Flaw[] {
  const flaws: Flaw[] = []
  if (holidays.length > 0 && holidays.every(day => day < today))
    flaws.push({ path: ['calendar', 'holidays'], text: 'all are past; add those to come' })
  slots?.blackout.forEach(({ to }, i) => {
    if (to < today) flaws.push({ path: ['slots', 'blackout', i], text: 'is past; leave it out' })
  })
  if (slots !== undefined && slots.weekdays.length > 0 && !hasFreeDay(slots, holidays, today))
    flaws.push({ path: ['slots'], text: 'leaves no day within a year from now; free one' })
  return flaws
}

function hasFreeDay(
  { weekdays, blackout, holidays: over }: NonNullable<Policy['slots']>,
  holidays: readonly string[],
  today: string,
): boolean {
  const first = Temporal.PlainDate.from(today)
  for (let days = 0; days < 366; days += 1) {
    const date = first.add({ days })
    const day = date.toString()
    const isHoliday = over === 'avoided' && holidays.includes(day)
    if (
      weekdays.includes(date.dayOfWeek) &&
      !isHoliday &&
      !blackout.some(({ from, to }) => from <= day && day <= to)
    )
      return true
  }
  return false
}
