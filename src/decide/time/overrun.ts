// Where the policy publishes when its longest embargo is over: then the embargo of an accepted case is lifted, whatever
// date was agreed. That it is, admins hear by the reminder of that instant, which comes after, and its reporter at once.
import type { Case } from '../../model/case.ts'
import { evolveCase } from '../../model/case-evolution.ts'
import { SCHEDULER } from '../../model/event.ts'
import { policyOf } from '../../model/settings.ts'
import { consequencesOf } from '../consequences.ts'
import { liftAt } from './embargo.ts'
import type { TimedRule } from './rule.ts'

export const overrun: TimedRule<Case> = {
  nextAt: (theCase, settings) => liftAt(theCase, policyOf(settings, theCase.project)),
  carryOut: (theCase, known) => {
    const { now, settings } = known
    const due = liftAt(theCase, policyOf(settings, theCase.project)) ?? now
    const lifted = { kind: 'embargo-lifted', at: now, actor: SCHEDULER, case: theCase.id, due } as const
    const before = new Map([[theCase.id, theCase]])
    const after = new Map([[theCase.id, evolveCase(theCase, lifted)]])
    return { events: [lifted], mails: consequencesOf([lifted], before, after, known) }
  },
}
