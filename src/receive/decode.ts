// Undoes transfer encodings, charsets, encoded words and RFC 2231 by mailparser. In: octets and labels of one
// leaf or field. Out: what they stand for. The library gets one leaf at a time under a header written here, so
// it never sees structure and has no say in what a signature covers.
import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { type ParsedMail, type SimpleParserOptions, simpleParser } from 'mailparser'
import { printable } from './parameters.ts'

/** Octets handed over at a time; the library's base64 needs up to fifty times that while it works. */
const PIECE = 64 * 1024
/** Octets of quoted-printable lines decoded at a time; the library needs up to twenty times that. */
const QUOTED_PIECE = 1024 * 1024
/** Characters of a field handed to the library for decoding; what is longer is cut. */
const MAX_WORDS = 16 * 1024
/** Characters; a longer charset label is unknown. */
const MAX_LABEL = 40

/** Nothing is made of a part but what stands in it; no digest is MD5, which some systems forbid. */
const options: SimpleParserOptions = {
  skipHtmlToText: true,
  maxHtmlLengthToParse: 0,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  keepCidLinks: true,
  keepDeliveryStatus: true,
  checksumAlgo: 'sha256',
}

const LF = 0x0a
const nothing = new Uint8Array()
const binary = 'application/octet-stream'

/**
 * RFC 2045 §6: base64 and quoted-printable are undone; every other encoding is left as it is, and so are lines
 * of quoted-printable that are longer than a megabyte (76 octets are allowed).
 */
export async function undoTransferEncoding(octets: Uint8Array, encoding: string): Promise<Uint8Array> {
  if (encoding === 'base64') return attachment(encoding, octets)
  if (encoding !== 'quoted-printable') return octets
  const decoded: Uint8Array[] = []
  for (const lines of linesOf(octets)) {
    const isLines = lines.length <= 2 * QUOTED_PIECE
    decoded.push(isLines ? await attachment(encoding, withShortBlanks(lines)) : lines)
  }
  return Buffer.concat(decoded)
}

/**
 * The text of octets in a charset of the platform (WHATWG; so neither UTF-7, nor `hex` and the like that the
 * library would know). Unlabelled and unknown ones are UTF-8 where the octets are, else windows-1252.
 */
export async function decodeCharset(octets: Uint8Array, label: string): Promise<string> {
  const isGuess = label === '' || label === 'us-ascii' || label === 'ascii'
  const known = isGuess ? undefined : knownCharset(label)
  const charset = known ?? (isUtf8(octets) ? 'utf-8' : 'windows-1252')
  if (leftToPlatform.includes(charset)) return new TextDecoder(charset).decode(octets)
  return (await parsed(`text/plain; charset=${charset}`, 'Content-Disposition: inline', octets)).text ?? ''
}

/**
 * What the library does worse: it keeps the byte order mark of UTF-8, takes 400 MB for 4 MB of ISO-2022-JP and
 * loses nine mathematical signs in it, and reads the other two as UTF-8, every letter as U+FFFD.
 */
const leftToPlatform = ['utf-8', 'iso-2022-jp', 'x-mac-cyrillic', 'x-user-defined']

/** Text of an unstructured field with its encoded words (RFC 2047) decoded, for reading only. */
export async function decodedWords(value: string): Promise<string> {
  const words = withKnownCharsets(value.slice(0, MAX_WORDS))
  const { subject } = await parsed('text/plain', `Subject: ${words}`, nothing)
  return printable(subject ?? '').trim()
}

/**
 * A parameter for reading only, its encoded words and RFC 2231 charsets undone; undefined if there is none.
 * `parameters` are all of one field: a value in pieces is put together from them.
 */
export async function decodedParameter(
  parameters: ReadonlyMap<string, string>,
  name: 'filename' | 'name',
): Promise<string | undefined> {
  const pieces = [...parameters].filter(([key]) => pieceShape.exec(key)?.[1] === name)
  if (pieces.length === 0) return undefined
  const written = pieces.map(([key, value]) => {
    const known = firstPiece.test(key) ? withKnownCharset(value) : withKnownCharsets(value)
    return `; ${key}="${known.replace(/["\\]/g, '\\$&')}"`
  })
  const mail = await parsed(binary, `Content-Disposition: attachment${written.join('')}`, nothing)
  const field = mail.headers.get('content-disposition')
  const value = typeof field === 'object' && 'params' in field ? field.params[name] : undefined
  return printable(value ?? '').trim()
}

/** `name`, and what RFC 2231 makes of it: `name*`, `name*0`, `name*0*`. */
const pieceShape = /^([a-z]+)(?:\*(?:[0-9]{1,4}\*?)?)?$/
/** The one that names the charset of all. */
const firstPiece = /\*(?:0+\*)?$/

/** Encoded words whose charset the platform does not know are read as UTF-8. */
const withKnownCharsets = (text: string): string =>
  printable(text).replace(
    /(=\?)([\w*-]+)(?=\?[bq]\?[^?]*\?=)/gi,
    (_, start: string, label: string) => `${start}${knownCharset(label.split('*', 1)[0] ?? '') ?? 'utf-8'}`,
  )

/** The same for `charset'language'value` (RFC 2231 §4). */
const withKnownCharset = (text: string): string =>
  printable(text).replace(/^[^']*(?=')/, label => knownCharset(label) ?? 'utf-8')

/** The platform's name of a charset; undefined if it knows none. */
function knownCharset(label: string): string | undefined {
  if (label.length > MAX_LABEL) return undefined
  try {
    return new TextDecoder(label).encoding
  } catch {
    return undefined
  }
}

async function attachment(encoding: string, octets: Uint8Array): Promise<Uint8Array> {
  const more = `Content-Disposition: attachment\r\nContent-Transfer-Encoding: ${encoding}`
  const [only] = (await parsed(binary, more, octets)).attachments
  if (only === undefined) throw new Error('the library lost an attachment')
  return only.content
}

/** `more`: header lines beside Content-Type, CRLF between them. */
const parsed = (mediaType: string, more: string, body: Uint8Array): Promise<ParsedMail> =>
  simpleParser(Readable.from(leaf(`Content-Type: ${mediaType}\r\n${more}\r\n\r\n`, body)), options)

function* leaf(header: string, body: Uint8Array): Generator<Uint8Array> {
  yield Buffer.from(header)
  for (let at = 0; at < body.length; at += PIECE) yield body.subarray(at, at + PIECE)
}

/** Whole lines, a megabyte and on to the next line end. */
function* linesOf(octets: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < octets.length; ) {
    const at = octets.indexOf(LF, start + QUOTED_PIECE)
    const end = at < 0 ? octets.length : at + 1
    yield octets.subarray(start, end)
    start = end
  }
}

/**
 * Quoted-printable without long runs of blanks, on which the library takes quadratic time (100 KB of them:
 * 20 s): before a line end they are dropped as it would do (RFC 2045 §6.7 rule 3), elsewhere encoded.
 */
function withShortBlanks(octets: Uint8Array): Uint8Array {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1')
  const shortened = text.replace(/[ \t]{16,}(?:([\r\n]|$)|)/g, (run: string, lineEnd: string | undefined) =>
    lineEnd === undefined ? run.replaceAll(' ', '=20').replaceAll('\t', '=09') : lineEnd,
  )
  return Buffer.from(shortened, 'latin1')
}
