// What a value in a configuration or profile may be, each with the words for what is allowed. In go values
// as YAML gives them, out come typed ones. It reads no file and knows no key.
import { isIP } from 'node:net'
import * as z from 'zod'
import { parseEmailAddress, parseFingerprint } from '../model/scalars.ts'
import { parseDuration } from '../model/time.ts'

const MAX_ITEMS = 200
const MAX_TEXT = 500
const MEGABYTE = 1_048_576

const must = (what: string) => ({
  error: (issue: { readonly input?: unknown }) =>
    issue.input === undefined ? `is missing: must be ${what}` : `must be ${what}`,
})

/** A map with these keys and no others; an unknown one is answered with the nearest. */
export function section<S extends z.core.$ZodShape>(shape: S) {
  const allowed = Object.keys(shape)
  const list = allowed.join(', ')
  const shaped = must(`a map with the keys ${list}`)
  return z.strictObject(shape, {
    error: issue =>
      issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys, allowed) : shaped.error(issue),
  })
}

/** One line for each of the unknown keys. */
export const unknownKeys = (keys: readonly string[], allowed: readonly string[]): string =>
  keys
    .map(key => `is not known: did you mean ${nearest(key, allowed)}? Allowed are ${allowed.join(', ')}`)
    .join('\n')

/** A string that `parse` accepts; `what` completes "must be …". */
export const parsed = <T>(what: string, parse: (text: string) => T | undefined) =>
  z.string(must(what)).transform((text, context): T => {
    const value = parse(text)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: `must be ${what}` })
    return z.NEVER
  })

/** One line without control characters. */
export const line = (what: string, maximum: number = MAX_TEXT) =>
  parsed(`${what}: one line of text, at most ${maximum} characters`, text =>
    text.trim() !== '' && text.length <= maximum && !/[\p{Cc}\u2028\u2029]/u.test(text) ? text : undefined,
  )

/** Some lines of text, without control characters but line ends; the last one has its end, too. */
export const paragraphs = (what: string, maximum: number) =>
  parsed(`${what}: text of at most ${maximum} characters`, text => {
    const lines = text.replaceAll('\r\n', '\n').trimEnd()
    const isText =
      lines.trim() !== '' && lines.length <= maximum && !/[^\P{Cc}\n]|[\u2028\u2029]/u.test(lines)
    return isText ? `${lines}\n` : undefined
  })

export const oneOf = <const V extends readonly [string, ...string[]]>(values: V, remark: string = '') => {
  const last = values[values.length - 1]
  return z.enum(values, must(`${values.slice(0, -1).join(', ')} or ${last}${remark}`))
}

export function wholeNumber(least: number, most: number) {
  const allowed = must(`a whole number from ${least} to ${most}`)
  return z.int(allowed).min(least, allowed).max(most, allowed)
}

export const listOf = <T extends z.ZodType>(item: T, what: string, least: 0 | 1 = 0) => {
  const allowed = must(`a list of ${least} to ${MAX_ITEMS} ${what}`)
  return z.array(item, allowed).min(least, allowed).max(MAX_ITEMS, allowed)
}

/** In milliseconds. */
export function duration(least: string, most: string) {
  const from = parseDuration(least) ?? Number.NaN
  const to = parseDuration(most) ?? Number.NaN
  return parsed(`a time from ${least} to ${most}, as 90s, 30m, 24h or 7d`, text => {
    const milliseconds = parseDuration(text)
    return milliseconds !== undefined && milliseconds >= from && milliseconds <= to ? milliseconds : undefined
  })
}

/** In octets; written in MB of 1,048,576. */
export const megabytes = (least: number, most: number) =>
  parsed(`a size from ${least} MB to ${most} MB`, text => {
    const count = Number(/^([1-9][0-9]{0,3}) ?MB$/.exec(text)?.[1] ?? Number.NaN)
    return count >= least && count <= most ? count * MEGABYTE : undefined
  })

export const address = z.string(must('an address like name@example.org')).transform((text, context) => {
  const read = parseEmailAddress(text)
  if (read.ok) return read.value
  context.addIssue({ code: 'custom', message: `must be a plain address: this one ${read.error}` })
  return z.NEVER
})

/** Unquoted, YAML could take forty digits for a number. */
export const fingerprint = parsed('a full fingerprint, 40 hex digits in quotes', parseFingerprint)

const hostLabel = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?$/i

export const host = parsed('a host name or an IP address', text =>
  isIP(text) !== 0 || (text.length <= 253 && text.split('.').every(label => hostLabel.test(label)))
    ? text
    : undefined,
)

/** An IANA name such as Europe/Berlin; a bare offset does not know summer time and is refused. */
export const zone = parsed('an IANA time zone such as UTC or Europe/Berlin', text => {
  try {
    if (!/^[A-Za-z]/.test(text)) return undefined
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text)
    return text
  } catch {
    return undefined
  }
})

export const httpsLink = parsed('a link that begins with https://', text =>
  /^https:\/\/[\x21-\x7e]{1,490}$/.test(text) && URL.canParse(text) ? text : undefined,
)

/** The allowed key that takes the fewest changes to reach; of equals the first. */
export function nearest(key: string, allowed: readonly string[]): string {
  const ranked = allowed.map(candidate => ({ candidate, distance: editDistance(key, candidate) }))
  ranked.sort((a, b) => a.distance - b.distance)
  return ranked[0]?.candidate ?? ''
}

/** Levenshtein's, case ignored, over at most the first 40 characters. */
function editDistance(from: string, to: string): number {
  const a = from.slice(0, 40).toLowerCase()
  const b = to.slice(0, 40).toLowerCase()
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
