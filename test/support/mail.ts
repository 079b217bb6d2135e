// Mails as real programs write them: Thunderbird, gpg on the command line, Mutt, and mail without OpenPGP.
// A person's keyring signs and encrypts; what comes out is the octets of one mail, CRLF throughout.
import type { GnuPG, Recipient, SignOptions } from './gpg.ts'
import {
  type Attachment,
  attachmentEntity,
  boundary,
  encoded,
  entity,
  fields,
  flowed,
  multipart,
  octetsOf,
  type ResolvedEnvelope,
  resolve,
  type TransferEncoding,
  typed,
  type Written,
} from './mime.ts'
import {
  alternative,
  autocryptValue,
  htmlEntity,
  mail,
  mixed,
  multipartEncrypted,
  multipartSigned,
  textEntity,
} from './pgp-mime.ts'

export type SignedOptions = Written & { readonly signing?: SignOptions }

export type ThunderbirdOptions = SignedOptions & {
  /** Of the text; Thunderbird takes base64 as soon as it signs. */
  readonly transferEncoding?: TransferEncoding
  /** Written in the HTML editor: the text gets this sibling in a multipart/alternative. */
  readonly html?: string
  /** Whether the author's key is attached; it is by default. */
  readonly key?: 'attached' | 'absent'
  /** Whether there is an Autocrypt field; there is by default. */
  readonly autocrypt?: 'header' | 'absent'
  /** Whose key is in the Autocrypt field and the attachment; the author's by default. */
  readonly keyOf?: GnuPG
}

/** A mail without OpenPGP. */
export function plainMail(options: Written & { readonly from: string; readonly html?: string }): Buffer {
  const envelope = resolve(options, options.from)
  const text = textEntity(options.text)
  const body = options.html === undefined ? text : alternative([text, htmlEntity(options.html)])
  return mail(envelope, mixed([body, ...(options.attachments ?? []).map(attachmentEntity)]))
}

/** Thunderbird 115 and later, signed: protected headers, key attached, Autocrypt. */
export async function thunderbirdSigned(person: GnuPG, options: ThunderbirdOptions): Promise<Buffer> {
  const envelope = resolve(options, person.mailbox)
  const inner = await thunderbirdProtected(person, options, envelope)
  const content = await multipartSigned(person, inner, {
    ...(options.signing === undefined ? {} : { signing: options.signing }),
    preamble: 'This is an OpenPGP/MIME signed message (RFC 4880 and 3156)\r\n',
    limit: thunderbirdBoundary(),
    signatureFields: [
      ['Content-Type', 'application/pgp-signature; name="OpenPGP_signature.asc"'],
      ['Content-Description', 'OpenPGP digital signature'],
      ['Content-Disposition', 'attachment; filename="OpenPGP_signature.asc"'],
    ],
  })
  return thunderbirdMail(person, options, envelope, content)
}

/** Thunderbird 115 and later, encrypted with the signature inside the OpenPGP message, to itself too. */
export async function thunderbirdEncryptedSigned(
  person: GnuPG,
  to: readonly Recipient[],
  options: ThunderbirdOptions,
): Promise<Buffer> {
  const envelope = resolve(options, person.mailbox)
  const inner = await thunderbirdProtected(person, options, envelope)
  const gpgOptions = ['--compress-algo', 'none', ...(options.signing?.gpgOptions ?? [])]
  const message = await person.encryptSign([...to, person], octetsOf(inner), {
    ...options.signing,
    gpgOptions,
  })
  const content = multipartEncrypted(message, {
    preamble: 'This is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)\r\n',
    limit: thunderbirdBoundary(),
  })
  return thunderbirdMail(person, options, { ...envelope, subject: '...' }, content)
}

/**
 * A reporter's first mail: encrypted and signed, the own key attached inside, and nothing of it outside
 * unless `autocrypt: 'header'`.
 */
export const encryptedReport = (
  reporter: GnuPG,
  to: readonly Recipient[],
  options: ThunderbirdOptions,
): Promise<Buffer> => thunderbirdEncryptedSigned(reporter, to, { autocrypt: 'absent', ...options })

/** PGP/MIME signed by hand with `gpg --detach-sign` (RFC 3156 §5). */
export async function gpgMimeSigned(person: GnuPG, options: SignedOptions): Promise<Buffer> {
  return mail(
    resolve(options, person.mailbox),
    await multipartSigned(person, writtenEntity(options), options),
  )
}

/** PGP/MIME by hand with `gpg --sign --encrypt` (RFC 3156 §6.2). */
export async function gpgMimeEncryptedSigned(
  person: GnuPG,
  to: readonly Recipient[],
  options: SignedOptions,
): Promise<Buffer> {
  const message = await person.encryptSign(to, octetsOf(writtenEntity(options)), options.signing)
  return mail(resolve(options, person.mailbox), multipartEncrypted(message))
}

/** A multipart/signed inside an encryption that is not itself signed (RFC 3156 §6.1). */
export async function gpgMimeEncryptedAroundSigned(
  person: GnuPG,
  to: readonly Recipient[],
  options: SignedOptions,
): Promise<Buffer> {
  const signed = await multipartSigned(person, writtenEntity(options), options)
  const message = await person.encryptSign(to, octetsOf(signed), { signed: 'unsigned' })
  return mail(resolve(options, person.mailbox), multipartEncrypted(message))
}

/** PGP/MIME encrypted, nobody signed. */
export async function gpgMimeEncrypted(
  person: GnuPG,
  to: readonly Recipient[],
  options: Written,
): Promise<Buffer> {
  const message = await person.encryptSign(to, octetsOf(writtenEntity(options)), { signed: 'unsigned' })
  return mail(resolve(options, person.mailbox), multipartEncrypted(message))
}

/** A text/plain that is one PGP MESSAGE from `gpg --sign --encrypt --armor`. */
export async function gpgInlineEncryptedSigned(
  person: GnuPG,
  to: readonly Recipient[],
  options: SignedOptions,
): Promise<Buffer> {
  const message = await person.encryptSign(to, typed(options.text), options.signing)
  return plainMail({ from: person.mailbox, ...options, text: message })
}

/** A text/plain that is one PGP MESSAGE from `gpg --sign --armor`: signed, not encrypted. */
export async function gpgInlineSigned(person: GnuPG, options: SignedOptions): Promise<Buffer> {
  const message = await person.sign(typed(options.text), options.signing)
  return plainMail({ from: person.mailbox, ...options, text: message })
}

/** A text/plain with a cleartext signature from `gpg --clear-sign`. */
export async function gpgClearsigned(person: GnuPG, options: SignedOptions): Promise<Buffer> {
  const message = await person.clearsign(typed(options.text), options.signing)
  return plainMail({ from: person.mailbox, ...options, text: message })
}

/** Mutt 2 with GnuPG, signed: a text signature (type 0x01) with SHA-512. */
export async function muttSigned(person: GnuPG, options: SignedOptions): Promise<Buffer> {
  const charset = /^[\r\n\t\x20-\x7e]*$/.test(options.text) ? 'us-ascii' : 'utf-8'
  const inner = entity(`text/plain; charset=${charset}`, encoded(options.text, 'quoted-printable'), [
    ['Content-Disposition', 'inline'],
    ['Content-Transfer-Encoding', 'quoted-printable'],
  ])
  const attached = (options.attachments ?? []).map(attachmentEntity)
  const content = await multipartSigned(person, mixed([inner, ...attached]), {
    signing: { digest: 'SHA512', textMode: 'text', ...options.signing },
    preamble: '\r\n',
    signatureFields: [['Content-Type', 'application/pgp-signature; name="signature.asc"']],
  })
  const envelope = resolve(options, person.mailbox)
  const more = [...envelope.more, ['User-Agent', 'Mutt/2.2.9 (2022-11-12)'] as const]
  return mail({ ...envelope, more }, `Content-Disposition: inline\r\n${content}`)
}

const writtenEntity = (options: Written): string =>
  mixed([textEntity(options.text), ...(options.attachments ?? []).map(attachmentEntity)])

const thunderbirdBoundary = (): string => `------------${boundary()}`

async function thunderbirdMail(
  person: GnuPG,
  options: ThunderbirdOptions,
  envelope: ResolvedEnvelope,
  content: string,
): Promise<Buffer> {
  const more: (readonly [string, string])[] = [
    ...envelope.more,
    ['User-Agent', 'Mozilla Thunderbird'],
    ['Content-Language', 'en-US'],
  ]
  if (options.autocrypt !== 'absent') more.push(['Autocrypt', await autocryptValue(options.keyOf ?? person)])
  return mail({ ...envelope, more }, content)
}

async function thunderbirdProtected(
  person: GnuPG,
  options: ThunderbirdOptions,
  envelope: ResolvedEnvelope,
): Promise<string> {
  const text = textEntity(
    flowed(options.text),
    'text/plain; charset=UTF-8; format=flowed',
    options.transferEncoding ?? 'base64',
  )
  const body = options.html === undefined ? text : alternative([text, htmlEntity(options.html)])
  const attachments: readonly Attachment[] = options.attachments ?? []
  const key = options.key === 'absent' ? [] : [await keyAttachment(options.keyOf ?? person)]
  const inner = mixed([body, ...attachments.map(attachmentEntity), ...key])
  const limit = thunderbirdBoundary()
  const also = (...names: readonly string[]) => envelope.more.filter(([name]) => names.includes(name))
  const header = fields([
    ['From', envelope.from],
    ['To', envelope.to],
    ...also('Cc'),
    ['Message-ID', envelope.messageId],
    ['Subject', envelope.subject],
    ...also('References', 'In-Reply-To'),
  ])
  const type = `Content-Type: multipart/mixed; boundary="${limit}";\r\n protected-headers="v1"\r\n`
  return `${type}${header}\r\n${multipart(limit, [inner])}`
}

async function keyAttachment(person: GnuPG): Promise<string> {
  const name = `OpenPGP_0x${person.fingerprint.slice(-16)}.asc`
  const armored = await person.exportArmored('minimal')
  return entity(`application/pgp-keys; name="${name}"`, encoded(armored, 'quoted-printable'), [
    ['Content-Disposition', `attachment; filename="${name}"`],
    ['Content-Description', 'OpenPGP public key'],
    ['Content-Transfer-Encoding', 'quoted-printable'],
  ])
}
