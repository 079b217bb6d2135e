// The copies of a notice, made ahead of its instant: those that its contacts still lack go into the outbox, a batch
// a transaction. A mail that waits ends it early, since that may be the `cancel`. Nothing is released from here.
import type { Clock } from '../instance/clock.ts'
import type { Keyring } from '../instance/keyring.ts'
import type { Log } from '../log.ts'
import type { Notice } from '../model/notice.ts'
import type { CaseId, Instant } from '../model/scalars.ts'
import type { Store } from '../store/store.ts'
import type { Sealer } from './sealing.ts'

type Parts = {
  readonly clock: Clock
  readonly log: Log
  readonly store: Store
  readonly keyring: Keyring
  readonly sealer: Sealer
}

/** At least a batch, at most until then or a stop; `more`: some contacts still lack their copy. */
export async function prepareCopies(
  { store, sealer, keyring, clock, log }: Parts,
  notice: Notice,
  until: Instant,
  signal: AbortSignal,
): Promise<'made' | 'more'> {
  const contacts = store.outbox.contactsWithoutCopy(notice)
  if (contacts.length === 0) return 'made'
  await keyring.enrol(contacts)
  const now = clock.now()
  const receivedAt = (id: CaseId) => store.findCase(id)?.receivedAt
  let lacking = contacts.length
  for await (const copies of sealer.sealCopies(notice, contacts, now, receivedAt)) {
    store.outbox.addNoticeCopies(notice, copies, now)
    lacking -= copies.length
    if (signal.aborted || clock.now() >= until || store.inbound.oldestWaiting() !== undefined) break
  }
  log('copies-prepared', { notice: notice.id, copies: contacts.length - lacking, lacking })
  return lacking > 0 ? 'more' : 'made'
}
