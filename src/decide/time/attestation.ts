// Who reads behind the address of several: asked when it is on the list and so often as the policy says, once more
// before the time is over, and then what the policy says happens.
import { dueAt } from '../../model/calendar.ts'
import type { Contact } from '../../model/contact.ts'
import { SCHEDULER } from '../../model/event.ts'
import type { Calendar, Membership } from '../../model/policy.ts'
import { type Instant, later } from '../../model/scalars.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import { DAY } from '../../model/time.ts'
import { mailsFor, managersBeside } from '../membership/news.ts'
import type { TimedRule } from './rule.ts'

const ABOUT = 'attest'
/** They are reminded so long before the time is over. */
const REMIND_AHEAD = 7 * DAY

export const attestation: TimedRule<Contact> = {
  nextAt: (one, settings) => {
    const asking = askingOf(one, settings)
    if (asking === undefined) return undefined
    const { asked, from } = asking
    return asked === undefined ? from : instantsOf(asked).find(at => at > asked.upTo)
  },
  carryOut: (one, { now, settings, contacts }) => {
    const asking = askingOf(one, settings)
    if (asking === undefined) return { events: [], mails: [] }
    const { rule, calendar, asked } = asking
    // Their time begins when they are asked, however late that is: nobody is silent who was not asked.
    const due = asked?.due ?? dueAt(now, rule.within, calendar)
    const upTo = asked === undefined ? now : instantsOf(asked).findLast(at => at > asked.upTo && at <= now)
    if (upTo === undefined) return { events: [], mails: [] }
    const fact = { at: now, actor: SCHEDULER, contact: one.id } as const
    const reminded = { ...fact, kind: 'contact-reminded', about: ABOUT, due, upTo } as const
    const isOver = asked !== undefined && upTo >= due
    if (isOver && rule.silent === 'suspend') {
      const suspended = { ...fact, kind: 'contact-suspended', why: 'attestation', until: undefined } as const
      return { events: [reminded, suspended], mails: [] }
    }
    const hearing = isOver
      ? ({
          news: { kind: 'attest-missing' },
          they: 'not-told',
          colleagues: 'not-told',
          admins: 'told',
        } as const)
      : ({
          news: { kind: 'attest', by: due, silent: rule.silent },
          they: 'told',
          colleagues: asked === undefined ? 'not-told' : 'told',
          admins: 'not-told',
        } as const)
    return {
      events: [reminded],
      mails: mailsFor(hearing, one, managersBeside(one, contacts), fact, settings),
    }
  },
}

type Asking = {
  readonly rule: NonNullable<Membership['attestation']>
  readonly calendar: Calendar
  /** From when on it is asked. */
  readonly from: Instant
  /** When the time to say it is over, and up to when all is told; undefined: not asked yet. */
  readonly asked: Contact['reminded'][string] | undefined
}

/** The reminder, and the end. */
const instantsOf = ({ due }: NonNullable<Asking['asked']>): readonly Instant[] => [
  later(due, -REMIND_AHEAD),
  due,
]

/** Undefined: of nobody else is it asked. */
function askingOf(one: Contact, settings: Settings): Asking | undefined {
  const { membership, calendar } = policyOf(settings, one.project)
  const rule = membership?.attestation
  const from = attestationDue(one, settings)
  if (rule === undefined || from === undefined || one.state !== 'active') return undefined
  const told = one.reminded[ABOUT]
  return { rule, calendar, from, asked: told !== undefined && told.upTo >= from ? told : undefined }
}

/** From when on it is to be said who reads behind an address; undefined: it never is. */
export function attestationDue(one: Contact, settings: Settings): Instant | undefined {
  const { membership, calendar } = policyOf(settings, one.project)
  const rule = membership?.attestation
  if (rule === undefined || one.kind !== 'role') return undefined
  // Another key makes no other people.
  const joinedAt = one.formerKeys[0]?.since ?? one.since
  return one.attested === undefined ? joinedAt : dueAt(one.attested.at, rule.every, calendar)
}
