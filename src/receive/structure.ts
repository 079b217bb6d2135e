// Splits a mail into its MIME entities by octet ranges, exactly, so that what a signature covers is never
// a library's opinion. In: octets. Out: a tree of ranges with unfolded header fields. It decodes nothing
// and does not look inside message/*.
import { isUtf8 } from 'node:buffer'
import type { HeaderField } from '../model/mail.ts'
import { err, ok, type Result } from '../model/result.ts'
import { parameterised } from './parameters.ts'

const MAX_DEPTH = 50
const MAX_PARTS = 2_000
/** Octets of all header blocks of one mail together. */
const MAX_HEADER = 1024 * 1024
/** Lines of all header blocks of one mail together. */
const MAX_HEADER_LINES = 10_000
/** Characters; a longer value is cut. */
const MAX_FIELD_VALUE = 64 * 1024
/** RFC 2046 allows 70; some mailers write more. A longer boundary is no boundary. */
const MAX_BOUNDARY = 250

const LF = 0x0a
const CR = 0x0d
const HYPHEN = 0x2d
const fieldShape = /^([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:/
const mboxLine = /^>?From /

export type StructureFault = 'too-deep' | 'too-many-parts' | 'header-too-large'

/** Octet offsets into the source, `end` exclusive. */
export type Range = { readonly start: number; readonly end: number }

/** An entity of RFC 2045 §2.4. */
export type Entity = {
  /** The octets that all ranges point into. */
  readonly source: Uint8Array
  /** Header and body: in a multipart, from after the boundary line to before the line break preceding the
   * next one (RFC 2046 §5.1.1), which is what multipart/signed signs (RFC 3156 §5). */
  readonly whole: Range
  readonly header: Range
  readonly body: Range
  readonly fields: readonly HeaderField[]
  /** Lower-case `type/subtype`. */
  readonly mediaType: string
  /** Of Content-Type, names in lower case, RFC 2231 undone. */
  readonly parameters: ReadonlyMap<string, string>
  /** Lower-case Content-Transfer-Encoding; `7bit` if there is none. */
  readonly transferEncoding: string
  readonly children: readonly Entity[]
}

/** The octets of a range of an entity, not copied. */
export const octetsOf = (entity: Entity, range: Range): Uint8Array =>
  entity.source.subarray(range.start, range.end)

/** The first field of that name, which is the one that counts wherever a header has several. */
export const fieldValue = (fields: readonly HeaderField[], name: string): string | undefined =>
  fields.find(field => field.name.toLowerCase() === name)?.value

/** The entity and all below it, in the order of the mail. */
export function subtree(root: Entity): readonly Entity[] {
  const found: Entity[] = []
  const waiting = [root]
  for (let entity = waiting.pop(); entity !== undefined; entity = waiting.pop()) {
    found.push(entity)
    waiting.push(...entity.children.toReversed())
  }
  return found
}

type Frame = {
  readonly start: number
  readonly defaultType: string
  readonly lines: string[]
  readonly children: Entity[]
  fields: HeaderField[]
  mediaType: string
  parameters: ReadonlyMap<string, string>
  headerEnd: number
  bodyStart: number
  /** Undefined for a leaf, and again once the closing boundary was read. */
  boundary: string | undefined
}

/**
 * Splits one entity. A boundary line may be padded with blanks; an open multipart ends where an outer
 * boundary or the end of the source stands; of equal boundaries the innermost counts. A line ends with CRLF
 * or LF; CR alone ends one only in a source without any LF. The header ends at an empty line, or before the
 * first line that can be no field. One pass, linear in the source.
 */
export function splitEntity(octets: Uint8Array): Result<Entity, StructureFault> {
  const source = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
  const newline = source.includes(LF) ? LF : CR
  const root = openFrame(0, 'text/plain')
  const stack: Frame[] = [root]
  let parts = 1
  let headerOctets = 0
  let headerLines = 0
  let marks = boundaryLines(stack)
  let inHeader = true
  let position = 0
  let previousEnd = 0

  const closeTop = (end: number) => {
    const frame = stack.pop()
    if (frame === undefined) return
    if (inHeader) finishHeader(frame, end, end)
    inHeader = false
    stack.at(-1)?.children.push(toEntity(source, frame, end))
  }

  while (position < source.length) {
    const at = source.indexOf(newline, position)
    const next = at < 0 ? source.length : at + 1
    const stop = at < 0 ? source.length : at
    const end = newline === LF && at > position && source[at - 1] === CR ? at - 1 : stop
    const mark = boundaryLine(source, position, end, marks)
    const top = stack.at(-1)
    if (mark !== undefined) {
      while (stack.length > mark.depth + 1) closeTop(previousEnd)
      const owner = stack[mark.depth]
      inHeader = false
      if (owner !== undefined && mark.closing) owner.boundary = undefined
      else {
        if (stack.length >= MAX_DEPTH) return err('too-deep')
        parts += 1
        if (parts > MAX_PARTS) return err('too-many-parts')
        stack.push(openFrame(next, owner?.mediaType === 'multipart/digest' ? 'message/rfc822' : 'text/plain'))
        inHeader = true
      }
      marks = boundaryLines(stack)
    } else if (inHeader && top !== undefined) {
      headerOctets += next - position
      headerLines += 1
      if (headerOctets > MAX_HEADER || headerLines > MAX_HEADER_LINES) return err('header-too-large')
      if (end === position) {
        finishHeader(top, position, next)
        marks = boundaryLines(stack)
        inHeader = false
      } else if (!takeHeaderLine(top, text(source.subarray(position, end)), position === 0)) {
        finishHeader(top, position, position)
        marks = boundaryLines(stack)
        inHeader = false
        // The line is read again as body: it may be the boundary that this very header has named.
        continue
      }
    }
    previousEnd = end
    position = next
  }
  while (stack.length > 1) closeTop(source.length)
  if (inHeader) finishHeader(root, source.length, source.length)
  return ok(toEntity(source, root, source.length))
}

const openFrame = (start: number, defaultType: string): Frame => ({
  start,
  defaultType,
  lines: [],
  children: [],
  fields: [],
  mediaType: defaultType,
  parameters: new Map(),
  headerEnd: start,
  bodyStart: start,
  boundary: undefined,
})

type Mark = { readonly depth: number; readonly closing: boolean }

/** The lines that delimit or close an open multipart, less their two hyphens; the innermost owns its line. */
function boundaryLines(stack: readonly Frame[]): ReadonlyMap<string, Mark> {
  const marks = new Map<string, Mark>()
  stack.forEach(({ boundary }, depth) => {
    if (boundary === undefined) return
    marks.set(boundary, { depth, closing: false })
    marks.set(`${boundary}--`, { depth, closing: true })
  })
  return marks
}

function boundaryLine(
  source: Buffer,
  start: number,
  end: number,
  marks: ReadonlyMap<string, Mark>,
): Mark | undefined {
  if (marks.size === 0 || source[start] !== HYPHEN || source[start + 1] !== HYPHEN) return undefined
  let last = end
  while (last > start && isBlank(source[last - 1])) last -= 1
  return last - start > MAX_BOUNDARY + 4 ? undefined : marks.get(source.toString('latin1', start + 2, last))
}

/** False if the line is neither a field nor the continuation of one: then the header is over. */
function takeHeaderLine(frame: Frame, line: string, isFirst: boolean): boolean {
  if (line.startsWith(' ') || line.startsWith('\t')) {
    if (frame.lines.length === 0) return false
    frame.lines.push(line)
    return true
  }
  if (fieldShape.test(line)) {
    frame.lines.push(line)
    return true
  }
  return isFirst && mboxLine.test(line)
}

function finishHeader(frame: Frame, headerEnd: number, bodyStart: number): void {
  frame.headerEnd = headerEnd
  frame.bodyStart = bodyStart
  frame.fields = unfold(frame.lines)
  const contentType = fieldValue(frame.fields, 'content-type')
  if (contentType === undefined) return
  const parsed = parameterised(contentType)
  // RFC 2045 §5.2: an invalid Content-Type is text/plain.
  frame.mediaType = /^[a-z0-9!#$&^_.+-]{1,80}\/[a-z0-9!#$&^_.+-]{1,80}$/.test(parsed.value)
    ? parsed.value
    : 'text/plain'
  frame.parameters = parsed.parameters
  const boundary = parsed.parameters.get('boundary')?.trimEnd()
  if (frame.mediaType.startsWith('multipart/') && boundary && boundary.length <= MAX_BOUNDARY)
    frame.boundary = latin1(Buffer.from(boundary))
}

function unfold(lines: readonly string[]): HeaderField[] {
  const fields: { name: string; pieces: string[] }[] = []
  for (const line of lines) {
    const name = /^[ \t]/.test(line) ? undefined : fieldShape.exec(line)
    if (name?.[1] !== undefined) fields.push({ name: name[1], pieces: [line.slice(name[0].length)] })
    else fields.at(-1)?.pieces.push(line)
  }
  return fields.map(({ name, pieces }) => ({ name, value: pieces.join('').trim().slice(0, MAX_FIELD_VALUE) }))
}

function toEntity(source: Uint8Array, frame: Frame, end: number): Entity {
  const transferEncoding = fieldValue(frame.fields, 'content-transfer-encoding') ?? '7bit'
  // A part whose boundary line is followed by another one at once would end before it starts.
  const start = Math.min(frame.start, end)
  return {
    source,
    whole: { start, end },
    header: { start, end: Math.min(frame.headerEnd, end) },
    body: { start: Math.min(frame.bodyStart, end), end },
    fields: frame.fields,
    mediaType: frame.mediaType,
    parameters: frame.parameters,
    transferEncoding: transferEncoding.slice(0, 40).toLowerCase(),
    children: frame.children,
  }
}

const isBlank = (octet: number | undefined): boolean => octet === 0x20 || octet === 0x09

/** One character per octet. */
const latin1 = (octets: Uint8Array): string =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1')

/** Header text: UTF-8 where it is (RFC 6532), else one character per octet. */
const text = (octets: Uint8Array): string =>
  isUtf8(octets)
    ? Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('utf8')
    : latin1(octets)
