// Who reads behind the address of several: asked when it is on the list and so often as the policy says, once more
// before the time is over, and then what the policy says happens.
import { dueAt } from '../../model/calendar.ts'
import type { Contact } from '../../model/contact.ts'
import { SCHEDULER } from '../../model/event.ts'
import type { Instant } from '../../model/scalars.ts'
import { later } from '../../model/scalars.ts'
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
    return asking?.instants.find(at => at > asking.settled)
  },
  carryOut: (one, { now, settings, contacts }) => {
    const asking = askingOf(one, settings)
    const upTo = asking?.instants.findLast(at => at > asking.settled && at <= now)
    if (asking === undefined || upTo === undefined) return { events: [], mails: [] }
    const { due, silent } = asking
    const fact = { at: now, actor: SCHEDULER, contact: one.id } as const
    const reminded = { ...fact, kind: 'contact-reminded', about: ABOUT, due, upTo } as const
    if (upTo >= due && silent === 'suspend') {
      const suspended = { ...fact, kind: 'contact-suspended', why: 'attestation', until: undefined } as const
      return { events: [reminded, suspended], mails: [] }
    }
    const isOver = upTo >= due
    const hearing = isOver
      ? ({
          news: { kind: 'attest-missing' },
          they: 'not-told',
          colleagues: 'not-told',
          admins: 'told',
        } as const)
      : ({
          news: { kind: 'attest', by: due, silent },
          they: 'told',
          colleagues: upTo > asking.askedAt ? 'told' : 'not-told',
          admins: 'not-told',
        } as const)
    return {
      events: [reminded],
      mails: mailsFor(hearing, one, managersBeside(one, contacts), fact, settings),
    }
  },
}

type Asking = {
  readonly askedAt: Instant
  /** When the time to say it is over. */
  readonly due: Instant
  readonly silent: 'suspend' | 'keep'
  readonly instants: readonly Instant[]
  /** Up to which of them all is told. */
  readonly settled: number
}

/** Undefined: of nobody else is it asked. */
function askingOf(one: Contact, settings: Settings): Asking | undefined {
  const { membership, calendar } = policyOf(settings, one.project)
  const rule = membership?.attestation
  const askedAt = rule && attestationDue(one, settings)
  if (rule === undefined || askedAt === undefined || one.state !== 'active') return undefined
  const due = dueAt(askedAt, rule.within, calendar)
  const reminder = later(due, -REMIND_AHEAD)
  const told = one.reminded[ABOUT]
  return {
    askedAt,
    due,
    silent: rule.silent,
    instants: [askedAt, ...(reminder > askedAt ? [reminder] : []), due],
    settled: told?.due === due ? told.upTo : -Infinity,
  }
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
