// What happens to a case because time passes: each rule in the table is asked when it has something to do, and does
// it then. Pure, so that the daemon, `once` and `simulate` live through the same times.
import type { Case } from '../model/case.ts'
import type { Decision } from '../model/decision.ts'
import { SCHEDULER } from '../model/event.ts'
import type { Instant } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import type { Known } from './known.ts'
import { withOffers } from './offers.ts'
import { silent } from './outcomes.ts'
import { reminders } from './timed/reminders.ts'
import { rotation } from './timed/rotation.ts'
import type { TimedRule } from './timed/rule.ts'

const RULES: readonly TimedRule[] = [reminders, rotation]

/** When a rule next has something to do in this case; undefined: never, unless somebody acts. */
export function wakeAt(theCase: Case, settings: Settings): Instant | undefined {
  let first: Instant | undefined
  for (const rule of RULES) {
    const at = rule.nextAt(theCase, settings)
    if (at !== undefined && (first === undefined || at < first)) first = at
  }
  return first
}

/** What time brings about in a case by now; undefined: nothing yet. */
export function timePassed(theCase: Case, known: Known): Decision | undefined {
  const due = RULES.filter(rule => {
    const at = rule.nextAt(theCase, known.settings)
    return at !== undefined && at <= known.now
  })
  const parts = due.map(rule => rule.carryOut(theCase, known))
  const events = parts.flatMap(part => part.events)
  if (events.length === 0) return undefined
  const decision = {
    ...silent('command', 'time-passed'),
    actor: SCHEDULER,
    events,
    mails: parts.flatMap(part => part.mails),
  }
  return withOffers(decision, known)
}
