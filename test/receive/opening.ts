// Opens mails in this process as the child does: real OpenPGP, the secret key of one address of ours.
import assert from 'node:assert/strict'
import type { OpenedMail } from '../../src/model/mail.ts'
import { type EmailAddress, instant, parseEmailAddress } from '../../src/model/scalars.ts'
import { type Certificate, parseCertificate } from '../../src/openpgp/certificates.ts'
import { loadSecretKey, type SecretKey, sessionKeys } from '../../src/openpgp/secret-keys.ts'
import type { AutomaticSettings } from '../../src/receive/automatic.ts'
import type { EnrolledCertificate } from '../../src/receive/offered.ts'
import { type OpenedInbound, openMail } from '../../src/receive/open.ts'
import { openPgpFor } from '../../src/sandbox/open-pgp.ts'
import type { GnuPG } from '../support/gpg.ts'

/** Later than the making of every key in the test file. */
export const now = instant(Date.now() + 60_000)

export const nothingConfigured: AutomaticSettings = {
  ownAddresses: [],
  lists: [],
  spamHeader: undefined,
  returnPathRecorded: 'no',
}

export function address(text: string): EmailAddress {
  const parsed = parseEmailAddress(text)
  assert.ok(parsed.ok)
  return parsed.value
}

export type Desk = {
  open(octets: Uint8Array): Promise<OpenedInbound>
  mail(octets: Uint8Array): Promise<OpenedMail>
  /** How often a session key was asked for. */
  readonly asked: () => number
}

/** Whoever opens mail to `own`, knowing the certificates of `enrolled`. */
export async function desk(own: GnuPG, enrolled: readonly GnuPG[]): Promise<Desk> {
  const secret = await secretKeyOf(own)
  let asked = 0
  const openPgp = openPgpFor(packets => {
    asked += 1
    return sessionKeys(packets, [secret], now)
  })
  const ring: EnrolledCertificate<Certificate>[] = []
  for (const person of enrolled) {
    const parsed = await parseCertificate(await person.exportPublic())
    assert.ok(parsed.ok)
    ring.push({ certificate: parsed.value, fingerprint: parsed.value.fingerprint })
  }
  const open = async (octets: Uint8Array) => {
    const opened = await openMail(octets, openPgp, ring, nothingConfigured, now)
    assert.ok(opened.ok, opened.ok ? '' : opened.error)
    return opened.value
  }
  return { open, mail: async octets => (await open(octets)).mail, asked: () => asked }
}

export async function secretKeyOf(person: GnuPG): Promise<SecretKey> {
  const loaded = await loadSecretKey(await person.exportSecret(), undefined)
  assert.ok(loaded.ok)
  return loaded.value
}

/** Octets of a mail written with LF line ends here. */
export const wire = (text: string): Buffer => Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'latin1')
