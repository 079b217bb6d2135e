// Reads a mail that was sent the way its recipient does: parsed by an independent library, decrypted and
// verified by the recipient's own gpg. Uses nothing of the program under test.
import { domainToASCII } from 'node:url'
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser'
import type { GnuPG } from './gpg.ts'

export type ReadAttachment = {
  /** Lower-case `type/subtype`. */
  readonly mediaType: string
  readonly fileName: string | undefined
  readonly content: Buffer
}

export type ReadMail = {
  /** Header fields outside the encryption, unfolded, names in lower case, in order. */
  readonly outerHeaders: readonly (readonly [string, string])[]
  readonly outerSubject: string | undefined
  /** Subject inside the encryption or signature (RFC 9788), where the inner header has one. */
  readonly innerSubject: string | undefined
  /** Header fields of the entity that was encrypted or signed. */
  readonly innerHeaders: readonly (readonly [string, string])[]
  /** All text/plain parts, LF line ends. */
  readonly text: string
  /** The application/json part, parsed. */
  readonly json: unknown
  /** Named parts and parts that are no text, without JSON. */
  readonly attachments: readonly ReadAttachment[]
  /** Primary fingerprints whose good signature covers the text: inside the encryption if there is one. */
  readonly signedBy: readonly string[]
  /** gpg's keywords for signatures that are not good: `BADSIG`, `ERRSIG`, … */
  readonly badSignatures: readonly string[]
  readonly wasEncrypted: boolean
  /** Key ids of the subkeys it is encrypted to; empty if it was clear. */
  readonly encryptedTo: readonly string[]
  /** Octets of the entity that the recipient reads after decryption and without the signature. */
  readonly entity: Buffer
}

type Opened = Pick<ReadMail, 'signedBy' | 'badSignatures' | 'wasEncrypted' | 'encryptedTo' | 'entity'>

/** The recipient's keyring must hold the sender's certificate, or the signature is an `ERRSIG`. */
export async function readMail(octets: Uint8Array, recipient: GnuPG): Promise<ReadMail> {
  const outer = await simpleParser(Buffer.from(octets))
  const opened = await open(Buffer.from(octets), outer, recipient)
  const inner = opened.entity.equals(octets) ? outer : await simpleParser(opened.entity)
  const attachments = inner.attachments.map(({ contentType, filename, content }) => ({
    mediaType: contentType.toLowerCase(),
    fileName: filename,
    content,
  }))
  const json = attachments.find(({ mediaType }) => mediaType === 'application/json')
  return {
    ...opened,
    outerHeaders: headerFields(outer),
    innerHeaders: inner === outer ? [] : headerFields(inner),
    outerSubject: outer.subject,
    innerSubject: inner === outer ? undefined : inner.subject,
    text: (inner.text ?? '').replaceAll('\r\n', '\n'),
    json: json === undefined ? undefined : JSON.parse(json.content.toString('utf8')),
    attachments: attachments.filter(attachment => attachment !== json),
  }
}

/** The value of a header field, the first of that name. */
export const fieldOf = (headers: ReadMail['outerHeaders'], name: string): string | undefined =>
  headers.find(([field]) => field === name.toLowerCase())?.[1]

/** Bare addresses of From, To, Cc or Reply-To as the library reads them. */
export async function addressesOf(
  octets: Uint8Array,
  field: 'from' | 'to' | 'cc' | 'replyTo',
): Promise<readonly string[]> {
  const found = (await simpleParser(Buffer.from(octets)))[field] as
    | AddressObject
    | AddressObject[]
    | undefined
  // The parser shows A-labels as what they stand for.
  return [found ?? []]
    .flat()
    .flatMap(list =>
      list.value.map(({ address = '' }) =>
        address.replace(/@(.+)$/, (_, domain) => `@${domainToASCII(domain)}`),
      ),
    )
}

async function open(octets: Buffer, mail: ParsedMail, recipient: GnuPG): Promise<Opened> {
  if (mediaType(mail) !== 'multipart/encrypted')
    return { ...(await unsign(octets, mail, recipient)), wasEncrypted: false, encryptedTo: [] }
  const message = mail.attachments.find(part => part.contentType === 'application/octet-stream')
  if (message === undefined) throw new Error('multipart/encrypted without application/octet-stream')
  const decrypted = await recipient.decrypt(message.content)
  const inner = await unsign(decrypted.octets, await simpleParser(decrypted.octets), recipient)
  return {
    entity: inner.entity,
    signedBy: [...decrypted.goodSignatures, ...inner.signedBy],
    badSignatures: [...decrypted.otherSignatures, ...inner.badSignatures],
    wasEncrypted: true,
    encryptedTo: decrypted.keyIds,
  }
}

async function unsign(octets: Buffer, mail: ParsedMail, recipient: GnuPG) {
  if (mediaType(mail) !== 'multipart/signed') return { entity: octets, signedBy: [], badSignatures: [] }
  const [signed, signature] = rawParts(octets)
  if (signed === undefined || signature === undefined) throw new Error('multipart/signed without two parts')
  const armored = signature.subarray(signature.indexOf('-----BEGIN'))
  const verified = await recipient.verifyDetached(armored, signed)
  return { entity: signed, signedBy: verified.goodSignatures, badSignatures: verified.otherSignatures }
}

/** The parts of the outermost multipart, octet for octet; our own mails write their boundary plainly. */
function rawParts(octets: Buffer): readonly Buffer[] {
  const text = octets.toString('latin1')
  const header = text.slice(0, text.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ')
  const limit = /^content-type:.*;\s*boundary="?([^";\r\n]+)"?/im.exec(header)?.[1]
  if (limit === undefined) throw new Error('multipart without a boundary')
  const [, ...pieces] = text.split(`\r\n--${limit}`)
  return pieces.filter(piece => piece.startsWith('\r\n')).map(piece => Buffer.from(piece.slice(2), 'latin1'))
}

function mediaType(mail: ParsedMail): string {
  const value = mail.headers.get('content-type')
  return typeof value === 'object' && 'value' in value && typeof value.value === 'string'
    ? value.value.toLowerCase()
    : 'text/plain'
}

const headerFields = (mail: ParsedMail): ReadMail['outerHeaders'] =>
  mail.headerLines.map(({ key, line }) => [
    key,
    line
      .slice(line.indexOf(':') + 1)
      .replace(/\r?\n/g, '')
      .trim(),
  ])
