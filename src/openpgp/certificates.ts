// Certificates (transferable public keys): octets or armor in, pruned and parsed ones out, and their two
// outgoing forms. Whether a key may be used is asked anew for every instant and never remembered.
import { enums, type Key, readKey, SignaturePacket } from 'openpgp'
import { err, ok, type Result } from '../model/result.ts'
import { type Fingerprint, type Instant, parseFingerprint } from '../model/scalars.ts'
import { policy } from './algorithms.ts'
import { armored, packetBlocks } from './armor.ts'
import {
  type EncryptionKeyFault,
  encryptionEnd,
  encryptionKeyAt,
  primaryFaultAt,
  signingKeyFaultAt,
} from './key-validity.ts'
import { type Packet, splitPackets } from './packets.ts'
import { type PruneFault, prune } from './prune.ts'

const MAX_CERTIFICATE_OCTETS = 256 * 1024
const MAX_CERTIFICATE_PACKETS = 10_000
const MAX_CERTIFICATES = 5

/** `version`: not a version 4 key. `several`: which of them is meant is not ours to guess. */
export type CertificateFault = PruneFault | 'several' | 'secret-key' | 'version'

export class Certificate {
  /** Of the primary key. */
  readonly fingerprint: Fingerprint
  /** Pruned, binary. */
  readonly octets: Uint8Array
  readonly #key: Key

  constructor(fingerprint: Fingerprint, octets: Uint8Array, key: Key) {
    this.fingerprint = fingerprint
    this.octets = octets
    this.#key = key
  }

  /** The library's object, parsed once and reused; for this folder only. */
  libraryKey(): Key {
    return this.#key
  }
}

/** Exactly one version 4 certificate, binary or armored, at most 256 KB. */
export async function parseCertificate(
  octetsOrArmor: Uint8Array,
): Promise<Result<Certificate, CertificateFault>> {
  if (octetsOrArmor.length > MAX_CERTIFICATE_OCTETS) return err('too-large')
  const [first, second] = certificatePackets(octetsOrArmor)
  if (second !== undefined) return err('several')
  if (first !== undefined) return parsePackets(first)
  return err(armoredSecretKey(octetsOrArmor) ? 'secret-key' : 'not-a-certificate')
}

/** The first five of a keyring of at most 256 KB, and why they are none where they are not. */
export async function parseCertificates(
  octetsOrArmor: Uint8Array,
): Promise<readonly Result<Certificate, CertificateFault>[]> {
  if (octetsOrArmor.length > MAX_CERTIFICATE_OCTETS) return [err('too-large')]
  const parsed: Result<Certificate, CertificateFault>[] = []
  for (const packets of certificatePackets(octetsOrArmor).slice(0, MAX_CERTIFICATES))
    parsed.push(await parsePackets(packets))
  if (armoredSecretKey(octetsOrArmor)) parsed.push(err('secret-key'))
  return parsed
}

const primaryTags: ReadonlySet<number> = new Set([enums.packet.publicKey, enums.packet.secretKey])

/** The packets of each certificate: a primary key and what follows it. */
function certificatePackets(octetsOrArmor: Uint8Array): readonly (readonly Packet[])[] {
  const certificates: Packet[][] = []
  for (const block of packetBlocks(octetsOrArmor, 'PUBLIC KEY BLOCK')) {
    const packets = splitPackets(block, MAX_CERTIFICATE_PACKETS)
    if (!packets.ok) continue
    for (const packet of packets.value) {
      if (primaryTags.has(packet.tag)) certificates.push([packet])
      else certificates.at(-1)?.push(packet)
    }
  }
  return certificates
}

/**
 * The certificates that a bare revocation seems to revoke, with it in them if it is good: what people made when they
 * made their key, to be sent when it is stolen. `find` is asked for whoever it names.
 */
export async function revokedByBare(
  octetsOrArmor: Uint8Array,
  find: FindByKeyId,
): Promise<readonly Certificate[]> {
  if (octetsOrArmor.length > MAX_CERTIFICATE_OCTETS) return []
  const revoked: Certificate[] = []
  for (const block of packetBlocks(octetsOrArmor, 'PUBLIC KEY BLOCK').slice(0, MAX_CERTIFICATES)) {
    const packets = splitPackets(block, 2)
    const [revocation, another] = packets.ok ? packets.value : []
    if (revocation === undefined || another !== undefined) continue
    const issuer = issuerOfRevocation(revocation)
    for (const { octets } of issuer === undefined ? [] : await find(issuer)) {
      const split = splitPackets(octets, MAX_CERTIFICATE_PACKETS)
      const [primary, ...rest] = split.ok ? split.value : []
      const parsed = primary && (await parsePackets([primary, revocation, ...rest]))
      if (parsed?.ok) revoked.push(parsed.value)
    }
  }
  return revoked
}

/** Asks for certificates that hold a key with this id, 16 lower-case hex digits. */
type FindByKeyId = (keyId: string) => Promise<readonly Certificate[]>

function issuerOfRevocation({ tag, body }: Packet): string | undefined {
  if (tag !== enums.packet.signature) return undefined
  try {
    const signature = new SignaturePacket()
    signature.read(body)
    const isRevocation = signature.signatureType === enums.signature.keyRevocation
    return isRevocation ? signature.issuerKeyID.toHex() : undefined
  } catch {
    return undefined
  }
}

const armoredSecretKey = (octets: Uint8Array): boolean =>
  (octets[0] ?? 0) < 0x80 && packetBlocks(octets, 'PRIVATE KEY BLOCK').length > 0

async function parsePackets(packets: readonly Packet[]): Promise<Result<Certificate, CertificateFault>> {
  const secret = packets.some(
    ({ tag }) => tag === enums.packet.secretKey || tag === enums.packet.secretSubkey,
  )
  if (secret) return err('secret-key')
  if (packets[0]?.body[0] !== 4) return err('version')
  const pruned = await prune(packets)
  if (!pruned.ok) return pruned
  try {
    const key = await readKey({ binaryKey: pruned.value, config: policy })
    const fingerprint = parseFingerprint(key.getFingerprint())
    return fingerprint === undefined
      ? err('not-a-certificate')
      : ok(new Certificate(fingerprint, key.write(), key))
  } catch {
    return err('not-a-certificate')
  }
}

/** 16 lower-case hex digits. */
export type SubkeyId = string

/** Which key mail to this certificate would be encrypted to at that instant, or why to none. */
export async function encryptionSubkeyAt(
  certificate: Certificate,
  at: Instant,
): Promise<Result<{ readonly subkey: SubkeyId }, EncryptionKeyFault>> {
  const found = await encryptionKeyAt(certificate.libraryKey(), at)
  return found.ok ? ok({ subkey: found.value.getKeyID().toHex() }) : found
}

/** When it cannot be encrypted to any more, if it can be now; undefined: never, or not even now. */
export const encryptsUntil = (certificate: Certificate, now: Instant): Promise<Instant | undefined> =>
  encryptionEnd(certificate.libraryKey(), now)

/**
 * Of the primary key and the subkeys that sign at that instant: what a signature may name. Anyone can bind
 * another's key to their own as one that encrypts; one that signs has agreed to it by a signature of its own.
 */
export async function signingKeyIdsAt(certificate: Certificate, at: Instant): Promise<readonly SubkeyId[]> {
  const key = certificate.libraryKey()
  const ids = [key.getKeyID().toHex()]
  for (const subkey of key.subkeys)
    if ((await signingKeyFaultAt(key, subkey, at)) === undefined) ids.push(subkey.getKeyID().toHex())
  return ids
}

/** Whether its owner has revoked it as a whole. */
export const isRevokedAt = async (certificate: Certificate, at: Instant): Promise<boolean> =>
  (await primaryFaultAt(certificate.libraryKey(), at)) === 'revoked-key'

/** For people and attachments. */
export const armorCertificate = (certificate: Certificate): string =>
  armored(certificate.octets, 'PUBLIC KEY BLOCK')

/** The `keydata` attribute of an Autocrypt field (Autocrypt 1.1 §2.1.1), base64 on one line. */
export const autocryptKeydata = (certificate: Certificate): string =>
  Buffer.from(certificate.octets).toString('base64')
