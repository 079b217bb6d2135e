// What a case's clocks say: which run, since when, until when, and which have been met. In go a case and its
// policy, out come instants; no clock is read here.
import { dueAt } from '../../model/calendar.ts'
import { type Case, isOpen, isUnpublished } from '../../model/case.ts'
import { type Clock, type Condition, listStages, type Milestone, type Policy } from '../../model/policy.ts'
import { type Instant, instant, later } from '../../model/scalars.ts'

export type RunningClock = { readonly clock: Clock } & (
  | { readonly state: 'running'; readonly startedAt: Instant; readonly dueAt: Instant }
  | { readonly state: 'met'; readonly metAt: Instant; readonly dueAt: Instant }
  /** Its start is still to come, it is slowed down, it is not for this case, or that is over. */
  | { readonly state: 'waiting' | 'slowed' | 'elsewhere' | 'over' }
)

/** When a fact came to be; undefined: it is still to come. */
export function reachedAt(theCase: Case, milestone: Milestone, policy: Policy): Instant | undefined {
  return milestone === 'fix-team' ? fixTeamAt(theCase, policy) : theCase.milestones[milestone]
}

/** Once all who were named by then had what they need; whoever is named later does not undo it. */
function fixTeamAt({ fixTeam }: Case, { fixTeam: { needs } }: Policy): Instant | undefined {
  const team = fixTeam.map(engineer => {
    const had = [engineer.since, ...needs.map(need => engineer[need])].filter(at => at !== undefined)
    return { since: engineer.since, ready: had.length > needs.length ? Math.max(...had) : Infinity }
  })
  const complete = team
    .map(({ ready }) => ready)
    .filter(at => Number.isFinite(at) && team.every(one => one.since > at || one.ready <= at))
  return complete.length === 0 ? undefined : instant(Math.min(...complete))
}

/** What must be there before anybody can do what a clock asks for, and is not; one of them is enough. */
export const missingFor = ({ after }: Clock, theCase: Case, policy: Policy): Clock['after'] =>
  after.some(one => reachedAt(theCase, one, policy) !== undefined) ? [] : after

export function holds(condition: Condition | undefined, theCase: Case): boolean {
  if (condition === undefined) return true
  const { severity, tags, mitigation } = condition
  const score = theCase.severity?.score
  if (severity !== undefined) {
    if (score === undefined) return false
    if (severity.atLeast !== undefined && score < severity.atLeast) return false
    if (severity.below !== undefined && score >= severity.below) return false
  }
  if (tags.length > 0 && !tags.some(tag => theCase.tags.includes(tag))) return false
  return mitigation === undefined || theCase.mitigation === mitigation
}

/** All clocks of the case's policy, in its order. */
export const clocksOf = (theCase: Case, policy: Policy): readonly RunningClock[] =>
  policy.clocks.map(clock => ({ clock, ...stateOf(clock, theCase, policy) }))

type State = RunningClock extends infer R ? (R extends RunningClock ? Omit<R, 'clock'> : never) : never

function stateOf(clock: Clock, theCase: Case, policy: Policy): State {
  const startedAt = reachedAt(theCase, clock.start, policy)
  const metAt = reachedAt(theCase, clock.until, policy)
  if (startedAt === undefined) return { state: isOpen(theCase) ? 'waiting' : 'over' }
  if (!holds(clock.when, theCase)) return { state: 'elsewhere' }
  const due = dueOf(clock, startedAt, theCase, policy)
  if (metAt !== undefined) return { state: 'met', metAt, dueAt: due }
  if (isCalledOff(clock.until, theCase, policy)) return { state: 'elsewhere' }
  if (!isOpen(theCase)) return { state: 'over' }
  const isUrgent = theCase.public !== undefined && policy.public.effect === 'all-asap'
  if (theCase.slowed !== undefined && clock.yields.includes('slow') && !isUrgent) return { state: 'slowed' }
  return { state: 'running', startedAt, dueAt: due }
}

/** Whether it was decided that distributors do not hear of the case early, so that no notice to them is due. */
const isCalledOff = (milestone: Milestone, { earlyDisclosure }: Case, policy: Policy): boolean =>
  earlyDisclosure?.as === 'no' && listStages(policy).some(({ name }) => milestone === `notice:${name}`)

function dueOf(clock: Clock, startedAt: Instant, theCase: Case, policy: Policy): Instant {
  const due = later(
    dueAt(startedAt, clock.within, policy.calendar),
    clock.yields.includes('slow') ? stoodStill(theCase, startedAt) : 0,
  )
  const since = theCase.public?.at
  // "All timelines become ASAP": nothing is later than now any more, an upstream project's date neither.
  if (since !== undefined && policy.public.effect === 'all-asap')
    return instant(Math.min(due, Math.max(since, startedAt)))
  return clock.yields.includes('upstream') ? withUpstream(due, theCase) : due
}

/** Milliseconds since `startedAt` in which the fix was slowed down, and is no more. */
const stoodStill = ({ slowdowns }: Case, startedAt: Instant): number =>
  slowdowns.reduce((sum, { from, until }) => sum + Math.max(0, until - Math.max(from, startedAt)), 0)

/** Not before the last upstream project discloses. */
const withUpstream = (due: Instant, { upstream }: Case): Instant =>
  instant(Math.max(due, ...upstream.map(one => one.instant ?? due)))

/**
 * The latest disclosure that the policy allows, extensions and upstream projects included; undefined: it names no
 * longest time, or what that counts from is still to come.
 */
export function latestDisclosure(theCase: Case, policy: Policy): Instant | undefined {
  const { start, maximum, yields } = policy.embargo
  // However long people extended it, where there is no longest time they may go beyond that.
  if (maximum === undefined) return undefined
  const startedAt = reachedAt(theCase, start, policy)
  const longest = startedAt && dueAt(startedAt, maximum, policy.calendar)
  const until = theCase.extended?.until ?? longest
  if (longest === undefined || until === undefined) return until
  const latest = instant(Math.max(longest, until))
  return yields.includes('upstream') ? withUpstream(latest, theCase) : latest
}

export type EmbargoLimits = {
  /** As `latestDisclosure` has it. */
  readonly maximum: Instant | undefined
  /** When it is to be public: as agreed, or the maximum; since when, where somebody broke it. */
  readonly dueAt: Instant
}

/** Undefined: nothing is to be disclosed any more, or nobody knows by when. */
export function embargoOf(theCase: Case, policy: Policy): EmbargoLimits | undefined {
  const { state, disclose, set } = theCase.embargo
  if (!isUnpublished(theCase)) return undefined
  const maximum = latestDisclosure(theCase, policy)
  if (state === 'broken' && set !== undefined) return { maximum, dueAt: set.at }
  const due = disclose ?? maximum
  if (due === undefined) return undefined
  const since = theCase.public?.at
  // A date that was set although it is public already is one that people chose; in the same mail, too.
  const isHurried = since !== undefined && policy.public.effect !== 'none' && !(set && set.at >= since)
  return { maximum, dueAt: isHurried ? instant(Math.min(due, since)) : due }
}
