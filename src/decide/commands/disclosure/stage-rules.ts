// Whether a case may go out in a stage of early disclosure, and by whose word: what the policy says of the stage.
import type { Case } from '../../../model/case.ts'
import type { Stage } from '../../../model/policy.ts'
import { adminWithKey, policyOf, type Settings } from '../../../model/settings.ts'
import { conditionWords } from '../../policy-words.ts'
import { holds } from '../../time/clocks.ts'
import { type Refusal, refusal, type World } from '../command.ts'

/** Why somebody's word does not count for it, and whose does; undefined: it does. */
export function whyNotYours(
  theCase: Case,
  stage: Stage,
  { actor, who, settings }: World,
): Refusal | undefined {
  const { id, lead, earlyDisclosure: decided } = theCase
  if (stage.decidedBy === 'team' || lead === undefined || lead === actor.name) return undefined
  const { displayName } = policyOf(settings, theCase.project)
  const sentence = `By the policy of ${displayName} the lead decides on ${stage.name}, who is ${lead}`
  if (settings.admins.some(({ name }) => name === lead))
    return refusal('E-POLICY', `${sentence}; ask ${lead} to send it.`)
  // Only an admin can send a notice: a lead who is none says yes to it first.
  const isTeam = who === 'operator' || adminWithKey(settings, who) !== undefined
  if (isTeam && (stage.to === 'users' || (decided?.as === 'yes' && decided.by === lead))) return undefined
  return refusal('E-POLICY', `${sentence}; first ${lead} sends: notify ${id} yes << why`)
}

/** Why the policy keeps the case from the stage, and what would change that. */
export function whyNotThen(theCase: Case, stage: Stage, anyway: 'anyway' | 'as-meant'): Refusal | undefined {
  const { id, earlyDisclosure: decided } = theCase
  if (stage.to === 'distributors' && decided?.as === 'no')
    return refusal(
      'E-STATE',
      `${decided.by} decided that distributors do not hear of ${id} early; if that has changed, first send: notify ${id} yes << why`,
    )
  const meant = meantFor(theCase, stage)
  if (meant === undefined || anyway === 'anyway') return undefined
  return refusal(
    'E-POLICY',
    `By the policy ${stage.name} is not for ${id}. ${meant} Set what it is (tag, severity, mitigate), or send it again with: anyway=yes`,
  )
}

/** For which cases a stage is meant, where this is none of them. */
export const meantFor = (theCase: Case, { when }: Stage): string | undefined =>
  when === undefined || holds(when, theCase) ? undefined : conditionWords(when)

/** Others who must confirm it, of those there are. */
export const confirmersFor = ({ quorum }: Stage, { admins }: Settings): number =>
  Math.min(quorum, admins.length - 1)
