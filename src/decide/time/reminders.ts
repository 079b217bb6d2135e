// Reminders: whoever can act hears of what is due in a case before it is, when it is, and then until somebody acts.
// One mail a person, however many things are due at once. Clocks decide what; the policy decides when.
import { awayUntil } from '../../model/absence.ts'
import { dueAt } from '../../model/calendar.ts'
import type { Case } from '../../model/case.ts'
import type { CaseEvent } from '../../model/case-event.ts'
import { doubtOf } from '../../model/doubt.ts'
import { SCHEDULER } from '../../model/event.ts'
import type { DueItem, MailOrder } from '../../model/order.ts'
import type { Policy } from '../../model/policy.ts'
import { dueReminder, type Easing, nextReminder, type Target } from '../../model/reminder.ts'
import type { Instant } from '../../model/scalars.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import { DAY, HOUR, MINUTE } from '../../model/time.ts'
import { type Insider, insidersOf } from '../authority.ts'
import { toInsider } from '../orders.ts'
import { clocksOf, embargoOf, missingFor } from './clocks.ts'
import { priorityTold } from './promises.ts'
import type { TimedRule } from './rule.ts'

/** Of a decision that is overdue, while what leaked spreads. */
const UNDECIDED: Easing = {
  pauses: [
    { every: HOUR, until: 4 * HOUR },
    { every: 4 * HOUR, until: DAY },
  ],
  later: DAY,
}
/** Of an embargo that somebody broke, until the case is published. */
const BROKEN: Easing = { pauses: [{ every: 4 * HOUR, until: DAY }], later: DAY }

type Due = {
  readonly target: Target
  readonly item: DueItem
  readonly escalatedAt: Instant | undefined
  /** Who hears of it before it is due. */
  readonly first: 'lead' | 'admins'
}

export const reminders: TimedRule<Case> = {
  nextAt: (theCase, settings) => {
    const policy = policyOf(settings, theCase.project)
    const all = duesOf(theCase, policy).map(({ target }) =>
      nextReminder(target, theCase.reminded[target.about], policy.calendar),
    )
    return all.length === 0 ? undefined : (Math.min(...all) as Instant)
  },
  carryOut: (theCase, { now, settings, absences }) => {
    const policy = policyOf(settings, theCase.project)
    const events: CaseEvent[] = []
    const telling = new Map<string, { readonly insider: Insider; readonly items: DueItem[] }>()
    const isHere = ({ name }: Insider) => awayUntil(absences, name, now) === undefined
    for (const { target, item, escalatedAt, first } of duesOf(theCase, policy)) {
      const upTo = dueReminder(target, theCase.reminded[target.about], now, policy.calendar)
      if (upTo === undefined) continue
      const { about, due } = target
      events.push({ kind: 'reminded', at: now, actor: SCHEDULER, case: theCase.id, about, due, upTo })
      const early = upTo < due && first === 'lead'
      const urgency = early ? 'before' : escalatedAt === undefined || upTo < escalatedAt ? 'due' : 'late'
      for (const insider of hearers(theCase, settings, urgency, isHere)) {
        const heard = telling.get(insider.fingerprint) ?? { insider, items: [] }
        heard.items.push(item)
        telling.set(insider.fingerprint, heard)
      }
    }
    const about = { project: theCase.project, case: theCase.id }
    const priority = priorityTold(theCase, policy)
    const mails: MailOrder[] = [...telling.values()].map(({ insider, items }) =>
      toInsider(insider, about, { kind: 'reminder', theCase, at: now, items: inOrder(items), ...priority }),
    )
    return { events, mails }
  },
}

const inOrder = (items: readonly DueItem[]): readonly DueItem[] => items.toSorted((a, b) => a.due - b.due)

/** Before a clock is due the lead alone, if they are there to act; then all admins, away or not; at last all insiders. */
function hearers(
  theCase: Case,
  settings: Settings,
  urgency: 'before' | 'due' | 'late',
  isHere: (insider: Insider) => boolean,
): readonly Insider[] {
  const insiders = insidersOf(theCase, settings)
  if (urgency === 'late') return insiders
  const lead = insiders.filter(one => one.name === theCase.lead && isHere(one))
  if (urgency === 'before' && lead.length > 0) return lead
  const admins = insiders.filter(one => settings.admins.some(admin => admin.fingerprint === one.fingerprint))
  const others = lead.filter(one => !admins.includes(one))
  return [...admins, ...others]
}

function duesOf(theCase: Case, policy: Policy): readonly Due[] {
  const clocks = clocksOf(theCase, policy).flatMap((running): readonly Due[] => {
    if (running.state !== 'running') return []
    const { clock, startedAt, dueAt: due } = running
    const { nags, earliest } = clock
    const missing = missingFor(clock, theCase, policy)
    const about = `clock:${clock.name}`
    // Nobody can hurry what waits for something else; when it is due they hear what it waits for.
    const before = missing.length === 0 ? nags.before : []
    const from = earliest === undefined ? startedAt : dueAt(startedAt, earliest, policy.calendar)
    return [
      {
        target: { about, due, from, before, every: nags.every },
        item: { kind: 'clock', clock, due, waitsFor: missing },
        escalatedAt: nags.escalate && dueAt(due, nags.escalate, policy.calendar),
        first: 'lead',
      },
    ]
  })
  const all = [...clocks, ...decisionOn(theCase, policy)]
  const embargo = embargoOf(theCase, policy)
  if (embargo === undefined) return all
  const { before, every } = policy.embargo.remind
  const { dueAt: due, maximum } = embargo
  const isBroken = theCase.embargo.state === 'broken'
  return [
    ...all,
    {
      // What lies before a date was set would only repeat that it was.
      target: {
        about: 'embargo',
        due,
        from: theCase.embargo.set?.at ?? theCase.receivedAt,
        before,
        every: isBroken ? BROKEN : every,
      },
      item: { kind: 'embargo', due, maximum, state: theCase.embargo.state },
      escalatedAt: undefined,
      first: 'admins',
    },
  ]
}

/** Whether an embargo goes on of which word came that somebody does not keep it; half of the time is told, too. */
function decisionOn(theCase: Case, policy: Policy): readonly Due[] {
  const doubt = doubtOf(theCase, policy)
  if (doubt === undefined) return []
  const { since: from, due } = doubt
  const half = { count: Math.floor((due - from) / 2 / MINUTE), unit: 'minute' } as const
  return [
    {
      target: { about: 'decision', due, from, before: [half], every: UNDECIDED },
      item: { kind: 'decision', due, doubt },
      escalatedAt: undefined,
      first: 'admins',
    },
  ]
}
