// Decodes one leaf: transfer encoding, charset, file name. In: an entity without children. Out:
// octets and, for text, what a reader sees. Nothing is unpacked, and no name given by a mail is used as one.
import { isUtf8 } from 'node:buffer'
import type { TextLayout } from '../model/mail.ts'
import { type Plaintext, plaintext } from '../model/plaintext.ts'
import { type Parameterised, parameterised, printable } from './parameters.ts'
import { decodedWords } from './parse.ts'
import { type Entity, fieldValue, octetsOf } from './structure.ts'

/** Octets; longer text is kept as octets only. */
const MAX_TEXT = 4 * 1024 * 1024
/** Characters; a longer file name is cut. */
const MAX_FILE_NAME = 200

export type Leaf = {
  readonly disposition: 'inline' | 'attachment'
  readonly fileName: Plaintext | undefined
  readonly octets: Uint8Array
  readonly text: Plaintext | undefined
}

/** Decodes a leaf; damaged encodings and unknown charsets give a lossy text, never a throw. */
export function decodeLeaf(entity: Entity): Leaf {
  const disposition = parameterised(fieldValue(entity.fields, 'content-disposition') ?? '')
  const octets = undoTransferEncoding(octetsOf(entity, entity.body), entity.transferEncoding)
  return {
    disposition: isAttached(entity, disposition) ? 'attachment' : 'inline',
    fileName: fileNameOf(entity, disposition),
    octets,
    text: entity.mediaType.startsWith('text/') ? decodeText(octets, entity) : undefined,
  }
}

/** RFC 2183 §2.8: an unknown disposition is an attachment; without any, text is inline and all else is not. */
function isAttached(entity: Entity, disposition: Parameterised): boolean {
  if (disposition.value === '') return !entity.mediaType.startsWith('text/')
  return disposition.value !== 'inline'
}

function fileNameOf(entity: Entity, disposition: Parameterised): Plaintext | undefined {
  const name = disposition.parameters.get('filename') ?? entity.parameters.get('name')
  if (!name) return undefined
  return plaintext(decodedWords(name).slice(0, MAX_FILE_NAME).toWellFormed())
}

/** RFC 2045 §6: base64 and quoted-printable are undone, every other encoding is left as it is. */
export function undoTransferEncoding(octets: Uint8Array, encoding: string): Uint8Array {
  if (encoding === 'base64') return Buffer.from(asBuffer(octets).toString('latin1'), 'base64')
  return encoding === 'quoted-printable' ? undoQuotedPrintable(octets) : octets
}

/** RFC 2045 §6.7; a `=` that begins neither two hex digits nor a soft line break stands for itself. */
function undoQuotedPrintable(octets: Uint8Array): Uint8Array {
  const decoded = new Uint8Array(octets.length)
  let length = 0
  let kept = 0
  for (let at = 0; at < octets.length; at += 1) {
    const octet = octets[at] ?? 0
    if (octet === 0x3d) {
      const high = hexValue(octets[at + 1])
      const low = hexValue(octets[at + 2])
      const soft = afterSoftBreak(octets, at + 1)
      if (high >= 0 && low >= 0) {
        decoded[length++] = high * 16 + low
        at += 2
      } else if (soft > 0) at = soft - 1
      else decoded[length++] = octet
      kept = length
    } else {
      // Blanks before a line break were added in transit (rule 3).
      if (octet === 0x0a || octet === 0x0d) length = kept
      decoded[length++] = octet
      if (octet !== 0x20 && octet !== 0x09) kept = length
    }
  }
  return decoded.subarray(0, length)
}

/** The position after blanks and one line break, or 0 if something else stands there. */
function afterSoftBreak(octets: Uint8Array, start: number): number {
  let at = start
  while (at - start < 80 && (octets[at] === 0x20 || octets[at] === 0x09)) at += 1
  if (octets[at] === 0x0d) return octets[at + 1] === 0x0a ? at + 2 : at + 1
  return octets[at] === 0x0a ? at + 1 : 0
}

function hexValue(octet: number | undefined): number {
  if (octet === undefined) return -1
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30
  const letter = octet | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/**
 * The text of octets labelled like `entity`: line ends become LF, NUL and other controls U+FFFD.
 * Undefined if it is too long to be read by anyone.
 */
export function decodeText(octets: Uint8Array, entity: Entity): Plaintext | undefined {
  if (octets.length > MAX_TEXT) return undefined
  const charset = entity.parameters.get('charset')?.trim().toLowerCase() ?? ''
  return plaintext(readable(decodeCharset(octets, charset)))
}

/** `format=flowed` and `delsp=yes` of a text/plain entity (RFC 3676 §4). */
export function textLayout(entity: Entity): TextLayout {
  if (entity.parameters.get('format')?.trim().toLowerCase() !== 'flowed') return 'fixed'
  return entity.parameters.get('delsp')?.trim().toLowerCase() === 'yes' ? 'flowed-delsp' : 'flowed'
}

/** Unlabelled and unknown charsets are UTF-8 where the octets are, else windows-1252. */
function decodeCharset(octets: Uint8Array, charset: string): string {
  const isGuess = charset === '' || charset === 'us-ascii' || charset === 'ascii'
  if (!isGuess && charset.length <= 40)
    try {
      return new TextDecoder(charset).decode(octets)
    } catch {
      // A charset that the platform does not know is read like an unlabelled one.
    }
  return new TextDecoder(isUtf8(octets) ? 'utf-8' : 'windows-1252').decode(octets)
}

const readable = (text: string): string => text.replace(/\r\n?/g, '\n').split('\n').map(printable).join('\n')

const asBuffer = (octets: Uint8Array): Buffer =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
