// Changed terms: each member is asked to accept them by a date, reminded before it, and then suspended or kept, as the
// policy says; admins are told who stayed silent, in one mail. A function of contact and policy, so that a restart with
// other terms is all it takes (threats.md E12).
import { dueAt } from '../../model/calendar.ts'
import type { Contact } from '../../model/contact.ts'
import { SCHEDULER } from '../../model/event.ts'
import type { ContactEvent } from '../../model/member-event.ts'
import type { Content, MailOrder } from '../../model/order.ts'
import type { Membership, Policy, Span } from '../../model/policy.ts'
import { dueReminder, nextReminder, type Target } from '../../model/reminder.ts'
import type { Instant } from '../../model/scalars.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import type { Known } from '../known.ts'
import { needsReaccept } from '../membership/acceptance.ts'
import { acceptingAnswer } from '../membership/proof.ts'
import { toAdmins, toInsider } from '../orders.ts'
import type { TimedRule } from './rule.ts'

/** Before the date they are reminded so long. */
const BEFORE: readonly Span[] = [
  { count: 7, unit: 'day' },
  { count: 1, unit: 'day' },
]
const ABOUT = 'acceptance'

export const reacceptance: TimedRule<Contact> = {
  nextAt: (contact, settings) => {
    const policy = policyOf(settings, contact.project)
    const { membership, calendar } = policy
    if (membership === undefined || contact.state !== 'active' || !needsReaccept(contact, policy))
      return undefined
    const target = targetOf(contact, membership)
    return target === undefined
      ? (contact.since ?? contact.keySince)
      : nextReminder(target, contact.reminded[ABOUT], calendar)
  },
  carryOut: (contact, known) => {
    const { now, settings } = known
    const { membership, calendar } = policyOf(settings, contact.project)
    if (membership === undefined) return { events: [], mails: [] }
    const fact = { at: now, actor: SCHEDULER, contact: contact.id } as const
    const target = targetOf(contact, membership)
    if (target === undefined) {
      const by = dueAt(now, membership.reacceptance.within, calendar)
      const { sha256 } = membership.terms
      return {
        events: [{ ...fact, kind: 'acceptance-asked', sha256, by }],
        mails: [asking(contact, 'asked', by, membership, settings)],
      }
    }
    const { due } = target
    const upTo = dueReminder(target, contact.reminded[ABOUT], now, calendar)
    if (upTo === undefined) return { events: [], mails: [] }
    if (upTo >= due) return overdue(contact, membership, known)
    return {
      events: [{ ...fact, kind: 'contact-reminded', about: ABOUT, due, upTo }],
      mails: [asking(contact, 'reminded', due, membership, settings)],
    }
  },
}

/** Undefined: they were not asked for these terms yet. */
function targetOf({ asked }: Contact, { terms, reacceptance: { within } }: Membership): Target | undefined {
  if (asked?.sha256 !== terms.sha256) return undefined
  return { about: ABOUT, due: asked.by, from: asked.at, before: BEFORE, every: within }
}

/** Everybody of the project whose date has passed, so that the admins get one mail and not one for each. */
function overdue(
  { project }: Contact,
  membership: Membership,
  { now, settings, contacts }: Known,
): { readonly events: readonly ContactEvent[]; readonly mails: readonly MailOrder[] } {
  const policy = policyOf(settings, project)
  const { silent } = membership.reacceptance
  const events: ContactEvent[] = []
  const mails: MailOrder[] = []
  const late: Contact[] = []
  for (const contact of contacts) {
    const target = contact.project === project ? lateTarget(contact, membership, policy, now) : undefined
    if (target === undefined) continue
    const { due, upTo } = target
    const fact = { at: now, actor: SCHEDULER, contact: contact.id } as const
    late.push(contact)
    events.push({ ...fact, kind: 'contact-reminded', about: ABOUT, due, upTo })
    if (silent === 'suspend')
      events.push({ ...fact, kind: 'contact-suspended', why: 'acceptance', until: undefined })
    mails.push(asking(contact, silent === 'suspend' ? 'suspended' : 'late', due, membership, settings))
  }
  const alert = {
    kind: 'acceptance-overdue',
    version: membership.terms.version,
    contacts: late.map(({ id, address }) => ({ id, address })),
    effect: silent === 'suspend' ? 'suspended' : 'kept',
  } as const
  const about = { project, case: undefined }
  return { events, mails: [...mails, ...toAdmins(settings.admins, about, { kind: 'alert', alert })] }
}

function lateTarget(
  contact: Contact,
  membership: Membership,
  policy: Policy,
  now: Instant,
): { readonly due: Instant; readonly upTo: Instant } | undefined {
  const target = targetOf(contact, membership)
  if (target === undefined || contact.state !== 'active' || !needsReaccept(contact, policy)) return undefined
  const upTo = dueReminder(target, contact.reminded[ABOUT], now, policy.calendar)
  return upTo === undefined || upTo < target.due ? undefined : { due: target.due, upTo }
}

/** With the whole answer, ready to sign. */
function asking(
  contact: Contact,
  stage: Extract<Content, { kind: 'reacceptance' }>['stage'],
  by: Instant,
  { terms }: Membership,
  settings: Settings,
): MailOrder {
  const { id, address, fingerprint, project, acceptance } = contact
  const content = {
    kind: 'reacceptance',
    contact: id,
    stage,
    terms,
    former: acceptance?.version,
    by,
  } as const
  const insider = { name: id, address, fingerprint, certificate: undefined }
  return {
    ...toInsider(insider, { project, case: undefined }, content),
    offers: [acceptingAnswer(id, terms, settings)],
  }
}
