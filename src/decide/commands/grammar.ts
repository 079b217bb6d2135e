// The grammar of command mail (product.md §4): the text of a mail goes in, its commands or every problem with
// them come out. It knows verbs by name only, checks no right and runs nothing.
import type { TextLayout } from '../../model/mail.ts'
import { type Plaintext, plaintext } from '../../model/plaintext.ts'
import { err, ok, type Result } from '../../model/result.ts'
import { type InstanceName, parseInstanceName } from '../../model/scalars.ts'
import {
  asciiLower,
  commandIn,
  endOfReading,
  firstOwnLine,
  invisibleIn,
  isBlank,
  isComment,
  isIndented,
  isMarker,
  type Line,
  linesOf,
  nearestVerb,
  type Vocabulary,
  vocabularyOf,
} from './reading.ts'

/** Characters of a command mail; a longer one is refused as a whole. */
export const MAX_TEXT = 1_000_000
/** Commands in one mail. */
export const MAX_COMMANDS = 50
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

/** One sentence: what is wrong and what to send instead. It may repeat the line, so it goes to its signer only. */
export type GrammarProblem = { readonly line: number; readonly sentence: string }

export type CommandMail =
  | {
      readonly kind: 'commands'
      readonly instance: InstanceName
      readonly dryRun: 'dry-run' | 'run'
      /** At least one. */
      readonly commands: readonly ParsedCommand[]
      /** Lines with something on them below the end of reading. */
      readonly ignored: number
    }
  | {
      readonly kind: 'confirm'
      readonly instance: InstanceName
      readonly token: string
      readonly ignored: number
    }
  /** The sender wrote this one word and nothing else. */
  | { readonly kind: 'sole'; readonly word: 'help' | 'sendkey' }
  | { readonly kind: 'application' }
  /** The first own line opens no command mail. */
  | { readonly kind: 'none' }
  /** Opened as command mail, and E-SYNTAX: nothing may run. */
  | { readonly kind: 'invalid'; readonly problems: readonly GrammarProblem[] }

type Body = {
  readonly commands: readonly ParsedCommand[]
  readonly problems: readonly GrammarProblem[]
  readonly ignored: number
}

/** A command line with its continuations, blanks between them made one. */
type Joined = {
  readonly text: string
  /** What stands behind `<<` where the line opens a block; empty for a block that ends at a dot. */
  readonly tag: string | undefined
  readonly next: number
  readonly fault: string | undefined
}

const tagShape = /^(?:[A-Za-z][A-Za-z0-9_-]{0,39})?$/
const token = /(?:[^ \t"]|"[^"]*")+/g
const stringShape = /^"([^"]*)"$/
const namedShape = /^([A-Za-z][A-Za-z0-9_-]*)=(?:"([^"]*)"|([^"]+))$/
const attachmentShape = /^att:(?:"([^"]+)"|([^"]+))$/i
const referenceShape = /^[CANS]-[0-9]{1,9}$/i
const confirmationToken = /^[A-Za-z0-9._-]{1,200}$/
/** What phones put below everything they send. */
const phoneFooter =
  /^(?:sent (?:from|with|via)|get outlook for|gesendet (?:von|mit)|envoyé |enviado |inviato )/

/**
 * Reads the text of one mail as command mail. `verbs` are the known ones, lower-case; `layout` says how the
 * lines of `text` run on. Linear in the text; never throws.
 */
export function readCommandMail(text: string, layout: TextLayout, verbs: readonly string[]): CommandMail {
  const vocabulary = vocabularyOf(verbs)
  const lines = linesOf(text.slice(0, MAX_TEXT), layout)
  const first = firstOwnLine(lines, vocabulary)
  const opening = first === undefined ? undefined : lines[first]
  if (first === undefined || opening === undefined) return { kind: 'none' }
  const seen = asciiLower(opening.seen)
  const words = seen.split(/\s+/, 3)
  const word = words[0]?.replace(/[.,:!?]$/, '')
  if ((word === 'help' || word === 'sendkey') && isSole(lines, first, words, vocabulary))
    return { kind: 'sole', word }
  // `apply` or `apply velero`; a report may well begin with "Apply the attached patch …".
  if (word === 'apply' && words.length <= 2) return { kind: 'application' }
  if (!/^(?:embargod|confirm)(?![a-z0-9_])/.test(seen)) return { kind: 'none' }
  if (text.length > MAX_TEXT)
    return invalid([
      { line: 1, sentence: `the text is longer than ${MAX_TEXT} characters; send several mails` },
    ])
  return readOpened(lines, first, vocabulary, seen.startsWith('confirm') ? 'confirm' : 'embargod')
}

const invalid = (problems: readonly GrammarProblem[]): CommandMail => ({ kind: 'invalid', problems })

/** Stricter than the end of commands: one word above a report must not hide the report. */
function isSole(
  lines: readonly Line[],
  at: number,
  words: readonly string[],
  vocabulary: Vocabulary,
): boolean {
  if (words.length > 1) return false
  for (let next = at + 1; next < lines.length; next += 1) {
    const line = lines[next]
    if (line === undefined || endOfReading(lines, next, vocabulary) !== undefined) return true
    if (!isBlank(line) && !phoneFooter.test(asciiLower(line.seen))) return false
  }
  return true
}

function readOpened(lines: readonly Line[], first: number, vocabulary: Vocabulary): CommandMail {
  const opening = joinLine(lines, first, vocabulary)
  const line = lines[first]?.number ?? 1
  const head = parseOpening(opening)
  const body = readBody(lines, opening.next, vocabulary)
  const problems: GrammarProblem[] = []
  for (const above of lines.slice(0, first))
    if (above.seen === '' && !isBlank(above)) problems.push({ line: above.number, sentence: HIDDEN })
  if (!head.ok) problems.push({ line, sentence: head.error })
  problems.push(...body.problems)
  const [command] = body.commands
  if (head.ok && head.value.kind === 'confirm' && command !== undefined)
    problems.push({
      line: command.line,
      sentence: 'a confirmation stands alone; send commands in a mail of their own',
    })
  if (problems.length > 0 || !head.ok) return invalid(problems)
  if (head.value.kind === 'confirm') return { ...head.value, ignored: body.ignored }
  if (command === undefined)
    return invalid([
      { line, sentence: 'no command follows; write them right below, one a line, above any quoted mail' },
    ])
  return { ...head.value, commands: body.commands, ignored: body.ignored }
}

type Head =
  | { readonly kind: 'commands'; readonly instance: InstanceName; readonly dryRun: 'dry-run' | 'run' }
  | { readonly kind: 'confirm'; readonly instance: InstanceName; readonly token: string }

function parseOpening(opening: Joined): Result<Head, string> {
  if (opening.fault !== undefined) return err(opening.fault)
  const [word = '', name = '', third, ...more] = opening.text.split(' ')
  const instance = parseInstanceName(asciiLower(name))
  const fits = instance !== undefined && more.length === 0 && opening.tag === undefined
  if (asciiLower(word).startsWith('confirm')) {
    if (fits && asciiLower(word) === 'confirm' && third !== undefined && confirmationToken.test(third))
      return ok({ kind: 'confirm', instance, token: third })
    return err('a confirmation is one line, "confirm INSTANCE TOKEN"; copy it from our mail')
  }
  const mode = third === undefined ? 'run' : asciiLower(third) === 'dry-run' ? 'dry-run' : undefined
  if (fits && asciiLower(word) === 'embargod' && mode !== undefined)
    return ok({ kind: 'commands', instance, dryRun: mode })
  return err(
    'the first line is "embargod INSTANCE" or "embargod INSTANCE dry-run" alone; commands start at the ' +
      'margin of the lines below',
  )
}

/** Everything below the opening: commands, blank lines and comments, up to where reading ends. */
function readBody(lines: readonly Line[], start: number, vocabulary: Vocabulary): Body {
  const commands: ParsedCommand[] = []
  const problems: GrammarProblem[] = []
  let at = start
  let count = 0
  let place: 'paragraph begins' | 'in paragraph' = 'paragraph begins'
  /** The line that made the present paragraph ours; up to there none is looked at twice. */
  let known = -1
  for (let line = lines[at]; line !== undefined; line = lines[at]) {
    if (endOfReading(lines, at, vocabulary) !== undefined) break
    if (isBlank(line) || isComment(line)) {
      const fault = isBlank(line) ? undefined : characterFault(line.plain)
      if (fault !== undefined) problems.push({ line: line.number, sentence: fault })
      if (isBlank(line)) place = 'paragraph begins'
      at += 1
      continue
    }
    if (place === 'paragraph begins' && at > known) {
      const found = commandIn(lines, at, vocabulary)
      if (found === undefined) break
      known = found
    }
    count += 1
    if (count > MAX_COMMANDS) {
      problems.push({
        line: line.number,
        sentence: `a mail holds at most ${MAX_COMMANDS} commands; send several mails`,
      })
      break
    }
    const read = readCommand(lines, at, vocabulary)
    problems.push(...read.problems)
    if (read.command !== undefined) commands.push(read.command)
    // Where a block ends is unknown, so whatever follows could be its text.
    if (read.next === 'lost') break
    place = read.command?.block === undefined ? 'in paragraph' : 'paragraph begins'
    at = read.next
  }
  return { commands, problems, ignored: countIgnored(lines, at, vocabulary) }
}

function countIgnored(lines: readonly Line[], end: number, vocabulary: Vocabulary): number {
  const below = endOfReading(lines, end, vocabulary) === 'delimiter' ? end + 1 : end
  return lines.slice(below).filter(line => line.seen !== '').length
}

type Read = {
  readonly command: ParsedCommand | undefined
  readonly problems: readonly GrammarProblem[]
  readonly next: number | 'lost'
}

function readCommand(lines: readonly Line[], at: number, vocabulary: Vocabulary): Read {
  const first = lines[at]
  const line = first?.number ?? 1
  const joined = joinLine(lines, at, vocabulary)
  const sentences: string[] = []
  if (first !== undefined && isIndented(first))
    sentences.push(
      'it begins with a blank and there is no command right above to continue; start at the margin',
    )
  const parsed = joined.fault === undefined ? parseCommand(joined.text, vocabulary.verbs) : err(joined.fault)
  if (!parsed.ok) sentences.push(parsed.error)
  const problems = sentences.map(sentence => ({ line, sentence }))
  if (joined.tag === undefined) {
    const next = joined.text.includes('<<') && !parsed.ok ? 'lost' : joined.next
    const command =
      parsed.ok && problems.length === 0 ? { ...parsed.value, block: undefined, line } : undefined
    return { command, problems, next }
  }
  const block = readBlock(lines, joined.next, joined.tag)
  if (!block.ok)
    return { command: undefined, problems: [...problems, { line, sentence: block.error }], next: 'lost' }
  const { text, next } = block.value
  const command = parsed.ok && problems.length === 0 ? { ...parsed.value, block: text, line } : undefined
  return { command, problems, next }
}

/** The line at `at` and those that continue it, by a blank at their start or a `\` at the end of the one before. */
function joinLine(lines: readonly Line[], at: number, vocabulary: Vocabulary): Joined {
  const pieces: string[] = []
  let fault: string | undefined
  let quotes = 0
  let next = at
  for (let line = lines[next]; line !== undefined; line = lines[next]) {
    next += 1
    if (invisibleIn(line.plain) !== undefined) fault ??= HIDDEN
    let piece = trimBlanks(line.plain)
    quotes += piece.split('"').length - 1
    const lastWord = piece.slice(Math.max(piece.lastIndexOf(' '), piece.lastIndexOf('\t')) + 1)
    if (quotes % 2 === 0 && lastWord.startsWith('<<')) {
      pieces.push(trimBlanks(piece.slice(0, -lastWord.length)))
      return joinedOf(pieces, lastWord.slice(2), next, fault)
    }
    const runsOn = piece.endsWith('\\')
    if (runsOn) piece = trimBlanks(piece.slice(0, -1))
    pieces.push(piece)
    const below = lines[next]
    const isOver =
      below === undefined || isBlank(below) || endOfReading(lines, next, vocabulary) !== undefined
    if (isOver && runsOn)
      fault ??= 'it ends in a \\ and no line follows that could continue it; leave the \\ out'
    if (isOver || !(runsOn || isIndented(below))) break
  }
  return joinedOf(pieces, undefined, next, fault)
}
