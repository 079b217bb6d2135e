// A request to tell others of a case is decided in time or lapses, which grants nothing: whoever can decide is reminded
// once before, and whoever asked hears of the end.
import { before } from '../../model/calendar.ts'
import type { Case } from '../../model/case.ts'
import type { CaseEvent } from '../../model/case-event.ts'
import { SCHEDULER } from '../../model/event.ts'
import type { MailOrder } from '../../model/order.ts'
import type { Span } from '../../model/policy.ts'
import type { Instant } from '../../model/scalars.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import { isUndecided, type ShareRequest } from '../../model/sharing.ts'
import { neededFrom, outcomeMails, requestMails } from '../sharing/sharing.ts'
import type { TimedRule } from './rule.ts'

/** How long before the end they are reminded, where as much time is given. */
const REMINDED: Span = { count: 1, unit: 'day' }

export const shareRequests: TimedRule<Case> = {
  nextAt: (theCase, settings) => {
    const all = theCase.sharing.filter(isUndecided).map(one => remindAt(one, theCase, settings) ?? one.due)
    return all.length === 0 ? undefined : (Math.min(...all) as Instant)
  },
  carryOut: (theCase, known) => {
    const { now, settings, contacts } = known
    const events: CaseEvent[] = []
    const mails: MailOrder[] = []
    const fact = { at: now, actor: SCHEDULER, case: theCase.id } as const
    for (const request of theCase.sharing.filter(isUndecided)) {
      const { asker, due, asked, agreed } = request
      if (due <= now) {
        const lapsed = { as: 'lapsed', reason: undefined } as const
        events.push({ ...fact, kind: 'share-decided', asker, ...lapsed })
        mails.push(...outcomeMails(theCase, request, { ...lapsed, by: 'team' }, contacts))
        continue
      }
      const at = remindAt(request, theCase, settings)
      if (at === undefined || at > now) continue
      events.push({ ...fact, kind: 'reminded', about: aboutOf(request), due, upTo: at })
      const asking = contacts.filter(one => asked.includes(one.id) && one.state === 'active')
      const silent = asking.filter(one => !agreed.some(({ of }) => of === one.distributor))
      const sharing = policyOf(settings, theCase.project).sharing
      const team = sharing?.approvedBy === 'list' ? 'nobody' : 'admins'
      const needed = neededFrom(asking, sharing?.count ?? 1)
      mails.push(...requestMails(theCase, request, { team, members: silent }, needed, 'reminded', known))
    }
    return { events, mails }
  },
}

const aboutOf = ({ asker }: ShareRequest): string => `share:${asker}`

/** Undefined where it was done for this request, or there is too little time for it. */
function remindAt(
  request: ShareRequest,
  { reminded, project }: Case,
  settings: Settings,
): Instant | undefined {
  const at = before(request.due, REMINDED, policyOf(settings, project).calendar)
  return at > request.at && reminded[aboutOf(request)]?.due !== request.due ? at : undefined
}
