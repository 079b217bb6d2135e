// Whose turn it is to lead: where nobody volunteers in time, the admins are asked one after the other, fairly over
// all cases, until one accepts. Whoever declines or does not answer has had their turn. A lead who left leads no more.
import { awayUntil, inTurn } from '../../model/absence.ts'
import { dueAt } from '../../model/calendar.ts'
import { type Case, isUnpublished } from '../../model/case.ts'
import { OPERATOR, SCHEDULER } from '../../model/event.ts'
import { policyOf, projectNamed, type Settings } from '../../model/settings.ts'
import { toAdmin } from '../orders.ts'
import type { TimedRule } from './rule.ts'

export const rotation: TimedRule<Case> = {
  nextAt: (theCase, settings) => {
    const { lead: rule, calendar } = policyOf(settings, theCase.project)
    const { lead, leadOffered, leadSearch } = theCase
    if (rule?.volunteer === undefined || !isUnpublished(theCase)) return undefined
    if (lead !== undefined) return hasLeft(lead, theCase, settings) ? leadSearch.since : undefined
    if (leadSearch.inVain !== undefined) return undefined
    const last = leadSearch.asked.at(-1)
    if (last === undefined) return dueAt(leadSearch.since, rule.volunteer, calendar)
    return leadOffered === undefined ? last.at : dueAt(last.at, rule.answer, calendar)
  },
  carryOut: (theCase, { now, settings, absences }) => {
    const { lead: rule, calendar } = policyOf(settings, theCase.project)
    const fact = { at: now, actor: SCHEDULER } as const
    const about = { project: theCase.project, case: theCase.id }
    if (theCase.lead !== undefined) {
      const left = { ...fact, case: theCase.id, kind: 'lead-left', name: theCase.lead } as const
      return { events: [left], mails: [] }
    }
    const asked = theCase.leadSearch.asked.map(({ name }) => name)
    const left = settings.admins.filter(
      ({ name }) => !asked.includes(name) && awayUntil(absences, name, now) === undefined,
    )
    const [next] = inTurn(left, absences)
    if (next === undefined || rule === undefined) {
      const item = { kind: 'lead', due: now, asked } as const
      return {
        events: [{ ...fact, case: theCase.id, kind: 'lead-not-found' }],
        mails: settings.admins.map(admin =>
          toAdmin(admin, about, { kind: 'reminder', theCase, at: now, items: [item] }),
        ),
      }
    }
    const answerBy = dueAt(now, rule.answer, calendar)
    return {
      events: [
        { ...fact, case: theCase.id, kind: 'lead-offered', to: next.name },
        { ...fact, absences: 'absences', kind: 'turn-had', name: next.name },
      ],
      mails: [toAdmin(next, about, { kind: 'welcome', theCase, as: 'lead', mails: 0, older: 0, answerBy })],
    }
  },
}

/** Whether the lead is nobody any more whom the configuration or the case names. */
function hasLeft(lead: string, { project, fixTeam }: Case, settings: Settings): boolean {
  const maintainers = projectNamed(settings, project)?.maintainers ?? []
  return (
    lead !== OPERATOR.name && ![...settings.admins, ...maintainers, ...fixTeam].some(one => one.name === lead)
  )
}
