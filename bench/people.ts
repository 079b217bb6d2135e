// Reporters and distributor contacts by the hundred, with keys made by the program's own OpenPGP, which is
// faster than a keyring each, and their mail.
import { randomBytes } from 'node:crypto'
import { type EmailAddress, instant, parseEmailAddress } from '../src/model/scalars.ts'
import { type Certificate, parseCertificate } from '../src/openpgp/certificates.ts'
import { encryptTo } from '../src/openpgp/encrypt.ts'
import { generateSecretKey, loadSecretKey, type SecretKey, signPackets } from '../src/openpgp/secret-keys.ts'

export type Person = { readonly address: EmailAddress; readonly key: SecretKey }

export const now = () => instant(Date.now())

export async function newPerson(name: string, mailbox: string): Promise<Person> {
  const address = parseEmailAddress(mailbox)
  if (!address.ok) throw new Error(address.error)
  const owner = {
    userName: name,
    address: address.value,
    passphrase: undefined,
    now: instant(Date.now() - 5_000),
  }
  const key = await loadSecretKey(Buffer.from((await generateSecretKey(owner)).armored), undefined)
  if (!key.ok) throw new Error(key.error)
  return { address: address.value, key: key.value }
}

export async function people(prefix: string, first: number, count: number): Promise<readonly Person[]> {
  const made: Person[] = []
  for (let n = first; n < first + count; n += 1)
    made.push(await newPerson(`${prefix} ${n}`, `${prefix}@${prefix}${n}.example`))
  return made
}

export async function certificateOf(armored: Uint8Array): Promise<Certificate> {
  const parsed = await parseCertificate(armored)
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}

/** A reporter's mail of about `size` octets, signed and encrypted, the key in its Autocrypt field. */
export async function report(from: Person, to: string, ours: Certificate, size: number): Promise<Buffer> {
  const text = randomBytes(Math.ceil(size / 2))
    .toString('hex')
    .replace(/.{70}/g, '$&\r\n')
  const subject = 'The restore hook runs anything'
  const payload = `Subject: ${subject}\r\nContent-Type: text/plain; charset=utf-8; protected-headers="v1"\r\n\r\n${text}\r\n`
  const packets = await signPackets(Buffer.from(payload), from.key, now())
  const sealed = await encryptTo(packets, ours, now())
  if (!sealed.ok) throw new Error(sealed.error)
  const limit = `b${randomBytes(12).toString('hex')}`
  const keydata = Buffer.from(from.key.certificate.octets)
    .toString('base64')
    .replace(/.{1,72}/g, '\r\n $&')
  return Buffer.from(
    [
      `From: <${from.address}>`,
      `To: <${to}>`,
      'Subject: ...',
      `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <${randomBytes(12).toString('hex')}@reporter.example>`,
      `Autocrypt: addr=${from.address}; keydata=${keydata}`,
      'MIME-Version: 1.0',
      `Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="${limit}"`,
      '',
      `--${limit}`,
      'Content-Type: application/pgp-encrypted',
      '',
      'Version: 1',
      '',
      `--${limit}`,
      'Content-Type: application/octet-stream; name="encrypted.asc"',
      '',
      Buffer.from(sealed.value.armored).toString('latin1'),
      `--${limit}--`,
      '',
    ].join('\r\n'),
    'latin1',
  )
}
