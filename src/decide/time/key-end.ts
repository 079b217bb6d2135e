// Warns before nothing can be encrypted to a contact's key any more, and once when that has come (threats.md K01).
import type { Contact } from '../../model/contact.ts'
import { SCHEDULER } from '../../model/event.ts'
import { dueReminder, nextReminder, type Target } from '../../model/reminder.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import { DAY } from '../../model/time.ts'
import { mailsFor, managersBeside } from '../membership/news.ts'
import type { TimedRule } from './rule.ts'

/** From here on the admins hear of it, too. */
const NEAR = 7 * DAY
/** It is told once that a key has ended: whoever can end that knows it then. */
const ONCE = { count: 9_000, unit: 'day' } as const

const ABOUT = 'key'

export const keyEnd: TimedRule<Contact> = {
  nextAt: (one, settings) => {
    const target = targetOf(one, settings)
    const told = one.reminded[ABOUT]
    if (target === undefined || (told?.due === target.due && told.upTo >= target.due)) return undefined
    return nextReminder(target, told, policyOf(settings, one.project).calendar)
  },
  carryOut: (one, { now, settings, contacts }) => {
    const target = targetOf(one, settings)
    const { calendar } = policyOf(settings, one.project)
    const upTo = target && dueReminder(target, one.reminded[ABOUT], now, calendar)
    if (target === undefined || upTo === undefined) return { events: [], mails: [] }
    const { due } = target
    const fact = { at: now, actor: SCHEDULER } as const
    const news = { kind: 'key-ends', at: due, isOver: upTo >= due ? 'over' : 'ahead' } as const
    const admins = due - upTo <= NEAR ? 'told' : 'not-told'
    const hearing = { news, they: 'told', colleagues: 'told', admins } as const
    return {
      events: [{ ...fact, contact: one.id, kind: 'contact-reminded', about: ABOUT, due, upTo }],
      mails: mailsFor(hearing, one, managersBeside(one, contacts), fact, settings),
    }
  },
}

function targetOf(one: Contact, settings: Settings): Target | undefined {
  const { state, encryptsUntil: due, revokedAt, keySince: from, project } = one
  const isAwaited = state === 'active' || state === 'suspended'
  if (!isAwaited || due === undefined || revokedAt !== undefined) return undefined
  const before = policyOf(settings, project).membership?.keyWarnings ?? []
  return { about: ABOUT, due, from, before, every: ONCE }
}
