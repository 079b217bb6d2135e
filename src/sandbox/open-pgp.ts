// Hands src/openpgp to src/receive, which may not import it. In: who is asked for session keys. Out: the port.
import type { Fingerprint, Instant } from '../model/scalars.ts'
import {
  type Certificate,
  encryptionSubkeyAt,
  encryptsUntil,
  isRevokedAt,
  parseCertificates,
  revokedByBare,
  signingKeyIdsAt,
} from '../openpgp/certificates.ts'
import { type AskSessionKeys, openMessage } from '../openpgp/decrypt.ts'
import { merged } from '../openpgp/merge.ts'
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
  enrolled: ReadonlyMap<Fingerprint, Certificate> = new Map(),
): OpenPgp<Certificate> => ({
  openMessage: (octets, certificates, now) => openMessage(octets, ask, certificates, now, find),
  verifyDetached: (signature, content, certificates, now) =>
    verifyDetached(signature, content, certificates, now, find),
  inspect: async (octets, now) => {
    const parsed = await parseCertificates(octets)
    const whole = parsed.flatMap(one => (one.ok ? [inspect(one.value, now, enrolled)] : []))
    const known = async (keyId: string) => [
      ...[...enrolled.values()].filter(one => one.fingerprint.toLowerCase().endsWith(keyId)),
      ...(await find(keyId)),
    ]
    const bare = (await revokedByBare(octets, known)).map(one => inspect(one, now, enrolled))
    const revocations = (await Promise.all(bare)).filter(({ revoked }) => revoked)
    const refused = parsed.flatMap(one => (one.ok ? [] : [KEY_FAULT_OF[one.error]]))
    const isNothing = parsed.length === 0 && revocations.length === 0
    return {
      certificates: [...(await Promise.all(whole)), ...revocations],
      refused: isNothing ? ['unreadable'] : refused,
    }
  },
})

/**
 * What a stranger's certificate is good for at that instant. A copy of an enrolled one comes with all that is known
 * of it: a copy may lack a revocation, or bring a later end.
 */
export async function inspect(
  offered: Certificate,
  now: Instant,
  enrolled: ReadonlyMap<Fingerprint, Certificate> = new Map(),
): Promise<Inspected<Certificate>> {
  const pinned = enrolled.get(offered.fingerprint)
  const certificate = pinned === undefined ? offered : await merged(pinned, offered)
  const { fingerprint, octets } = certificate
  const subkey = await encryptionSubkeyAt(certificate, now)
  const keyIds = await signingKeyIdsAt(certificate, now)
  const revoked = await isRevokedAt(certificate, now)
  const until = await encryptsUntil(certificate, now)
  const fault = await keyFaultAt(certificate, now)
  return {
    certificate,
    fingerprint,
    keyIds,
    octets,
    encryptable: subkey.ok,
    ...(until === undefined ? {} : { encryptsUntil: until }),
    revoked,
    fault,
  }
}
