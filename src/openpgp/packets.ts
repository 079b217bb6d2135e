// Cuts octets into OpenPGP packets (RFC 9580 §4.2), byte-exact and in one linear pass, before the library
// sees them: which packets there are is judged here, on the octets. Never looks into a packet's meaning.
import { deflateRawSync } from 'node:zlib'
import { enums } from 'openpgp'
import { err, ok, type Result } from '../model/result.ts'
import type { Instant } from '../model/scalars.ts'

export type Packet = {
  readonly tag: number
  readonly body: Uint8Array
  /** The whole packet with its header, as it stood. */
  readonly octets: Uint8Array
}

/** Only data may come in pieces or without an end (RFC 9580 §4.2.1.4). */
const dataTags: ReadonlySet<number> = new Set([
  enums.packet.compressedData,
  enums.packet.symmetricallyEncryptedData,
  enums.packet.literalData,
  enums.packet.symEncryptedIntegrityProtectedData,
  enums.packet.aeadEncryptedData,
])

/** Packets in order; `malformed` for what is no packet sequence, is cut short, or has more than `most`. */
export function splitPackets(octets: Uint8Array, most: number): Result<readonly Packet[], 'malformed'> {
  const packets: Packet[] = []
  for (let at = 0; at < octets.length; ) {
    const packet = packets.length < most ? readPacket(octets, at) : undefined
    if (packet === undefined) return err('malformed')
    packets.push(packet)
    at += packet.octets.length
  }
  return ok(packets)
}

/** Leaves out marker and padding packets, which every reader must ignore (RFC 9580 §5.8, §5.14). */
export const meaningful = (packets: readonly Packet[]): readonly Packet[] =>
  packets.filter(({ tag }) => tag !== enums.packet.marker && tag !== enums.packet.padding)

/** The packet type that a header's first octet names; 0, which is no type, if it is no header. */
export function tagOf(first: number): number {
  if (first < 0x80) return 0
  return first >= 0xc0 ? first & 0x3f : (first & 0x3f) >> 2
}

function readPacket(octets: Uint8Array, start: number): Packet | undefined {
  const first = octets[start] ?? 0
  const tag = tagOf(first)
  if (tag === 0) return undefined
  if (first >= 0xc0) return readChunks(octets, start, tag)
  const lengthType = first & 3
  if (lengthType === 3) {
    const rest = octets.subarray(start + 1)
    return dataTags.has(tag) ? { tag, body: rest, octets: octets.subarray(start) } : undefined
  }
  const lengthOctets = 1 << lengthType
  const length = readNumber(octets, start + 1, lengthOctets)
  return length === undefined ? undefined : slice(octets, start, tag, start + 1 + lengthOctets, length)
}

function slice(octets: Uint8Array, start: number, tag: number, body: number, length: number) {
  const end = body + length
  if (end > octets.length) return undefined
  return { tag, body: octets.subarray(body, end), octets: octets.subarray(start, end) }
}

function readChunks(octets: Uint8Array, start: number, tag: number): Packet | undefined {
  let length = readLength(octets, start + 1)
  if (length === undefined) return undefined
  if (!length.partial) return slice(octets, start, tag, length.next, length.count)
  if (!dataTags.has(tag)) return undefined
  const body = new Uint8Array(octets.length - start)
  let filled = 0
  for (;;) {
    const end = length.next + length.count
    if (end > octets.length) return undefined
    body.set(octets.subarray(length.next, end), filled)
    filled += length.count
    if (!length.partial) return { tag, body: body.subarray(0, filled), octets: octets.subarray(start, end) }
    length = readLength(octets, end)
    if (length === undefined) return undefined
  }
}

type Length = { readonly count: number; readonly partial: boolean; readonly next: number }

/** RFC 9580 §4.2.1. */
function readLength(octets: Uint8Array, at: number): Length | undefined {
  const first = octets[at]
  if (first === undefined) return undefined
  if (first < 192) return { count: first, partial: false, next: at + 1 }
  if (first < 224) {
    const second = octets[at + 1]
    return second === undefined
      ? undefined
      : { count: ((first - 192) << 8) + second + 192, partial: false, next: at + 2 }
  }
  if (first < 255) return { count: 2 ** (first & 0x1f), partial: true, next: at + 1 }
  const count = readNumber(octets, at + 1, 4)
  return count === undefined ? undefined : { count, partial: false, next: at + 5 }
}

function readNumber(octets: Uint8Array, at: number, size: number): number | undefined {
  let value = 0
  for (let i = 0; i < size; i++) {
    const octet = octets[at + i]
    if (octet === undefined) return undefined
    value = value * 256 + octet
  }
  return value
}

/** What stands before the data in a literal data packet (RFC 9580 §5.9): binary, no name, the date. */
export function literalHeader(length: number, at: Instant): Uint8Array {
  const header = Buffer.from([0xcb, 0xff, 0, 0, 0, 0, 0x62, 0, 0, 0, 0, 0])
  header.writeUInt32BE(length + 6, 2)
  header.writeUInt32BE(Math.floor(at / 1_000), 8)
  return header
}

/** Packets in one that holds them compressed (RFC 9580 §5.6), by ZIP, which has no checksum of its own. */
export function compressedPacket(packets: Uint8Array): Uint8Array {
  const body = deflateRawSync(packets)
  const header = Buffer.from([0xc8, 0xff, 0, 0, 0, 0, enums.compression.zip])
  header.writeUInt32BE(body.length + 1, 2)
  return Buffer.concat([header, body])
}

export const HIDDEN_RECIPIENT = '0000000000000000'

/** The key id that a PKESK packet names, 16 lower-case hex digits (RFC 9580 §5.1). */
export function recipientOf(pkesk: Packet): string | undefined {
  const [version, size = 0] = pkesk.body
  if (version === 3) return hex(pkesk.body.subarray(1, 9))
  if (version !== 6) return undefined
  return size === 0 ? HIDDEN_RECIPIENT : hex(pkesk.body.subarray(2, 2 + size).subarray(-8))
}

export const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex')
