// What is known of the people of an instance that no configuration says: who is away. State is what its events
// give.
import type { AbsenceEvent } from './event.ts'
import type { Instant } from './scalars.ts'

export type Away = { readonly name: string; readonly until: Instant }

export type Absences = {
  readonly id: 'absences'
  readonly revision: number
  /** Each name once; one whose instant has passed is back. */
  readonly away: readonly Away[]
}

export const NOBODY_AWAY: Absences = { id: 'absences', revision: 0, away: [] }

/** Folds one event into what is known. */
export function evolveAbsences(before: Absences, event: AbsenceEvent): Absences {
  const others = before.away.filter(one => one.name !== event.name)
  const away = event.until === undefined ? others : [...others, { name: event.name, until: event.until }]
  return { ...before, revision: before.revision + 1, away }
}

/** Until when somebody is away; undefined: they are here. */
export const awayUntil = ({ away }: Absences, name: string, now: Instant): Instant | undefined =>
  away.find(one => one.name === name && one.until > now)?.until
