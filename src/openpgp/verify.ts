// Judges one data signature against the certificates given: who made it, when, and the hash value it was
// computed over, which with the signer's primary key is its identity for ever (product.md §3).
import { createHash } from 'node:crypto'
import { createMessage, enums, type Key, readSignature, SignaturePacket, type Subkey } from 'openpgp'
import type { SignatureFault, SignatureVerdict } from '../model/mail.ts'
import { err, ok, type Result } from '../model/result.ts'
import { type Fingerprint, type Instant, instant, later } from '../model/scalars.ts'
import { DAY } from '../model/time.ts'
import { acceptedHashes, policy } from './algorithms.ts'
import { packetBlocks } from './armor.ts'
import type { Certificate } from './certificates.ts'
import { dateOf, signingKeyFaultAt } from './key-validity.ts'
import { hex, meaningful, type Packet, splitPackets } from './packets.ts'

const MAX_SIGNATURE_OCTETS = 64 * 1024
const MAX_SIGNATURE_PACKETS = 100
/**
 * How far a signer's clock may be ahead of ours for the signature to be read at all. Whether it counts is decided
 * by its age, so that who is hours ahead is told so, and not that the signature is broken.
 */
const MOST_AHEAD = DAY

/** Asks for certificates that hold a key with this id, 16 lower-case hex digits. */
export type FindCertificates = (keyId: string) => Promise<readonly Certificate[]>

/** Those at hand are all there are. */
export const nobodyElse: FindCertificates = async () => []

type Signer = { readonly certificate: Certificate; readonly key: Key | Subkey }

export const refused = (fault: SignatureFault, claimed?: Fingerprint): SignatureVerdict => ({
  kind: 'refused',
  fault,
  claimed,
})

/** `signature`: one detached signature over `data`, binary or armored (RFC 3156 §5). */
export async function verifyDetached(
  signature: Uint8Array,
  data: Uint8Array,
  certificates: readonly Certificate[],
  now: Instant,
  find: FindCertificates = nobodyElse,
): Promise<SignatureVerdict> {
  const only = soleSignature(signature)
  return only.ok ? verifySignature(only.value, data, certificates, now, find) : refused(only.error)
}

/** The packet of one detached signature, binary or armored. */
export function soleSignature(signature: Uint8Array): Result<Packet, 'malformed' | 'several'> {
  if (signature.length > MAX_SIGNATURE_OCTETS) return err('malformed')
  const [block, another] = packetBlocks(signature, 'SIGNATURE')
  if (another !== undefined) return err('several')
  if (block === undefined) return err('malformed')
  const split = splitPackets(block, MAX_SIGNATURE_PACKETS)
  const packets = split.ok ? meaningful(split.value) : []
  const [only] = packets
  if (only === undefined || packets.some(({ tag }) => tag !== enums.packet.signature)) return err('malformed')
  return packets.length > 1 ? err('several') : ok(only)
}

/** One signature packet over `data`. The first certificate it is good for answers; they are tried in order. */
export async function verifySignature(
  packet: Packet,
  data: Uint8Array,
  certificates: readonly Certificate[],
  now: Instant,
  find: FindCertificates = nobodyElse,
): Promise<SignatureVerdict> {
  const signature = await parseSignature(packet)
  if (signature === undefined) return refused('malformed')
  const verdict = await verdictBy(signersOf(signature, certificates), signature, data, now)
  // The same key may stand in another certificate, or in a newer copy: those at hand may have come with the mail.
  if (verdict?.kind === 'good' || (verdict?.kind === 'refused' && verdict.fault === 'bad')) return verdict
  // A copy that lacks the revocation does not undo it.
  const revoked = verdict?.kind === 'refused' && verdict.fault === 'revoked-key' ? verdict.claimed : undefined
  const found = signersOf(signature, await find(signature.issuerKeyID.toHex())).filter(
    ({ certificate }) => certificate.fingerprint !== revoked,
  )
  const other = await verdictBy(found, signature, data, now)
  if (other?.kind === 'good') return other
  return verdict ?? other ?? refused(isData(signature) ? 'unknown-key' : 'not-data')
}

/** The first good one, else the first of all. */
async function verdictBy(
  signers: readonly Signer[],
  signature: SignaturePacket,
  data: Uint8Array,
  now: Instant,
): Promise<SignatureVerdict | undefined> {
  let first: SignatureVerdict | undefined
  for (const signer of signers) {
    const verdict = await verifyBy(signer, signature, data, now)
    if (verdict.kind === 'good') return verdict
    first ??= verdict
  }
  return first
}

async function parseSignature(packet: Packet): Promise<SignaturePacket | undefined> {
  try {
    const { packets } = await readSignature({ binarySignature: packet.octets, config: policy })
    const [signature] = packets
    return signature instanceof SignaturePacket && signature.version === 4 ? signature : undefined
  } catch {
    return undefined
  }
}

/** By key id, and by the issuer fingerprint where the signature has one (RFC 9580 §5.2.3.35). */
function signersOf(signature: SignaturePacket, certificates: readonly Certificate[]): readonly Signer[] {
  const { issuerKeyID, issuerFingerprint } = signature
  return certificates.flatMap(certificate =>
    certificate
      .libraryKey()
      .getKeys()
      .filter(key => key.getKeyID().equals(issuerKeyID))
      .filter(key => issuerFingerprint === null || key.getFingerprint() === hex(issuerFingerprint))
      .map(key => ({ certificate, key })),
  )
}

const isData = ({ signatureType }: SignaturePacket): boolean =>
  signatureType === enums.signature.binary || signatureType === enums.signature.text

async function verifyBy(
  { certificate, key }: Signer,
  signature: SignaturePacket,
  data: Uint8Array,
  now: Instant,
): Promise<SignatureVerdict> {
  const claimed = certificate.fingerprint
  const { signatureType, hashAlgorithm, created } = signature
  if (signatureType === null || !isData(signature)) return refused('not-data', claimed)
  const digestName = acceptedHashes.get(hashAlgorithm ?? 0)
  if (digestName === undefined) return refused('weak', claimed)
  const hashValue = hashOf(signature, data, digestName)
  if (created === null || hashValue === undefined) return refused('bad', claimed)
  const made = instant(created.getTime())
  // A key may have signed as soon as it existed, but not before.
  if (made < key.getCreationTime().getTime()) return refused('bad', claimed)
  const at = instant(Math.max(now, Math.min(made, later(now, MOST_AHEAD))))
  try {
    const [literal] = (await createMessage({ binary: data, date: dateOf(at) })).packets
    if (literal === undefined) return refused('bad', claimed)
    await signature.verify(key.keyPacket, signatureType, literal, dateOf(at), true, policy)
  } catch {
    return refused('bad', claimed)
  }
  const fault = await signingKeyFaultAt(certificate.libraryKey(), key, at)
  if (fault !== undefined) return refused(fault, claimed)
  return { kind: 'good', signature: { primary: claimed, created: made, hashValue } }
}

/** RFC 9580 §5.2.4 for version 4; undefined if the packet's own left 16 bits of the hash value differ. */
function hashOf(signature: SignaturePacket, data: Uint8Array, digestName: string): string | undefined {
  const { signatureData, signedHashValue, signatureType } = signature
  if (signatureData === null || signedHashValue === null) return undefined
  const trailer = Buffer.from([4, 0xff, 0, 0, 0, 0])
  trailer.writeUInt32BE(signatureData.length, 2)
  const hashValue = createHash(digestName)
    .update(signatureType === enums.signature.text ? withCrLf(data) : data)
    .update(signatureData)
    .update(trailer)
    .digest('hex')
  return hashValue.startsWith(hex(signedHashValue)) ? hashValue : undefined
}

const CR = 0x0d
const LF = 0x0a

/** Every bare LF becomes CRLF, as a text signature (type 0x01) is computed. */
function withCrLf(text: Uint8Array): Uint8Array {
  const out = new Uint8Array(text.length * 2)
  let filled = 0
  let previous = 0
  for (const octet of text) {
    if (octet === LF && previous !== CR) out[filled++] = CR
    out[filled++] = octet
    previous = octet
  }
  return out.subarray(0, filled)
}
