// Opens what was encrypted for storage piece by piece: of a large mail no more than a piece is held. In: pieces as
// stored, the storage key. Out: pieces of the mail, which count only once the last was had: nobody may act on them
// before.
import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto'
import { letGo } from '../model/octets.ts'
import type { Instant } from '../model/scalars.ts'
import { type SecretKey, sessionKeys } from './secret-keys.ts'
import { decryptStream } from './streams.ts'

const BLOCK_OCTETS = 16
const PREFIX = BLOCK_OCTETS + 2
/** Header of the literal data packet as `encryptForStorage` writes it. */
const LITERAL_HEADER = 12
const MDC_OCTETS = 22
const MDC_HEADER = Buffer.from([0xd3, 0x14])

/** @throws Error at the end at the latest, if the octets were altered, cut short or are for another key. */
export async function* openStored(
  pieces: Iterator<Uint8Array, void>,
  key: SecretKey,
  now: Instant,
): AsyncGenerator<Uint8Array, void> {
  const first = pieces.next()
  if (first.done === true) throw new Error('there are no octets')
  const rest = { [Symbol.iterator]: () => pieces }
  const message = headOf(first.value)
  const [sessionKey] = message === undefined ? [] : await sessionKeys(message.pkesk, [key], now)
  if (message === undefined || sessionKey === undefined) {
    yield* openOther(first.value, rest, key, now)
    return
  }
  const cipher = `aes-${sessionKey.key.length * 8}-cfb`
  const decipher = createDecipheriv(cipher, sessionKey.key, Buffer.alloc(BLOCK_OCTETS))
  const begun = decipher.update(first.value.subarray(message.start))
  if (begun.length < PREFIX + LITERAL_HEADER || begun[PREFIX] !== 0xcb || begun[PREFIX + 7] !== 0) {
    yield* openOther(first.value, rest, key, now)
    return
  }
  const hash = createHash('sha1').update(begun.subarray(0, PREFIX + LITERAL_HEADER))
  // What may yet be the packet at the end.
  let held: Uint8Array = begun.subarray(PREFIX + LITERAL_HEADER)
  for (const piece of rest) {
    const plain = decipher.update(piece)
    letGo(piece)
    if (held.length > MDC_OCTETS || plain.length < MDC_OCTETS) {
      const joined: Uint8Array = Buffer.concat([held, plain])
      const ready = joined.subarray(0, Math.max(0, joined.length - MDC_OCTETS))
      hash.update(ready)
      held = Uint8Array.from(joined.subarray(ready.length))
      yield ready
      letGo(joined)
    } else {
      hash.update(held)
      yield held
      const ready = plain.subarray(0, plain.length - MDC_OCTETS)
      hash.update(ready)
      held = Uint8Array.from(plain.subarray(-MDC_OCTETS))
      yield ready
    }
    letGo(plain)
  }
  const ready = held.subarray(0, Math.max(0, held.length - MDC_OCTETS))
  const mdc = held.subarray(ready.length)
  const digest = hash.update(ready).update(MDC_HEADER).digest()
  yield ready
  if (mdc.length !== MDC_OCTETS || !MDC_HEADER.equals(mdc.subarray(0, 2)))
    throw new Error('stored octets are cut short')
  if (!timingSafeEqual(digest, mdc.subarray(2))) throw new Error('stored octets were altered')
}

/** What another version of integrity protection, or another program, wrote. */
async function* openOther(
  first: Uint8Array,
  rest: Iterable<Uint8Array>,
  key: SecretKey,
  now: Instant,
): AsyncGenerator<Uint8Array, void> {
  const all = (function* () {
    yield first
    yield* rest
  })()
  yield* await decryptStream(ReadableStream.from(all), key, now)
}

/** The session key packet, and where the ciphertext of an integrity protected packet of version 1 begins. */
function headOf(octets: Uint8Array): { readonly pkesk: Uint8Array; readonly start: number } | undefined {
  const [tag, length = 0, second = 0] = octets
  if (tag !== 0xc1 || length >= 224) return undefined
  const end = length < 192 ? 2 + length : 3 + ((length - 192) << 8) + second + 192
  const [dataTag, lengthType] = octets.subarray(end)
  return dataTag === 0xd2 && lengthType === 0xff && octets[end + 6] === 1
    ? { pkesk: octets.subarray(0, end), start: end + 7 }
    : undefined
}
