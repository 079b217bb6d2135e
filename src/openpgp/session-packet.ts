// The packet that hands a session key to one recipient (PKESK, RFC 9580 §5.1). For Curve25519, which most members have,
// it is made here: the library goes to the thread pool six times for it, which is most of what a small copy costs.
import { createCipheriv, createHash, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto'
import { encryptSessionKey, enums, type Key, type SessionKey, type Subkey } from 'openpgp'
import type { Instant } from '../model/scalars.ts'
import { policy } from './algorithms.ts'
import type { Certificate } from './certificates.ts'
import { dateOf } from './key-validity.ts'

/** For this key of the certificate. @throws Error if encrypting to it fails, as to a point that is on no curve. */
export async function sessionPacket(
  certificate: Certificate,
  key: Key | Subkey,
  sessionKey: SessionKey,
  at: Instant,
): Promise<Uint8Array> {
  // Version 2 of integrity protection wants another version of this packet.
  const ours =
    sessionKey.aeadAlgorithm === undefined ? curve25519Packet(key.keyPacket.write(), sessionKey) : undefined
  if (ours !== undefined) return ours
  return encryptSessionKey({
    ...sessionKey,
    encryptionKeys: certificate.libraryKey(),
    encryptionKeyIDs: key.getKeyID(),
    date: dateOf(at),
    config: policy,
    format: 'binary',
  })
}

/** With its length (RFC 9580 §9.2). */
const CURVE25519_LEGACY = Buffer.from([10, 0x2b, 6, 1, 4, 1, 0x97, 0x55, 1, 5, 1])
/** A point in its native form of 32 octets has 263 bits with the octet before it (RFC 9580 §11.2.1). */
const POINT_HEADER = Buffer.from([1, 7, 0x40])
const POINT_OCTETS = 32

const hashes: ReadonlyMap<number, string> = new Map([
  [enums.hash.sha256, 'sha256'],
  [enums.hash.sha384, 'sha384'],
  [enums.hash.sha512, 'sha512'],
])
const wrappings: ReadonlyMap<number, { readonly cipher: string; readonly keyOctets: number }> = new Map([
  [enums.symmetric.aes128, { cipher: 'id-aes128-wrap', keyOctets: 16 }],
  [enums.symmetric.aes192, { cipher: 'id-aes192-wrap', keyOctets: 24 }],
  [enums.symmetric.aes256, { cipher: 'id-aes256-wrap', keyOctets: 32 }],
])
const ciphers: ReadonlyMap<string, number> = new Map([
  ['aes128', enums.symmetric.aes128],
  ['aes256', enums.symmetric.aes256],
])

/** RFC 9580 §11.5; undefined for a key of another kind, or with other parameters than anybody makes. */
function curve25519Packet(keyBody: Uint8Array, { data, algorithm }: SessionKey): Uint8Array | undefined {
  const body = Buffer.from(keyBody)
  // Version, four octets of time, algorithm.
  const curveAt = 6
  const pointAt = curveAt + CURVE25519_LEGACY.length + POINT_HEADER.length
  const kdfAt = pointAt + POINT_OCTETS
  const isOurs =
    body[0] === 4 &&
    body[5] === enums.publicKey.ecdh &&
    body.subarray(curveAt, pointAt).equals(Buffer.concat([CURVE25519_LEGACY, POINT_HEADER])) &&
    body.length === kdfAt + 4
  const [size, reserved, hashId = 0, wrapId = 0] = body.subarray(kdfAt)
  const hash = hashes.get(hashId)
  const wrapping = wrappings.get(wrapId)
  const cipher = ciphers.get(algorithm)
  if (!isOurs || size !== 3 || reserved !== 1) return undefined
  if (hash === undefined || wrapping === undefined || cipher === undefined) return undefined

  const length = Buffer.from([0x99, body.length >> 8, body.length & 0xff])
  const fingerprint = createHash('sha1').update(length).update(body).digest()
  const { privateKey, publicKey } = generateKeyPairSync('x25519')
  const point = body.subarray(pointAt, kdfAt)
  const theirs = createPublicKey({ key: point, format: 'raw-public', asymmetricKeyType: 'x25519' })
  const kek = createHash(hash)
    .update(Buffer.from([0, 0, 0, 1]))
    .update(diffieHellman({ privateKey, publicKey: theirs }))
    .update(CURVE25519_LEGACY)
    .update(Buffer.from([enums.publicKey.ecdh]))
    .update(body.subarray(kdfAt))
    .update('Anonymous Sender    ', 'latin1')
    .update(fingerprint)
    .digest()
    .subarray(0, wrapping.keyOctets)
  const wrapped = wrap(padded(cipher, data), kek, wrapping.cipher)
  const content = Buffer.concat([
    Buffer.from([3]),
    fingerprint.subarray(-8),
    Buffer.from([enums.publicKey.ecdh]),
    POINT_HEADER,
    publicKey.export({ format: 'raw-public' }),
    Buffer.from([wrapped.length]),
    wrapped,
  ])
  return Buffer.concat([Buffer.from([0xc1, content.length]), content])
}

/** Cipher, session key and its checksum, filled up to eights with the count of what fills them. */
function padded(cipher: number, key: Uint8Array): Buffer {
  const sum = key.reduce((total, octet) => (total + octet) & 0xffff, 0)
  const plain = Buffer.concat([Buffer.from([cipher]), key, Buffer.from([sum >> 8, sum & 0xff])])
  const missing = 8 - (plain.length % 8)
  return Buffer.concat([plain, Buffer.alloc(missing, missing)])
}

/** AES key wrap (RFC 3394). */
function wrap(plain: Uint8Array, kek: Uint8Array, cipher: string): Buffer {
  const wrapping = createCipheriv(cipher, kek, Buffer.alloc(8, 0xa6))
  return Buffer.concat([wrapping.update(plain), wrapping.final()])
}
