// A mail as it comes out of the mailbox, with keys or without: encrypted to the storage key, stored, and not
// looked into. When this returns the server may file it away.

import type { Config } from '../config/config.ts'
import { sha256Of } from '../digest.ts'
import type { Clock } from '../instance/clock.ts'
import type { Log } from '../log.ts'
import { letGo, PIECE_OCTETS } from '../model/octets.ts'
import type { Lane } from '../model/queues.ts'
import type { Instant } from '../model/scalars.ts'
import { laneOf } from '../receive/lane.ts'
import type { MailPlace } from '../receive/mailbox-handler.ts'
import type { InboundQueue } from '../store/inbound.ts'

export type Intake = {
  readonly inbound: InboundQueue
  /** To the storage key, whose secret part it does not need. */
  readonly encrypt: (octets: Uint8Array, now: Instant) => Promise<Uint8Array>
  /** The same of octets that are given away. */
  readonly encryptInPlace: (octets: Uint8Array, now: Instant) => Promise<readonly Uint8Array[]>
  /** Which mail may be a command. */
  readonly laneOf: (octets: Uint8Array) => Lane
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}

export const laneFor = ({ settings, delivery }: Config): Intake['laneOf'] => {
  const { addresses } = settings
  return octets => laneOf(octets, addresses, delivery.headers)
}

/** Octets from which on a mail is not held twice. */
const LARGE = PIECE_OCTETS

/**
 * Transaction 1, to be tried as often as it takes; large octets are given away, and gone when it went well. `size`
 * is the whole mail's, which is more than the octets where only its header is kept.
 */
export async function storing(
  place: MailPlace,
  octets: Uint8Array,
  size: number,
  { inbound, encrypt, encryptInPlace, laneOf, clock, log }: Intake,
): Promise<() => Promise<void>> {
  const receivedAt = clock.now()
  // Before the octets are given away.
  const sha256 = sha256Of(octets)
  const lane = laneOf(octets)
  const isLarge = octets.length >= LARGE
  const raw = await (isLarge ? encryptInPlace : encrypt)(octets, receivedAt)
  return async () => {
    inbound.receive({ source: 'imap', ...place, sha256, size, raw, receivedAt, lane })
    if (isLarge) letGo(octets)
    log('received', { uid: place.uid, size })
  }
}
