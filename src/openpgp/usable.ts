// Whether a member may use a key here, and if not, why: the policy table of docs/keys.md, asked when a key is offered,
// so that what cannot be used is refused then, and not when a notice is to go out.
import type { KeyFault } from '../model/key-fault.ts'
import type { Instant } from '../model/scalars.ts'
import { isWeakKey, weaknessOf } from './algorithms.ts'
import type { Certificate, CertificateFault } from './certificates.ts'
import { probe } from './encrypt.ts'
import { encryptionKeyAt, newestEncryptionSubkey, primaryFaultAt, signingKeyFaultAt } from './key-validity.ts'

/** Undefined: mail was encrypted to it just now, and it can sign. */
export async function keyFaultAt(certificate: Certificate, at: Instant): Promise<KeyFault | undefined> {
  const key = certificate.libraryKey()
  const primary = await primaryFaultAt(key, at)
  if (primary === 'revoked-key') return 'revoked'
  if (primary === 'expired-key') return 'expired'
  if (primary === 'weak') return isWeakKey(key.keyPacket) ? weaknessOf(key.keyPacket) : 'sha1'
  const encryption = await encryptionKeyAt(key, at)
  if (!encryption.ok) {
    if (encryption.error === 'revoked-key') return 'encryption-revoked'
    if (encryption.error === 'expired-key') return 'encryption-expired'
    const subkey = encryption.error === 'weak' ? await newestEncryptionSubkey(key, at) : undefined
    if (subkey === undefined) return 'sign-only'
    return isWeakKey(subkey) ? weaknessOf(subkey) : 'sha1'
  }
  let signs = false
  for (const signer of [key, ...key.subkeys])
    signs ||= (await signingKeyFaultAt(key, signer, at)) === undefined
  if (!signs) return 'cannot-sign'
  return (await probe(certificate, at)) === 'failed' ? 'probe-failed' : undefined
}

/** The same of what is no certificate that could be looked at. */
export const KEY_FAULT_OF: Readonly<Record<CertificateFault, KeyFault>> = {
  'not-a-certificate': 'unreadable',
  'no-user-id': 'no-user-id',
  'too-large': 'too-large',
  'unsupported-curve': 'unsupported',
  several: 'several',
  'secret-key': 'secret-key',
  version: 'version',
}
