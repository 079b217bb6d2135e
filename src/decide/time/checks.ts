// Looks ahead before a notice's instant whether all whom it is meant for can be reached: the team hears of whoever
// cannot, and of nobody else but once, shortly before; who can mend their own key hears of that, and of no case
// (threats.md K01).
import { isOpen } from '../../model/case.ts'
import { SCHEDULER } from '../../model/event.ts'
import type { Notice } from '../../model/notice.ts'
import type { MailOrder } from '../../model/order.ts'
import type { Span } from '../../model/policy.ts'
import { dueReminder, nextReminder, type Target } from '../../model/reminder.ts'
import { type Instant, later } from '../../model/scalars.ts'
import { policyOf } from '../../model/settings.ts'
import { DAY } from '../../model/time.ts'
import type { Known } from '../known.ts'
import { mailsFor, managersBeside } from '../membership/news.ts'
import { type Preflight, preflight } from '../notices/preflight.ts'
import { absentWords, blindWords, contactWords, sizeFault } from '../notices/preflight-words.ts'
import { toAdmins } from '../orders.ts'
import { isOver } from './embargo.ts'
import type { TimedRule } from './rule.ts'

const BEFORE: readonly Span[] = [
  { count: 7, unit: 'day' },
  { count: 24, unit: 'hour' },
  { count: 1, unit: 'hour' },
]
/** So long before, the team hears that all is well, too. */
const ASSURED = DAY
/** It is looked at before its instant alone. */
const ONCE: Span = { count: 9_000, unit: 'day' }

export const checks: TimedRule<Notice> = {
  nextAt: (notice, settings) => {
    if (notice.state !== 'scheduled' || notice.to !== 'distributors') return undefined
    const { calendar } = policyOf(settings, notice.project)
    const at = nextReminder(targetOf(notice), notice.checked, calendar)
    return at < notice.sendAt ? at : undefined
  },
  carryOut: (notice, known) => {
    const { now, settings } = known
    const { id, sendAt, checked, project } = notice
    const upTo = dueReminder(targetOf(notice), checked, now, policyOf(settings, project).calendar)
    if (upTo === undefined) return { events: [], mails: [] }
    const fact = { at: now, actor: SCHEDULER } as const
    const events = [{ ...fact, notice: id, kind: 'notice-checked', due: sendAt, upTo } as const]
    if (now >= sendAt) return { events, mails: [] }
    const seen = preflight({ ...notice, content: notice }, known)
    return { events, mails: [...toTeam(notice, seen, upTo, known), ...toTheBlind(seen, known)] }
  },
}

/** What lies before it was scheduled its plan has told. */
const targetOf = ({ sendAt, scheduledAt }: Notice): Target => ({
  about: 'notice',
  due: sendAt,
  from: scheduledAt,
  before: BEFORE,
  every: ONCE,
})

function toTeam(notice: Notice, seen: Preflight, upTo: Instant, known: Known): readonly MailOrder[] {
  const { id, sendAt, checked, project } = notice
  const { settings } = known
  const lacking = [
    ...seen.blind.map(({ contact, why }) => ({ contact, why: blindWords(why) })),
    ...seen.absent
      .filter(({ why }) => why.kind !== 'invited' && why.kind !== 'cooling')
      .map(({ contact, why }) => ({ contact, why: absentWords(why) })),
  ].map(({ contact, why }) => `${contactWords(contact)}: ${why}`)
  const outdated = seen.outdated.map(contactWords)
  const stop = stopOf(notice, known)
  const fault = sizeFault(seen, known)
  const assured = later(sendAt, -ASSURED)
  const isFirstAfter = checked?.due !== sendAt || checked.upTo < assured
  const isAssuring = upTo >= assured && isFirstAfter && notice.scheduledAt < assured
  const isWell = lacking.length + outdated.length === 0 && stop === undefined && fault === undefined
  if (isWell && !isAssuring) return []
  const alert = {
    kind: 'notice-ahead',
    notice: id,
    case: notice.case,
    sendAt,
    reached: seen.reached.length,
    of: seen.reached.length + lacking.length,
    lacking,
    outdated,
    stop,
    fault,
  } as const
  return toAdmins(settings.admins, { project, case: notice.case }, { kind: 'alert', alert })
}

/** What keeps it from going at all; nothing is known of a case that is not at hand. */
function stopOf(notice: Notice, { cases }: Known): 'held' | 'over' | undefined {
  const theCase = cases.get(notice.case)
  if (theCase === undefined) return undefined
  if (!isOpen(theCase) || isOver(theCase)) return 'over'
  return theCase.held === undefined ? undefined : 'held'
}

/** As any warning of a key that ends: it says nothing of why now. */
function toTheBlind({ blind }: Preflight, { now, settings, contacts }: Known): readonly MailOrder[] {
  return blind.flatMap(({ contact, why }) => {
    if (why.kind !== 'ends') return []
    const news = { kind: 'key-ends', at: why.at, isOver: why.at <= now ? 'over' : 'ahead' } as const
    const hearing = { news, they: 'told', colleagues: 'told', admins: 'not-told' } as const
    const beside = managersBeside(contact, contacts)
    return mailsFor(hearing, contact, beside, { at: now, actor: SCHEDULER }, settings)
  })
}
