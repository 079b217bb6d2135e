// What is known of the people of an instance that no configuration says: who is away, and whose turn it is to
// lead. State is what its events give.
import type { AbsenceEvent } from './event.ts'
import type { Instant } from './scalars.ts'

export type Away = { readonly name: string; readonly until: Instant }

export type Absences = {
  readonly id: 'absences'
  readonly revision: number
  /** Each name once; one whose instant has passed is back. */
  readonly away: readonly Away[]
  /** Who led or was asked in turn, the longest ago first; whoever is not among them comes before all. */
  readonly turns?: readonly string[]
}

export const NOBODY_AWAY: Absences = { id: 'absences', revision: 0, away: [] }

/** Folds one event into what is known. */
export function evolveAbsences(before: Absences, event: AbsenceEvent): Absences {
  if (event.kind === 'turn-had') {
    const turns = [...turnsOf(before).filter(name => name !== event.name), event.name]
    return { ...before, revision: before.revision + 1, turns }
  }
  const others = before.away.filter(one => one.name !== event.name)
  const away = event.until === undefined ? others : [...others, { name: event.name, until: event.until }]
  return { ...before, revision: before.revision + 1, away }
}

/** None was kept by an instance whose policies knew no turns. */
const turnsOf = ({ turns = [] }: Absences): readonly string[] => turns

/** These people in the order in which they are asked: whose turn is longest ago first, else as they were given. */
export function inTurn<P extends { readonly name: string }>(
  people: readonly P[],
  absences: Absences,
): readonly P[] {
  const turns = turnsOf(absences)
  return [...people].sort((a, b) => turns.indexOf(a.name) - turns.indexOf(b.name))
}

/** Until when somebody is away; undefined: they are here. */
export const awayUntil = ({ away }: Absences, name: string, now: Instant): Instant | undefined =>
  away.find(one => one.name === name && one.until > now)?.until
