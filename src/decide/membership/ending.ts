// How contacts and organisations go off the list, for a time or for good: the events for each contact that it is about.
import type { Contact } from '../../model/contact.ts'
import type { Distributor } from '../../model/distributor.ts'
import type { Event } from '../../model/event.ts'
import type { Plaintext } from '../../model/plaintext.ts'
import type { World } from '../commands/command.ts'

/** They go off the list; with `distributor` the organisation goes, too. */
export function endingOf(
  contacts: readonly Contact[],
  distributor: Distributor | undefined,
  how: 'left' | 'removed' | 'permanent',
  reason: Plaintext | undefined,
  { now, actor }: Pick<World, 'now' | 'actor'>,
): readonly Event[] {
  const fact = { at: now, actor }
  const as = how === 'left' ? 'left' : 'removed'
  const ended = contacts.map(
    ({ id }) => ({ ...fact, contact: id, kind: 'contact-ended', as, reason }) as const,
  )
  if (distributor === undefined) return ended
  return [...ended, { ...fact, distributor: distributor.id, kind: 'distributor-ended', how, reason }]
}

/** How many still get notices of the projects that this is about, in a sentence. */
export function leftOn(gone: readonly Contact[], { contacts }: Pick<World, 'contacts'>): string {
  const projects = [...new Set(gone.map(({ project }) => project))]
  return projects
    .map(project => {
      const left = contacts.filter(
        one => one.project === project && one.state === 'active' && !gone.some(({ id }) => id === one.id),
      )
      const organisations = new Set(left.map(({ distributor }) => distributor)).size
      return left.length === 0
        ? `Nobody of ${project} gets notices now.`
        : `Still on the list of ${project}: contacts ${left.length}, organisations ${organisations}.`
    })
    .join(' ')
}
