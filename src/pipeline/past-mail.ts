// An order for an earlier mail of a thread → the order for that mail as it would be passed on today. In: the
// order. Out: the same with what the stored octets say; unchanged where they cannot be had.
import type { Clock } from '../instance/clock.ts'
import type { Keyring } from '../instance/keyring.ts'
import type { MailOrder } from '../model/order.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { Store } from '../store/store.ts'
import { openStored } from './open-stored.ts'

type Parts = {
  readonly store: Store
  readonly keyring: Keyring
  readonly sandbox: Sandbox
  readonly clock: Clock
}

export async function withPastMail(
  orders: readonly MailOrder[],
  parts: Parts,
): Promise<readonly MailOrder[]> {
  const expanded: MailOrder[] = []
  for (const order of orders) expanded.push(await expand(order, parts))
  return expanded
}

async function expand(order: MailOrder, parts: Parts): Promise<MailOrder> {
  if (order.content.kind !== 'past-mail') return order
  const { inbound, theCase } = order.content
  const opened = await openStored(inbound, parts)
  if (!opened.ok) return order
  // As the case stood when it came, so that its writer is told rightly.
  const at = theCase.thread.findIndex(entry => entry.inbound === inbound)
  const content = {
    kind: 'report',
    what: 'earlier',
    theCase: { ...theCase, thread: theCase.thread.slice(0, at + 1) },
    mail: opened.value.mail,
    inside: 'own',
    unanswered: undefined,
  } as const
  return { ...order, content }
}
