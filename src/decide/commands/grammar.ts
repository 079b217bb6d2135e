// The grammar of command mail (product.md §4): the text of a mail goes in, its commands or every problem with
// them come out. It knows verbs by name only, checks no right and runs nothing.
import type { TextLayout } from '../../model/mail.ts'
import { err, ok, type Result } from '../../model/result.ts'
import { type InstanceName, parseInstanceName } from '../../model/scalars.ts'
import {
  characterFault,
  hiddenFault,
  type JoinedLine,
  joinLine,
  type ParsedCommand,
  readCommand,
} from './command-line.ts'
import {
  asciiLower,
  commandIn,
  endOfReading,
  firstOwnLine,
  isBlank,
  isComment,
  isFooter,
  type Line,
  linesOf,
  saysMore,
  type Vocabulary,
  vocabularyOf,
} from './reading.ts'

export type { Argument, ParsedCommand } from './command-line.ts'

/** Characters of a command mail; a longer one is refused as a whole. */
export const MAX_TEXT = 1_000_000
/** Commands in one mail. */
export const MAX_COMMANDS = 50
/** Problems told of one mail. */
const MAX_PROBLEMS = 100

/** One sentence: what is wrong and what to send instead. It may repeat the line, so it goes to its signer only. */
export type GrammarProblem = { readonly line: number; readonly sentence: string }

type CommandsHead = {
  readonly kind: 'commands'
  readonly instance: InstanceName
  readonly dryRun: 'dry-run' | 'run'
}
type ConfirmHead = { readonly kind: 'confirm'; readonly instance: InstanceName; readonly token: string }

type Body = {
  readonly commands: readonly ParsedCommand[]
  /** Lines with something on them below the end of reading. */
  readonly ignored: number
  /** Own words that are no command: comments, and what is not read below and neither quoted nor a signature. */
  readonly besides: 'words' | 'nothing'
}

export type CommandMail =
  /** At least one command. */
  | (CommandsHead & Body)
  | (ConfirmHead & Pick<Body, 'ignored'>)
  /** The sender wrote this one word and nothing else. */
  | { readonly kind: 'sole'; readonly word: 'help' | 'sendkey' }
  /** `of`: the one word after `leak`, if one follows; whether it names anything is for others to say. */
  | { readonly kind: 'leak'; readonly of: string | undefined }
  /** `project`: the word after `apply`, lower-case, as somebody wrote it. */
  | { readonly kind: 'application'; readonly project: string | undefined }
  /** The first own line opens no command mail. */
  | { readonly kind: 'none' }
  /** Opened as command mail, and E-SYNTAX: nothing may run. */
  | { readonly kind: 'invalid'; readonly problems: readonly GrammarProblem[] }

const opener = /^(?:embargod|confirm)(?![a-z0-9_])/
/** `leak`, or with the one word that it names; a report may well begin with "Leak of memory in …". */
const leakShape = /^leak[.,:!?]?(?: +(?!<)(\S{1,64}))?(?: *<<\S{0,20})?$/
const tokenShape = /^[A-Za-z0-9._-]{1,200}$/

/**
 * Reads the text of one mail as command mail. `verbs` are the known ones, lower-case; `layout` says how the
 * lines of `text` run on. Linear in the text; never throws.
 */
export function readCommandMail(text: string, layout: TextLayout, verbs: readonly string[]): CommandMail {
  const vocabulary = vocabularyOf(verbs)
  const lines = linesOf(text.slice(0, MAX_TEXT), layout)
  const first = firstOwnLine(lines, vocabulary)
  if (first === undefined) return { kind: 'none' }
  const seen = asciiLower(lines[first]?.seen ?? '')
  const words = seen.split(/\s+/, 3)
  const word = words[0]?.replace(/[.,:!?]$/, '')
  if ((word === 'help' || word === 'sendkey') && words.length === 1 && isLastOwn(lines, first, vocabulary))
    return { kind: 'sole', word }
  // `apply` or `apply some-project`; a report may well begin with "Apply the attached patch …".
  const leak = leakShape.exec(seen)
  if (leak !== null) return { kind: 'leak', of: leak[1]?.toUpperCase() }
  if (word === 'apply' && words.length <= 2) {
    const project = words[1]?.replace(/[.,:!?]$/, '')
    return { kind: 'application', project: project === '<<' ? undefined : project }
  }
  if (!opener.test(seen)) return { kind: 'none' }
  if (text.length <= MAX_TEXT) return readOpened(lines, first, vocabulary)
  const sentence = `the text is longer than ${MAX_TEXT} characters; send several mails`
  return { kind: 'invalid', problems: [{ line: 1, sentence }] }
}

/** Stricter than the end of commands: one word above a report must not hide the report. */
function isLastOwn(lines: readonly Line[], at: number, vocabulary: Vocabulary): boolean {
  for (let next = at + 1; next < lines.length; next += 1) {
    const line = lines[next]
    if (line === undefined || endOfReading(lines, next, vocabulary) !== undefined) return true
    if (!isBlank(line) && !isFooter(line)) return false
  }
  return true
}

function readOpened(lines: readonly Line[], first: number, vocabulary: Vocabulary): CommandMail {
  const line = lines[first]?.number ?? 1
  const opening = joinLine(lines, first, vocabulary)
  const head = parseOpening(opening)
  const body = readBody(lines, opening.next, vocabulary)
  const problems = lines
    .slice(0, first)
    .flatMap(hiddenAbove)
    .concat(head.ok ? [] : [{ line, sentence: head.error }], body.problems)
  const [command] = body.commands
  if (head.ok && problems.length === 0) {
    const { ignored } = body
    if (head.value.kind === 'confirm' && command === undefined) return { ...head.value, ignored }
    if (head.value.kind === 'commands' && command !== undefined)
      return { ...head.value, commands: body.commands, ignored, besides: body.besides }
    problems.push(
      command === undefined
        ? { line, sentence: 'no command follows; write them right below, one a line, above any quoted mail' }
        : {
            line: command.line,
            sentence: 'a confirmation stands alone; send commands in a mail of their own',
          },
    )
  }
  return { kind: 'invalid', problems: problems.slice(0, MAX_PROBLEMS) }
}

/** A line above the opening that looks blank and is not: its signer cannot see what it holds. */
function hiddenAbove(line: Line): GrammarProblem[] {
  const sentence = line.seen === '' ? hiddenFault(line.plain) : undefined
  return sentence === undefined ? [] : [{ line: line.number, sentence }]
}

function parseOpening(opening: JoinedLine): Result<CommandsHead | ConfirmHead, string> {
  if (opening.fault !== undefined) return err(opening.fault)
  const [word = '', name = '', third, ...more] = opening.text.split(/[ \t]+/)
  const instance = parseInstanceName(asciiLower(name))
  const fits = instance !== undefined && more.length === 0 && opening.tag === undefined
  if (asciiLower(word).startsWith('confirm')) {
    if (fits && asciiLower(word) === 'confirm' && third !== undefined && tokenShape.test(third))
      return ok({ kind: 'confirm', instance, token: third })
    return err('a confirmation is one line, "confirm INSTANCE TOKEN"; copy it from our mail')
  }
  const isPlain = third === undefined
  if (fits && asciiLower(word) === 'embargod' && (isPlain || asciiLower(third) === 'dry-run'))
    return ok({ kind: 'commands', instance, dryRun: isPlain ? 'run' : 'dry-run' })
  return err(
    'the first line is "embargod INSTANCE" or "embargod INSTANCE dry-run" alone; each command starts at the ' +
      'margin of a line below',
  )
}

/** Everything below the opening: commands, blank lines and comments, up to where reading ends. */
function readBody(
  lines: readonly Line[],
  start: number,
  vocabulary: Vocabulary,
): Body & { readonly problems: readonly GrammarProblem[] } {
  const commands: ParsedCommand[] = []
  const problems: GrammarProblem[] = []
  let at = start
  let count = 0
  let place: 'paragraph begins' | 'in paragraph' = 'paragraph begins'
  /** The line that made the present paragraph ours; up to it none is looked at twice. */
  let known = -1
  let comments = 0
  for (let line = lines[at]; line !== undefined; line = lines[at]) {
    if (endOfReading(lines, at, vocabulary) !== undefined) break
    if (isBlank(line) || isComment(line)) {
      const sentence = characterFault(line.plain)
      if (sentence !== undefined) problems.push({ line: line.number, sentence })
      if (isBlank(line)) place = 'paragraph begins'
      else comments += 1
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
      const sentence = `a mail holds at most ${MAX_COMMANDS} commands; send several mails`
      problems.push({ line: line.number, sentence })
      break
    }
    const read = readCommand(lines, at, vocabulary)
    for (const sentence of read.problems) problems.push({ line: line.number, sentence })
    if (read.command !== undefined) commands.push(read.command)
    if (read.ended === 'lost') break
    place = read.ended === 'block' ? 'paragraph begins' : 'in paragraph'
    at = read.next
  }
  const besides = comments > 0 || saysMore(lines, at, vocabulary) ? 'words' : 'nothing'
  return { commands, problems, ignored: countIgnored(lines, at, vocabulary), besides }
}

function countIgnored(lines: readonly Line[], end: number, vocabulary: Vocabulary): number {
  const below = endOfReading(lines, end, vocabulary) === 'delimiter' ? end + 1 : end
  return lines.slice(below).filter(line => line.seen !== '').length
}
