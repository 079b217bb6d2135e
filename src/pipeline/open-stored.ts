// A stored mail → opened by the child. In: its id. Out: the mail, or why not. The octets go over piece by piece, and
// the child begins only when the last of them proved authentic.
import { OCTETS_LOST } from '../decide/queues.ts'
import type { Clock } from '../instance/clock.ts'
import type { Keyring } from '../instance/keyring.ts'
import { letGo } from '../model/octets.ts'
import { err, type Result } from '../model/result.ts'
import type { InboundId, Instant } from '../model/scalars.ts'
import type { Opened, Sandbox } from '../sandbox/sandbox.ts'
import type { Store } from '../store/store.ts'

type Parts = {
  readonly store: Pick<Store, 'inbound'>
  readonly keyring: Keyring
  readonly sandbox: Sandbox
  readonly clock: Clock
}

/** Stored octets up to this size are opened in one, which is faster. */
const SMALL = 512 * 1024

/** `OCTETS_LOST` if they are gone, altered, or for another key. */
export async function openStored(
  id: InboundId,
  { store, keyring, sandbox, clock }: Parts,
): Promise<Result<Opened, string>> {
  const now = clock.now()
  const failed = { octets: 'sound' as 'sound' | 'lost' }
  const pieces = async function* () {
    try {
      yield* plainPieces(id, store, keyring, now)
    } catch (error) {
      failed.octets = 'lost'
      throw error
    }
  }
  try {
    return await sandbox.open(pieces(), now)
  } catch (error) {
    if (failed.octets === 'lost') return err(OCTETS_LOST)
    throw error
  }
}

/** @throws if they are not wholly authentic, at their end at the latest. */
async function* plainPieces(
  id: InboundId,
  { inbound }: Pick<Store, 'inbound'>,
  keyring: Keyring,
  now: Instant,
): AsyncGenerator<Uint8Array, void> {
  const stored = inbound.rawPieces(id)
  const first = stored.next()
  if (first.done === true) throw new Error('the octets are gone')
  const second = stored.next()
  if (second.done === true && first.value.length <= SMALL) {
    yield await keyring.decryptFromStorage(first.value, now)
    return
  }
  const begun = second.done === true ? [first.value] : [first.value, second.value]
  const encrypted = ReadableStream.from(chained(begun, stored))
  for await (const piece of await keyring.decryptStreamFromStorage(encrypted, now)) {
    yield piece
    letGo(piece)
  }
}

function* chained(begun: Iterable<Uint8Array>, rest: Iterable<Uint8Array>): Generator<Uint8Array, void> {
  yield* begun
  yield* rest
}
