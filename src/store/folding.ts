// Events → the states that they give, whatever they are of: each stream's events fold onto the state that was there.
// The journal stores both; here nothing is read or written.
import { evolveAbsences, NOBODY_AWAY } from '../model/absence.ts'
import { evolveApplication } from '../model/application.ts'
import { evolveCase } from '../model/case-evolution.ts'
import { evolveContact } from '../model/contact.ts'
import { evolveDistributor } from '../model/distributor.ts'
import { type Event, type StreamId, streamOf } from '../model/event.ts'
import { evolveIncident } from '../model/incident.ts'
import { evolveNotice } from '../model/notice.ts'
import { type ProjectName, UNROUTED } from '../model/scalars.ts'
import type { StateTypes, Stored } from './state-rows.ts'

/** Where the state that a stream had before is found. */
export type Before = {
  readonly [K in keyof StateTypes]: { get(id: StateTypes[K]['id']): StateTypes[K] | undefined }
}

const none = { get: () => undefined }
export const NOTHING_BEFORE: Before = {
  cases: none,
  notices: none,
  contacts: none,
  distributors: none,
  applications: none,
  incidents: none,
  absences: none,
}

export type Step = { readonly event: Event; readonly revision: number; readonly project: ProjectName }

/** Each event with the revision that it leads to, and the states in the end. @throws on an event that does not fit. */
export function foldEvents(
  events: Iterable<Event>,
  before: Before,
): { readonly steps: readonly Step[]; readonly states: readonly Stored[] } {
  const found = new Map<StreamId, Stored>()
  const steps: Step[] = []
  for (const event of events) {
    const next = stepped(event, found.get(streamOf(event)), before)
    found.set(streamOf(event), next)
    const project = next.table === 'absences' ? UNROUTED : next.state.project
    steps.push({ event, revision: next.state.revision, project })
  }
  return { steps, states: [...found.values()] }
}

/** `known`: what this fold has made of the stream so far. */
function stepped(event: Event, known: Stored | undefined, before: Before): Stored {
  if ('notice' in event) {
    const was = known?.table === 'notices' ? known.state : before.notices.get(event.notice)
    return { table: 'notices', state: evolveNotice(was, event) }
  }
  if ('contact' in event) {
    const was = known?.table === 'contacts' ? known.state : before.contacts.get(event.contact)
    return { table: 'contacts', state: evolveContact(was, event) }
  }
  if ('distributor' in event) {
    const was = known?.table === 'distributors' ? known.state : before.distributors.get(event.distributor)
    return { table: 'distributors', state: evolveDistributor(was, event) }
  }
  if ('application' in event) {
    const was = known?.table === 'applications' ? known.state : before.applications.get(event.application)
    return { table: 'applications', state: evolveApplication(was, event) }
  }
  if ('incident' in event) {
    const was = known?.table === 'incidents' ? known.state : before.incidents.get(event.incident)
    return { table: 'incidents', state: evolveIncident(was, event) }
  }
  if ('absences' in event) {
    const was = known?.table === 'absences' ? known.state : before.absences.get('absences')
    return { table: 'absences', state: evolveAbsences(was ?? NOBODY_AWAY, event) }
  }
  const was = known?.table === 'cases' ? known.state : before.cases.get(event.case)
  return { table: 'cases', state: evolveCase(was, event) }
}
