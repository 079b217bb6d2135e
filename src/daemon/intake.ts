// A mail as it comes out of the mailbox, with keys or without: encrypted to the storage key, stored, and not
// looked into. When this returns the server may file it away.

import type { Config } from '../config/config.ts'
import { sha256Of } from '../digest.ts'
import type { Clock } from '../instance/clock.ts'
import type { Log } from '../log.ts'
import type { Lane } from '../model/queues.ts'
import type { Instant } from '../model/scalars.ts'
import { laneOf } from '../receive/lane.ts'
import type { MailPlace } from '../receive/mailbox-handler.ts'
import type { InboundQueue } from '../store/inbound.ts'

export type Intake = {
  readonly inbound: InboundQueue
  /** To the storage key, whose secret part it does not need. */
  readonly encrypt: (octets: Uint8Array, now: Instant) => Promise<Uint8Array>
  /** Which mail may be a command. */
  readonly laneOf: (octets: Uint8Array) => Lane
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}

export const laneFor = ({ settings, delivery }: Config): Intake['laneOf'] => {
  const { addresses } = settings
  return octets => laneOf(octets, addresses, delivery.headers)
}

/** Transaction 1. `size` is the whole mail's, which is more than the octets where only its header is kept. */
export async function storeMail(
  place: MailPlace,
  octets: Uint8Array,
  size: number,
  { inbound, encrypt, laneOf, clock, log }: Intake,
): Promise<void> {
  const receivedAt = clock.now()
  const raw = await encrypt(octets, receivedAt)
  const lane = laneOf(octets)
  inbound.receive({ source: 'imap', ...place, sha256: sha256Of(octets), size, raw, receivedAt, lane })
  log('received', { uid: place.uid, size })
}
