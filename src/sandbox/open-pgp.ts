// Hands src/openpgp to src/receive, which may not import it. In: who is asked for session keys. Out: the port.
import type { Instant } from '../model/scalars.ts'
import {
  type Certificate,
  encryptionSubkeyAt,
  isRevokedAt,
  parseCertificates,
  revokedByBare,
  signingKeyIdsAt,
} from '../openpgp/certificates.ts'
import { type AskSessionKeys, openMessage } from '../openpgp/decrypt.ts'
import { KEY_FAULT_OF, keyFaultAt } from '../openpgp/usable.ts'
import { type FindCertificates, nobodyElse, verifyDetached } from '../openpgp/verify.ts'
import type { Inspected, OpenPgp } from '../receive/offered.ts'

/**
 * The functions that opening a mail needs; `ask` is asked for the session keys of each encrypted message, `find`
 * for whom a signature may be by when the certificates at hand do not hold its key.
 */
export const openPgpFor = (
  ask: AskSessionKeys,
  find: FindCertificates = nobodyElse,
): OpenPgp<Certificate> => ({
  openMessage: (octets, certificates, now) => openMessage(octets, ask, certificates, now, find),
  verifyDetached: (signature, content, certificates, now) =>
    verifyDetached(signature, content, certificates, now, find),
  inspect: async (octets, now) => {
    const parsed = await parseCertificates(octets)
    const whole = parsed.flatMap(one => (one.ok ? [inspect(one.value, now)] : []))
    const bare = (await revokedByBare(octets, find)).map(certificate => inspect(certificate, now))
    const revocations = (await Promise.all(bare)).filter(({ revoked }) => revoked)
    const refused = parsed.flatMap(one => (one.ok ? [] : [KEY_FAULT_OF[one.error]]))
    const isNothing = parsed.length === 0 && revocations.length === 0
    return {
      certificates: [...(await Promise.all(whole)), ...revocations],
      refused: isNothing ? ['unreadable'] : refused,
    }
  },
})

/** What a stranger's certificate is good for at that instant. */
export async function inspect(certificate: Certificate, now: Instant): Promise<Inspected<Certificate>> {
  const { fingerprint, octets } = certificate
  const subkey = await encryptionSubkeyAt(certificate, now)
  const keyIds = await signingKeyIdsAt(certificate, now)
  const revoked = await isRevokedAt(certificate, now)
  const fault = await keyFaultAt(certificate, now)
  return { certificate, fingerprint, keyIds, octets, encryptable: subkey.ok, revoked, fault }
}
