// Makes the mails by which `check` proves an address: signed by our mail key, so that a daemon that meets one
// takes it for nothing else, and with a random token in the subject, by which it is found again.
import { randomBytes } from 'node:crypto'
import { dateField } from '../compose/header.ts'
import { boundaryFrom, entityOctets, entityOf, entityPieces, multipart } from '../compose/mime.ts'
import { probeLine } from '../model/probe.ts'
import { type EmailAddress, type Instant, parseEmailAddress } from '../model/scalars.ts'
import type { Addresses, Settings } from '../model/settings.ts'
import { micalg, signDetached } from '../openpgp/secret-keys.ts'
import type { Keyring } from './keyring.ts'
import { base32 } from './tokens.ts'

export type Probe = {
  readonly to: EmailAddress
  /** What is proven besides that mail arrives. */
  readonly proves: 'address' | 'subaddress'
  readonly token: string
}

/** One for each address of ours, and one with a tag as case addresses have it, where tags are written. */
export function probesOf({ addresses, projects }: Settings): readonly Probe[] {
  const own = [addresses.security, addresses.command, ...projects.map(({ distributors }) => distributors)]
  const distinct = [...new Set(own.filter(address => address !== undefined))]
  const plain = distinct.map(to => ({ to, proves: 'address', token: newToken() }) as const)
  const tagged = caseAddressOfNobody(addresses)
  return tagged === undefined ? plain : [...plain, { to: tagged, proves: 'subaddress', token: newToken() }]
}

const newToken = (): string => base32(randomBytes(20))

/** As long as a true one; its MAC does not hold. */
function caseAddressOfNobody({ security, separator }: Addresses): EmailAddress | undefined {
  if (separator === 'none') return undefined
  const at = security.lastIndexOf('@')
  const tag = `c.000000.${base32(randomBytes(10))}`
  const tagged = parseEmailAddress(`${security.slice(0, at)}${separator}${tag}${security.slice(at)}`)
  return tagged.ok ? tagged.value : undefined
}

/** The octets to hand over. */
export async function probeMail(
  { to, token }: Probe,
  { addresses }: Settings,
  keyring: Keyring,
  now: Instant,
): Promise<Uint8Array> {
  const { security } = addresses
  const [inner, outer] = [boundaryFrom(newToken()), boundaryFrom(newToken())]
  const payload = entityOctets(entityOf([{ kind: 'text', text: probeLine(token) }], inner))
  const signature = entityPieces({
    fields: [{ name: 'Content-Type', value: 'application/pgp-signature; name="signature.asc"' }],
    body: [
      Buffer.from((await signDetached(payload, keyring.signer(security), now)).replace(/\r?\n/g, '\r\n')),
    ],
  })
  const type = `multipart/signed; micalg="${micalg}"; protocol="application/pgp-signature"; boundary="${outer}"`
  const { fields, body } = multipart(type, outer, [[payload], signature])
  const header = [
    { name: 'From', value: security },
    { name: 'To', value: to },
    { name: 'Subject', value: probeLine(token) },
    { name: 'Date', value: dateField(now) },
    { name: 'Message-ID', value: `<${newToken()}${security.slice(security.lastIndexOf('@'))}>` },
    { name: 'Auto-Submitted', value: 'auto-generated' },
    { name: 'MIME-Version', value: '1.0' },
  ]
  return entityOctets({ fields: [...header, ...fields], body })
}
