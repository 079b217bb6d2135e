// Organisations that were told of a case answer in the time that the policy gives them: whoever said nothing is asked
// again so often as it says, and those who work on the case hear each time how far all are.
import { dueAt, repeated } from '../../model/calendar.ts'
import { type Case, isUnpublished } from '../../model/case.ts'
import type { CaseEvent } from '../../model/case-event.ts'
import { SCHEDULER } from '../../model/event.ts'
import type { MailOrder } from '../../model/order.ts'
import type { Instant } from '../../model/scalars.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import { toMember } from '../orders.ts'
import {
  answerOffers,
  answersOf,
  askedSince,
  type OrganisationAnswers,
  rollUpMails,
  silentOf,
} from '../sharing/answers.ts'
import { isOver } from './embargo.ts'
import type { TimedRule } from './rule.ts'

const ABOUT = 'answers'

export const answersWanted: TimedRule<Case> = {
  nextAt: (theCase, settings) => {
    const asks = asksOf(theCase, settings)
    const after = settledOf(theCase, asks)
    return asks.find(at => isBeforeDisclosure(at, theCase) && (after === undefined || at > after))
  },
  carryOut: (theCase, known) => {
    const { now, settings } = known
    const asks = asksOf(theCase, settings)
    const [due] = asks
    // Those that were missed are not caught up on.
    const upTo = asks.findLast(at => at <= now && isBeforeDisclosure(at, theCase))
    if (due === undefined || upTo === undefined) return { events: [], mails: [] }
    const asked: CaseEvent = {
      kind: 'reminded',
      at: now,
      actor: SCHEDULER,
      case: theCase.id,
      about: ABOUT,
      due,
      upTo,
    }
    const policy = policyOf(settings, theCase.project)
    const within = policy.notices.answers?.within
    const all = answersOf(theCase, known)
    const isAsked = ({ has }: OrganisationAnswers) =>
      has !== undefined && within !== undefined && dueAt(askedSince(has), within, policy.calendar) <= now
    const silent = isBeforeDisclosure(now, theCase) ? silentOf(all).filter(isAsked) : []
    if (silent.length === 0) return { events: [asked], mails: [] }
    const last = upTo === asks.at(-1) ? 'last' : 'again'
    const chase = silent.flatMap(({ has, readers }) => {
      if (has === undefined) return []
      const content = { kind: 'answer-wanted', notice: has.notice.id, since: has.at, asked: last } as const
      const offers = answerOffers(theCase.id, settings)
      return readers.map((one): MailOrder => ({ ...toMember(one, content), case: theCase.id, offers }))
    })
    return { events: [asked], mails: [...chase, ...rollUpMails(theCase, all, last, settings)] }
  },
}

/** When whoever said nothing is asked again, counted from the newest notice; none where it would be of no use. */
function asksOf(theCase: Case, settings: Settings): readonly Instant[] {
  const { notices, calendar } = policyOf(settings, theCase.project)
  const { answers } = notices
  const { toldAt } = theCase
  if (answers === undefined || toldAt === undefined) return []
  if (!isUnpublished(theCase) || theCase.held !== undefined || isOver(theCase)) return []
  const first = dueAt(toldAt, answers.within, calendar)
  const asks: Instant[] = []
  for (const at of repeated(first, answers.every, calendar, first)) {
    if (asks.length === answers.most) break
    asks.push(at)
  }
  return asks
}

/** Nobody is asked for an answer when the case is to be public by now. */
const isBeforeDisclosure = (at: Instant, { embargo }: Case): boolean =>
  embargo.disclose === undefined || at < embargo.disclose

/** How far they were asked since that notice. */
function settledOf({ reminded }: Case, [due]: readonly Instant[]): Instant | undefined {
  const told = reminded[ABOUT]
  return told !== undefined && told.due === due ? told.upTo : undefined
}
