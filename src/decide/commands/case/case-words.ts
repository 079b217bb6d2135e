// Words that follow the case, for the verbs that take any number of them. Never a verb of its own.
import { type Plaintext, plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import type { Argument, ParsedCommand } from '../grammar.ts'
import { type CaseArguments, type CaseExpected, takeCase } from './case-verbs.ts'

type CaseWords = CaseArguments & { readonly words: readonly string[] }

/** As `takeCase`, with any number of words after the case. */
export function takeWords(parsed: ParsedCommand, expected: CaseExpected): Result<CaseWords, string> {
  const [first, ...rest] = parsed.arguments
  const words = rest.flatMap(textOf)
  const others = rest.filter(argument => textOf(argument).length === 0)
  const taken = takeCase({ ...parsed, arguments: first === undefined ? [] : [first, ...others] }, expected)
  return taken.ok ? ok({ ...taken.value, words }) : taken
}

const textOf = (argument: Argument): readonly string[] =>
  argument.kind === 'named' || argument.kind === 'attachment' ? [] : [argument.text]

/** Each between one and so many characters, and not too many; the error is half a sentence. */
export function texts(
  words: readonly string[],
  most: number,
  longest: number,
): Result<readonly Plaintext[], string> {
  if (words.length > most) return err(`${most} are the most it takes`)
  const trimmed = words.map(word => word.trim())
  if (trimmed.includes('')) return err('one of them is empty')
  if (trimmed.some(word => word.length > longest)) return err(`each has at most ${longest} characters`)
  return ok([...new Set(trimmed)].map(plaintext))
}

/** Whether two lists hold the same words in the same order. */
export const sameTexts = (a: readonly Plaintext[], b: readonly Plaintext[]): boolean =>
  a.length === b.length && a.every((one, at) => one.open() === b[at]?.open())
