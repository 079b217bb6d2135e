// All that is stored of one organisation or contact: its state, and what happened in order of time.
import type { MemberEvent } from '../decide/membership/history.ts'
import type { Application } from '../model/application.ts'
import type { Contact } from '../model/contact.ts'
import type { Distributor } from '../model/distributor.ts'
import type { Event, StreamId } from '../model/event.ts'
import type { ContactId, DistributorId } from '../model/scalars.ts'
import { policyOf } from '../model/settings.ts'
import type { Journaled } from '../store/journal.ts'
import type { Opened } from './reading.ts'

export type JournaledMember = Journaled<MemberEvent>

/** Of an organisation and all its contacts, or of the one contact that was named. */
export type MemberRecord = {
  readonly id: DistributorId | ContactId
  readonly distributor: Distributor
  readonly contacts: readonly Contact[]
  readonly application: Application | undefined
  readonly policy: ReturnType<typeof policyOf>
  /** Oldest first. */
  readonly history: readonly JournaledMember[]
}

/** Undefined: nobody has or had this id. */
export function recordOf(
  id: DistributorId | ContactId,
  { store, config: { settings } }: Opened,
): MemberRecord | undefined {
  const contact = store.findContact(id as ContactId)
  const distributor = store.distributors(settings).find(one => one.id === (contact?.distributor ?? id))
  if (distributor === undefined) return undefined
  const all = store.contacts(settings).filter(one => one.distributor === distributor.id)
  const contacts = contact === undefined ? all : [contact]
  const from = 'from' in distributor.joined ? distributor.joined.from : undefined
  const incidents = store
    .incidents(settings)
    .filter(
      one =>
        'contact' in one.from && contacts.some(({ id }) => 'contact' in one.from && id === one.from.contact),
    )
  const struck = distributor.strikes.flatMap(({ incident }) => incident ?? [])
  const streams: readonly StreamId[] =
    contact === undefined
      ? [...(from === undefined ? [] : [from]), distributor.id, ...contacts.map(one => one.id)]
      : [contact.id]
  const about =
    contact === undefined ? [...incidents.map(one => one.id), ...struck] : incidents.map(one => one.id)
  const history = [...new Set([...streams, ...about])]
    .flatMap(stream => store.journal.eventsOf(stream))
    .filter(isOfMember)
    .toSorted((a, b) => a.audit - b.audit)
  const application = from === undefined ? undefined : store.findApplication(from)
  return { id, distributor, contacts, application, policy: policyOf(settings, distributor.project), history }
}

const isOfMember = (one: Journaled<Event>): one is JournaledMember =>
  ['application', 'distributor', 'contact', 'incident'].some(key => key in one.event)
