// Looks for words that must not be where they are looked for: in octets on disk, on the wire, in a log.
// Finds them in the encodings that software puts words into; in what is truly encrypted it finds nothing.
import { constants, inflateRawSync } from 'node:zlib'

export type Finding = { readonly needle: string; readonly as: string }

/** Shorter words turn up by chance, above all as base64. */
const SHORTEST_NEEDLE = 8
const [FHCRC, FEXTRA, FNAME, FCOMMENT] = [2, 4, 8, 16]
const LARGEST_INFLATED = 64 * 1024 * 1024

type Form = { readonly as: string; readonly text: string }

/**
 * Where needles stand in the octets: raw, UTF-16, hex, base64 at any alignment, and each of these across
 * folded lines, in quoted-printable, percent-encoding or gzip. An empty list is what a test hopes for.
 */
export function findCanary(needles: readonly string[], octets: Uint8Array | string): readonly Finding[] {
  const short = needles.find(needle => needle.length < SHORTEST_NEEDLE)
  if (short !== undefined) throw new Error(`a canary has at least ${SHORTEST_NEEDLE} characters: ${short}`)
  const findings = new Map<string, Finding>()
  for (const reading of readings(Buffer.from(octets)))
    for (const needle of needles)
      for (const form of formsOf(needle))
        if (reading.text.includes(form.text)) {
          const as = `${reading.as} ${form.as}`.trim()
          findings.set(`${needle} ${as}`, { needle, as })
        }
  return [...findings.values()]
}

/** A needle as it looks in octets that are read as latin1. */
function formsOf(needle: string): readonly Form[] {
  const utf8 = Buffer.from(needle, 'utf8')
  const utf16 = Buffer.from(needle, 'utf16le')
  return [
    { as: '', text: utf8.toString('latin1') },
    { as: 'utf-16le', text: utf16.toString('latin1') },
    { as: 'utf-16be', text: Buffer.from(utf16).swap16().toString('latin1') },
    { as: 'hex', text: utf8.toString('hex') },
    { as: 'hex', text: utf8.toString('hex').toUpperCase() },
    ...[0, 1, 2].flatMap(alignment => {
      const text = insideBase64(utf8, alignment)
      const url = text.replaceAll('+', '-').replaceAll('/', '_')
      return [
        { as: 'base64', text },
        { as: 'base64', text: url },
      ]
    }),
  ]
}

/** The base64 characters that `octets` alone determine when `alignment` others stand before them. */
function insideBase64(octets: Buffer, alignment: number): string {
  const whole = Buffer.concat([Buffer.alloc(alignment), octets])
    .toString('base64')
    .replace(/=+$/, '')
  const shared = (alignment + octets.length) % 3 === 0 ? 0 : 1
  return whole.slice(Math.ceil((alignment * 4) / 3), whole.length - shared)
}

/** The octets as they are, and what they are an encoding of. */
function* readings(octets: Buffer): Generator<Form> {
  yield* textReadings(octets.toString('latin1'), '')
  for (let at = octets.indexOf('1f8b08', 0, 'hex'); at >= 0; at = octets.indexOf('1f8b08', at + 1, 'hex')) {
    const inflated = gunzip(octets.subarray(at))
    if (inflated !== undefined) yield* textReadings(inflated.toString('latin1'), 'gzip ')
  }
}

function* textReadings(text: string, as: string): Generator<Form> {
  yield { as: `${as}raw`, text }
  yield { as: `${as}folded`, text: text.replace(/\r?\n[ \t]*/g, '') }
  yield { as: `${as}wrapped`, text: text.replace(/ *\r?\n[ \t]*/g, ' ') }
  if (/=(?:[0-9A-Fa-f]{2}|\r?\n)/.test(text))
    yield { as: `${as}quoted-printable`, text: unescaped(text.replace(/=\r?\n/g, ''), /=([0-9A-Fa-f]{2})/g) }
  if (/%[0-9A-Fa-f]{2}/.test(text)) yield { as: `${as}percent`, text: unescaped(text, /%([0-9A-Fa-f]{2})/g) }
}

const unescaped = (text: string, pattern: RegExp): string =>
  text.replace(pattern, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/** What can be inflated of a gzip stream (RFC 1952) that may be cut short, go on as something else, or be none. */
function gunzip(octets: Buffer): Buffer | undefined {
  const flags = octets[3] ?? 0
  let start = 10
  if (flags & FEXTRA) start += 2 + (octets[start] ?? 0) + 256 * (octets[start + 1] ?? 0)
  if (flags & FNAME) start = octets.indexOf(0, start) + 1
  if (flags & FCOMMENT) start = octets.indexOf(0, start) + 1
  if (flags & FHCRC) start += 2
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: LARGEST_INFLATED }
    return inflateRawSync(octets.subarray(start), options)
  } catch {
    return undefined
  }
}
