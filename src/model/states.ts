// Which kinds of state there are, and what one event makes of the state that its stream had. State goes in and comes out
// by the table in which it is kept; nothing here reads or writes one.
import { type Absences, evolveAbsences, NOBODY_AWAY } from './absence.ts'
import { type Application, evolveApplication } from './application.ts'
import type { Case } from './case.ts'
import { evolveCase } from './case-evolution.ts'
import { type Contact, evolveContact } from './contact.ts'
import { type Distributor, evolveDistributor } from './distributor.ts'
import type { Event } from './event.ts'
import { evolveIncident, type Incident } from './incident.ts'
import { evolveNotice, type Notice } from './notice.ts'
import { evolvePost, type Post } from './post.ts'

/** What is kept in which table. */
export type StateTypes = {
  readonly cases: Case
  readonly notices: Notice
  readonly contacts: Contact
  readonly distributors: Distributor
  readonly applications: Application
  readonly incidents: Incident
  readonly posts: Post
  readonly absences: Absences
}

/** A state, with the table in which it is kept. */
export type Stored<K extends keyof StateTypes = keyof StateTypes> = {
  [T in K]: { readonly table: T; readonly state: StateTypes[T] }
}[K]

/** Where the state that a stream has is found. */
export type States = {
  readonly [K in keyof StateTypes]: { get(id: StateTypes[K]['id']): StateTypes[K] | undefined }
}

/** What an event makes of its stream's state. @throws on an event that does not fit it: a fault of the journal. */
export function evolve(event: Event, states: States): Stored {
  if ('notice' in event)
    return { table: 'notices', state: evolveNotice(states.notices.get(event.notice), event) }
  if ('contact' in event)
    return { table: 'contacts', state: evolveContact(states.contacts.get(event.contact), event) }
  if ('distributor' in event)
    return {
      table: 'distributors',
      state: evolveDistributor(states.distributors.get(event.distributor), event),
    }
  if ('application' in event)
    return {
      table: 'applications',
      state: evolveApplication(states.applications.get(event.application), event),
    }
  if ('incident' in event)
    return { table: 'incidents', state: evolveIncident(states.incidents.get(event.incident), event) }
  if ('post' in event) return { table: 'posts', state: evolvePost(states.posts.get(event.post), event) }
  if ('absences' in event)
    return {
      table: 'absences',
      state: evolveAbsences(states.absences.get('absences') ?? NOBODY_AWAY, event),
    }
  return { table: 'cases', state: evolveCase(states.cases.get(event.case), event) }
}

/** The state that an event changes, as it is before; undefined: the event begins it. */
export function stateBefore(event: Event, states: States): StateTypes[keyof StateTypes] | undefined {
  if ('notice' in event) return states.notices.get(event.notice)
  if ('contact' in event) return states.contacts.get(event.contact)
  if ('distributor' in event) return states.distributors.get(event.distributor)
  if ('application' in event) return states.applications.get(event.application)
  if ('incident' in event) return states.incidents.get(event.incident)
  if ('post' in event) return states.posts.get(event.post)
  if ('absences' in event) return states.absences.get('absences')
  return states.cases.get(event.case)
}
