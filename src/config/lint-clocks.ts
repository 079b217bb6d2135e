// Flaws of one clock: what it counts from, ends with and waits for, its condition, and reminders that never come.
import { before, dueAt } from '../model/calendar.ts'
import type { Clock, Condition, Milestone, Policy } from '../model/policy.ts'
import { type Flaw, startsOf } from './lint-flaw.ts'
import type { Path } from './source.ts'

/** What has happened once another thing has, and so can neither end nor hold up what counts from that. */
const THERE_WITH: Partial<Record<Milestone, readonly Milestone[]>> = {
  plan: ['conversation'],
  accepted: ['decided'],
}

const isThere = (milestone: Milestone, start: Milestone): boolean =>
  milestone === 'received' || milestone === start || THERE_WITH[start]?.includes(milestone) === true

/** `isWritten`: whether a path stands in the profile, rather than a default. */
export function clockFaults(
  clock: Clock,
  at: Path,
  policy: Policy,
  isWritten: (path: Path) => boolean,
): readonly Flaw[] {
  const { start, until, after, when, yields } = clock
  const flaws: Flaw[] = []
  const report = (path: Path, text: string, against?: Path) =>
    void flaws.push({ path: [...at, ...path], text, ...(against && { against: [...at, ...against] }) })
  if (until === start)
    report(['until'], 'the clock ends with what it starts from; change one of them', ['start'])
  else if (isThere(until, start))
    report(['until'], `must not be ${until}, which is there when the clock starts`)
  for (const one of after)
    if (one === until) report(['after'], `waits for what ends the clock; leave ${one} out`)
    else if (isThere(one, start))
      report(['after'], `must not hold ${one}, which is there when the clock starts; leave it out`)
  for (const [key, milestones] of Object.entries({ start: [start], until: [until], after }))
    for (const one of milestones) {
      const absent = noStage(one, policy)
      if (absent !== undefined) report([key], absent)
    }
  const wrong = when && conditionFault(when)
  if (wrong !== undefined) report(['when', ...wrong.path], wrong.text)
  const early = until === 'severity' || until === 'mitigation' ? until : undefined
  if (early !== undefined && when?.[early] !== undefined)
    report(['when', early], 'is known only when the clock has ended; leave it out')
  if (yields.includes('slow') && policy.slow === undefined)
    report(['yields'], 'names slow, but no case can be slowed down; take it out, or add the section slow')
  clock.nags.before.forEach((_, i) => {
    const path = ['nags', 'before', i]
    if (isWritten([...at, ...path]) && neverReminds(clock, i, policy))
      report(path, 'nobody would ever be reminded, so early is it; make it shorter', ['within'])
  })
  return flaws
}

/** Whether a reminder would always come before the clock starts, or before anybody need be done. */
const neverReminds = ({ within, earliest, nags }: Clock, i: number, { calendar }: Policy): boolean =>
  startsOf(calendar).every(start => {
    const span = nags.before[i]
    const from = earliest === undefined ? start : dueAt(start, earliest, calendar)
    return span !== undefined && before(dueAt(start, within, calendar), span, calendar) <= from
  })

/** Why a milestone never comes; undefined unless it is a notice of a stage that there is not. */
export function noStage(milestone: Milestone, { notices: { stages } }: Policy): string | undefined {
  const known = stages.map(stage => `notice:${stage.name}`)
  if (!milestone.startsWith('notice:') || known.includes(milestone)) return undefined
  const allowed = known.length === 0 ? 'there are no stages' : `there is ${known.join(', ')}`
  return `${milestone} never comes: ${allowed}; add the stage to notices.stages, or name another`
}

/** What makes a condition hold for no case, or say nothing; the path within it. */
export function conditionFault({ severity, tags, mitigation }: Condition): Flaw | undefined {
  if (severity === undefined && tags.length === 0 && mitigation === undefined)
    return { path: [], text: 'says nothing; leave it out, or give severity, tags or mitigation' }
  if (severity === undefined) return undefined
  const { atLeast, below } = severity
  if (atLeast === undefined && below === undefined)
    return { path: ['severity'], text: 'says nothing; leave it out, or give atLeast or below' }
  if (below === undefined || below > (atLeast ?? 0)) return undefined
  const text =
    atLeast === undefined ? `no score is below ${below}` : `no score is ${atLeast} and below ${below}`
  return { path: ['severity', 'below'], text: `holds never, for ${text}; give a higher one` }
}
