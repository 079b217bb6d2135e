// The bricks of PGP/MIME: an entity signed or encrypted by a person's keyring, and the mail around it.
// Also for mails that no program writes: attacks are put together from these.
import type { GnuPG, SignOptions } from './gpg.ts'
import {
  boundary,
  crlf,
  encoded,
  entity,
  fields,
  multipart,
  naturalEncoding,
  octetsOf,
  type ResolvedEnvelope,
  type TransferEncoding,
  typed,
} from './mime.ts'

/** The whole mail around an entity; the entity's own header fields come last. */
export function mail(envelope: ResolvedEnvelope, content: string): Buffer {
  const header = fields([
    ['From', envelope.from],
    ['To', envelope.to],
    ['Subject', envelope.subject],
    ['Date', envelope.date],
    ['Message-ID', envelope.messageId],
    ...envelope.more,
    ['MIME-Version', '1.0'],
  ])
  return octetsOf(header + content)
}

export type SignedParts = {
  readonly signing?: SignOptions
  readonly preamble?: string
  readonly limit?: string
  readonly signatureFields?: readonly (readonly [string, string])[]
}

/** A multipart/signed entity around exactly the octets of `inner` (RFC 3156 §5). */
export async function multipartSigned(
  person: GnuPG,
  inner: string,
  parts: SignedParts = {},
): Promise<string> {
  return signedBy(await person.detachSign(octetsOf(inner), parts.signing), inner, parts)
}

/** The same around a signature that is there already, whatever it was made over. */
export function signedBy(signature: string, inner: string, parts: SignedParts = {}): string {
  const limit = parts.limit ?? boundary()
  const micalg = `pgp-${(parts.signing?.digest ?? 'SHA256').toLowerCase()}`
  const type = `multipart/signed; micalg=${micalg};\r\n protocol="application/pgp-signature";\r\n boundary="${limit}"`
  const signatureFields = parts.signatureFields ?? [['Content-Type', 'application/pgp-signature']]
  const signed = `${fields(signatureFields)}\r\n${crlf(signature)}`
  return entity(type, multipart(limit, [inner, signed], parts.preamble))
}

/** A multipart/encrypted entity around an armored OpenPGP message (RFC 3156 §4). */
export function multipartEncrypted(
  message: string,
  parts: { readonly preamble?: string; readonly limit?: string } = {},
): string {
  const limit = parts.limit ?? boundary()
  const type = `multipart/encrypted;\r\n protocol="application/pgp-encrypted";\r\n boundary="${limit}"`
  const version = entity('application/pgp-encrypted', 'Version: 1\r\n', [
    ['Content-Description', 'PGP/MIME version identification'],
  ])
  const encrypted = entity('application/octet-stream; name="encrypted.asc"', crlf(message), [
    ['Content-Description', 'OpenPGP encrypted message'],
    ['Content-Disposition', 'inline; filename="encrypted.asc"'],
  ])
  return entity(type, multipart(limit, [version, encrypted], parts.preamble))
}

/** A text entity in a transfer encoding. */
export const textEntity = (
  text: string,
  contentType = 'text/plain; charset=utf-8',
  encoding: TransferEncoding = naturalEncoding(text),
): string => entity(contentType, encoded(typed(text), encoding), [['Content-Transfer-Encoding', encoding]])

export const htmlEntity = (html: string): string =>
  textEntity(html, 'text/html; charset=UTF-8', 'quoted-printable')

export function alternative(parts: readonly string[]): string {
  const limit = boundary()
  return entity(`multipart/alternative; boundary="${limit}"`, multipart(limit, parts))
}

export function mixed(parts: readonly string[]): string {
  const [only = ''] = parts
  if (parts.length === 1) return only
  const limit = boundary()
  return entity(`multipart/mixed; boundary="${limit}"`, multipart(limit, parts))
}

/** The value of an Autocrypt field, folded (Autocrypt 1.1 §2.1). */
export async function autocryptValue(person: GnuPG): Promise<string> {
  const key = (await person.exportPublic('minimal')).toString('base64').replace(/.{1,72}/g, '\r\n $&')
  return `addr=${person.address}; keydata=${key}`
}
