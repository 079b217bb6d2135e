// A mail as it comes out of the mailbox, with keys or without: encrypted to the storage key, stored, and not
// looked into. When this returns the server may file it away.
import type { Clock } from './clock.ts'
import { sha256Of } from './digest.ts'
import type { Log } from './log.ts'
import type { Instant } from './model/scalars.ts'
import type { FetchedMail } from './receive/mailbox.ts'
import type { InboundQueue } from './store/inbound.ts'

export type Intake = {
  readonly inbound: InboundQueue
  /** To the storage key, whose secret part it does not need. */
  readonly encrypt: (octets: Uint8Array, now: Instant) => Promise<Uint8Array>
  readonly clock: Clock
  readonly log: Log
}

/** Transaction 1. */
export async function storeMail(mail: FetchedMail, { inbound, encrypt, clock, log }: Intake): Promise<void> {
  const { mailbox, uidValidity, uid, octets } = mail
  const receivedAt = clock.now()
  const raw = await encrypt(octets, receivedAt)
  const [sha256, size] = [sha256Of(octets), octets.length]
  inbound.receive({ source: 'imap', mailbox, uidValidity, uid, sha256, size, raw, receivedAt })
  log('received', { uid, size })
}
