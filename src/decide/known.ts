// The state that decisions look at and change, apart from any store: what is known, and what is known after events.
import { evolveAbsences } from '../model/absence.ts'
import { evolveCase } from '../model/case-evolution.ts'
import type { Snapshot } from '../model/decision.ts'
import { evolveContact } from '../model/distributor.ts'
import type { Event } from '../model/event.ts'
import { evolveNotice } from '../model/notice.ts'

export type State = Pick<Snapshot, 'cases' | 'notices' | 'contacts' | 'absences'>

/** What a rule of time may look at: all that a simulation keeps. */
export type Known = State & Pick<Snapshot, 'now' | 'settings'>

/** The state after these events. */
export function stateAfter(before: State, events: readonly Event[]): State {
  const cases = new Map(before.cases)
  const notices = new Map(before.notices)
  let { contacts, absences } = before
  for (const event of events) {
    if ('notice' in event) notices.set(event.notice, evolveNotice(notices.get(event.notice), event))
    else if ('contact' in event) contacts = [...contacts, evolveContact(undefined, event)]
    else if ('absences' in event) absences = evolveAbsences(absences, event)
    else cases.set(event.case, evolveCase(cases.get(event.case), event))
  }
  return { cases, notices, contacts, absences }
}
