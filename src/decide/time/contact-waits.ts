// What waits for a contact and comes by itself: a proven key that is to follow, a further contact's place on the list,
// the end of a suspension. Until then others can stop the first two; only what nobody stopped comes.
import type { Contact } from '../../model/contact.ts'
import { SCHEDULER } from '../../model/event.ts'
import type { Instant } from '../../model/scalars.ts'
import type { Settings } from '../../model/settings.ts'
import { colleaguesOf, isThere } from '../membership/contacts.ts'
import { membershipOf } from '../membership/proof.ts'
import type { TimedRule } from './rule.ts'

/**
 * What a key asked for that its owner has revoked since does not follow by time: its thief may have asked (threats.md
 * E05). What two of the team verified does.
 */
export const keyChange: TimedRule<Contact> = {
  nextAt: one => {
    const { nextKey, revokedAt } = one
    const isTheirs = revokedAt === undefined || nextKey?.by === 'rekey'
    return isThere(one) && isTheirs ? nextKey?.effectiveAt : undefined
  },
  carryOut: ({ id, nextKey }, { now }) =>
    only(
      nextKey && { at: now, actor: SCHEDULER, contact: id, kind: 'key-changed' as const, key: nextKey.key },
    ),
}

export const activation: TimedRule<Contact> = {
  nextAt: activationAt,
  carryOut: (one, { now, contacts }) => {
    const fact = { at: now, actor: SCHEDULER, contact: one.id } as const
    const suspended = suspensionOf(one, contacts)
    return {
      events: [
        { ...fact, kind: 'contact-activated' },
        ...(suspended === undefined
          ? []
          : [
              {
                ...fact,
                kind: 'contact-suspended',
                why: 'admin',
                until: suspended.until,
                reason: suspended.reason,
              } as const,
            ]),
      ],
      mails: [],
    }
  },
}

/** That of the whole organisation by the team, which whoever joins it meanwhile shares. */
function suspensionOf(one: Contact, contacts: readonly Contact[]): Contact['suspended'] {
  const colleagues = colleaguesOf(one, contacts)
  const [first] = colleagues
  return colleagues.every(({ suspended }) => suspended?.why === 'admin') ? first?.suspended : undefined
}

function activationAt(one: Contact, settings: Settings): Instant | undefined {
  const { state, activeAt, acceptance, approved, revokedAt, project } = one
  if (state !== 'cooling' || revokedAt !== undefined) return undefined
  const membership = membershipOf({ project }, settings)
  const isAccepted = acceptance?.sha256 === membership?.terms.sha256
  const isApproved = membership?.contacts.approval !== 'team' || approved !== undefined
  return isAccepted && isApproved ? activeAt : undefined
}

export const suspensionEnd: TimedRule<Contact> = {
  nextAt: ({ state, suspended }) => (state === 'suspended' ? suspended?.until : undefined),
  carryOut: ({ id }, { now }) =>
    only({ at: now, actor: SCHEDULER, contact: id, kind: 'contact-resumed' as const }),
}

const only = <E>(event: E | undefined) => ({ events: event === undefined ? [] : [event], mails: [] })
