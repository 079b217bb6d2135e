// What an applicant says in one mail: organisation, name, and answers to the numbered criteria, above, between or below
// what the mail quotes. A text goes in, answers come out; nothing in it is a command, and nothing else is taken for one.
import type { Answers } from '../../model/application.ts'
import { textOfHtml } from '../../model/html.ts'
import type { OpenedMail, TextLayout } from '../../model/mail.ts'
import { type Plaintext, plaintext } from '../../model/plaintext.ts'
import type { Criterion } from '../../model/policy.ts'
import { endOfReading, isBlank, isMarker, type Line, linesOf, vocabularyOf } from '../commands/reading.ts'

/** Characters of a mail that are read for answers; people see the whole. */
const MOST_READ = 100_000
/** Characters kept of one answer, and of an organisation or a name. */
const MOST_KEPT = 4_000
const MOST_NAMED = 100

const numbered = /^[#(]?([1-9][0-9]?)[.):](?:\s+(.*))?$/s
const labelled = /^(?:(organi[sz]ation|company)(?: name)?|(?:your |full )?name)\s*[:\uff1a]\s*(.*)$/is
const rule = /^(?:[-_=*]{3,}|--$|[\u2013\u2014]$)/
const quotes = /^(?:>\s?)+/
const NO_VERBS = vocabularyOf([])

export const NO_ANSWERS: Answers = { organisation: undefined, name: undefined, criteria: {} }

type Field = 'organisation' | 'name' | number
type Heading = { readonly field: Field; readonly rest: string }

export type OwnWords = { readonly text: Plaintext; readonly layout: TextLayout }

/**
 * The words that are surely the sender's own: of an encrypted mail only what its signature covers, for anyone can send
 * us what somebody else encrypted, and our answer tells what was found in it (threats.md B01).
 */
export function ownWords({ authored, encryption, parts }: OpenedMail): OwnWords | undefined {
  const isSigned = authored.kind === 'signed' && authored.signature.kind === 'good'
  if (encryption !== 'clear' && !isSigned) return undefined
  if (authored.text !== undefined)
    return { text: authored.text, layout: authored.kind === 'misshapen' ? 'fixed' : authored.layout }
  const html = parts.find(
    ({ mediaType, disposition, text }) =>
      mediaType === 'text/html' && disposition === 'inline' && text !== undefined,
  )?.text
  if (html === undefined) return undefined
  return { text: plaintext(textOfHtml(html.open().slice(0, MOST_READ))), layout: 'fixed' }
}

/** The answers in a text, each the first that it gives. Linear; never throws. */
export function answersIn({ text, layout }: OwnWords, criteria: readonly Criterion[]): Answers {
  const pieces = piecesOf(linesOf(text.open().slice(0, MOST_READ), layout), criteria.length)
  const found = new Map<Field, Plaintext>()
  for (const { field, lines } of pieces) {
    const answer = found.has(field) ? undefined : answerFrom(lines, field, criteria)
    if (answer !== undefined) found.set(field, plaintext(answer))
  }
  return {
    organisation: found.get('organisation'),
    name: found.get('name'),
    criteria: Object.fromEntries(
      criteria.flatMap(({ by }, position) => {
        const answer = by === 'answer' ? found.get(position) : undefined
        return answer === undefined ? [] : [[position, answer]]
      }),
    ),
  }
}

type Piece = { readonly field: Field; readonly lines: string[] }

/** The sender's own lines below or beside each heading, whoever wrote that. */
function piecesOf(lines: readonly Line[], most: number): readonly Piece[] {
  const pieces: Piece[] = []
  let current: Piece | undefined
  const begin = (field: Field, rest: string) => {
    current = { field, lines: [rest] }
    pieces.push(current)
  }
  for (const [at, line] of lines.entries()) {
    const quoted = quotes.exec(line.seen)?.[0]
    const seen = line.seen.slice(quoted?.length ?? 0)
    const heading = headingIn(seen, most)
    // What is quoted is never an answer, but says to what the lines below it are one.
    if (quoted !== undefined && heading !== undefined) begin(heading.field, '')
    else if (quoted !== undefined) current = rule.test(seen) ? undefined : current
    else if (heading !== undefined && !(current !== undefined && isPoint(line)))
      begin(heading.field, heading.rest)
    else if (isOver(lines, at, line)) current = undefined
    else current?.lines.push(seen)
  }
  return pieces
}

/** Positions of criteria of which the text holds a word that an answer is likely to hold: a hint, and no answer. */
export function hintsIn({ text }: OwnWords, criteria: readonly Criterion[]): readonly number[] {
  const words = plainWords(
    text
      .open()
      .slice(0, MOST_READ)
      .replace(/^[ \t]*>.*$/gm, ''),
  )
  const holds = (sign: string) => words.includes(plainWords(sign).trimEnd())
  return criteria.flatMap(({ by, signs }, position) =>
    by === 'answer' && signs.some(holds) ? [position] : [],
  )
}

/** The answers before, each replaced by what a later mail says of it. */
export const answersTogether = (before: Answers, later: Answers): Answers => ({
  organisation: later.organisation ?? before.organisation,
  name: later.name ?? before.name,
  criteria: { ...before.criteria, ...later.criteria },
})

/** Whether they say the same, word for word. */
export function sameAnswers(a: Answers, b: Answers): boolean {
  const words = ({ organisation, name, criteria }: Answers) =>
    JSON.stringify([
      organisation?.open(),
      name?.open(),
      Object.entries(criteria)
        .map(([position, text]) => [position, text.open()])
        .sort(),
    ])
  return words(a) === words(b)
}

function headingIn(seen: string, most: number): Heading | undefined {
  const label = labelled.exec(seen)
  if (label !== null) return { field: label[1] === undefined ? 'name' : 'organisation', rest: label[2] ?? '' }
  const [, number, rest = ''] = numbered.exec(seen) ?? []
  const position = Number(number) - 1
  return number === undefined || position >= most ? undefined : { field: position, rest }
}

/** A point of a list within an answer, which people indent. */
const isPoint = ({ text }: Line): boolean => /^[ \t]{2,}/.test(text)

/** Where an answer surely ends: at a rule, a signature, our marker, or the header of the mail that is answered. */
const isOver = (lines: readonly Line[], at: number, line: Line): boolean =>
  isMarker(line) ||
  rule.test(line.seen) ||
  (!isBlank(line) && endOfReading(lines, at, NO_VERBS) === 'content')

/** What is left once our own question is taken off its beginning; an organisation or a name is one line. */
function answerFrom(
  lines: readonly string[],
  field: Field,
  criteria: readonly Criterion[],
): string | undefined {
  if (typeof field !== 'number') {
    const [first] = lines.filter(line => line !== '')
    return first?.slice(0, MOST_NAMED).toWellFormed()
  }
  const text = withoutQuestion(lines.join('\n'), criteria[field]?.text ?? '').trim()
  return /[\p{L}\p{N}]/u.test(text) ? text.slice(0, MOST_KEPT).toWellFormed() : undefined
}

/** Mail programs that do not mark quotations leave the question in front of its answer, in lines of their own length. */
function withoutQuestion(text: string, question: string): string {
  let at = 0
  for (const word of question.split(/\s+/)) {
    while (at < text.length && /\s/.test(text[at] ?? '')) at += 1
    if (!text.startsWith(word, at)) return text
    at += word.length
  }
  return text.slice(at)
}

const plainWords = (text: string): string =>
  ` ${(text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? []).join(' ')}`
