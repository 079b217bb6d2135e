// The state that decisions look at and change, apart from any store: what is known, and what is known after events.
import { evolveAbsences } from '../model/absence.ts'
import { type Application, evolveApplication } from '../model/application.ts'
import type { Case } from '../model/case.ts'
import type { CaseEvent } from '../model/case-event.ts'
import { evolveCase } from '../model/case-evolution.ts'
import { evolveContact } from '../model/contact.ts'
import type { Snapshot } from '../model/decision.ts'
import { evolveDistributor } from '../model/distributor.ts'
import { type Event, streamOf } from '../model/event.ts'
import { evolveIncident, type Incident } from '../model/incident.ts'
import { evolveNotice, type Notice } from '../model/notice.ts'
import type { ApplicationId, CaseId, IncidentId, NoticeId } from '../model/scalars.ts'

/** All that events change. */
export type State = Pick<
  Snapshot,
  'cases' | 'notices' | 'contacts' | 'distributors' | 'applications' | 'incidents' | 'absences'
>

/** What a rule of time may look at: all that a simulation keeps. */
export type Known = State & Pick<Snapshot, 'now' | 'settings'>

/** A state of one's own, to be changed in place by `fold`. */
export type OwnState = State & {
  readonly cases: Map<CaseId, Case>
  readonly notices: Map<NoticeId, Notice>
  readonly applications: Map<ApplicationId, Application>
  readonly incidents: Map<IncidentId, Incident>
}

/** A copy of a state whose maps may be changed. */
export const ownState = (state: State): OwnState => ({
  cases: new Map(state.cases),
  notices: new Map(state.notices),
  applications: new Map(state.applications),
  incidents: new Map(state.incidents),
  contacts: state.contacts,
  distributors: state.distributors,
  absences: state.absences,
})

/** The state after these events; the maps of `own` are changed. */
export function fold(own: OwnState, events: readonly Event[]): OwnState {
  const { cases, notices, applications, incidents } = own
  let { contacts, distributors, absences } = own
  for (const event of events) {
    if ('notice' in event) notices.set(event.notice, evolveNotice(notices.get(event.notice), event))
    else if ('contact' in event)
      contacts = replaced(contacts, event.contact, one => evolveContact(one, event))
    else if ('distributor' in event)
      distributors = replaced(distributors, event.distributor, one => evolveDistributor(one, event))
    else if ('application' in event)
      applications.set(event.application, evolveApplication(applications.get(event.application), event))
    else if ('incident' in event)
      incidents.set(event.incident, evolveIncident(incidents.get(event.incident), event))
    else if ('absences' in event) absences = evolveAbsences(absences, event)
    else cases.set(event.case, evolveCase(cases.get(event.case), event))
  }
  return { cases, notices, applications, incidents, contacts, distributors, absences }
}

/** The list with the one of this id evolved, in its place; a new one comes last. */
function replaced<T extends { readonly id: string }>(
  all: readonly T[],
  id: T['id'],
  evolve: (one: T | undefined) => T,
): readonly T[] {
  const at = all.findIndex(one => one.id === id)
  return at < 0 ? [...all, evolve(undefined)] : all.with(at, evolve(all[at]))
}

/** One case after these events, of whichever cases they are; undefined: there is none. */
export const caseAfter = (before: Case | undefined, id: CaseId, events: readonly Event[]): Case | undefined =>
  events.reduce<Case | undefined>(
    (one, event) => (isOfCase(event) && event.case === id ? evolveCase(one, event) : one),
    before,
  )

/** Whether an event changes a case, and does not only name one. */
export const isOfCase = (event: Event): event is CaseEvent => streamOf(event).startsWith('C-')
