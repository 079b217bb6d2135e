// Laying out plain text: our own in short columns, a stranger's so that it can be told from ours wherever
// it is shown. Text in, lines out; no meaning is read from it.

/** Columns of our own lines; a phone wraps the least of what a person must read. */
export const COLUMNS = 72

/** Stands before each displayed line that we did not write (threats.md B07). */
export const QUOTE = '| '

/** Controls, bidi and zero-width marks, line and paragraph separators; the tab is harmless. */
const invisible = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u

/** Writes out as `<U+202E>` what would hide, reorder, or drive a terminal; takes one line. */
export const visible = (line: string): string =>
  line
    .toWellFormed()
    .replace(
      invisible,
      mark => `<U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
    )

/** A short text of unknown origin as one line of at most `columns`. */
export function oneLine(text: string, columns: number): string {
  const line = visible(text.replace(/\s+/g, ' ').trim())
  return line.length <= columns ? line : `${line.slice(0, columns - 1).toWellFormed()}…`
}

/** Words filled into lines; `first` and `rest` stand before the first and the following lines. */
export function fill(text: string, first = '', rest = first): string {
  const lines: string[] = []
  let line = first
  let empty = true
  for (const word of text.split(/\s+/)) {
    if (!empty && line.length + 1 + word.length > COLUMNS) {
      lines.push(line)
      line = rest
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  lines.push(line)
  return lines.join('\n')
}

/** `* ` before each item, one item after the other. */
export const bullets = (items: readonly string[]): string =>
  items.map(item => fill(item, '* ', '  ')).join('\n')

/** Paragraphs with an empty line between them; undefined ones are left out. */
export const paragraphs = (...parts: readonly (string | undefined)[]): string =>
  `${parts.filter(part => part !== undefined && part !== '').join('\n\n')}\n`

export type Quoted = {
  readonly text: string
  /** Whether every character is shown as it came, so that the original need not go along. */
  readonly faithful: 'faithful' | 'changed'
}

/**
 * Each displayed line behind `prefix`: invisible marks written out and long lines broken, since a mail
 * reader that breaks them itself would show the rest without a prefix.
 */
export function quoted(text: string, prefix: string = QUOTE): Quoted {
  const lines: string[] = []
  let faithful: Quoted['faithful'] = 'faithful'
  for (const line of text.split(/\r\n|\r|\n/)) {
    const shown = breakQuotation(visible(line), COLUMNS - prefix.length)
    if (shown.length !== 1 || shown[0] !== line) faithful = 'changed'
    for (const piece of shown) lines.push(piece === '' ? prefix.trimEnd() : `${prefix}${piece}`)
  }
  while (lines.at(-1) === prefix.trimEnd()) lines.pop()
  return { text: lines.join('\n'), faithful }
}

/** What was a quotation already keeps its marks in front of each piece. */
function breakQuotation(line: string, columns: number): readonly string[] {
  const marks = /^(?:> ?){1,15}/.exec(line)?.[0] ?? ''
  return breakLine(line.slice(marks.length), columns - marks.length).map(piece => `${marks}${piece}`)
}

function breakLine(line: string, columns: number): readonly string[] {
  if (line.length <= columns / 2) return [line]
  const pieces: string[] = []
  let piece = ''
  let used = 0
  let lastBlank = -1
  for (const character of line) {
    const width = columnsOf(character)
    if (used + width > columns) {
      const rest = lastBlank > 0 ? piece.slice(lastBlank + 1) : ''
      pieces.push(lastBlank > 0 ? piece.slice(0, lastBlank) : piece)
      piece = rest
      used = [...rest].reduce((sum, one) => sum + columnsOf(one), 0)
      lastBlank = -1
    }
    if (character === ' ') lastBlank = piece.length
    piece += character
    used += width
  }
  pieces.push(piece)
  return pieces
}

const columnsOf = (character: string): number =>
  character === '\t' ? 8 : character > '\u10ff' && wide.test(character) ? 2 : 1

/**
 * Terms behind bars: paragraphs with short lines, as those of a list, as they stand, all others filled anew, so that none
 * is broken twice. Their exact text is a file or the policy.
 */
export const termsText = (text: string): string =>
  text
    .trim()
    .split(/\n{2,}/)
    .map(part =>
      part.split('\n').some(line => line.length + QUOTE.length > COLUMNS)
        ? fill(part, QUOTE)
        : quoted(part).text,
    )
    .join(`\n${QUOTE.trimEnd()}\n`)
