// A stored mail → its octets, or opened by the child. In: its id. Out: the mail, or why not. To the child the octets
// go over piece by piece, and it begins only when the last of them proved authentic.
import { OCTETS_LOST } from '../decide/queues.ts'
import type { Clock } from '../instance/clock.ts'
import type { Keyring } from '../instance/keyring.ts'
import { err, type Result } from '../model/result.ts'
import type { InboundId, Instant } from '../model/scalars.ts'
import type { Opened, Sandbox } from '../sandbox/sandbox.ts'
import { isEnvironmentFault } from '../store/database.ts'
import type { Store } from '../store/store.ts'

type Storage = {
  readonly store: Pick<Store, 'inbound'>
  readonly keyring: Keyring
  readonly clock: Clock
}

type Parts = Storage & { readonly sandbox: Sandbox }

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
      // What the disk does not give now it may give the next time.
      if (!isEnvironmentFault(error)) failed.octets = 'lost'
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

/** The octets in one; undefined if they are gone or altered. */
export async function storedOctets(
  id: InboundId,
  { store, keyring, clock }: Storage,
): Promise<Uint8Array | undefined> {
  const raw = store.inbound.raw(id)
  return raw && keyring.decryptFromStorage(raw, clock.now()).catch(() => undefined)
}

/** @throws if they are not wholly authentic, at their end at the latest. */
async function* plainPieces(
  id: InboundId,
  { inbound }: Pick<Store, 'inbound'>,
  keyring: Keyring,
  now: Instant,
): AsyncGenerator<Uint8Array, void> {
  const size = inbound.storedSize(id)
  if (size === undefined) throw new Error('the octets are gone')
  const raw = size <= SMALL ? inbound.raw(id) : undefined
  if (raw === undefined) yield* keyring.decryptPiecesFromStorage(inbound.rawPieces(id), now)
  else yield await keyring.decryptFromStorage(raw, now)
}
