// What somebody said of a leak, and what became of it. State is what its events give.
import type { Actor } from './event.ts'
import type { IncidentEvent } from './member-event.ts'
import type { Plaintext } from './plaintext.ts'
import { unreachable } from './result.ts'
import type {
  CaseId,
  ContactId,
  EmailAddress,
  InboundId,
  IncidentId,
  Instant,
  ProjectName,
} from './scalars.ts'

export type Incident = {
  readonly id: IncidentId
  readonly project: ProjectName
  readonly revision: number
  readonly receivedAt: Instant
  /** A contact whose key signed it; without one whoever wrote. */
  readonly from: { readonly contact: ContactId } | { readonly address: EmailAddress | undefined }
  /** The case that leaked, as whoever told it or an admin names it: there may be none of that number. */
  readonly about: CaseId | undefined
  /** Whose word it is that it is about that case. */
  readonly linked: 'as-told' | 'by-team'
  /** What was told of it, oldest first: each mail, or what an admin wrote; the first, and the newest of the others. */
  readonly told: readonly {
    readonly at: Instant
    readonly by: string
    readonly inbound: InboundId
    readonly text: Plaintext
  }[]
  readonly state: 'open' | 'closed'
  /** When somebody last added to it, or the team was reminded that nobody did. */
  readonly touchedAt: Instant
  readonly remindedAt: Instant | undefined
}

/** Anyone who told of it may add to it; the journal keeps all. */
const MOST_TOLD = 50

const newest = (told: Incident['told']): Incident['told'] =>
  told.length > MOST_TOLD ? [...told.slice(0, 1), ...told.slice(1 - MOST_TOLD)] : told

const isOfTeam = ({ kind }: Actor): boolean => kind === 'admin' || kind === 'operator'

/** Folds one event into its incident. @throws on a journal that does not begin with the first word of it. */
export function evolveIncident(before: Incident | undefined, event: IncidentEvent): Incident {
  if (event.kind === 'incident-opened') {
    if (before !== undefined) throw new Error('incident opened twice')
    const { at, actor, inbound, text } = event
    return {
      id: event.incident,
      project: event.project,
      revision: 1,
      receivedAt: at,
      from: event.from,
      about: event.about,
      linked: isOfTeam(actor) ? 'by-team' : 'as-told',
      told: [{ at, by: actor.name, inbound, text }],
      state: 'open',
      touchedAt: at,
      remindedAt: undefined,
    }
  }
  if (before === undefined) throw new Error('event of an incident that was never opened')
  const next = { ...before, revision: before.revision + 1 }
  if (event.kind === 'incident-reminded') return { ...next, remindedAt: event.at }
  return touched({ ...next, touchedAt: event.at }, event)
}

function touched(
  next: Incident,
  event: Exclude<IncidentEvent, { kind: 'incident-opened' | 'incident-reminded' }>,
): Incident {
  switch (event.kind) {
    case 'incident-told': {
      const { at, actor, inbound, text } = event
      // There is news of it.
      return { ...next, state: 'open', told: newest([...next.told, { at, by: actor.name, inbound, text }]) }
    }
    case 'incident-linked':
      return { ...next, about: event.about, linked: 'by-team' }
    case 'incident-closed':
      return { ...next, state: 'closed' }
    default:
      return unreachable(event)
  }
}
