// The grammar of a message that is not (or no longer) encrypted, stricter than RFC 9580 §10.3: literal data
// alone, or one-pass signature, literal data, signature; or one compressed packet around exactly that.
// In: octets. Out: the literal data and the signature packet to verify, and back. Verifies nothing itself.
import { inflateRawSync, inflateSync } from 'node:zlib'
import { enums, SignaturePacket } from 'openpgp'
import { err, ok, type Result } from '../model/result.ts'
import type { Instant } from '../model/scalars.ts'
import { hex, literalHeader, meaningful, type Packet, splitPackets } from './packets.ts'

/** After decompression. */
export const MAX_MESSAGE_OCTETS = 64 * 1024 * 1024
const MAX_RATIO = 100
/** Below this size no ratio is suspicious. */
const RATIO_FLOOR_OCTETS = 1024 * 1024
const MAX_PACKETS = 100

export type MessageFault = 'malformed' | 'too-large'

export type SignedMessage = {
  readonly data: Uint8Array
  /** `several` or `malformed`: the signatures around the data are not exactly one that encloses it. */
  readonly signature: 'none' | 'several' | 'malformed' | Packet
}

/** Compression within compression, and data too large or too well compressed, is `too-large`. */
export function readSignedMessage(octets: Uint8Array): Result<SignedMessage, MessageFault> {
  const outer = splitPackets(octets, MAX_PACKETS)
  if (!outer.ok) return outer
  const packets = meaningful(outer.value)
  const [first] = packets
  if (first?.tag !== enums.packet.compressedData) return readSigned(packets)
  if (packets.length > 1) return err('malformed')
  const inflated = inflate(first.body)
  if (!inflated.ok) return inflated
  const inner = splitPackets(inflated.value, MAX_PACKETS)
  if (!inner.ok) return inner
  const nested = inner.value.some(({ tag }) => tag === enums.packet.compressedData)
  return nested ? err('too-large') : readSigned(meaningful(inner.value))
}

function readSigned(packets: readonly Packet[]): Result<SignedMessage, MessageFault> {
  const [literal, second] = packets.filter(({ tag }) => tag === enums.packet.literalData)
  if (literal === undefined || second !== undefined) return err('malformed')
  const data = literalData(literal)
  return data === undefined ? err('malformed') : ok({ data, signature: enclosingSignature(packets) })
}

function enclosingSignature(packets: readonly Packet[]): SignedMessage['signature'] {
  if (packets.length === 1) return 'none'
  const [onePass, literal, signature] = packets
  const signatures = packets.filter(({ tag }) => tag === enums.packet.signature)
  if (signatures.length > 1) return 'several'
  const isEnclosed =
    packets.length === 3 &&
    onePass?.tag === enums.packet.onePassSignature &&
    literal?.tag === enums.packet.literalData &&
    signature?.tag === enums.packet.signature
  return isEnclosed && announces(onePass, signature) ? signature : 'malformed'
}

/** RFC 9580 §5.4: version 3, then type, hash, key algorithm, issuer's key id, and 1 for "nothing nested". */
function announces({ body }: Packet, packet: Packet): boolean {
  const signature = new SignaturePacket()
  try {
    signature.read(packet.body)
  } catch {
    return false
  }
  return (
    body.length === 13 &&
    body[0] === 3 &&
    body[1] === signature.signatureType &&
    body[2] === signature.hashAlgorithm &&
    body[3] === signature.publicKeyAlgorithm &&
    hex(body.subarray(4, 12)) === signature.issuerKeyID.toHex() &&
    body[12] === 1
  )
}

/** RFC 9580 §5.9: format, length of the file name, file name, four octets of date, data. */
function literalData({ body }: Packet): Uint8Array | undefined {
  const start = 2 + (body[1] ?? 0) + 4
  return start <= body.length ? body.subarray(start) : undefined
}

/** RFC 9580 §5.6; BZip2, which no preference of ours asks for, is not read. */
function inflate(body: Uint8Array): Result<Uint8Array, MessageFault> {
  const compressed = body.subarray(1)
  const most = Math.min(MAX_MESSAGE_OCTETS, Math.max(RATIO_FLOOR_OCTETS, compressed.length * MAX_RATIO))
  const options = { maxOutputLength: most }
  try {
    if (body[0] === enums.compression.uncompressed) return ok(compressed)
    if (body[0] === enums.compression.zip) return ok(inflateRawSync(compressed, options))
    if (body[0] === enums.compression.zlib) return ok(inflateSync(compressed, options))
    return err('malformed')
  } catch (error) {
    const isTooLarge = error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    return err(isTooLarge ? 'too-large' : 'malformed')
  }
}

/** The inverse of `readSignedMessage`: data and the signature over it as one message, dated as given. */
export const signedMessage = (data: Uint8Array, signature: Packet, at: Instant): Uint8Array =>
  Buffer.concat([onePassPacket(signature.octets), literalHeader(data.length, at), data, signature.octets])

/** RFC 9580 §5.4, version 3: it announces the signature at the end. */
export function onePassPacket(signaturePacket: Uint8Array): Uint8Array {
  const signature = new SignaturePacket()
  const packets = splitPackets(signaturePacket, 1)
  signature.read(packets.ok ? (packets.value[0]?.body ?? signaturePacket) : signaturePacket)
  const { signatureType, hashAlgorithm, publicKeyAlgorithm, issuerKeyID } = signature
  const head = [0xc4, 13, 3, signatureType ?? 0, hashAlgorithm ?? 0, publicKeyAlgorithm ?? 0]
  return Buffer.concat([Buffer.from(head), Buffer.from(issuerKeyID.toHex(), 'hex'), Buffer.from([1])])
}
