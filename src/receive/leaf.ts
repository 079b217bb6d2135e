// Reads one leaf: disposition, file name, octets, text. In: an entity without children. Out: its octets and,
// for text, what a reader sees. Nothing is unpacked, and no name given by a mail is used as one.
import type { TextLayout } from '../model/mail.ts'
import { type Plaintext, plaintext } from '../model/plaintext.ts'
import { decodeCharset, decodedParameter, undoTransferEncoding } from './decode.ts'
import { type Parameterised, parameterised } from './parameters.ts'
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

const leaves = new WeakMap<Entity, Promise<Leaf>>()

/** Decodes a leaf, once; damaged encodings and unknown charsets give a lossy text, never a throw. */
export function decodeLeaf(entity: Entity): Promise<Leaf> {
  const leaf = leaves.get(entity) ?? decoded(entity)
  leaves.set(entity, leaf)
  return leaf
}

async function decoded(entity: Entity): Promise<Leaf> {
  const disposition = parameterised(fieldValue(entity.fields, 'content-disposition') ?? '')
  const octets = await undoTransferEncoding(octetsOf(entity, entity.body), entity.transferEncoding)
  return {
    disposition: isAttached(entity, disposition) ? 'attachment' : 'inline',
    fileName: await fileNameOf(entity, disposition),
    octets,
    text: entity.mediaType.startsWith('text/') ? await decodeText(octets, entity) : undefined,
  }
}

/** RFC 2183 §2.8: an unknown disposition is an attachment; without any, text is inline and all else is not. */
function isAttached(entity: Entity, disposition: Parameterised): boolean {
  if (disposition.value === '') return !entity.mediaType.startsWith('text/')
  return disposition.value !== 'inline'
}

async function fileNameOf(entity: Entity, disposition: Parameterised): Promise<Plaintext | undefined> {
  const name =
    (await decodedParameter(disposition.parameters, 'filename')) ??
    (await decodedParameter(entity.parameters, 'name'))
  return name ? plaintext(name.slice(0, MAX_FILE_NAME).toWellFormed()) : undefined
}

/**
 * The text of octets labelled like `entity`, or not at all: line ends become LF, NUL and other controls U+FFFD.
 * Undefined if it is too long to be read by anyone.
 */
export async function decodeText(
  octets: Uint8Array,
  entity: Entity | undefined,
): Promise<Plaintext | undefined> {
  if (octets.length > MAX_TEXT) return undefined
  const charset = entity?.parameters.get('charset')?.trim().toLowerCase() ?? ''
  return plaintext(readable(await decodeCharset(octets, charset)))
}

/** `format=flowed` and `delsp=yes` of a text/plain entity (RFC 3676 §4). */
export function textLayout(entity: Entity): TextLayout {
  if (entity.parameters.get('format')?.trim().toLowerCase() !== 'flowed') return 'fixed'
  return entity.parameters.get('delsp')?.trim().toLowerCase() === 'yes' ? 'flowed-delsp' : 'flowed'
}

const readable = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '\ufffd')
    .toWellFormed()
