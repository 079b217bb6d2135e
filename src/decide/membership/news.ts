// What follows for people from events of contacts: whichever verb, rule or mail brought one about, who hears of it is
// the same. In: events, and the contacts before and after them. Out: mail orders with what their readers can send.
import { type Contact, isMember } from '../../model/contact.ts'
import type { Event } from '../../model/event.ts'
import type { ContactEvent } from '../../model/member-event.ts'
import type { MemberNews, MemberReader } from '../../model/member-news.ts'
import type { MailOrder, Suggestion } from '../../model/order.ts'
import type { Settings } from '../../model/settings.ts'
import { toAdmin } from '../orders.ts'
import { colleaguesOf, hasUsableKey } from './contacts.ts'
import { membershipOf } from './proof.ts'

type Contacts = readonly Contact[]

/** Who hears of it. `admins`: `unasked`: unless somebody's command did it, which is told as one. */
type Hearing = {
  readonly news: MemberNews
  readonly they: 'told' | 'not-told'
  readonly colleagues: 'told' | 'not-told'
  readonly admins: 'told' | 'unasked' | 'not-told'
}

const ALL = { they: 'told', colleagues: 'told', admins: 'told' } as const
const UNASKED = { ...ALL, admins: 'unasked' } as const

/** The mails that follow from these events. */
export function memberNews(
  events: readonly Event[],
  before: Contacts,
  after: Contacts,
  settings: Settings,
): readonly MailOrder[] {
  return events.flatMap(event => {
    if (!('contact' in event)) return []
    const contact = after.find(({ id }) => id === event.contact)
    const was = before.find(({ id }) => id === event.contact)
    if (contact === undefined) return []
    const hearing = hearingOf(event, contact, was, settings)
    if (hearing === undefined) return []
    // Of what concerns them all each hears by themselves.
    const same = new Set(
      events.flatMap(one => ('contact' in one && one.kind === event.kind ? one.contact : [])),
    )
    const colleagues = colleaguesOf(contact, after).filter(({ id }) => !same.has(id))
    return mailsFor(hearing, contact, colleagues, event, settings)
  })
}

/** One piece of news for those that it names; `at`: when it is told. */
export function mailsFor(
  { news, they, colleagues: others, admins }: Hearing,
  contact: Contact,
  colleagues: Contacts,
  { at, actor }: Pick<ContactEvent, 'at' | 'actor'>,
  settings: Settings,
): readonly MailOrder[] {
  const isUnasked = actor.kind === 'scheduler' || actor.kind === 'outsider'
  const doer = 'fingerprint' in actor ? actor.fingerprint : undefined
  const hearers = admins === 'told' || (admins === 'unasked' && isUnasked) ? settings.admins : []
  return [
    ...(they === 'told' && hasUsableKey(contact, at)
      ? [toContact(contact, contact, 'they', news, settings)]
      : []),
    ...(others === 'told' ? colleagues : [])
      .filter(one => hasUsableKey(one, at))
      .map(one => toContact(one, contact, 'colleague', news, settings)),
    ...hearers
      .filter(({ fingerprint }) => fingerprint !== doer)
      .map(admin => ({
        ...toAdmin(
          admin,
          { project: contact.project, case: undefined },
          { kind: 'membership', reader: 'admin', contact, news },
        ),
        offers: offersOf(news, contact, 'admin', settings),
      })),
  ]
}

/** To the pinned key of `to`, by the sandbox: a key that is new with these events is enrolled only after them. */
function toContact(
  to: Contact,
  about: Contact,
  reader: Exclude<MemberReader, 'admin'>,
  news: MemberNews,
  settings: Settings,
): MailOrder {
  const mayStop = reader === 'they' || to.manages === 'all'
  return {
    to: to.address,
    encryptTo: { kind: 'offered', certificate: to.certificate },
    project: to.project,
    case: undefined,
    notice: undefined,
    contact: undefined,
    inReplyTo: undefined,
    content: { kind: 'membership', reader, contact: about, news },
    offers: mayStop ? offersOf(news, about, reader, settings) : [],
  }
}

function hearingOf(
  event: ContactEvent,
  contact: Contact,
  was: Contact | undefined,
  settings: Settings,
): Hearing | undefined {
  switch (event.kind) {
    case 'key-asked': {
      const { key, by } = event.next
      return { ...ALL, news: { kind: 'key-asked', key: key.fingerprint, by } }
    }
    case 'key-proven': {
      const { effectiveAt, at } = event
      const key = contact.nextKey?.key.fingerprint
      // What counts at once is told as such.
      if (key === undefined || effectiveAt <= at) return undefined
      return { ...ALL, news: { kind: 'key-proven', key, effectiveAt } }
    }
    case 'key-changed': {
      const former = contact.formerKeys.at(-1)?.fingerprint
      const key = event.key.fingerprint
      return former && { ...ALL, news: { kind: 'key-changed', key, former } }
    }
    case 'key-dropped': {
      const key = was?.nextKey?.key.fingerprint
      return key && { ...UNASKED, news: { kind: 'key-dropped', key } }
    }
    case 'key-merged':
      return {
        they: 'told',
        colleagues: 'not-told',
        admins: 'not-told',
        news: { kind: 'key-merged', until: event.encryptsUntil },
      }
    case 'contact-key-revoked':
      return { ...ALL, news: { kind: 'contact-key-revoked' } }
    case 'contact-named':
      if (event.as === 'active') return undefined
      return { ...ALL, they: 'not-told', news: { kind: 'named', by: event.actor.name } }
    case 'contact-proven': {
      const approval = membershipOf(contact, settings)?.contacts.approval === 'team' ? 'needed' : 'none'
      return { ...ALL, news: { kind: 'cooling', activeAt: event.activeAt, approval } }
    }
    case 'contact-activated':
      // Whoever comes to an organisation that gets nothing for now is told that alone.
      if (contact.state === 'suspended') return undefined
      return { ...UNASKED, news: { kind: 'joined' } }
    case 'contact-ended': {
      const { as, reason } = event
      return { ...UNASKED, news: { kind: 'ended', as, reason } }
    }
    case 'contact-suspended': {
      const { why, until, reason } = event
      // Who did not accept another text was told so by those who asked for it.
      return why === 'acceptance'
        ? undefined
        : { ...UNASKED, news: { kind: 'suspended', why, until, reason } }
    }
    case 'contact-resumed':
      return was?.suspended?.why === 'acceptance' ? undefined : { ...UNASKED, news: { kind: 'resumed' } }
    default:
      return undefined
  }
}

function offersOf(
  news: MemberNews,
  contact: Contact,
  reader: MemberReader,
  { instance }: Settings,
): readonly Suggestion[] {
  const offer = (label: string, line: string): Suggestion => ({
    label,
    body: `embargod ${instance}\n${line}\n`,
  })
  const { id } = contact
  switch (news.kind) {
    case 'key-asked':
    case 'key-proven':
      if (reader !== 'admin' && contact.nextKey?.by === 'rekey') return []
      return [offer('Stop the new key', `veto ${id}`), ...(reader === 'admin' ? [suspension(id, offer)] : [])]
    case 'key-changed':
      return reader === 'admin' ? [suspension(id, offer)] : []
    case 'contact-key-revoked':
      return contact.nextKey === undefined ? [] : [offer('Stop the key that was to follow', `veto ${id}`)]
    case 'named':
    case 'cooling':
      return reader === 'they' ? [] : [offer('Stop them', `veto ${id}`)]
    case 'attest':
      return reader === 'they' ? [offer('Say how many, behind people=', 'attest people=')] : []
    case 'attest-missing':
      return reader === 'admin' ? [suspension(id, offer)] : []
    case 'suspended':
      if (reader === 'admin') return [offer('Let them have notices again', `resume ${id}`)]
      return reader === 'they' ? [offer('See what is known of you', 'my')] : []
    default:
      return []
  }
}

const suspension = (id: string, offer: (label: string, line: string) => Suggestion): Suggestion =>
  offer('Send them nothing for now, with why in the gap', `suspend ${id} <<\n\n.`)

/** Members of the organisation who manage its contacts, but for this one. */
export const managersBeside = (contact: Contact, contacts: Contacts): Contacts =>
  colleaguesOf(contact, contacts).filter(one => one.manages === 'all' && isMember(one))
