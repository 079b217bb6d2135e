// Words of others as they stand in our answers: under a label, each line behind `| ` (threats.md B07).
import type { Plaintext } from '../model/plaintext.ts'

/** Each line behind the mark. */
export const quotedLines = (text: Plaintext): readonly string[] =>
  text
    .open()
    .trimEnd()
    .split(/\r?\n/)
    .map(line => `| ${line}`)

/** The same under a label; nothing of what is not there. */
export const quoted = (label: string, text: Plaintext | undefined): readonly string[] =>
  text === undefined ? [] : [`${label}:`, ...quotedLines(text)]
