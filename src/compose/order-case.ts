// Which case a mail is about, where a mail of its kind is about one.
import type { MailOrder } from '../model/order.ts'
import type { CaseId } from '../model/scalars.ts'

/** The case an order is about. @throws if there is none: a fault of ours. */
export function caseOf(order: MailOrder): CaseId {
  if (order.case === undefined) throw new Error(`${order.content.kind} without a case`)
  return order.case
}
