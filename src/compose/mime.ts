// Leaves of a mail → one MIME entity (RFC 2045, 2046): CRLF, 7-bit, lines of at most 76 octets. Nothing a
// relay likes to rewrite is left bare, so that signatures outlive the way (RFC 3156 §3 and §5).
import { encode, wrap } from 'nodemailer/lib/qp'
import type { HeaderField } from '../model/mail.ts'
import { base64Length, writeBase64 } from '../model/octets.ts'
import { fieldLines } from './header.ts'

/** What a mail is made of; file names and media types are ours or made safe before. */
export type Leaf =
  /** UTF-8 text/plain, shown. */
  | { readonly kind: 'text'; readonly text: string }
  /** Octets that arrive as they are, offered as a file. */
  | {
      readonly kind: 'file'
      readonly mediaType: string
      readonly fileName: string
      readonly octets: Uint8Array
    }

/** What a mail says: a subject that stays inside the encryption, and its parts. */
export type Wording = { readonly subject: string; readonly leaves: readonly Leaf[] }

/** `body` in pieces, which are put together once, where the whole mail is done: some of them are large. */
export type MimeEntity = { readonly fields: readonly HeaderField[]; readonly body: readonly Uint8Array[] }

/** Leaves room for two more characters where the first of a line is encoded. */
const QUOTED_LINE = 74

/**
 * A line that any relay passes on unchanged: short, printable, no blank at its end, and no beginning that
 * mailboxes in mbox form or SMTP change.
 */
const robustLine = /^(?!From |\.)(?:[\x20-\x7e]{0,75}[\x21-\x7e])?$/
const fragileStarts = /^(?:F(?=rom )|\.)/gm
const boundaryToken = /^[A-Za-z0-9]{16,60}$/

/** JSON offered as a file beside the text that says the same. */
export const jsonFile = (fileName: string, value: unknown): Leaf => ({
  kind: 'file',
  mediaType: 'application/json',
  fileName,
  octets: Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`),
})

/** Never occurs in base64 or quoted-printable, RFC 2045 §6.7. @throws on a token that is not random enough. */
export function boundaryFrom(token: string): string {
  if (!boundaryToken.test(token)) throw new Error('not a boundary token')
  return `=_${token}`
}

/** One leaf alone, or all of them as multipart/mixed. */
export function entityOf(leaves: readonly Leaf[], boundary: string): MimeEntity {
  const [only, ...others] = leaves.map(leafEntity)
  if (only === undefined) throw new Error('a mail needs a body')
  if (others.length === 0) return only
  return multipart(`multipart/mixed; boundary="${boundary}"`, boundary, [only, ...others].map(entityPieces))
}

/** Parts are taken octet for octet; the line break before a delimiter belongs to it (RFC 2046 §5.1.1). */
export function multipart(
  type: string,
  boundary: string,
  parts: readonly (readonly Uint8Array[])[],
): MimeEntity {
  const pieces: Uint8Array[] = []
  for (const part of parts) pieces.push(Buffer.from(`--${boundary}\r\n`), ...part, Buffer.from('\r\n'))
  pieces.push(Buffer.from(`--${boundary}--\r\n`))
  return { fields: [{ name: 'Content-Type', value: type }], body: pieces }
}

/** Header, empty line, body. */
export const entityPieces = ({ fields, body }: MimeEntity): readonly Uint8Array[] => [
  Buffer.from(`${fields.map(fieldLines).join('')}\r\n`),
  ...body,
]

/** The same in one. */
export const entityOctets = (entity: MimeEntity): Uint8Array => Buffer.concat(entityPieces(entity))

function leafEntity(leaf: Leaf): MimeEntity {
  if (leaf.kind === 'text') {
    const { encoding, body } = encodedText(leaf.text)
    return {
      fields: [
        { name: 'Content-Type', value: 'text/plain; charset="utf-8"' },
        { name: 'Content-Disposition', value: 'inline' },
        { name: 'Content-Transfer-Encoding', value: encoding },
      ],
      body: [Buffer.from(body, 'latin1')],
    }
  }
  return {
    fields: [
      { name: 'Content-Type', value: `${leaf.mediaType}; name="${leaf.fileName}"` },
      { name: 'Content-Disposition', value: `attachment; filename="${leaf.fileName}"` },
      { name: 'Content-Transfer-Encoding', value: 'base64' },
    ],
    body: [base64Lines(leaf.octets)],
  }
}

type EncodedText = { readonly encoding: '7bit' | 'quoted-printable' | 'base64'; readonly body: string }

function encodedText(text: string): EncodedText {
  const lines = text.toWellFormed().split(/\r\n|\r|\n/)
  if (lines.at(-1) !== '') lines.push('')
  const canonical = lines.join('\r\n')
  if (lines.every(line => robustLine.test(line))) return { encoding: '7bit', body: canonical }
  const quoted = wrap(encode(canonical), QUOTED_LINE).replace(fragileStarts, first =>
    first === '.' ? '=2E' : '=46',
  )
  const base64 = base64Lines(Buffer.from(canonical))
  return quoted.length <= base64.length
    ? { encoding: 'quoted-printable', body: quoted }
    : { encoding: 'base64', body: base64.toString('latin1') }
}

function base64Lines(octets: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(base64Length(octets, 76))
  writeBase64(octets, 76, out, 0)
  return out
}
