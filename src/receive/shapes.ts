// Recognises the shapes in which OpenPGP and S/MIME travel in mail. In: entities and text. Out: which entity
// or block is what. It only looks at labels and armor lines; nothing is verified or decrypted here.
import type { Part } from '../model/mail.ts'
import { type Entity, fieldValue } from './structure.ts'

/** Blocks of one text that are looked at; the rest stays text. */
const MAX_BLOCKS = 10
const BEGIN = '-----BEGIN PGP MESSAGE-----'
const END = '-----END PGP MESSAGE-----'
const KEY = '-----BEGIN PGP PUBLIC KEY BLOCK-----'
const SECRET_KEY = '-----BEGIN PGP PRIVATE KEY BLOCK-----'
const CLEARTEXT = '-----BEGIN PGP SIGNED MESSAGE-----'
const SIGNATURE = '-----BEGIN PGP SIGNATURE-----'

/** RFC 3156 §5: exactly a content and an application/pgp-signature. */
export function openPgpSigned(
  entity: Entity,
): { readonly content: Entity; readonly signature: Entity } | undefined {
  const [content, signature, ...more] = entity.children
  if (entity.mediaType !== 'multipart/signed' || content === undefined || more.length > 0) return undefined
  if (signature?.mediaType !== 'application/pgp-signature') return undefined
  const protocol = entity.parameters.get('protocol')?.toLowerCase() ?? 'application/pgp-signature'
  return protocol === 'application/pgp-signature' ? { content, signature } : undefined
}

/** S/MIME (RFC 8551 §3), signed or encrypted. */
export const isSmime = (entity: Entity): boolean =>
  /^application\/(?:x-)?pkcs7-mime$/.test(entity.mediaType) ||
  (entity.mediaType === 'multipart/signed' &&
    /^application\/(?:x-)?pkcs7-signature$/.test(entity.parameters.get('protocol')?.toLowerCase() ?? ''))

/** S/MIME that is encrypted (RFC 8551 §3.2.2); without a type it may be merely signed. */
export const isSmimeEncrypted = (entity: Entity): boolean =>
  /^application\/(?:x-)?pkcs7-mime$/.test(entity.mediaType) &&
  /^(?:authenveloped|enveloped)-data$/.test(entity.parameters.get('smime-type')?.toLowerCase() ?? '')

/** A text that is one PGP MESSAGE, as programs marked it before PGP/MIME. */
const isOldPgpText = (entity: Entity): boolean =>
  entity.mediaType === 'application/pgp' || entity.mediaType === 'application/x-pgp-message'

/** Whether what was decrypted is an entity (RFC 3156 §4), wherever the encryption stood. */
export const isMimeEntity = (octets: Uint8Array): boolean =>
  /^(?:content-type|content-transfer-encoding|content-disposition|mime-version):/i.test(
    latin1(octets.subarray(0, 40)),
  )

/**
 * The ciphertext of a PGP/MIME encrypted entity: RFC 3156 §4; the same without its Version part; and the
 * multipart/mixed with a blank text before it that some servers make of it. Undefined if anything else is there.
 */
export function encryptedPayload(entity: Entity): Entity | undefined {
  const { children } = entity
  const ciphertext = children.at(-1)
  if (ciphertext?.mediaType !== 'application/octet-stream') return undefined
  const before = children.slice(0, -1)
  if (entity.mediaType === 'multipart/encrypted') {
    const isBare = before.length === 0 && protocolOf(entity) === 'application/pgp-encrypted'
    return isBare || (before.length === 1 && isVersion(before[0])) ? ciphertext : undefined
  }
  if (entity.mediaType !== 'multipart/mixed') return undefined
  const [first, second, ...more] = before
  if (more.length > 0 || first === undefined) return undefined
  const isMangled = second === undefined ? isVersion(first) : isBlankText(first) && isVersion(second)
  return isMangled ? ciphertext : undefined
}

const protocolOf = (entity: Entity): string => entity.parameters.get('protocol')?.toLowerCase() ?? ''

const isVersion = (entity: Entity | undefined): boolean => entity?.mediaType === 'application/pgp-encrypted'

function isBlankText(entity: Entity): boolean {
  const { start, end } = entity.body
  if (entity.mediaType !== 'text/plain' || end - start > 100) return false
  return entity.source.subarray(start, end).every(octet => octet <= 0x20)
}

/** The PGP MESSAGE blocks of a text, with their armor lines, the first ten. */
export function armoredMessages(text: string): readonly string[] {
  const blocks: string[] = []
  let position = 0
  while (blocks.length < MAX_BLOCKS) {
    const start = lineStart(text, BEGIN, position)
    const end = start < 0 ? -1 : text.indexOf(END, start)
    if (end < 0) return blocks
    position = end + END.length
    blocks.push(text.slice(start, position))
  }
  return blocks
}

/** Characters of an HTML text that are looked through for messages. */
const MAX_HTML = 1024 * 1024

/** The lines of an HTML text in which a webmail has put PGP MESSAGE blocks; empty if there is none. */
function armoredHtml(html: string): string {
  if (!html.includes(BEGIN)) return ''
  return html
    .slice(0, MAX_HTML)
    .replace(/\n?<(?:br|\/p|\/div|\/li|\/pre)\b[^<>]{0,200}>\n?/gi, '\n')
    .replace(/<[^<>]{0,1000}>/g, '')
    .replace(/&(?:#43|#x2b|plus);/gi, '+')
    .replace(/&(?:#47|#x2f|sol);/gi, '/')
    .replace(/&(?:#61|#x3d|equals);/gi, '=')
    .replace(/&nbsp;|\u00a0/gi, ' ')
    .split('\n')
    .map(line => line.trim())
    .join('\n')
}

/** What of a clear leaf is looked through for PGP MESSAGE blocks. */
export function openableText(
  entity: Entity,
  { mediaType, disposition, text, octets }: Part,
): string | undefined {
  if (isOldPgpText(entity)) return Buffer.from(octets).toString('latin1')
  if (disposition !== 'inline' || text === undefined) return undefined
  if (mediaType === 'text/plain') return text.open()
  return mediaType === 'text/html' ? armoredHtml(text.open()) : undefined
}

/** The block, if the text is nothing but one PGP MESSAGE. */
export function soleArmoredMessage(text: string): string | undefined {
  const [block, second] = armoredMessages(text)
  return second === undefined && block !== undefined && text.trim() === block ? block : undefined
}

/** Whether octets are one encrypted binary message (RFC 9580 §10.3), or nothing but one armored message. */
export function isOpenPgpMessage(octets: Uint8Array): boolean {
  const first = octets[0] ?? 0
  if (first >= 0x80) return encryptedTags.has((first & 0x40) === 0 ? (first >> 2) & 0x0f : first & 0x3f)
  return soleArmoredMessage(latin1(octets)) !== undefined
}

/** PKESK, SKESK, and the three generations of encrypted data. */
const encryptedTags: ReadonlySet<number> = new Set([1, 3, 9, 18, 20])

/** Whether octets hold an armored certificate. */
export const hasArmoredCertificate = (octets: Uint8Array): boolean =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).includes(KEY)

/** Whether octets hold an armored certificate or an armored secret key. */
export const hasArmoredKey = (octets: Uint8Array): boolean =>
  hasArmoredCertificate(octets) ||
  Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).includes(SECRET_KEY)

/** Whether a text holds a cleartext signature (RFC 9580 §7), whatever stands around it. */
export const isCleartextSigned = (text: string): boolean => lineStart(text, CLEARTEXT, 0) >= 0

/** What a reader takes for the text of a cleartext-signed message: unverified, for telling kinds of mail apart. */
export function cleartextOf(text: string): string {
  const trimmed = text.trimStart()
  if (!trimmed.startsWith(CLEARTEXT)) return text
  const blank = /\n[ \t]*\n/.exec(trimmed)
  const body = blank === null ? '' : trimmed.slice(blank.index + blank[0].length)
  const end = lineStart(body, SIGNATURE, 0)
  return (end < 0 ? body : body.slice(0, end)).replace(/^- /gm, '')
}

/** RFC 9788 §2.1, and `protected-headers="v1"` of before it: the payload repeats the outer header. */
export const hasProtectedHeader = (entity: Entity): boolean =>
  entity.parameters.has('hp') || entity.parameters.get('protected-headers')?.toLowerCase() === 'v1'

/**
 * The key of the Autocrypt field (Autocrypt 1.1 §2.1): undefined unless exactly one field is there, it names
 * `author` and has no critical attribute that is unknown.
 */
export function autocryptKey(entity: Entity, author: string): Uint8Array | undefined {
  const fields = entity.fields.filter(field => field.name.toLowerCase() === 'autocrypt')
  if (fields.length !== 1) return undefined
  const attributes = new Map<string, string>()
  for (const attribute of (fieldValue(fields, 'autocrypt') ?? '').split(';', 20)) {
    const equals = attribute.indexOf('=')
    if (equals > 0)
      attributes.set(attribute.slice(0, equals).trim().toLowerCase(), attribute.slice(equals + 1).trim())
  }
  for (const name of attributes.keys())
    if (!['addr', 'prefer-encrypt', 'keydata'].includes(name) && !name.startsWith('_')) return undefined
  const keydata = attributes.get('keydata')
  if (keydata === undefined || attributes.get('addr')?.toLowerCase() !== author.toLowerCase())
    return undefined
  return Buffer.from(keydata, 'base64')
}

/** Where a line begins with these words, from `from` on; -1 if nowhere. */
function lineStart(text: string, words: string, from: number): number {
  let at = text.indexOf(words, from)
  while (at > 0 && text[at - 1] !== '\n') at = text.indexOf(words, at + 1)
  return at
}

const latin1 = (octets: Uint8Array): string =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1')
