// When a notice may go: in the policy's slots, and before everybody reads of it.
import type { Case } from '../../../model/case.ts'
import type { Result } from '../../../model/result.ts'
import { type Instant, later } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { formatInstant, MINUTE } from '../../../model/time.ts'
import { dateLines, endOfEmbargo, isOver } from '../../time/embargo.ts'
import { faultSentence, nearestSlots, slotFault } from '../../time/slots.ts'
import { type Refusal, refuse, type World } from '../command.ts'

/** Early disclosure happens in the policy's slots, and before everybody reads of it; undefined: it would. */
export function misplacedIn(
  theCase: Case,
  sendAt: Instant,
  { settings, now }: World,
): Result<never, Refusal> | undefined {
  const policy = policyOf(settings, theCase.project)
  const end = endOfEmbargo(theCase, policy)
  if (isOver(theCase))
    return refuse('E-STATE', `The embargo of ${theCase.id} is ${theCase.embargo.state}; publish it instead.`)
  const instead = (at: Instant): string => {
    const until = end && later(end, -MINUTE)
    const dates = nearestSlots(at, policy, { after: now, until })
    return dates.length === 0
      ? 'No good instant lies ahead.'
      : ['Send it with one of these instead:', ...dateLines('send', dates, policy)].join('\n')
  }
  if (end !== undefined && sendAt >= end)
    return refuse(
      'E-DATE',
      `${theCase.id} is to be public at ${formatInstant(end)}, which is not after that. ${instead(end)}`,
    )
  const fault = slotFault(sendAt, policy)
  return fault && refuse('E-DATE', `${faultSentence(sendAt, fault, policy)} ${instead(sendAt)}`)
}
