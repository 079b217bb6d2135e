// The shape of what happens because time passes and nobody acted: to a case, an application, a contact or an incident. One file
// a rule, one line in timed.ts.
import type { Event } from '../../model/event.ts'
import type { MailOrder } from '../../model/order.ts'
import type { Instant } from '../../model/scalars.ts'
import type { Settings } from '../../model/settings.ts'
import type { Known } from '../known.ts'

export type TimedRule<T> = {
  /** When it has something to do here, also if that is past; undefined: never, as things stand. */
  readonly nextAt: (one: T, settings: Settings) => Instant | undefined
  /** What it does at `known.now`, which is not before `nextAt`. Its events must bring `nextAt` to later. */
  readonly carryOut: (
    one: T,
    known: Known,
  ) => { readonly events: readonly Event[]; readonly mails: readonly MailOrder[] }
}
