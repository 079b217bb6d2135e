// The shape of what happens to a case because time passes and nobody acted: one file a rule, one line in timed.ts.
import type { Case } from '../../model/case.ts'
import type { Event } from '../../model/event.ts'
import type { MailOrder } from '../../model/order.ts'
import type { Instant } from '../../model/scalars.ts'
import type { Settings } from '../../model/settings.ts'
import type { Known } from '../known.ts'

export type TimedRule = {
  /** When it has something to do in this case, also if that is past; undefined: never, as the case stands. */
  readonly nextAt: (theCase: Case, settings: Settings) => Instant | undefined
  /** What it does at `known.now`, which is not before `nextAt`. Its events must bring `nextAt` to later. */
  readonly carryOut: (
    theCase: Case,
    known: Known,
  ) => { readonly events: readonly Event[]; readonly mails: readonly MailOrder[] }
}
