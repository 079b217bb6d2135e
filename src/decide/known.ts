// The state that decisions look at and change, apart from any store: what is known, and what is known after events.
import type { Application } from '../model/application.ts'
import type { Case } from '../model/case.ts'
import type { CaseEvent } from '../model/case-event.ts'
import { evolveCase } from '../model/case-evolution.ts'
import type { Snapshot } from '../model/decision.ts'
import { type Event, streamOf } from '../model/event.ts'
import type { Incident } from '../model/incident.ts'
import type { Notice } from '../model/notice.ts'
import type { Post } from '../model/post.ts'
import { unreachable } from '../model/result.ts'
import type { ApplicationId, CaseId, IncidentId, NoticeId, PostId } from '../model/scalars.ts'
import { evolve, type States, type Stored } from '../model/states.ts'

/** All that events change. */
export type State = Pick<
  Snapshot,
  'cases' | 'notices' | 'contacts' | 'distributors' | 'applications' | 'incidents' | 'posts' | 'absences'
>

/** What a rule of time may look at: all that a simulation keeps. */
export type Known = State &
  Pick<Snapshot, 'now' | 'settings' | 'told' | 'copies'> & {
    readonly serverTakes?: Snapshot['serverTakes']
  }

/** A state of one's own, to be changed in place by `fold`. */
export type OwnState = State & {
  readonly cases: Map<CaseId, Case>
  readonly notices: Map<NoticeId, Notice>
  readonly applications: Map<ApplicationId, Application>
  readonly incidents: Map<IncidentId, Incident>
  readonly posts: Map<PostId, Post>
}

/** A copy of a state whose maps may be changed. */
export const ownState = (state: State): OwnState => ({
  cases: new Map(state.cases),
  notices: new Map(state.notices),
  applications: new Map(state.applications),
  incidents: new Map(state.incidents),
  posts: new Map(state.posts),
  contacts: state.contacts,
  distributors: state.distributors,
  absences: state.absences,
})

/** The state after these events; the maps of `own` are changed. */
export function fold(own: OwnState, events: readonly Event[]): OwnState {
  let state = own
  for (const event of events) state = withStored(state, evolve(event, statesIn(state)))
  return state
}

/** Where each state is found by its id. */
export const statesIn = ({ contacts, distributors, absences, ...maps }: State): States => ({
  cases: maps.cases,
  notices: maps.notices,
  applications: maps.applications,
  incidents: maps.incidents,
  posts: maps.posts,
  contacts: { get: id => contacts.find(one => one.id === id) },
  distributors: { get: id => distributors.find(one => one.id === id) },
  absences: { get: () => absences },
})

function withStored(own: OwnState, { table, state }: Stored): OwnState {
  switch (table) {
    case 'cases':
      own.cases.set(state.id, state)
      return own
    case 'notices':
      own.notices.set(state.id, state)
      return own
    case 'applications':
      own.applications.set(state.id, state)
      return own
    case 'incidents':
      own.incidents.set(state.id, state)
      return own
    case 'posts':
      own.posts.set(state.id, state)
      return own
    case 'contacts':
      return { ...own, contacts: replaced(own.contacts, state) }
    case 'distributors':
      return { ...own, distributors: replaced(own.distributors, state) }
    case 'absences':
      return { ...own, absences: state }
    default:
      return unreachable(table)
  }
}

/** The list with this one in the place of the one of its id; a new one comes last. */
function replaced<T extends { readonly id: string }>(all: readonly T[], one: T): readonly T[] {
  const at = all.findIndex(({ id }) => id === one.id)
  return at < 0 ? [...all, one] : all.with(at, one)
}

/** One case after these events, of whichever cases they are; undefined: there is none. */
export const caseAfter = (before: Case | undefined, id: CaseId, events: readonly Event[]): Case | undefined =>
  events.reduce<Case | undefined>(
    (one, event) => (isOfCase(event) && event.case === id ? evolveCase(one, event) : one),
    before,
  )

/** Whether an event changes a case, and does not only name one. */
export const isOfCase = (event: Event): event is CaseEvent => streamOf(event).startsWith('C-')
