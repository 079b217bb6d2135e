// Cuts a transferable public key (RFC 9580 §10.1) down to what we use: the primary key, one user id, the
// subkeys that sign or encrypt, and the owner's own signatures on them, each verified once, revocations
// included. In: packets of one certificate. Never verifies a third party's signature, nor without end.
import {
  type Config,
  enums,
  PublicKeyPacket,
  PublicSubkeyPacket,
  SignaturePacket,
  UserIDPacket,
} from 'openpgp'
import { err, ok, type Result } from '../model/result.ts'
import { isOnForeignCurve, lenient, policy } from './algorithms.ts'
import type { Packet } from './packets.ts'

/** Honest keys stay far below both; the second bounds the verifications that a hostile one can cost. */
const MAX_COMPONENTS = 200
const MAX_SELF_SIGNATURES = 200

/** `no-user-id`: none that the key's owner certified and did not revoke. */
export type PruneFault = 'not-a-certificate' | 'no-user-id' | 'too-large' | 'unsupported-curve'

type Bound = { readonly packet: Packet; readonly signatures: readonly Packet[] }
type Parsed = { readonly packet: Packet; readonly signature: SignaturePacket }
type Verified = {
  readonly packet: Packet
  readonly octets: readonly Uint8Array[]
  /** Newest valid self-certification or subkey binding. */
  readonly newest: SignaturePacket | undefined
  readonly revoked: boolean
}

const certifications: ReadonlySet<number> = new Set([
  enums.signature.certGeneric,
  enums.signature.certPersona,
  enums.signature.certCasual,
  enums.signature.certPositive,
])
const ownKinds: Readonly<Record<number, ReadonlySet<number>>> = {
  [enums.packet.publicKey]: new Set([enums.signature.key, enums.signature.keyRevocation]),
  [enums.packet.userID]: new Set([...certifications, enums.signature.certRevocation]),
  [enums.packet.publicSubkey]: new Set([enums.signature.subkeyBinding, enums.signature.subkeyRevocation]),
}
const revocations: ReadonlySet<number> = new Set([
  enums.signature.keyRevocation,
  enums.signature.certRevocation,
  enums.signature.subkeyRevocation,
])

/** The octets of the pruned certificate; its strength, expiry and revocation are judged when it is used. */
export async function prune(packets: readonly Packet[]): Promise<Result<Uint8Array, PruneFault>> {
  const bound = bindSignatures(packets)
  if (bound.length > MAX_COMPONENTS) return err('too-large')
  try {
    const strict = await pruneWith(policy, bound)
    return strict.ok || strict.error !== 'no-user-id' ? strict : await pruneWith(lenient, bound)
  } catch {
    return err('not-a-certificate')
  }
}

/** Each key or user id with the signatures that follow it; the first is the primary key. */
function bindSignatures(packets: readonly Packet[]): readonly Bound[] {
  const bound: { readonly packet: Packet; readonly signatures: Packet[] }[] = []
  for (const packet of packets) {
    if (packet.tag === enums.packet.signature) bound.at(-1)?.signatures.push(packet)
    else if (packet.tag in ownKinds || packet.tag === enums.packet.userAttribute)
      bound.push({ packet, signatures: [] })
  }
  return bound
}

async function pruneWith(config: Config, bound: readonly Bound[]): Promise<Result<Uint8Array, PruneFault>> {
  const primary = new PublicKeyPacket()
  if (bound[0] !== undefined) await primary.read(bound[0].packet.body)
  if (isOnForeignCurve(primary)) return err('unsupported-curve')
  let left = MAX_SELF_SIGNATURES
  const verified: Verified[] = []
  for (const { packet, signatures } of bound) {
    const subject = await subjectOf(packet, primary)
    if (subject === undefined) continue
    const own = signatures.flatMap(parseSignature).filter(each => isOwn(each.signature, packet.tag, primary))
    left -= own.length
    if (left < 0) return err('too-large')
    const valid: Parsed[] = []
    for (const each of own) if (await isValid(each.signature, primary, subject, config)) valid.push(each)
    verified.push(summary(packet, valid))
  }
  const userId = bestUserId(verified)
  if (userId === undefined) return err('no-user-id')
  const kept = verified.filter(
    each => each.packet.tag === enums.packet.publicKey || each === userId || isUsefulSubkey(each),
  )
  return ok(Buffer.concat(kept.flatMap(each => each.octets)))
}

function summary(packet: Packet, valid: readonly Parsed[]): Verified {
  const bindings = valid
    .map(each => each.signature)
    .filter(each => !revocations.has(each.signatureType ?? -1))
  return {
    packet,
    octets: [packet.octets, ...valid.map(each => each.packet.octets)],
    newest: bindings.toSorted((a, b) => createdOf(b) - createdOf(a))[0],
    revoked: bindings.length < valid.length,
  }
}

const createdOf = (signature: SignaturePacket): number => signature.created?.getTime() ?? 0

/** What the self-signatures of this packet are computed over; undefined for what we cannot or need not keep. */
async function subjectOf(packet: Packet, primary: PublicKeyPacket): Promise<object | undefined> {
  try {
    if (packet.tag === enums.packet.publicKey) return { key: primary }
    if (packet.tag === enums.packet.userID) {
      const userID = new UserIDPacket()
      userID.read(packet.body)
      return { key: primary, userID }
    }
    if (packet.tag !== enums.packet.publicSubkey) return undefined
    const bind = new PublicSubkeyPacket()
    await bind.read(packet.body)
    return { key: primary, bind }
  } catch {
    return undefined
  }
}

/** None for versions and algorithms that the library does not know. */
function parseSignature(packet: Packet): readonly Parsed[] {
  try {
    const signature = new SignaturePacket()
    signature.read(packet.body)
    return [{ packet, signature }]
  } catch {
    return []
  }
}

/** Claims to be made by the primary key, and is of a kind that belongs behind this packet. */
function isOwn(signature: SignaturePacket, tag: number, primary: PublicKeyPacket): boolean {
  const isOfKind = ownKinds[tag]?.has(signature.signatureType ?? -1) === true
  return isOfKind && signature.issuerKeyID.equals(primary.getKeyID())
}

/** At its own instant: whether it still holds is asked when the certificate is used. */
async function isValid(
  signature: SignaturePacket,
  primary: PublicKeyPacket,
  subject: object,
  config: Config,
): Promise<boolean> {
  const { signatureType, created } = signature
  if (signatureType === null || created === null) return false
  const accepted = revocations.has(signatureType) ? lenient : config
  try {
    await signature.verify(primary, signatureType, subject, created, false, accepted)
    return true
  } catch {
    return false
  }
}

/** The one marked primary, or else the newest, of those certified and not revoked. */
function bestUserId(verified: readonly Verified[]): Verified | undefined {
  const rank = (each: Verified) => (each.newest?.isPrimaryUserID === true ? 1 : 0)
  const age = (each: Verified) => (each.newest === undefined ? 0 : createdOf(each.newest))
  return verified
    .filter(each => each.packet.tag === enums.packet.userID && each.newest !== undefined && !each.revoked)
    .toSorted((a, b) => rank(b) - rank(a) || age(b) - age(a))[0]
}

const USEFUL_FLAGS =
  enums.keyFlags.signData | enums.keyFlags.encryptCommunication | enums.keyFlags.encryptStorage

function isUsefulSubkey({ packet, newest }: Verified): boolean {
  return packet.tag === enums.packet.publicSubkey && ((newest?.keyFlags?.[0] ?? 0) & USEFUL_FLAGS) !== 0
}
