// Whether a key of a certificate may be used at an instant, and if not, why. The newest self-signatures
// govern, as everywhere in OpenPGP practice; a revocation that holds ends all use, whatever its reason.
import type { Key, SignaturePacket, Subkey } from 'openpgp'
import { enums } from 'openpgp'
import { err, ok, type Result } from '../model/result.ts'
import { type Instant, instant } from '../model/scalars.ts'
import { isWeakKey, lenient, policy } from './algorithms.ts'

export type KeyFault = 'expired-key' | 'revoked-key' | 'weak'
export type EncryptionKeyFault = KeyFault | 'no-encryption-key'
export type SigningKeyFault = KeyFault | 'not-signing-key'

/** The library wants Date. */
export const dateOf = (at: Instant): Date => new Date(at)

/** The newest key that mail may be encrypted to at that instant: a subkey, or the primary key if none may. */
export async function encryptionKeyAt(
  key: Key,
  at: Instant,
): Promise<Result<Key | Subkey, EncryptionKeyFault>> {
  const primaryFault = await primaryFaultAt(key, at)
  if (primaryFault !== undefined) return err(primaryFault)
  // Of the newest key that would encrypt otherwise.
  let newestFault: KeyFault | undefined
  for (const candidate of newestFirst(key, at)) {
    if (!(await encrypts(key, candidate, at))) continue
    const fault = candidate === key ? undefined : await subkeyFaultAt(key, candidate, at)
    if (fault === undefined && (await libraryAgrees(key, candidate, at))) return ok(candidate)
    newestFault ??= fault
  }
  return err(newestFault ?? 'no-encryption-key')
}

/**
 * When mail can be encrypted to no key of the certificate any more, if it can be now: one subkey may follow another.
 * Undefined: never, or not even now.
 */
export async function encryptionEnd(key: Key, now: Instant): Promise<Instant | undefined> {
  let end: Instant | undefined
  for (let keys = key.subkeys.length + 1; keys > 0; keys -= 1) {
    const found = await encryptionKeyAt(key, end ?? now)
    if (!found.ok) return end
    const at = dateOf(end ?? now)
    const own = isSubkey(found.value) ? await found.value.getExpirationTime(at, policy) : Infinity
    const whole = await key.getExpirationTime(undefined, policy)
    const next = Math.min(Number(own ?? at), Number(whole ?? at))
    if (!Number.isFinite(next)) return undefined
    end = instant(next)
  }
  return end
}

/** The newest key that is meant for encryption at that instant, whether it may be used or not. */
export async function newestEncryptionSubkey(key: Key, at: Instant): Promise<Key | Subkey | undefined> {
  for (const candidate of newestFirst(key, at)) if (await encrypts(key, candidate, at)) return candidate
  return undefined
}

/** Why a signature by the key or this subkey of it must not count at that instant, or undefined. */
export async function signingKeyFaultAt(
  key: Key,
  signer: Key | Subkey,
  at: Instant,
): Promise<SigningKeyFault | undefined> {
  const fault =
    (await primaryFaultAt(key, at)) ?? (signer === key ? undefined : await subkeyFaultAt(key, signer, at))
  if (fault !== undefined) return fault
  try {
    // Checks the signing flag and, for a subkey, its back-signature (RFC 9580 §5.2.1.8).
    const valid = await key.getSigningKey(signer.getKeyID(), dateOf(at), undefined, policy)
    return valid === signer ? undefined : 'not-signing-key'
  } catch {
    return 'not-signing-key'
  }
}

/** Why no key of this certificate must be used at that instant, or undefined. */
export async function primaryFaultAt(key: Key, at: Instant): Promise<KeyFault | undefined> {
  if (await key.isRevoked(undefined, undefined, dateOf(at), lenient)) return 'revoked-key'
  if (isWeakKey(key.keyPacket)) return 'weak'
  const expiration = await key.getExpirationTime(undefined, policy)
  // Null: no self-signature that the policy accepts.
  if (expiration === null) return 'weak'
  return at < key.getCreationTime().getTime() || at >= Number(expiration) ? 'expired-key' : undefined
}

async function subkeyFaultAt(key: Key, subkey: Key | Subkey, at: Instant): Promise<KeyFault | undefined> {
  if (!isSubkey(subkey)) return undefined
  const binding = newestBinding(subkey, at)
  if (binding === undefined) return 'expired-key'
  if (await subkey.isRevoked(binding, key.keyPacket, dateOf(at), lenient)) return 'revoked-key'
  if (isWeakKey(subkey)) return 'weak'
  const expiration = await subkey.getExpirationTime(dateOf(at), policy)
  if (expiration === null) return 'weak'
  return at < subkey.getCreationTime().getTime() || at >= Number(expiration) ? 'expired-key' : undefined
}

const isSubkey = (key: Key | Subkey): key is Subkey => 'bindingSignatures' in key

/** Subkeys that exist at the instant, then the primary key, which encrypts only if no subkey does. */
const newestFirst = (key: Key, at: Instant): readonly (Key | Subkey)[] => [
  ...key.subkeys
    .filter(subkey => subkey.getCreationTime().getTime() <= at)
    .toSorted((a, b) => b.getCreationTime().getTime() - a.getCreationTime().getTime()),
  key,
]

function newestBinding(subkey: Subkey, at: Instant): SignaturePacket | undefined {
  const created = (signature: SignaturePacket) => signature.created?.getTime() ?? 0
  return subkey.bindingSignatures
    .filter(signature => created(signature) <= at)
    .toSorted((a, b) => created(b) - created(a))[0]
}

const ENCRYPTION_FLAGS = enums.keyFlags.encryptCommunication | enums.keyFlags.encryptStorage

async function encrypts(key: Key, candidate: Key | Subkey, at: Instant): Promise<boolean> {
  const flags = isSubkey(candidate) ? newestBinding(candidate, at)?.keyFlags : await primaryFlags(key, at)
  return ((flags?.[0] ?? 0) & ENCRYPTION_FLAGS) !== 0
}

async function primaryFlags(key: Key, at: Instant): Promise<Uint8Array | null> {
  try {
    const { selfCertification } = await key.getPrimaryUser(dateOf(at), undefined, policy)
    return selfCertification.keyFlags
  } catch {
    return null
  }
}

async function libraryAgrees(key: Key, candidate: Key | Subkey, at: Instant): Promise<boolean> {
  try {
    return (await key.getEncryptionKey(candidate.getKeyID(), dateOf(at), undefined, policy)) === candidate
  } catch {
    return false
  }
}
