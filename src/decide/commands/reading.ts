// Finds the sender's own lines in the text of a mail (product.md §4): text goes in; numbered lines, where they
// begin and where reading ends come out. It decides what is read, and never what a command means.
import { unflow } from '../../model/flowed.ts'
import type { TextLayout } from '../../model/mail.ts'

/** The words of our marker; a line that holds them, and is not quoted, ends what is read wherever it stands. */
const MARKER_WORDS = 'embargod: write above this line'
/** Characters; a longer line is no stop word or frame around a quoted mail. */
const MAX_DELIMITER = 120
/** Lines of a paragraph searched for a command; a longer one without any is refused rather than passed over. */
const MAX_PROSE = 1_000

/** Words of the longest command that names neither a thing nor an argument. */
const MOST_WORDS = 3

const typographic: readonly (readonly [RegExp, string])[] = [
  [/[\u00a0\u2000-\u200a\u202f\u205f]/g, ' '],
  [/[\u2010-\u2015\u2212]/g, '-'],
  [/[\u201c-\u201f\u00ab\u00bb]/g, '"'],
  [/[\u2018-\u201b\u2039\u203a]/g, "'"],
]
/** Zero-width, bidi, control, unassigned and line-separating characters: nobody sees them, so nobody signs them. */
const invisible = /(?!\t)[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u
const everyInvisible = new RegExp(invisible.source, 'gu')
const reference = /(?<![A-Za-z0-9])(?:[CNMSADL]-[0-9]{1,9}(?![A-Za-z0-9])|att:\S)/i
const stopLine = /^(?:stop|quit|end|thanks)[\p{P}\p{S}\s]*$/u
const dateOrAddress = /\b20[0-9]{2}\b|[0-9]:[0-9]{2}|@/
const headerField = /^\*?\p{L}[\p{L}\p{M} -]{0,24}\*?[:\uff1a]/u
const frame = /^-{2,}.*\p{L}.*-{2,}$/u
const rule = /^_{10,}$/

export type Line = {
  /** Counted from 1 in the text as written, before it was unflowed. */
  readonly number: number
  /** As written, unflowed. */
  readonly text: string
  /** With typographic spaces, dashes and quotes as ASCII. */
  readonly plain: string
  /** What a person sees of `plain`, trimmed; only to recognise lines, never to run them. */
  readonly seen: string
}

/** The words that may open a line of ours, lower-case. */
export type Vocabulary = {
  readonly verbs: readonly string[]
  /** The verbs, and the words that open a command mail. */
  readonly openers: ReadonlySet<string>
}

export const vocabularyOf = (verbs: readonly string[]): Vocabulary => ({
  verbs,
  openers: new Set([...verbs, 'embargod', 'confirm']),
})

/** Lower-cases A to Z only, so that no locale and no letter that folds to ASCII makes a keyword. */
export const asciiLower = (text: string): string => text.replace(/[A-Z]+/g, letters => letters.toLowerCase())

/** The first invisible character of a line, if it holds one. */
export const invisibleIn = (text: string): string | undefined => invisible.exec(text)?.[0]

/** The lines of a text, flowed ones joined (RFC 3676 §4). */
export function linesOf(text: string, layout: TextLayout): readonly Line[] {
  const written = text.split(/\r?\n/)
  if (layout === 'fixed') return written.map((line, index) => lineOf(index + 1, line))
  // Our marker never runs on, nor does a line into it.
  const isOurs = (content: string) => holdsMarker(plainOf(content))
  return unflow(written, layout, isOurs).map(({ number, text: joined }) => lineOf(number, joined))
}

function lineOf(number: number, text: string): Line {
  if (/^[\t\x20-\x7e]*$/.test(text)) return { number, text, plain: text, seen: text.trim() }
  const plain = plainOf(text)
  return { number, text, plain, seen: plain.replace(everyInvisible, '').trim() }
}

function plainOf(text: string): string {
  let plain = text
  for (const [characters, ascii] of typographic) plain = plain.replace(characters, ascii)
  return plain
}

const holdsMarker = (text: string): boolean => asciiLower(text).includes(MARKER_WORDS)

export const isBlank = (line: Line): boolean => /^[ \t]*$/.test(line.plain)
const isQuoted = (line: Line | undefined): boolean => line?.seen.startsWith('>') === true
export const isComment = (line: Line): boolean => line.seen.startsWith('#')
/** Whether our marker stands in this line, not behind `>`. */
export const isMarker = (line: Line): boolean => !isQuoted(line) && holdsMarker(line.seen)

const firstWord = (line: Line): string => asciiLower(/^[^\s"]+/.exec(line.seen)?.[0] ?? '')

/** Index of the first line that the sender wrote: below quoted lines for those who answer below them. */
export function firstOwnLine(lines: readonly Line[], vocabulary: Vocabulary): number | undefined {
  for (let at = 0; at < lines.length; ) {
    const line = lines[at]
    if (line === undefined || isMarker(line)) return undefined
    const attribution = attributionLength(lines, at, vocabulary)
    if (attribution > 0) at += attribution
    else if (line.seen === '' || isQuoted(line)) at += 1
    else return at
  }
  return undefined
}

/**
 * How many lines from `at` say who wrote the quoted lines below (`On … wrote:`), in any language: one or two
 * that end in a colon. Some clients leave a blank line before the quoted ones.
 */
function attributionLength(lines: readonly Line[], at: number, vocabulary: Vocabulary): 0 | 1 | 2 {
  const [first, second] = [lines[at], lines[at + 1]]
  if (!mayAttribute(first, vocabulary)) return 0
  if (endsInColon(first) && quoteFollows(lines, at + 1)) return 1
  if (!mayAttribute(second, vocabulary) || !endsInColon(second) || !quoteFollows(lines, at + 2)) return 0
  return first !== undefined && dateOrAddress.test(first.seen) ? 2 : 0
}

const mayAttribute = (line: Line | undefined, vocabulary: Vocabulary): boolean =>
  line !== undefined && line.seen !== '' && !isQuoted(line) && !vocabulary.openers.has(firstWord(line))

const endsInColon = (line: Line | undefined): boolean => /[:\uff1a]/.test(line?.seen.at(-1) ?? '')

function quoteFollows(lines: readonly Line[], at: number): boolean {
  const line = lines[at]
  return isQuoted(line) || (line !== undefined && isBlank(line) && isQuoted(lines[at + 1]))
}

/**
 * Whether reading ends at a line below the first own one: at a `delimiter`, or at `content` that is not for us.
 * Undefined: it does not end here.
 */
export function endOfReading(
  lines: readonly Line[],
  at: number,
  vocabulary: Vocabulary,
): 'delimiter' | 'content' | undefined {
  const line = lines[at]
  if (line === undefined) return undefined
  if (isMarker(line)) return 'delimiter'
  if (isQuoted(line) || attributionLength(lines, at, vocabulary) > 0) return 'content'
  if (beginsHeader(lines, at, vocabulary)) return 'content'
  return isDelimiter(line) ? 'delimiter' : undefined
}

function isDelimiter(line: Line): boolean {
  const { seen } = line
  if (seen.length > MAX_DELIMITER) return false
  // Phones make one long dash of `--`.
  if (seen === '--' || /^[\u2013\u2014]$/.test(line.text.trim())) return true
  if (frame.test(seen) || rule.test(seen)) return true
  return !isIndented(line) && stopLine.test(asciiLower(seen))
}

/** Outlook quotes with nothing but the header of the mail it answers: From, Sent, To, in the user's language. */
function beginsHeader(lines: readonly Line[], at: number, vocabulary: Vocabulary): boolean {
  const [from, sent, to] = [lines[at], lines[at + 1], lines[at + 2]]
  if (from === undefined || sent === undefined || to === undefined) return false
  if (![from, sent, to].every(line => headerField.test(line.seen))) return false
  return !speaksCommand(from, vocabulary)
}

/** What phones put below everything they send. */
const phoneFooter = /^(?:sent (?:from|with|via)|get outlook for|gesendet (?:von|mit)|envoyé|enviado|inviato) /

/** Whether a line is what a phone put there, and not its owner. */
export const isFooter = (line: Line): boolean => phoneFooter.test(asciiLower(line.seen))

/**
 * Whether the sender wrote more from a line on: what is neither quoted nor a stop word, and stands above a signature and
 * all that frames an older mail.
 */
export function saysMore(lines: readonly Line[], start: number, vocabulary: Vocabulary): boolean {
  for (let at = start; at < lines.length; ) {
    const line = lines[at]
    if (line === undefined || isMarker(line) || beginsHeader(lines, at, vocabulary)) return false
    const isStop = !isIndented(line) && stopLine.test(asciiLower(line.seen))
    if (isDelimiter(line) && !isStop) return false
    const attribution = attributionLength(lines, at, vocabulary)
    if (attribution === 0 && line.seen !== '' && !isQuoted(line) && !isStop && !isFooter(line)) return true
    at += Math.max(1, attribution)
  }
  return false
}

export const isIndented = (line: Line): boolean => /^[ \t]/.test(line.plain)

/**
 * Index of the first line of a paragraph that makes it ours: it starts with a verb or a near-verb, holds a
 * reference, only looks blank, or stands beyond `MAX_PROSE`. Undefined: it is not ours, and reading ends.
 */
export function commandIn(lines: readonly Line[], start: number, vocabulary: Vocabulary): number | undefined {
  for (let at = start; at < lines.length; at += 1) {
    const line = lines[at]
    if (line === undefined || isBlank(line)) return undefined
    if (endOfReading(lines, at, vocabulary) !== undefined) return undefined
    if (at - start >= MAX_PROSE) return at
    if (isComment(line)) continue
    if (line.seen === '' || reference.test(line.seen)) return at
    if (speaksCommand(line, vocabulary) && !isProse(line)) return at
  }
  return undefined
}

/**
 * Whether a line can be no command whatever it starts with: `Note: this mail is confidential`, `Please keep it to
 * yourself`. Every command of more words than this holds a reference, a `name=`, an `att:` or opens a text.
 */
const isProse = ({ seen }: Line): boolean =>
  /^\S+:\s/.test(seen) || (seen.split(/\s+/, MOST_WORDS + 1).length > MOST_WORDS && !/[="]|<</.test(seen))

function speaksCommand(line: Line, vocabulary: Vocabulary): boolean {
  const word = firstWord(line)
  return vocabulary.openers.has(word) || nearestVerb(word, vocabulary.verbs) !== undefined
}

/** The known verb that a mistyped one means: one edit away, or two where the verb has six letters or more. */
export function nearestVerb(word: string, verbs: readonly string[]): string | undefined {
  let nearest: { readonly verb: string; readonly edits: number } | undefined
  for (const verb of verbs) {
    const allowed = verb.length >= 6 ? 2 : 1
    if (Math.abs(verb.length - word.length) > allowed) continue
    const edits = editsBetween(word, verb)
    if (edits <= allowed && (nearest === undefined || edits < nearest.edits)) nearest = { verb, edits }
  }
  return nearest?.verb
}

/** Damerau-Levenshtein distance, each letter edited once: insertions, deletions, exchanges, neighbours swapped. */
function editsBetween(a: string, b: string): number {
  let beforeLast: readonly number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const exchanged = a[row - 1] === b[column - 1] ? 0 : 1
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current.push(
        Math.min(
          cost(last[column]) + 1,
          cost(current[column - 1]) + 1,
          cost(last[column - 1]) + exchanged,
          swapped ? cost(beforeLast[column - 2]) + 1 : Infinity,
        ),
      )
    }
    beforeLast = last
    last = current
  }
  return cost(last[b.length])
}

const cost = (cell: number | undefined): number => cell ?? Infinity
