// Opens the symmetrically encrypted and integrity protected data packet (RFC 9580 §5.13), both versions,
// with a session key, and makes the one of version 1. Done here and not by the library, which hands out parsed packets where we need the
// octets that the grammar is judged on. Returns plaintext only after all of it proved authentic.
import {
  type CipherGCMTypes,
  type CipherOCBTypes,
  createCipheriv,
  createDecipheriv,
  createHash,
  type DecipherGCM,
  type DecipherOCB,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { enums } from 'openpgp'
import { letGo } from '../model/octets.ts'

const BLOCK_OCTETS = 16
/** Packet 19 with its 20 octets of SHA-1. */
const MDC_OCTETS = 22
const TAG_OCTETS = 16
/** RFC 9580 §5.13.2: chunks of at most 4 MiB. */
const MAX_CHUNK_SIZE_OCTET = 16

const keyLengths: ReadonlyMap<number, number> = new Map([
  [enums.symmetric.aes128, 16],
  [enums.symmetric.aes192, 24],
  [enums.symmetric.aes256, 32],
])

/** AES only. Undefined for a wrong key, anything altered, cut short, or an algorithm we do not use. */
export function openIntegrityProtected(body: Uint8Array, sessionKey: Uint8Array): Uint8Array | undefined {
  if (![...keyLengths.values()].includes(sessionKey.length)) return undefined
  if (body[0] === 1) return openVersion1(body.subarray(1), sessionKey)
  if (body[0] === 2) return openVersion2(body, sessionKey)
  return undefined
}

function openVersion1(encrypted: Uint8Array, sessionKey: Uint8Array): Uint8Array | undefined {
  const prefix = BLOCK_OCTETS + 2
  if (encrypted.length < prefix + MDC_OCTETS) return undefined
  const cipher = `aes-${sessionKey.length * 8}-cfb`
  const plain = createDecipheriv(cipher, sessionKey, Buffer.alloc(BLOCK_OCTETS)).update(encrypted)
  const mdc = plain.subarray(-MDC_OCTETS)
  const hashed = plain.subarray(0, -20)
  const isIntact = timingSafeEqual(createHash('sha1').update(hashed).digest(), mdc.subarray(2))
  return mdc[0] === 0xd3 && mdc[1] === 0x14 && isIntact ? plain.subarray(prefix, -MDC_OCTETS) : undefined
}

/** Octets encrypted at a time. */
const PIECE = 256 * 1024

/**
 * The packet of version 1 around packets in pieces, behind what is to stand before it: one buffer, where the library
 * takes six times a large message's size.
 */
export function sealVersion1(
  before: Uint8Array,
  pieces: readonly Uint8Array[],
  sessionKey: Uint8Array,
): Uint8Array {
  const plain = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const body = 1 + BLOCK_OCTETS + 2 + plain + MDC_OCTETS
  const out = Buffer.allocUnsafe(before.length + 6 + body)
  out.set(before)
  let filled = before.length
  filled = out.writeUInt8(0xd2, filled)
  filled = out.writeUInt8(0xff, filled)
  filled = out.writeUInt32BE(body, filled)
  filled = out.writeUInt8(1, filled)
  const cipher = createCipheriv(`aes-${sessionKey.length * 8}-cfb`, sessionKey, Buffer.alloc(BLOCK_OCTETS))
  const hash = createHash('sha1')
  const put = (octets: Uint8Array) => {
    hash.update(octets)
    out.set(cipher.update(octets), filled)
    filled += octets.length
  }
  const random = randomBytes(BLOCK_OCTETS)
  put(Buffer.concat([random, random.subarray(-2)]))
  for (const piece of pieces)
    for (let at = 0; at < piece.length; at += PIECE) put(piece.subarray(at, at + PIECE))
  put(Buffer.from([0xd3, 0x14]))
  out.set(cipher.update(hash.digest()), filled)
  return out
}

/** The same in pieces, each of which becomes its own ciphertext: nothing is held twice. */
export function sealVersion1InPlace(
  before: Uint8Array,
  pieces: readonly Uint8Array[],
  sessionKey: Uint8Array,
): readonly Uint8Array[] {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const header = Buffer.from([0xd2, 0xff, 0, 0, 0, 0, 1])
  header.writeUInt32BE(1 + BLOCK_OCTETS + 2 + length + MDC_OCTETS, 2)
  const cipher = createCipheriv(`aes-${sessionKey.length * 8}-cfb`, sessionKey, Buffer.alloc(BLOCK_OCTETS))
  const hash = createHash('sha1')
  const random = randomBytes(BLOCK_OCTETS)
  const prefix = Buffer.concat([random, random.subarray(-2)])
  hash.update(prefix)
  const head = Buffer.concat([before, header, cipher.update(prefix)])
  for (const piece of pieces)
    for (let at = 0; at < piece.length; at += PIECE) {
      const octets = piece.subarray(at, at + PIECE)
      hash.update(octets)
      const encrypted = cipher.update(octets)
      octets.set(encrypted)
      letGo(encrypted)
    }
  const mark = Buffer.from([0xd3, 0x14])
  const tail = cipher.update(Buffer.concat([mark, hash.update(mark).digest()]))
  return [head, ...pieces, tail]
}

type Mode = {
  readonly nonceOctets: number
  readonly decipher: (key: Uint8Array, nonce: Uint8Array) => Decipher
}
type Decipher = DecipherGCM | DecipherOCB

const tagged = { authTagLength: TAG_OCTETS }
const gcm: Readonly<Record<number, CipherGCMTypes>> = {
  16: 'aes-128-gcm',
  24: 'aes-192-gcm',
  32: 'aes-256-gcm',
}
const ocb: Readonly<Record<number, CipherOCBTypes>> = {
  16: 'aes-128-ocb',
  24: 'aes-192-ocb',
  32: 'aes-256-ocb',
}

/** EAX is not read: the platform lacks it, and no feature of ours asks for it. */
const modes: ReadonlyMap<number, Mode> = new Map([
  [
    enums.aead.gcm,
    {
      nonceOctets: 12,
      decipher: (key: Uint8Array, nonce: Uint8Array): Decipher =>
        createDecipheriv(gcm[key.length] ?? 'aes-256-gcm', key, nonce, tagged),
    },
  ],
  [
    enums.aead.ocb,
    {
      nonceOctets: 15,
      decipher: (key: Uint8Array, nonce: Uint8Array): Decipher =>
        createDecipheriv(ocb[key.length] ?? 'aes-256-ocb', key, nonce, tagged),
    },
  ],
])

function openVersion2(body: Uint8Array, sessionKey: Uint8Array): Uint8Array | undefined {
  const [, cipher = 0, aead = 0, chunkSizeOctet = 255] = body
  const mode = modes.get(aead)
  if (mode === undefined || keyLengths.get(cipher) !== sessionKey.length) return undefined
  if (chunkSizeOctet > MAX_CHUNK_SIZE_OCTET || body.length < 36 + TAG_OCTETS) return undefined
  const info = Buffer.from([0xd2, 2, cipher, aead, chunkSizeOctet])
  const derivedOctets = sessionKey.length + mode.nonceOctets - 8
  const derived = Buffer.from(hkdfSync('sha256', sessionKey, body.subarray(4, 36), info, derivedOctets))
  const key = derived.subarray(0, sessionKey.length)
  const open = (index: number, chunk: Uint8Array, additional: Uint8Array): Buffer => {
    const nonce = Buffer.concat([derived.subarray(sessionKey.length), bigEndian64(index)])
    return openChunk(mode.decipher(key, nonce), chunk, additional)
  }
  const chunkOctets = 2 ** (chunkSizeOctet + 6) + TAG_OCTETS
  const chunks = body.subarray(36, -TAG_OCTETS)
  const plain: Buffer[] = []
  try {
    for (let at = 0; at < chunks.length; at += chunkOctets)
      plain.push(open(plain.length, chunks.subarray(at, at + chunkOctets), info))
    const all = Buffer.concat(plain)
    // The final tag covers the total length, so that no chunk can be cut off.
    open(plain.length, body.subarray(-TAG_OCTETS), Buffer.concat([info, bigEndian64(all.length)]))
    return all
  } catch {
    return undefined
  }
}

/** @throws Error if the chunk is not authentic. */
function openChunk(decipher: Decipher, chunk: Uint8Array, additional: Uint8Array): Buffer {
  const encrypted = chunk.subarray(0, -TAG_OCTETS)
  decipher.setAuthTag(chunk.subarray(-TAG_OCTETS))
  decipher.setAAD(additional, { plaintextLength: encrypted.length })
  return Buffer.concat([decipher.update(encrypted), decipher.final()])
}

function bigEndian64(value: number): Buffer {
  const octets = Buffer.alloc(8)
  octets.writeBigUInt64BE(BigInt(value))
  return octets
}
