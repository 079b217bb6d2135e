// One command of a command mail (product.md §4): the lines from where it starts go in, its verb, arguments and
// block or what is wrong with it come out. It knows verbs by name only.
import { type Plaintext, plaintext } from '../../model/plaintext.ts'
import { err, ok, type Result } from '../../model/result.ts'
import {
  asciiLower,
  endOfReading,
  invisibleIn,
  isBlank,
  isIndented,
  isMarker,
  type Line,
  nearestVerb,
  type Vocabulary,
} from './reading.ts'

/** Characters of the sender's line that a problem repeats. */
const MAX_ECHO = 60

export type Argument =
  /** As written: whether case matters is the verb's business. */
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  /** `name=value` or `name="value"`; the name is lower-case. */
  | { readonly kind: 'named'; readonly name: string; readonly value: string; readonly quoted: boolean }
  /** `C-482107`, `A-77`, `N-309123`, `S-4`, upper-case. */
  | { readonly kind: 'reference'; readonly text: string }
  /** `att:file.patch`, or `att:"two words.patch"`. */
  | { readonly kind: 'attachment'; readonly fileName: string }

export type ParsedCommand = {
  /** One of the known verbs, lower-case. */
  readonly verb: string
  readonly arguments: readonly Argument[]
  /** Lines joined by LF, without one at the end. */
  readonly block: Plaintext | undefined
  /** Counted from 1 in the text as written. */
  readonly line: number
  /** The command in our own normal form, for echoing; without its block. */
  readonly source: string
}

export type ReadCommand = {
  /** Undefined where there is a problem. */
  readonly command: ParsedCommand | undefined
  /** One sentence each: what is wrong and what to send instead. */
  readonly problems: readonly string[]
  /** Index of the line below. */
  readonly next: number
  /** What ended it; `lost`: a block opened and its end is unknown, so whatever follows could be its text. */
  readonly ended: 'line' | 'block' | 'lost'
}

/** A line and its continuations, joined by one blank each. */
export type JoinedLine = {
  readonly text: string
  /** What stands behind `<<` where the line opens a block; empty for a block that ends at a dot. */
  readonly tag: string | undefined
  readonly next: number
  readonly fault: string | undefined
}

const tagShape = /^(?:[A-Za-z][A-Za-z0-9_-]{0,39})?$/
const stringShape = /^"([^"]*)"$/
const namedShape = /^([A-Za-z][A-Za-z0-9_-]*)=(?:"([^"]*)"|([^"]+))$/
const attachmentShape = /^att:(?:"([^"]+)"|([^"]+))$/i
const referenceShape = /^[ACDLMNS]-[0-9]{1,9}$/i

/** Reads the command that starts at a line of ours. */
export function readCommand(lines: readonly Line[], at: number, vocabulary: Vocabulary): ReadCommand {
  const first = lines[at]
  const joined = joinLine(lines, at, vocabulary)
  const parsed = joined.fault === undefined ? parseCommand(joined.text, vocabulary.verbs) : err(joined.fault)
  const problems = parsed.ok ? [] : [parsed.error]
  if (first !== undefined && isIndented(first))
    problems.push(
      'a blank at its start continues the line above, and no command is there; start at the margin',
    )
  const block = joined.tag === undefined ? undefined : readBlock(lines, joined.next, joined.tag)
  if (block?.ok === false) problems.push(block.error)
  const command =
    parsed.ok && problems.length === 0
      ? { ...parsed.value, block: block?.ok ? block.value.text : undefined, line: first?.number ?? 1 }
      : undefined
  if (block?.ok) return { command, problems, next: block.value.next, ended: 'block' }
  const isLost = block !== undefined || (!parsed.ok && joined.text.includes('<<'))
  return { command, problems, next: joined.next, ended: isLost ? 'lost' : 'line' }
}

/** The line at `at` and those that continue it, by a blank at their start or a `\` at the end of the one before. */
export function joinLine(lines: readonly Line[], at: number, vocabulary: Vocabulary): JoinedLine {
  const pieces: string[] = []
  const joined = (tag: string | undefined, next: number, fault: string | undefined): JoinedLine => {
    const text = trimBlanks(pieces.join(' '))
    return { text, tag, next, fault: fault ?? characterFault(tag === undefined ? text : `${text} ${tag}`) }
  }
  let quotes = 0
  let fault: string | undefined
  for (let next = at; ; next += 1) {
    const plain = lines[next]?.plain ?? ''
    // Before blanks are trimmed, so that nothing unseen hides among them.
    fault ??= hiddenFault(plain)
    const piece = trimBlanks(plain)
    const lastBlank = Math.max(piece.lastIndexOf(' '), piece.lastIndexOf('\t'))
    const [before, lastWord] = [piece.slice(0, lastBlank + 1), piece.slice(lastBlank + 1)]
    quotes += countQuotes(before)
    if (quotes % 2 === 0 && lastWord.startsWith('<<')) {
      pieces.push(before)
      return joined(lastWord.slice(2), next + 1, fault)
    }
    quotes += countQuotes(lastWord)
    const runsOn = piece.endsWith('\\')
    pieces.push(runsOn ? trimBlanks(piece.slice(0, -1)) : piece)
    const below = lines[next + 1]
    const isOver =
      below === undefined || isBlank(below) || endOfReading(lines, next + 1, vocabulary) !== undefined
    if (isOver && runsOn) fault ??= 'it ends in a \\ and no line below continues it; leave the \\ out'
    if (isOver || !(runsOn || isIndented(below))) return joined(undefined, next + 1, fault)
  }
}

/** What is wrong with the characters of a line outside blocks; undefined if nothing is. */
export function characterFault(plain: string): string | undefined {
  const foreign = /[^\t\x20-\x7e]/u.exec(plain.replace(/"[^"]*"/g, '""'))?.[0]
  if (foreign === undefined) return hiddenFault(plain)
  return (
    hiddenFault(plain) ??
    `it holds ${codePoint(foreign)} outside a "string", where only ASCII is read; type the line anew`
  )
}

/** The fault of a line that holds a zero-width, bidi or control character. */
export function hiddenFault(plain: string): string | undefined {
  const hidden = invisibleIn(plain)
  return hidden && `it holds the invisible character ${codePoint(hidden)}; type the line anew`
}

const countQuotes = (text: string): number => text.split('"').length - 1

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

function trimBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlankCharacter(text[start])) start += 1
  while (end > start && isBlankCharacter(text[end - 1])) end -= 1
  return text.slice(start, end)
}

const isBlankCharacter = (character: string | undefined): boolean => character === ' ' || character === '\t'

function parseCommand(
  text: string,
  verbs: readonly string[],
): Result<Pick<ParsedCommand, 'verb' | 'arguments' | 'source'>, string> {
  if (countQuotes(text) % 2 !== 0) return err('a " is not closed; put one at the end of the string')
  const [word = '', ...rest] = text.match(/(?:[^ \t"]|"[^"]*")+/g) ?? []
  const verb = asciiLower(word)
  if (!verbs.includes(verb)) return err(unknownVerb(word, nearestVerb(verb, verbs)))
  const found: Argument[] = []
  for (const token of rest) {
    const argument = parseArgument(token)
    if (!argument.ok) return argument
    found.push(argument.value)
  }
  return ok({ verb, arguments: found, source: [verb, ...found.map(written)].join(' ') })
}

function unknownVerb(word: string, meant: string | undefined): string {
  if (meant !== undefined) return `${echo(word)} is no command; did you mean "${meant}"?`
  return `${echo(word)} is no command; "help" lists them, and a line "stop" ends what is read`
}

function parseArgument(token: string): Result<Argument, string> {
  const string = stringShape.exec(token)
  if (string !== null) return ok({ kind: 'string', text: string[1] ?? '' })
  const file = attachmentShape.exec(token)
  if (file !== null) return ok({ kind: 'attachment', fileName: file[1] ?? file[2] ?? '' })
  const [whole, name = '', quoted, bare = ''] = namedShape.exec(token) ?? []
  if (whole !== undefined)
    return ok({ kind: 'named', name: asciiLower(name), value: quoted ?? bare, quoted: quoted !== undefined })
  if (token.includes('"')) return err(`${echo(token)} mixes a string with other text; put blanks around "…"`)
  if (token.includes('<<'))
    return err('<< or <<TAG comes last on its line, after a blank, and the text on the lines below')
  if (/^[A-Za-z][A-Za-z0-9_-]*=$/.test(token))
    return err(`${echo(token)} has no value; write name=value without blanks around =`)
  if (referenceShape.test(token)) return ok({ kind: 'reference', text: token.toUpperCase() })
  return ok({ kind: 'word', text: token })
}

/** An argument as we would write it. */
function written(argument: Argument): string {
  switch (argument.kind) {
    case 'string':
      return `"${argument.text}"`
    case 'named':
      return `${argument.name}=${argument.quoted ? `"${argument.value}"` : argument.value}`
    case 'attachment':
      return /^[!-~]+$/.test(argument.fileName) ? `att:${argument.fileName}` : `att:"${argument.fileName}"`
    default:
      return argument.text
  }
}

/** The beginning of somebody's own words in quotes, what cannot be seen or mistaken in it as `?`. */
export const echo = (text: string): string =>
  `"${text.slice(0, MAX_ECHO).replace(/[^\x20-\x7e]/gu, '?')}${text.length > MAX_ECHO ? '…' : ''}"`

function readBlock(
  lines: readonly Line[],
  start: number,
  tag: string,
): Result<{ readonly text: Plaintext; readonly next: number }, string> {
  if (!tagShape.test(tag)) return err(`${echo(`<<${tag}`)} opens no text; write << or <<TAG in ASCII letters`)
  const closing = tag === '' ? '.' : asciiLower(tag)
  const text: string[] = []
  for (let at = start; at < lines.length; at += 1) {
    const line = lines[at]
    if (line === undefined || isMarker(line)) break
    if (asciiLower(line.plain.trimEnd()) === closing)
      return ok({ text: plaintext(withoutBlankEnds(text).join('\n')), next: at + 1 })
    text.push(line.text)
  }
  return err(
    `its text is not closed; end it with a line that holds ${tag === '' ? 'one dot' : `"${tag}"`} only`,
  )
}

/** Those above and below the words were left by a gap that was filled in, or put there by an HTML editor. */
function withoutBlankEnds(lines: readonly string[]): readonly string[] {
  const isFilled = (line: string) => /\S/.test(line)
  return lines.slice(Math.max(0, lines.findIndex(isFilled)), lines.findLastIndex(isFilled) + 1)
}
