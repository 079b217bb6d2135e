// Dates of disclosure: which ones the policy takes and what it asks for, which good ones lie near, and which one we
// propose. In go a case and its policy, out come instants and sentences; nothing changes here.
import type { Answer } from '../../model/answer.ts'
import { dueAt } from '../../model/calendar.ts'
import { type Case, isAccepted, isUnpublished } from '../../model/case.ts'
import type { ErrorCode } from '../../model/order.ts'
import type { Policy } from '../../model/policy.ts'
import { type Instant, instant, later } from '../../model/scalars.ts'
import { confirmersBeyond, policyOf, type Settings, takesNoneBeyond } from '../../model/settings.ts'
import { DAY, formatInstant, formatReadable, HOUR } from '../../model/time.ts'
import { embargoOf, latestDisclosure, reachedAt } from './clocks.ts'
import { faultSentence, nearestSlots, slotFault } from './slots.ts'

/** How much longer an extension is that we offer ready to send. */
const EXTENSION = 7 * DAY

export type DateVerdict =
  /** `confirmers`: others who must confirm it; `warning`: a sentence to go with it. */
  | { readonly kind: 'taken'; readonly confirmers: number; readonly warning: string | undefined }
  /** `instead`: good instants nearby; `extension`: for one of the policy's reasons. */
  | {
      readonly kind: 'refused'
      readonly code: ErrorCode
      readonly sentence: string
      readonly instead: readonly Instant[]
      readonly remedy: 'another-date' | 'extension'
    }

/** What the policy says to a date that lies ahead. */
export function judgeDate(
  at: Instant,
  verb: 'plan' | 'extend',
  theCase: Case,
  { settings, now }: { readonly settings: Settings; readonly now: Instant },
): DateVerdict {
  const policy = policyOf(settings, theCase.project)
  const { reasons } = policy.embargo
  const latest = allowedUntil(theCase, policy, now)
  const allows = `${latestDisclosure(theCase, policy) === undefined ? 'Counted from now, the' : 'The'} policy allows`
  const isBeyond = latest !== undefined && at > latest
  const bound = takesNoneBeyond(policy, settings) ? latest : undefined
  const ends = verb === 'extend' ? embargoOf(theCase, policy)?.dueAt : undefined
  const after = instant(Math.max(now, ends ?? now))
  const near = (to: Instant) => nearestSlots(to, policy, { after, until: bound })
  if (isBeyond && bound !== undefined) {
    const then = policy.embargo.overrun === 'publish' ? 'is published then' : 'takes no later date'
    const sentence = `${allows} ${formatInstant(latest)} at the latest and ${then}.`
    return { kind: 'refused', code: 'E-POLICY', sentence, instead: near(latest), remedy: 'another-date' }
  }
  const fault = slotFault(at, policy)
  if (isBeyond && verb === 'plan' && reasons.length > 0) {
    const sentence = `${allows} ${formatInstant(latest)} at the latest; a later date is an extension, for one of its reasons.`
    const good =
      fault === undefined ? at : nearest(at, nearestSlots(at, policy, { after: latest, until: undefined }))
    const instead = good === undefined ? [] : [good]
    return { kind: 'refused', code: 'E-POLICY', sentence, instead, remedy: 'extension' }
  }
  if (fault !== undefined) {
    const sentence = faultSentence(at, fault, policy)
    return { kind: 'refused', code: 'E-DATE', sentence, instead: near(at), remedy: 'another-date' }
  }
  if (!isBeyond) return { kind: 'taken', confirmers: 0, warning: undefined }
  const warning = `That is after ${formatInstant(latest)}, the latest that the policy allows.`
  return { kind: 'taken', confirmers: confirmersBeyond(policy, settings), warning }
}

/**
 * As if what the longest time counts from came now, where it is still to come: else whoever is early could set any date.
 * Undefined: the policy names no longest time.
 */
function allowedUntil(theCase: Case, policy: Policy, now: Instant): Instant | undefined {
  const { maximum } = policy.embargo
  return latestDisclosure(theCase, policy) ?? (maximum && dueAt(now, maximum, policy.calendar))
}

/** When a case must be public at the latest, so that no notice may be early disclosure then; undefined: it is open. */
export function endOfEmbargo(theCase: Case, policy: Policy): Instant | undefined {
  const { disclose } = theCase.embargo
  return disclose ?? (policy.embargo.overrun === 'publish' ? latestDisclosure(theCase, policy) : undefined)
}

/** The date that we propose: what the policy prefers, or the latest it allows, in a slot that lies ahead. */
export function proposedDate(theCase: Case, policy: Policy, now: Instant): Instant | undefined {
  const { start, preferred, maximum, yields } = policy.embargo
  const startedAt = reachedAt(theCase, start, policy)
  const span = preferred ?? maximum
  if (startedAt === undefined || span === undefined) return undefined
  const latest = latestDisclosure(theCase, policy)
  const upstream = yields.includes('upstream') ? theCase.upstream.flatMap(one => one.instant ?? []) : []
  const wished = Math.max(dueAt(startedAt, span, policy.calendar), ...upstream)
  const hour = instant(Math.floor(wished / HOUR) * HOUR)
  return nearest(hour, nearestSlots(hour, policy, { after: now, until: latest }))
}

/** The end of an embargo that lasts a week longer, if such a one is taken. */
export function proposedExtension(theCase: Case, settings: Settings, now: Instant): Instant | undefined {
  const policy = policyOf(settings, theCase.project)
  const embargo = embargoOf(theCase, policy)
  if (embargo === undefined || isOver(theCase)) return undefined
  const from = instant(Math.max(embargo.dueAt, now))
  const until = takesNoneBeyond(policy, settings) ? allowedUntil(theCase, policy, now) : undefined
  const wished = later(from, EXTENSION)
  return nearest(wished, nearestSlots(wished, policy, { after: from, until }))
}

/** The date that the reporter proposes, if it is one that the policy takes as it is. */
export const reportersDate = (theCase: Case, settings: Settings, now: Instant): Instant | undefined =>
  takenDate(theCase.wishes.position, theCase, settings, now)

/** The same of the date that a member proposed last. */
export const membersDate = (theCase: Case, settings: Settings, now: Instant): Instant | undefined =>
  takenDate(
    theCase.answers.findLast(({ answer }) => answer.kind === 'propose')?.answer,
    theCase,
    settings,
    now,
  )

function takenDate(
  said: Answer | undefined,
  theCase: Case,
  settings: Settings,
  now: Instant,
): Instant | undefined {
  if (said?.kind !== 'propose' || said.instant <= now || isOver(theCase)) return undefined
  if (said.instant === theCase.embargo.disclose) return undefined
  const verdict = judgeDate(said.instant, 'plan', theCase, { settings, now })
  return verdict.kind === 'taken' && verdict.confirmers === 0 ? said.instant : undefined
}

const nearest = (to: Instant, instants: readonly Instant[]): Instant | undefined =>
  [...instants].sort((a, b) => Math.abs(a - to) - Math.abs(b - to))[0]

/** Whether there is no embargo any more that a date could be set for. */
export const isOver = ({ embargo }: Pick<Case, 'embargo'>): boolean =>
  embargo.state === 'lifted' || embargo.state === 'broken'

/** Whether those who are told early may still be told: after that only what is public goes. */
export const isEmbargoed = (theCase: Case): boolean => isUnpublished(theCase) && !isOver(theCase)

/** When the policy ends the embargo by itself; undefined: it does not. */
export function liftAt(theCase: Case, policy: Policy): Instant | undefined {
  if (policy.embargo.overrun !== 'publish' || isOver(theCase)) return undefined
  return isAccepted(theCase) && isUnpublished(theCase) ? latestDisclosure(theCase, policy) : undefined
}

/** One date a line, as an argument that can be copied, and as people read it. */
export const dateLines = (name: string, dates: readonly Instant[], { calendar }: Policy): readonly string[] =>
  dates.map(at => `${name}=${formatInstant(at)} (${formatReadable(at, calendar.zone)})`)
