// Arguments that several verbs about a case share: words after the case, and a file that is a certificate. Never
// a verb of its own.

import type { CaseKey } from '../../model/person.ts'
import { type Plaintext, plaintext } from '../../model/plaintext.ts'
import { err, ok, type Result } from '../../model/result.ts'
import type { Fingerprint, Instant } from '../../model/scalars.ts'
import { DAY, formatInstant, parseInstant } from '../../model/time.ts'
import { findFile } from './attached.ts'
import { type CaseArguments, type CaseExpected, takeCase } from './case-verbs.ts'
import type { Refusal, World } from './command.ts'
import type { Argument, ParsedCommand } from './grammar.ts'

/** A date further away than this is taken for a typing error. */
const FURTHEST = 400 * DAY

export type CaseWords = CaseArguments & { readonly words: readonly string[] }

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

/** An instant that lies ahead; `name` is the argument's. */
export function futureInstant(name: string, text: string, now: Instant): Result<Instant, Refusal> {
  const parsed = parseInstant(text)
  if (!parsed.ok) return refuse('E-DATE', `${name}=${parsed.error}`)
  if (parsed.value <= now)
    return refuse('E-DATE', `${text} is past; choose an instant after ${formatInstant(now)}.`)
  if (parsed.value > now + FURTHEST)
    return refuse('E-DATE', `${text} is more than a year away; check the year.`)
  return parsed
}

/** The certificate with this fingerprint, in the one attached file of this name. */
export function attachedKey(name: string, fingerprint: Fingerprint, world: World): Result<CaseKey, Refusal> {
  const file = findFile(name, world.files)
  if (!file.ok) return file
  const operand = world.operands.get(file.value.sha256)
  if (operand?.kind !== 'certificate')
    return refuse(
      'E-KEY',
      `${name} is no public key that can be read; attach the key itself, as a .asc file.`,
    )
  const { key, encryptable } = operand
  if (key.fingerprint !== fingerprint)
    return refuse(
      'E-KEY',
      `${name} is the key ${key.fingerprint}, not ${fingerprint}; check with its owner which one is right.`,
    )
  if (world.ownKeys.includes(fingerprint))
    return refuse('E-KEY', `${fingerprint} is a key of ours; attach the other person's.`)
  if (encryptable === 'no')
    return refuse('E-KEY', `Nothing can be encrypted to ${fingerprint} now; ask its owner for a valid key.`)
  return ok(key)
}

export const refuse = (code: Refusal['code'], text: string): Result<never, Refusal> =>
  err({ code, text: plaintext(text) })
