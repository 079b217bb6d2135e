// Decisions that change nothing of a case: a mail is classed, and at most somebody is told.

import type { Alert } from '../model/alert.ts'
import type { Decision, Outcome } from '../model/decision.ts'
import { OUTSIDER, SCHEDULER } from '../model/event.ts'
import type { MailOrder } from '../model/order.ts'
import type { InboundId } from '../model/scalars.ts'
import type { Admin, Settings } from '../model/settings.ts'
import { NOTHING, toAdmin, toAdmins } from './orders.ts'

/** Stored and classed, nothing else. */
export const silent = (outcome: Outcome, reason: string): Decision => ({
  outcome,
  reason,
  actor: OUTSIDER,
  events: [],
  mails: [],
  answer: undefined,
  oneShot: undefined,
  plan: undefined,
  files: [],
})

/** A mail that could not be handled: its octets are kept and every admin is told, without content. */
export const shunted = (inbound: InboundId, why: string, settings: Settings): Decision => ({
  ...silent('shunt', why),
  mails: toAdmins(settings.admins, NOTHING, { kind: 'alert', alert: { kind: 'shunted', inbound, why } }),
})

/** Something that no mail asked about, told to every admin. */
export const alerted = (alert: Alert, settings: Settings): Decision => ({
  ...silent('command', alert.kind),
  actor: SCHEDULER,
  mails: toAdmins(readersOf(alert, settings), NOTHING, { kind: 'alert', alert }),
})

/** That a key has ended its owner cannot read; where all have, what is held calls them in clear. */
function readersOf(alert: Alert, { admins }: Settings): readonly Admin[] {
  if (alert.kind !== 'team-keys') return admins
  const ended = alert.ends.filter(({ within }) => within === 0).map(one => one.fingerprint)
  const reached = admins.filter(one => !ended.includes(one.fingerprint))
  return reached.length === 0 ? admins : reached
}

/** In clear and without content; the one mail that reaches admins whose keys are all unusable (product.md §11). */
export const callInClear = (admin: Admin): MailOrder => ({
  ...toAdmin(admin, NOTHING, { kind: 'alert', alert: { kind: 'admins-unreachable' } }),
  encryptTo: { kind: 'nobody' },
})
