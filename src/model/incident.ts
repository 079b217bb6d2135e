// What somebody said of a leak, and what became of it. State is what its events give.
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
  /** The case that leaked, if it is known. */
  readonly about: CaseId | undefined
  /** All that was told of it, oldest first: each mail, or what an admin wrote. */
  readonly told: readonly {
    readonly at: Instant
    readonly by: string
    readonly inbound: InboundId
    readonly text: Plaintext
  }[]
  readonly state: 'open' | 'closed'
}

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
      told: [{ at, by: actor.name, inbound, text }],
      state: 'open',
    }
  }
  if (before === undefined) throw new Error('event of an incident that was never opened')
  const next = { ...before, revision: before.revision + 1 }
  switch (event.kind) {
    case 'incident-told': {
      const { at, actor, inbound, text } = event
      return { ...next, told: [...next.told, { at, by: actor.name, inbound, text }] }
    }
    case 'incident-linked':
      return { ...next, about: event.about }
    case 'incident-closed':
      return { ...next, state: 'closed' }
    default:
      return unreachable(event)
  }
}
