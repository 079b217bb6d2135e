// Encrypts to exactly one certificate and proves it on the produced octets before handing them out. Never
// falls back to another key, to weaker protection, or to clear text: a fault means the copy is held.
import {
  type AnyPacket,
  createMessage,
  encrypt,
  enums,
  generateSessionKey,
  LiteralDataPacket,
  Message,
  OnePassSignaturePacket,
  PacketList,
  SignaturePacket,
} from 'openpgp'
import { err, ok, type Result } from '../model/result.ts'
import type { Instant } from '../model/scalars.ts'
import { policy } from './algorithms.ts'
import { armoredMessage, armoredPieces } from './armor.ts'
import type { Certificate, SubkeyId } from './certificates.ts'
import { openMessage } from './decrypt.ts'
import { sealVersion1, sealVersion1InPlace } from './integrity-protected.ts'
import { dateOf, type EncryptionKeyFault, encryptionKeyAt } from './key-validity.ts'
import { compressedPacket, literalHeader, type Packet, recipientOf, splitPackets } from './packets.ts'
import { type SecretKey, sessionKeys } from './secret-keys.ts'
import { sessionPacket } from './session-packet.ts'

/**
 * `mismatch`: the produced message is not encrypted to the one subkey that was meant. `unusable-key`: the key
 * is valid, but encrypting to it fails.
 */
export type EncryptFault = EncryptionKeyFault | 'not-packets' | 'mismatch' | 'unusable-key'

export type Encrypted = {
  /** Armored, with CRLF line ends. */
  readonly armored: Uint8Array
  readonly subkey: SubkeyId
}

/** A signed message, looked at and compressed once, to be encrypted to many. */
export type Signed = {
  readonly packets: Uint8Array
  /** The same in one packet. */
  readonly compressed: Uint8Array
  readonly message: Message<Uint8Array>
}

/** Of what `signPackets` made. */
export async function signedOnce(packets: Uint8Array): Promise<Result<Signed, 'not-packets'>> {
  const message = await readPackets(packets)
  return message === undefined
    ? err('not-packets')
    : ok({ packets, compressed: compressedPacket(packets), message })
}

/** Encrypts what `signPackets` made, for one. */
export async function encryptTo(
  packets: Uint8Array,
  certificate: Certificate,
  at: Instant,
): Promise<Result<Encrypted, EncryptFault>> {
  const signed = await signedOnce(packets)
  return signed.ok ? encryptSigned(signed.value, certificate, at) : signed
}

/**
 * Encrypts a signed message to the certificate's newest encryption key at that instant: AES-256 if its preferences
 * have it, else AES-128; compressed if they have ZIP; integrity protection version 2 only if its features say so.
 */
export async function encryptSigned(
  { packets, compressed, message }: Signed,
  certificate: Certificate,
  at: Instant,
): Promise<Result<Encrypted, EncryptFault>> {
  const pieces = [(await readsZip(certificate, at)) ? compressed : packets]
  const encrypted = await encryptMessage(pieces, async () => message, certificate, at)
  if (!encrypted.ok) return encrypted
  const { octets, subkey, version } = encrypted.value
  const armored = armoredMessage(octets, version === 2 ? 'without-checksum' : 'with-checksum')
  return ok({ armored, subkey })
}

/**
 * The same of what `signPieces` made, which becomes the ciphertext; the armor is made when it is read, once.
 */
export async function encryptPieces(
  pieces: readonly Uint8Array[],
  certificate: Certificate,
  at: Instant,
): Promise<Result<{ readonly armored: Iterable<Uint8Array>; readonly subkey: SubkeyId }, EncryptFault>> {
  const sealed = await sealInPlace(pieces, certificate, at)
  if (!sealed.ok) return sealed
  if (sealed.value !== 'version-2') {
    const { subkey, octets } = sealed.value
    return ok({ subkey, armored: armoredPieces(octets) })
  }
  const encrypted = await encryptTo(Buffer.concat(pieces), certificate, at)
  return encrypted.ok ? ok({ subkey: encrypted.value.subkey, armored: [encrypted.value.armored] }) : encrypted
}

type InPlace = { readonly octets: readonly Uint8Array[]; readonly subkey: SubkeyId }

/** `version-2`: the certificate wants integrity protection of that version, and nothing was done. */
async function sealInPlace(
  pieces: readonly Uint8Array[],
  certificate: Certificate,
  at: Instant,
): Promise<Result<InPlace | 'version-2', EncryptFault>> {
  const key = await encryptionKeyAt(certificate.libraryKey(), at)
  if (!key.ok) return key
  const subkey = key.value.getKeyID().toHex()
  const common = { encryptionKeys: certificate.libraryKey(), date: dateOf(at), config: policy }
  try {
    const sessionKey = await generateSessionKey(common)
    if (sessionKey.aeadAlgorithm !== undefined) return ok('version-2')
    const pkesk = await sessionPacket(certificate, key.value, sessionKey, at)
    if (!isFor(pkesk, subkey)) return err('mismatch')
    return ok({ octets: sealVersion1InPlace(pkesk, pieces, sessionKey.data), subkey })
  } catch {
    // A point that is on no curve, for one: the certificate is well signed and yet of no use.
    return err('unusable-key')
  }
}

/** Encrypts a few octets to the certificate, as a mail to it would be, and looks whom they are for. */
export async function probe(certificate: Certificate, at: Instant): Promise<'encrypted' | 'failed'> {
  const octets = Buffer.from('probe')
  const message = () => createMessage({ binary: octets, date: dateOf(at) })
  const pieces = [literalHeader(octets.length, at), octets]
  return (await encryptMessage(pieces, message, certificate, at)).ok ? 'encrypted' : 'failed'
}

/** Raw mail for our own database, binary and unsigned. @throws Error if the storage key cannot encrypt. */
export async function encryptForStorage(
  octets: Uint8Array,
  certificate: Certificate,
  at: Instant,
): Promise<Uint8Array> {
  const message = () => createMessage({ binary: octets, date: dateOf(at) })
  const encrypted = await encryptMessage([literalHeader(octets.length, at), octets], message, certificate, at)
  if (!encrypted.ok) throw new Error(`the storage key cannot encrypt: ${encrypted.error}`)
  return encrypted.value.octets
}

/**
 * The same of large octets, which become the ciphertext: whoever calls this has no more use of them.
 * @throws Error if the storage key cannot encrypt.
 */
export async function encryptForStorageInPlace(
  octets: Uint8Array,
  certificate: Certificate,
  at: Instant,
): Promise<readonly Uint8Array[]> {
  const sealed = await sealInPlace([literalHeader(octets.length, at), octets], certificate, at)
  if (!sealed.ok) throw new Error(`the storage key cannot encrypt: ${sealed.error}`)
  if (sealed.value === 'version-2') return [await encryptForStorage(octets, certificate, at)]
  // Whoever opens it piece by piece has all headers in the first.
  const [head = octets, header = octets, ...others] = sealed.value.octets
  return [Buffer.concat([head, header]), ...others]
}

/** The inverse of `encryptForStorage`. @throws Error if the octets were altered or are for another key. */
export async function decryptFromStorage(
  octets: Uint8Array,
  key: SecretKey,
  now: Instant,
): Promise<Uint8Array> {
  const opened = await openMessage(octets, packets => sessionKeys(packets, [key], now), [], now)
  if (!opened.ok) throw new Error(`stored octets cannot be opened: ${opened.error}`)
  return opened.value.octets
}

/** Who says nothing of it wants what is not compressed (RFC 9580 §5.2.3.17). */
async function readsZip(certificate: Certificate, at: Instant): Promise<boolean> {
  try {
    const { selfCertification } = await certificate.libraryKey().getPrimaryUser(dateOf(at), undefined, policy)
    return selfCertification.preferredCompressionAlgorithms?.includes(enums.compression.zip) ?? false
  } catch {
    return false
  }
}

type Binary = { readonly octets: Uint8Array; readonly subkey: SubkeyId; readonly version: number }

/** `pieces` are the octets of the message, which the library is handed only where it has to encrypt them. */
async function encryptMessage(
  pieces: readonly Uint8Array[],
  message: () => Promise<Message<Uint8Array>>,
  certificate: Certificate,
  at: Instant,
): Promise<Result<Binary, EncryptFault>> {
  const key = await encryptionKeyAt(certificate.libraryKey(), at)
  if (!key.ok) return key
  const encryptionKeyID = key.value.getKeyID()
  const subkey = encryptionKeyID.toHex()
  try {
    const common = {
      encryptionKeys: certificate.libraryKey(),
      encryptionKeyIDs: encryptionKeyID,
      date: dateOf(at),
      config: policy,
    }
    const { encryptionKeys, date, config } = common
    const sessionKey = await generateSessionKey({ encryptionKeys, date, config })
    const octets =
      sessionKey.aeadAlgorithm === undefined
        ? sealVersion1(await sessionPacket(certificate, key.value, sessionKey, at), pieces, sessionKey.data)
        : await encrypt({ ...common, message: await message(), sessionKey, format: 'binary' })
    const version = protectionOf(octets, subkey)
    return version === undefined ? err('mismatch') : ok({ octets, subkey, version })
  } catch {
    // A point that is on no curve, for one: the certificate is well signed and yet of no use.
    return err('unusable-key')
  }
}

/** The version of integrity protection, if the message is for exactly this one subkey. */
function protectionOf(octets: Uint8Array, subkey: SubkeyId): number | undefined {
  const packets = splitPackets(octets, 2)
  if (!packets.ok) return undefined
  const [pkesk, data] = packets.value
  const isMeant =
    pkesk?.tag === enums.packet.publicKeyEncryptedSessionKey &&
    recipientOf(pkesk) === subkey &&
    data?.tag === enums.packet.symEncryptedIntegrityProtectedData
  return isMeant ? data.body[0] : undefined
}

/** Whether these octets are the one packet that hands this one subkey a session key. */
export function isFor(pkesk: Uint8Array, subkey: SubkeyId): boolean {
  const split = splitPackets(pkesk, 1)
  const [packet] = split.ok ? split.value : []
  return packet?.tag === enums.packet.publicKeyEncryptedSessionKey && recipientOf(packet) === subkey
}

/** One-pass signature, literal data and signature, as the library's message; undefined for anything else. */
export async function readPackets(octets: Uint8Array): Promise<Message<Uint8Array> | undefined> {
  const split = splitPackets(octets, 3)
  if (!split.ok) return undefined
  const [onePass, literal, signature] = split.value
  if (onePass?.tag !== enums.packet.onePassSignature) return undefined
  if (literal?.tag !== enums.packet.literalData || signature?.tag !== enums.packet.signature) return undefined
  try {
    const list = new PacketList<AnyPacket>()
    list.push(
      await parsed(new OnePassSignaturePacket(), onePass),
      await parsed(new LiteralDataPacket(), literal),
      await parsed(new SignaturePacket(), signature),
    )
    return new Message<Uint8Array>(list)
  } catch {
    return undefined
  }
}

type Readable = AnyPacket & { read(octets: Uint8Array): void | Promise<void> }

async function parsed(packet: Readable, { body }: Packet): Promise<AnyPacket> {
  await packet.read(body)
  return packet
}
