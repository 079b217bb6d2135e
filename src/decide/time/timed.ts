// What happens to a case because time passes: each rule in the table is asked when it has something to do, and does
// it then. Pure, so that the daemon, `once` and `simulate` live through the same times.
import type { Case } from '../../model/case.ts'
import type { Decision } from '../../model/decision.ts'
import { type Event, SCHEDULER } from '../../model/event.ts'
import type { MailOrder } from '../../model/order.ts'
import type { Instant } from '../../model/scalars.ts'
import type { Settings } from '../../model/settings.ts'
import { caseAfter, type Known } from '../known.ts'
import { withOffers } from '../offers.ts'
import { silent } from '../outcomes.ts'
import { overrun } from './overrun.ts'
import { reminders } from './reminders.ts'
import { rotation } from './rotation.ts'
import type { TimedRule } from './rule.ts'

/** In the order in which they are carried out: each finds the case as those before it left it. */
const RULES: readonly TimedRule[] = [overrun, reminders, rotation]

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
  const events: Event[] = []
  const mails: MailOrder[] = []
  let current = theCase
  for (const rule of RULES) {
    const at = rule.nextAt(current, known.settings)
    if (at === undefined || at > known.now) continue
    const done = rule.carryOut(current, known)
    events.push(...done.events)
    mails.push(...done.mails)
    current = caseAfter(current, current.id, done.events) ?? current
  }
  if (events.length === 0) return undefined
  const decision = {
    ...silent('command', 'time-passed'),
    actor: SCHEDULER,
    events,
    mails,
  }
  return withOffers(decision, known)
}
