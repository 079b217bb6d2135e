// What needs a secret key: session keys out of PKESK packets, signatures, and making a new key. Runs only in
// the process that holds the secrets; a secret key never leaves this folder, nor is it ever printed.
import { arrayBuffer } from 'node:stream/consumers'
import {
  type Config,
  createCleartextMessage,
  createMessage,
  decryptKey,
  decryptSessionKeys,
  enums,
  generateKey,
  LiteralDataPacket,
  Message,
  PacketList,
  type PrivateKey,
  readMessage,
  readPrivateKey,
  type SignaturePacket,
  sign,
} from 'openpgp'
import { piecesOf } from '../model/octets.ts'
import { err, ok, type Result } from '../model/result.ts'
import { type EmailAddress, type Fingerprint, type Instant, parseFingerprint } from '../model/scalars.ts'
import { lenient, policy } from './algorithms.ts'
import { armored, packetBlocks } from './armor.ts'
import { type Certificate, parseCertificate } from './certificates.ts'
import type { SessionKey } from './decrypt.ts'
import { dateOf } from './key-validity.ts'
import { onePassPacket } from './message.ts'
import { HIDDEN_RECIPIENT, hex, literalHeader, type Packet, recipientOf, splitPackets } from './packets.ts'

const MAX_SECRET_KEY_OCTETS = 256 * 1024
const MAX_SECRET_KEY_PACKETS = 1_000
const MAX_PKESK_PACKETS = 1_000
const MAX_PKESK_TRIED = 16

/** The `micalg` parameter of multipart/signed (RFC 3156 §5) for every signature made here. */
export const micalg = 'pgp-sha512'

export type SecretKeyFault =
  | 'not-a-secret-key'
  | 'several'
  | 'wrong-passphrase'
  /** It is protected and no passphrase was given. */
  | 'locked'
  /** Its public part is no certificate that we could use. */
  | 'unusable'
  /** Its own preferences exclude SHA-512, the one hash that we sign with. */
  | 'no-sha512'

/** An unlocked secret key. */
export class SecretKey {
  readonly fingerprint: Fingerprint
  readonly certificate: Certificate
  readonly #key: PrivateKey

  constructor(certificate: Certificate, key: PrivateKey) {
    this.fingerprint = certificate.fingerprint
    this.certificate = certificate
    this.#key = key
  }

  /** The library's object; for this folder only. */
  libraryKey(): PrivateKey {
    return this.#key
  }
}

/** Exactly one secret key; `passphrase` is not looked at if the key has none. */
export async function loadSecretKey(
  octetsOrArmor: Uint8Array,
  passphrase: string | undefined,
): Promise<Result<SecretKey, SecretKeyFault>> {
  const key = await oneSecretKey(octetsOrArmor)
  if (!key.ok) return key
  if (passphrase === undefined && !key.value.isDecrypted()) return err('locked')
  const unlocked = await unlock(key.value, passphrase)
  if (unlocked === undefined) return err('wrong-passphrase')
  const certificate = await parseCertificate(key.value.toPublic().write())
  if (!certificate.ok) return err('unusable')
  return acceptsSha512(certificate.value) ? ok(new SecretKey(certificate.value, unlocked)) : err('no-sha512')
}

/** The public part of exactly one secret key, which stays locked. */
export async function certificateOf(
  octetsOrArmor: Uint8Array,
): Promise<Result<Certificate, Extract<SecretKeyFault, 'not-a-secret-key' | 'several' | 'unusable'>>> {
  const key = await oneSecretKey(octetsOrArmor)
  if (!key.ok) return key
  const certificate = await parseCertificate(key.value.toPublic().write())
  return certificate.ok ? certificate : err('unusable')
}

async function oneSecretKey(
  octetsOrArmor: Uint8Array,
): Promise<Result<PrivateKey, Extract<SecretKeyFault, 'not-a-secret-key' | 'several'>>> {
  if (octetsOrArmor.length > MAX_SECRET_KEY_OCTETS) return err('not-a-secret-key')
  const binaryKey = Buffer.concat(packetBlocks(octetsOrArmor, 'PRIVATE KEY BLOCK'))
  const packets = splitPackets(binaryKey, MAX_SECRET_KEY_PACKETS)
  if (!packets.ok) return err('not-a-secret-key')
  const primaryKeys = packets.value.filter(({ tag }) => tag === enums.packet.secretKey)
  if (primaryKeys.length > 1) return err('several')
  const key = primaryKeys.length === 0 ? undefined : await readSecretKey(binaryKey)
  return key === undefined ? err('not-a-secret-key') : ok(key)
}

/** The library signs with SHA-512 exactly if the newest self-certification lists it. */
function acceptsSha512(certificate: Certificate): boolean {
  const created = (signature: SignaturePacket) => signature.created?.getTime() ?? 0
  const [newest] = certificate
    .libraryKey()
    .users.flatMap(user => user.selfCertifications)
    .toSorted((a, b) => created(b) - created(a))
  return newest?.preferredHashAlgorithms?.includes(enums.hash.sha512) === true
}

async function readSecretKey(binaryKey: Uint8Array): Promise<PrivateKey | undefined> {
  try {
    return await readPrivateKey({ binaryKey, config: policy })
  } catch {
    return undefined
  }
}

async function unlock(key: PrivateKey, passphrase: string | undefined): Promise<PrivateKey | undefined> {
  if (key.isDecrypted()) return key
  if (passphrase === undefined) return undefined
  try {
    return await decryptKey({ privateKey: key, passphrase, config: policy })
  } catch {
    return undefined
  }
}

/**
 * The session keys that these PKESK packets carry for any of the keys, expired ones included: old mail stays
 * readable. At most 16 packets are tried, those that name one of the keys before those that name nobody.
 */
export async function sessionKeys(
  pkeskPackets: Uint8Array,
  keys: readonly SecretKey[],
  now: Instant,
): Promise<readonly SessionKey[]> {
  const split = splitPackets(pkeskPackets, MAX_PKESK_PACKETS)
  if (!split.ok) return []
  const packets = split.value.filter(({ tag }) => tag === enums.packet.publicKeyEncryptedSessionKey)
  const own = new Set(keys.flatMap(key => key.libraryKey().getKeyIDs()).map(id => id.toHex()))
  const named = packets.filter(packet => own.has(recipientOf(packet) ?? ''))
  const hidden = packets.filter(packet => recipientOf(packet) === HIDDEN_RECIPIENT)
  const found = new Map<string, SessionKey>()
  for (const packet of [...named, ...hidden].slice(0, MAX_PKESK_TRIED))
    for (const sessionKey of await openSessionKey(packet, keys, now))
      found.set(hex(sessionKey.key), sessionKey)
  return [...found.values()]
}

const aesOfLength: Readonly<Record<number, string>> = { 16: 'aes128', 24: 'aes192', 32: 'aes256' }

async function openSessionKey(
  packet: Packet,
  keys: readonly SecretKey[],
  now: Instant,
): Promise<readonly SessionKey[]> {
  try {
    const opened = await decryptSessionKeys({
      message: await readMessage({ binaryMessage: packet.octets, config: policy }),
      decryptionKeys: keys.map(key => key.libraryKey()),
      date: dateOf(now),
      config: lenient,
    })
    // A version 6 packet does not name the cipher; the encrypted packet does, and only AES is used.
    return opened.map(({ data, algorithm }) => ({
      algorithm: algorithm ?? aesOfLength[data.length] ?? 'unknown',
      key: data,
    }))
  } catch {
    return []
  }
}

/** An armored detached signature (type 0x00) with SHA-512. @throws Error if the key may not sign at `now`. */
export async function signDetached(data: Uint8Array, key: SecretKey, now: Instant): Promise<string> {
  const date = dateOf(now)
  const signature = await sign({
    message: await createMessage({ binary: data, date }),
    signingKeys: key.libraryKey(),
    detached: true,
    format: 'binary',
    date,
    config: policy,
  })
  return armored(signature, 'SIGNATURE')
}

/**
 * A text with its signature around it (RFC 9580 §7), LF line ends, which any OpenPGP program checks without mail.
 * Blanks at the ends of lines are not signed. @throws Error if the key may not sign at `now`.
 */
export async function clearSign(text: string, key: SecretKey, now: Instant): Promise<string> {
  const signed = await sign({
    message: await createCleartextMessage({ text }),
    signingKeys: key.libraryKey(),
    date: dateOf(now),
    config: policy,
  })
  return signed.replaceAll('\r\n', '\n')
}

/**
 * One-pass signature, literal data and signature packets, binary: signed once, then encrypted to many with
 * `encryptTo`. @throws Error if the key may not sign at `now`.
 */
export async function signPackets(data: Uint8Array, key: SecretKey, now: Instant): Promise<Uint8Array> {
  const date = dateOf(now)
  return sign({
    message: await createMessage({ binary: data, date }),
    signingKeys: key.libraryKey(),
    format: 'binary',
    date,
    config: policy,
  })
}

/**
 * What `signPackets` makes, of data in pieces, which stay as they are and are not put together. @throws Error if
 * the key may not sign at `now`.
 */
export async function signPieces(
  data: readonly Uint8Array[],
  key: SecretKey,
  now: Instant,
): Promise<readonly Uint8Array[]> {
  const date = dateOf(now)
  // Read once: of a stream that the library may read again, or write, it makes copies.
  const getBytes = () => ReadableStream.from(Iterator.from(data).flatMap(piece => piecesOf(piece)))
  const packets = new PacketList<LiteralDataPacket>()
  packets.push(Object.assign(new LiteralDataPacket(), { getBytes }))
  const signed = await sign({
    message: new Message(packets),
    signingKeys: key.libraryKey(),
    detached: true,
    format: 'object',
    date,
    config: policy,
  })
  const signature = Buffer.from(await arrayBuffer(signed.write() as unknown as ReadableStream))
  const length = data.reduce((sum, piece) => sum + piece.length, 0)
  return [onePassPacket(signature), literalHeader(length, now), ...data, signature]
}

export type NewKeyOwner = {
  readonly userName: string
  readonly address: EmailAddress
  /** Under which mail programs are to find the key too. */
  readonly furtherAddress?: EmailAddress
  /** Undefined: the key is stored without a passphrase. */
  readonly passphrase: string | undefined
  /** `drawn` at random, it cannot be guessed, and making every guess slow would slow only us; else `chosen`. */
  readonly passphraseOrigin?: 'drawn' | 'chosen'
  readonly now: Instant
}

export type NewKey = {
  /** Armored secret key. */
  readonly armored: string
  /** Armored certificate. */
  readonly certificate: string
  /** Armored revocation certificate, to be kept apart. */
  readonly revocation: string
  readonly fingerprint: Fingerprint
}

/** A passphrase that cannot be guessed is hashed over 64 KB (RFC 9580 §3.7.1.3), which GnuPG writes at least. */
const unguessable: Config = { ...policy, s2kIterationCountByte: 96 }

/** A version 4 key that never expires, Ed25519 and Curve25519 in their older forms, which all programs read. */
export async function generateSecretKey(owner: NewKeyOwner): Promise<NewKey> {
  const { userName, address, furtherAddress, passphrase, passphraseOrigin, now } = owner
  const addresses = [address, ...(furtherAddress === undefined ? [] : [furtherAddress])]
  const made = await generateKey({
    type: 'ecc',
    curve: 'curve25519Legacy',
    userIDs: addresses.map(email => ({ name: userName, email })),
    ...(passphrase === undefined ? {} : { passphrase }),
    date: dateOf(now),
    format: 'object',
    config: passphraseOrigin === 'drawn' ? unguessable : policy,
  })
  const fingerprint = parseFingerprint(made.publicKey.getFingerprint())
  if (fingerprint === undefined) throw new Error('the library made a key that is not version 4')
  return {
    armored: armored(made.privateKey.write(), 'PRIVATE KEY BLOCK'),
    certificate: armored(made.publicKey.write(), 'PUBLIC KEY BLOCK'),
    revocation: made.revocationCertificate,
    fingerprint,
  }
}
