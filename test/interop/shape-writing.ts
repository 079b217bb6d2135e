import type { GnuPG } from '../support/gpg.ts'
import { crlf, encoded, entity, multipart, octetsOf, resolve } from '../support/mime.ts'
import { mail, textEntity } from '../support/pgp-mime.ts'

export const TO = 'security@acme.example'

export type Writer = {
  readonly reporter: GnuPG
  /** Whose key we do not have and who does not have ours. */
  readonly stranger: GnuPG
  /** Fingerprint of the key to encrypt to. */
  readonly ourKey: string
  readonly ourCertificate: Buffer
}

export type ReportShape = {
  readonly name: string
  /** `words` are to be read by the admins, in the mail to them or in a file of it. */
  readonly write: (words: string, writer: Writer) => Promise<Buffer> | Buffer
  /** What the mail as a whole is called; the case is `clear` only for `none`. */
  readonly protection: 'none' | 'encrypted' | 'partly' | 'undecryptable'
  /** The line above the words, or the name of the file they are in; none if nobody can read them. */
  readonly state?:
    | 'encrypted, signed'
    | 'encrypted'
    | 'clear, signed'
    | 'clear'
    | 'signed in the text'
    | `file ${string}`
  readonly outcome?: 'report' | 'report-noack'
}

export const from = (
  person: GnuPG,
  content: string,
  more: readonly (readonly [string, string])[] = [],
): Buffer => mail(resolve({ to: TO, subject: 'Report', headers: more }, person.mailbox), content)

export const base64 = (contentType: string, octets: Uint8Array | string, fileName?: string): string =>
  entity(contentType, encoded(octets, 'base64'), [
    ['Content-Transfer-Encoding', 'base64'],
    ...(fileName === undefined
      ? []
      : [['Content-Disposition', `attachment; filename="${fileName}"`] as const]),
  ])

export const inMime = (words: string): Buffer => octetsOf(textEntity(words))
export const armoredTo = (
  { reporter, ourKey }: Writer,
  octets: Uint8Array | string,
  ...options: readonly string[]
) => reporter.encryptSign([ourKey, reporter], octets, { gpgOptions: options })
export const unsignedTo = ({ reporter, ourKey }: Writer, octets: Uint8Array | string) =>
  reporter.encryptSign([ourKey], octets, { signed: 'unsigned' })
export const version = entity(
  'application/pgp-encrypted; name="PGPMIME version identification"',
  'Version: 1\r\n',
  [['Content-Description', 'PGP/MIME version identification']],
)
export const encryptedAsc = (message: string): string =>
  entity('application/octet-stream; name="encrypted.asc"', crlf(message), [
    ['Content-Disposition', 'attachment; filename="encrypted.asc"'],
    ['Content-Description', 'OpenPGP encrypted message'],
  ])
export const container = (type: string, parts: readonly string[]): string =>
  entity(`${type}; boundary="=_b"`, multipart('=_b', parts))
