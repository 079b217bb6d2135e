// The bricks of a mail as octets on the wire: header fields, entities, multiparts, transfer encodings.
// An entity is a string of one character per octet, CRLF throughout; nothing is signed or encrypted here.
import { randomBytes, randomUUID } from 'node:crypto'

export type Attachment = {
  readonly fileName: string
  /** `text/x-patch` by default. */
  readonly mediaType?: string
  readonly content: Uint8Array | string
}

export type Envelope = {
  /** Mailbox as in a From field; the sender's own by default. */
  readonly from?: string
  readonly to: string | readonly string[]
  readonly cc?: string
  readonly subject?: string
  /** With angle brackets; a random one at the author's domain by default. */
  readonly messageId?: string
  /** Milliseconds since 1970 for the Date field; now by default. */
  readonly date?: number
  /** More header fields, below the usual ones: `[['In-Reply-To', '<…>']]`. */
  readonly headers?: readonly (readonly [string, string])[]
}

export type Written = Envelope & {
  /** Body as typed; line ends of either kind. */
  readonly text: string
  readonly attachments?: readonly Attachment[]
}

export type TransferEncoding = '7bit' | 'quoted-printable' | 'base64'

export const crlf = (text: string): string => text.replace(/\r?\n/g, '\r\n')

const endsLine = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

/** Text as an editor leaves it: CRLF, the last line ended. */
export const typed = (text: string): string => crlf(endsLine(text))

/** Encoded word where it is not ASCII (RFC 2047). */
export const encodedWords = (text: string): string =>
  /^[\t\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`

/** Header fields; each character of the result is one octet, as everywhere in an entity. */
export const fields = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([name, value]) => `${name}: ${Buffer.from(value).toString('latin1')}\r\n`).join('')

/** The octets of an entity. */
export const octetsOf = (written: string): Buffer => Buffer.from(written, 'latin1')

export type ResolvedEnvelope = {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly messageId: string
  readonly date: string
  readonly more: readonly (readonly [string, string])[]
}

/** Fills in what was left out. */
export function resolve(envelope: Envelope, author: string): ResolvedEnvelope {
  const from = envelope.from ?? author
  const domain = /@([^>\s]+)/.exec(from)?.[1] ?? 'example.org'
  return {
    from,
    to: typeof envelope.to === 'string' ? envelope.to : envelope.to.join(', '),
    subject: encodedWords(envelope.subject ?? 'Security report'),
    messageId: envelope.messageId ?? `<${randomUUID()}@${domain}>`,
    date: new Date(envelope.date ?? Date.now()).toUTCString().replace('GMT', '+0000'),
    more: [...(envelope.cc === undefined ? [] : [['Cc', envelope.cc] as const]), ...(envelope.headers ?? [])],
  }
}

export const boundary = (): string => randomBytes(12).toString('base64url')

/** An entity whose content ends its last line; `contentType` may be folded with CRLF. */
export const entity = (
  contentType: string,
  content: string,
  more: readonly (readonly [string, string])[] = [],
): string => `${fields([['Content-Type', contentType], ...more])}\r\n${content}`

/** The content of a multipart; what a signature covers is each part exactly as given. */
export const multipart = (limit: string, parts: readonly string[], preamble = ''): string =>
  `${preamble}${parts.map(part => `--${limit}\r\n${part}\r\n`).join('')}--${limit}--\r\n`

/** `7bit` for short ASCII lines without blanks at their end, as programs choose. */
export const naturalEncoding = (text: string): TransferEncoding =>
  typed(text)
    .split('\r\n')
    .every(line => /^[\t\x20-\x7e]{0,990}$/.test(line) && !/[\t ]$/.test(line))
    ? '7bit'
    : 'quoted-printable'

/** The octets of `text` (UTF-8) or of binary content in a transfer encoding, the last line ended. */
export function encoded(content: Uint8Array | string, encoding: TransferEncoding): string {
  if (encoding === '7bit') return typed(Buffer.from(content).toString('latin1'))
  if (encoding === 'quoted-printable') return quotedPrintable(typed(Buffer.from(content).toString('latin1')))
  return Buffer.from(content)
    .toString('base64')
    .replace(/.{1,72}/g, '$&\r\n')
}

export function attachmentEntity({ fileName, mediaType = 'text/x-patch', content }: Attachment): string {
  return entity(`${mediaType}; name="${fileName}"`, encoded(content, 'base64'), [
    ['Content-Disposition', `attachment; filename="${fileName}"`],
    ['Content-Transfer-Encoding', 'base64'],
  ])
}

/** Octets as latin1 characters, CRLF line ends; RFC 2045 §6.7. */
function quotedPrintable(text: string): string {
  const escaped = text.replace(
    /[^\t\r\n\x20-\x3c\x3e-\x7e]|[\t ](?=\r\n)/g,
    octet => `=${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
  const lines = escaped.split('\r\n').map(line => {
    const pieces: string[] = []
    let piece = ''
    for (const unit of line.match(/=..|./g) ?? []) {
      if (piece.length + unit.length > 75) {
        pieces.push(`${piece}=`)
        piece = ''
      }
      piece += unit
    }
    return [...pieces, piece].join('\r\n')
  })
  return lines.join('\r\n')
}

const FLOWED_COLUMNS = 72

/** Paragraphs as `format=flowed` (RFC 3676): at most 72 columns, soft line breaks end in a blank. */
export function flowed(text: string): string {
  const lines = typed(text).split('\r\n')
  return lines.flatMap(line => softLines(/^(?: |>|From )/.test(line) ? ` ${line}` : line)).join('\r\n')
}

function softLines(line: string): readonly string[] {
  const lines: string[] = []
  let rest = line
  for (;;) {
    const end = rest.lastIndexOf(' ', FLOWED_COLUMNS - 1)
    if (rest.length <= FLOWED_COLUMNS || end < 1) return [...lines, rest]
    lines.push(rest.slice(0, end + 1))
    rest = rest.slice(end + 1)
  }
}
