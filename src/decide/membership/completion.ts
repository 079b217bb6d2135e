// When nothing is missing any more: recorded once, whatever brought the last thing, since the time for objections runs
// from then; and the team is told that it can decide. In go applications as a decision leaves them, out come events.
import type { Application } from '../../model/application.ts'
import type { Decision } from '../../model/decision.ts'
import { SCHEDULER } from '../../model/event.ts'
import type { ApplicationEvent } from '../../model/member-event.ts'
import type { MailOrder } from '../../model/order.ts'
import { policyOf } from '../../model/settings.ts'
import { fold, type Known, ownState } from '../known.ts'
import { reviewMails } from './application-orders.ts'
import { blockersOf } from './standing.ts'

/** Nothing, unless this application lacks nothing since now. */
function completionOf(
  application: Application,
  known: Known,
): { readonly events: readonly ApplicationEvent[]; readonly mails: readonly MailOrder[] } {
  const { id, state, completeAt, project } = application
  const { membership } = policyOf(known.settings, project)
  if (state !== 'open' || completeAt !== undefined || membership === undefined) return NONE
  if (blockersOf(application, membership, known).length > 0) return NONE
  const completed = {
    kind: 'application-completed',
    at: known.now,
    actor: SCHEDULER,
    application: id,
  } as const
  return {
    events: [completed],
    mails: reviewMails({ ...application, completeAt: known.now }, 'complete', known),
  }
}

const NONE = { events: [], mails: [] } as const

/**
 * The decision with what follows for every application that it touches, or whose vouchers it does: a member who comes
 * back, or an organisation that joins, can be what one waited for.
 */
export function withCompletions(decision: Decision, known: Known): Decision {
  const joining = decision.events.filter(
    event => 'application' in event || 'contact' in event || 'distributor' in event,
  )
  if (joining.length === 0) return decision
  const after: Known = { ...known, ...fold(ownState(known), joining) }
  const completed = [...after.applications.values()].map(one => completionOf(one, after))
  return {
    ...decision,
    events: [...decision.events, ...completed.flatMap(({ events }) => events)],
    mails: [...decision.mails, ...completed.flatMap(({ mails }) => mails)],
  }
}
