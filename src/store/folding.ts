// Events → the states that they give, whatever they are of: each stream's events fold onto the state that was there.
// The journal stores both; here nothing is read or written.
import { type Event, type StreamId, streamOf } from '../model/event.ts'
import { type ProjectName, UNROUTED } from '../model/scalars.ts'
import { evolve, type States, type Stored } from '../model/states.ts'

const none = { get: () => undefined }
export const NOTHING_BEFORE: States = {
  cases: none,
  notices: none,
  contacts: none,
  distributors: none,
  applications: none,
  incidents: none,
  posts: none,
  absences: none,
}

export type Step = { readonly event: Event; readonly revision: number; readonly project: ProjectName }

/** Each event with the revision that it leads to, and the states in the end. @throws on an event that does not fit. */
export function foldEvents(
  events: Iterable<Event>,
  before: States,
): { readonly steps: readonly Step[]; readonly states: readonly Stored[] } {
  const found = new Map<StreamId, Stored>()
  const steps: Step[] = []
  for (const event of events) {
    const stream = streamOf(event)
    const known = found.get(stream)
    const next = evolve(event, known === undefined ? before : only(known))
    found.set(stream, next)
    const project = next.table === 'absences' ? UNROUTED : next.state.project
    steps.push({ event, revision: next.state.revision, project })
  }
  return { steps, states: [...found.values()] }
}

/** As if there were nothing else. */
const only = ({ table, state }: Stored): States => ({ ...NOTHING_BEFORE, [table]: { get: () => state } })
