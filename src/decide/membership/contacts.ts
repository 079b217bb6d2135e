// Contacts as verbs and rules see them: whose they are, who is beside them, and how long others may stop what is done
// in their name.
import { dueAt } from '../../model/calendar.ts'
import { type Contact, isMember } from '../../model/contact.ts'
import type { Distributor } from '../../model/distributor.ts'
import { plaintext } from '../../model/plaintext.ts'
import type { Span } from '../../model/policy.ts'
import { ok, type Result } from '../../model/result.ts'
import {
  type ContactId,
  type DistributorId,
  type Fingerprint,
  foldedMailbox,
  type Instant,
  parseContactId,
  parseDistributorId,
} from '../../model/scalars.ts'
import { type Admin, policyOf, type Settings } from '../../model/settings.ts'
import { type Effect, effect, type Refusal, refuse, type World } from '../commands/command.ts'
import { personOf, wasThere } from './kinship.ts'
import { membershipOf } from './proof.ts'

/** Where a project has contacts, and no policy of who may be one. */
const SHORTEST: Span = { count: 24, unit: 'hour' }

/** When the time is over in which others can stop a new key or a further contact that was proven now. */
export function cooledOffAt({ project }: Contact, now: Instant, settings: Settings): Instant {
  const { membership, calendar } = policyOf(settings, project)
  return dueAt(now, membership?.contacts.coolingOff ?? SHORTEST, calendar)
}

/** Whether they may still come, or are on the list. */
export const isThere = ({ state }: Contact): boolean => state !== 'left' && state !== 'removed'

/** Those of one organisation that are on the list or may come. */
export const contactsOf = (of: DistributorId, { contacts }: Pick<World, 'contacts'>): readonly Contact[] =>
  contacts.filter(one => one.distributor === of && isThere(one))

/** The others on the list of the same organisation. */
export const colleaguesOf = (
  { id, distributor }: Contact,
  contacts: readonly Contact[],
): readonly Contact[] =>
  contacts.filter(one => one.distributor === distributor && one.id !== id && isMember(one))

/** Whether notices and mail can be encrypted to their pinned key. */
export const hasUsableKey = ({ revokedAt, encryptsUntil }: Contact, now: Instant): boolean =>
  revokedAt === undefined && (encryptsUntil === undefined || encryptsUntil > now)

/** The contacts whose pinned key has signed: one on each list that it is on. */
export const ownContacts = ({ contacts, who }: Pick<World, 'contacts' | 'who'>): readonly Contact[] =>
  contacts.filter(one => isMember(one) && one.revokedAt === undefined && one.fingerprint === who)

/** The one contact that somebody is, or which of theirs they name by `as=`. */
export function ownContact(as: string | undefined, world: World): Result<Contact, Refusal> {
  const own = ownContacts(world)
  const named = as === undefined ? own : own.filter(({ id }) => id === as.toUpperCase())
  const [contact, another] = named
  if (contact === undefined)
    return refuse('E-UNKNOWN', as === undefined ? NOT_ON_A_LIST : `${as} is no contact of yours; send: my`)
  if (another === undefined) return ok(contact)
  const each = own.map(({ id, project }) => `as=${id} (${project})`).join(', ')
  return refuse('E-SYNTAX', `You are on several lists; say which one, with one of: ${each}`)
}

const NOT_ON_A_LIST = 'Your key is on no list; the contact of your organisation who is on it must send this.'

/** An organisation or one contact, by number. */
export type Target =
  | { readonly kind: 'distributor'; readonly id: DistributorId }
  | { readonly kind: 'contact'; readonly id: ContactId }

export function parseTarget(text: string): Target | undefined {
  const distributor = parseDistributorId(text)
  if (distributor !== undefined) return { kind: 'distributor', id: distributor }
  const contact = parseContactId(text)
  return contact && { kind: 'contact', id: contact }
}

export type Found = {
  readonly distributor: Distributor | undefined
  /** Undefined: it is about the whole organisation. */
  readonly contact: Contact | undefined
  /** Those that it is about, who are on the list or may come. */
  readonly contacts: readonly Contact[]
}

/** All of their organisations: whose colleague it is decides on them no more than they do. */
export const withColleagues = (
  some: readonly Contact[],
  world: Pick<World, 'contacts'>,
): readonly Contact[] =>
  [...new Set(some.map(({ distributor }) => distributor))].flatMap(of => contactsOf(of, world))

/** The organisation or contact of this number, if it is not off the list. */
export function findTarget(target: Target, world: World): Result<Found, Refusal> {
  const { distributors, contacts } = world
  if (target.kind === 'distributor') {
    const distributor = distributors.find(({ id, state }) => id === target.id && state === 'active')
    if (distributor === undefined)
      return refuse('E-UNKNOWN', `There is no ${target.id} on a list; send: roster`)
    return ok({ distributor, contact: undefined, contacts: contactsOf(distributor.id, world) })
  }
  const contact = contacts.find(({ id }) => id === target.id)
  if (contact === undefined || !isThere(contact))
    return refuse('E-UNKNOWN', `There is no ${target.id} on a list; send: roster`)
  const distributor = distributors.find(({ id }) => id === contact.distributor)
  return ok({ distributor, contact, contacts: [contact] })
}

/**
 * Whether a contact is this person of the team, who then decides nothing about them (threats.md A23). A key that is to
 * follow says nothing until it is proven: anyone can attach another's.
 */
const isTheirs = ({ fingerprint: key, nextKey, address: theirs }: Contact, admin: Admin): boolean =>
  key === admin.fingerprint ||
  (nextKey?.provenAt !== undefined && nextKey.key.fingerprint === admin.fingerprint) ||
  foldedMailbox(theirs) === foldedMailbox(admin.address)

/** Those of the team who are one of these contacts. */
export const adminsAmong = (contacts: readonly Contact[], { admins }: Settings): readonly Fingerprint[] =>
  admins.filter(admin => contacts.some(one => isTheirs(one, admin))).map(({ fingerprint }) => fingerprint)

/** Refuses an admin what is about their own contact. */
export function refuseOwn(contacts: readonly Contact[], world: World): Result<undefined, Refusal> {
  const { who, settings } = world
  const person = personOf(who, settings)
  const own = contacts.find(one =>
    adminsAmong([one], settings).some(key => personOf(key, settings) === person),
  )
  return own === undefined
    ? ok(undefined)
    : refuse('E-ROLE', `${own.id} is you: another of the team must send this.`)
}

/**
 * Whether somebody named by an organisation is on the list of that project as another's contact already, or was of one
 * that was removed for good.
 */
export const isBarred = (named: Contact, { contacts, distributors }: World): boolean =>
  contacts.some(one => {
    if (one.id === named.id || one.project !== named.project || !wasThere(one)) return false
    const isAddress = foldedMailbox(one.address) === foldedMailbox(named.address)
    if (isThere(one)) return isAddress && one.distributor !== named.distributor
    const end = distributors.find(({ id }) => id === one.distributor)?.end
    const keys = [one.fingerprint, ...one.formerKeys.map(({ fingerprint }) => fingerprint)]
    return end?.how === 'permanent' && (isAddress || keys.includes(named.fingerprint))
  })

/** `approve M-…`: lets in a further contact of an organisation, where the policy wants an admin to. */
export function approveContact(id: ContactId, world: World): Result<Effect, Refusal> {
  const found = findTarget({ kind: 'contact', id }, world)
  if (!found.ok) return found
  const { contact } = found.value
  if (contact === undefined) return refuse('E-UNKNOWN', `There is no ${id} on a list; send: roster`)
  const own = refuseOwn(withColleagues([contact], world), world)
  if (!own.ok) return own
  if (isMember(contact)) return effect('noop', plaintext(`${id} is on the list already.`))
  if (membershipOf(contact, world.settings)?.contacts.approval !== 'team')
    return effect('noop', plaintext(`The policy asks nobody to approve ${id}; it joins by itself.`))
  if (contact.approved !== undefined) return effect('noop', plaintext(`${id} is approved already.`))
  if (contact.state === 'invited')
    return refuse('E-STATE', `${id} has not proven address and key yet; you are told when it has.`)
  const lines = `${id} is approved, and is on the list when its waiting time is over.`
  return effect('ok', plaintext(lines), {
    facts: { contact: id },
    barred: adminsAmong(withColleagues([contact], world), world.settings),
    events: [{ at: world.now, actor: world.actor, contact: id, kind: 'contact-approved' }],
  })
}
