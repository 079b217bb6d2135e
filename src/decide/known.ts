// The state that decisions look at and change, apart from any store: what is known, and what is known after events.
import { evolveAbsences } from '../model/absence.ts'
import type { Case } from '../model/case.ts'
import { evolveCase } from '../model/case-evolution.ts'
import type { Snapshot } from '../model/decision.ts'
import { evolveContact } from '../model/distributor.ts'
import type { Event } from '../model/event.ts'
import { evolveNotice, type Notice } from '../model/notice.ts'
import type { CaseId, NoticeId } from '../model/scalars.ts'

/** All that events change. */
export type State = Pick<Snapshot, 'cases' | 'notices' | 'contacts' | 'absences'>

/** What a rule of time may look at: all that a simulation keeps. */
export type Known = State & Pick<Snapshot, 'now' | 'settings'>

/** A state of one's own, to be changed in place by `fold`. */
export type OwnState = State & {
  readonly cases: Map<CaseId, Case>
  readonly notices: Map<NoticeId, Notice>
}

/** A copy of a state whose maps may be changed. */
export const ownState = ({ cases, notices, contacts, absences }: State): OwnState => ({
  cases: new Map(cases),
  notices: new Map(notices),
  contacts,
  absences,
})

/** The state after these events; the maps of `own` are changed. */
export function fold(own: OwnState, events: readonly Event[]): OwnState {
  const { cases, notices } = own
  let { contacts, absences } = own
  for (const event of events) {
    if ('notice' in event) notices.set(event.notice, evolveNotice(notices.get(event.notice), event))
    else if ('contact' in event) contacts = [...contacts, evolveContact(undefined, event)]
    else if ('absences' in event) absences = evolveAbsences(absences, event)
    else cases.set(event.case, evolveCase(cases.get(event.case), event))
  }
  return { cases, notices, contacts, absences }
}

/** One case after these events, of whichever cases they are; undefined: there is none. */
export const caseAfter = (before: Case | undefined, id: CaseId, events: readonly Event[]): Case | undefined =>
  events.reduce<Case | undefined>(
    (one, event) =>
      'case' in event && !('notice' in event) && event.case === id ? evolveCase(one, event) : one,
    before,
  )
