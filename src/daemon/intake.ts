// A mail as it comes out of the mailbox, with keys or without: encrypted to the storage key, stored, and not
// looked into. When this returns the server may file it away.

import { sha256Of } from '../digest.ts'
import type { Clock } from '../instance/clock.ts'
import type { Log } from '../log.ts'
import type { Instant } from '../model/scalars.ts'
import type { MailPlace } from '../receive/mailbox.ts'
import type { InboundQueue } from '../store/inbound.ts'

export type Intake = {
  readonly inbound: InboundQueue
  /** To the storage key, whose secret part it does not need. */
  readonly encrypt: (octets: Uint8Array, now: Instant) => Promise<Uint8Array>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}

/** Transaction 1. `size` is the whole mail's, which is more than the octets where only its header is kept. */
export async function storeMail(
  place: MailPlace,
  octets: Uint8Array,
  size: number,
  { inbound, encrypt, clock, log }: Intake,
): Promise<void> {
  const receivedAt = clock.now()
  const raw = await encrypt(octets, receivedAt)
  inbound.receive({ source: 'imap', ...place, sha256: sha256Of(octets), size, raw, receivedAt })
  log('received', { uid: place.uid, size })
}
