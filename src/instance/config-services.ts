// What is wrong with a certificate, in words for the operator, and the services by which the configuration
// reads its admins' keys and its templates. In go octets or text of a file, out comes what it holds or half a
// sentence.
import { isTemplateName, templateNames } from '../compose/declared.ts'
import { readTemplate } from '../compose/template.ts'
import type { ConfigServices } from '../config/config.ts'
import { err, ok, type Result } from '../model/result.ts'
import type { Instant } from '../model/scalars.ts'
import {
  type Certificate,
  type CertificateFault,
  encryptionSubkeyAt,
  parseCertificate,
} from '../openpgp/certificates.ts'
import type { EncryptionKeyFault } from '../openpgp/key-validity.ts'

const ONE_CERTIFICATE = 'it must be one exported OpenPGP certificate, armored or binary, of at most 256 KB'

const certificateFaults: Readonly<Record<CertificateFault, string>> = {
  'not-a-certificate': `holds no certificate: ${ONE_CERTIFICATE}`,
  several: `holds several certificates, and which is meant cannot be guessed: ${ONE_CERTIFICATE}`,
  'secret-key': 'holds a secret key, which must never leave its owner: export the public key',
  version: 'holds a key that is not of version 4: use a version 4 key, as GnuPG makes them',
  'no-user-id': 'has no valid user id: export the key again, with its user id',
  'too-large': `is too large: ${ONE_CERTIFICATE}`,
  'unsupported-curve': 'is on a curve that is not supported: use Curve25519, NIST P-256 to P-521, or RSA',
}

const encryptionFaults: Readonly<Record<EncryptionKeyFault, string>> = {
  'expired-key': 'has expired, or is not valid yet: its owner renews it and exports it again',
  'revoked-key': 'is revoked: its owner makes a new key',
  weak: 'is too weak: RSA must have 2048 bits or more, and self-signatures a hash newer than SHA-1',
  'no-encryption-key': 'has no key to encrypt to: its owner adds an encryption subkey and exports it again',
}

/** Exactly one certificate that can be read; the error is half a sentence that follows the file's name. */
export async function readCertificate(octets: Uint8Array): Promise<Result<Certificate, string>> {
  const parsed = await parseCertificate(octets)
  return parsed.ok ? parsed : err(certificateFaults[parsed.error])
}

/** Why no mail can be encrypted to a certificate at that instant: half a sentence that follows a key's name. */
export async function encryptionFaultAt(certificate: Certificate, at: Instant): Promise<string | undefined> {
  const found = await encryptionSubkeyAt(certificate, at)
  return found.ok ? undefined : encryptionFaults[found.error]
}

export const configServices: ConfigServices = {
  templates: {
    names: templateNames,
    faultsOf: (name, text) => {
      if (!isTemplateName(name)) return []
      const template = readTemplate(name, text)
      return template.ok ? [] : template.error
    },
  },
  fingerprintOf: async octets => {
    const certificate = await readCertificate(octets)
    return certificate.ok ? ok(certificate.value.fingerprint) : certificate
  },
}
