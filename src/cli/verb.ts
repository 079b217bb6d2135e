// The shape of a verb of the command line, and the exit codes that all of them use.
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { err, ok, type Result } from '../model/result.ts'

/** Exit codes, as in sysexits.h where it has one. */
export const EXIT = {
  done: 0,
  /** It was understood and did not work out; the sentence says why. */
  failed: 1,
  usage: 64,
  /** A command that the instance refused. */
  refused: 65,
  /** A server cannot be reached. */
  unavailable: 69,
  /** Another process has the data directory. */
  busy: 75,
  /** A passphrase is absent or empty. */
  locked: 77,
  config: 78,
} as const

export type Io = {
  readonly out: (text: string) => void
  /** As they are, for a file or another program. */
  readonly octets: (octets: Uint8Array) => void
  readonly problem: (text: string) => void
  readonly configFile: string
}

export type Verb = {
  readonly name: string
  /** After the name: `import --project NAME …`. */
  readonly usage: string
  readonly summary: string
  readonly run: (args: readonly string[], io: Io) => Promise<number>
}

type Options = NonNullable<ParseArgsConfig['options']>

/** Parsed options and positionals, or what is wrong in half a sentence. */
export function readArgs<const O extends Options>(args: readonly string[], options: O) {
  try {
    return ok(parseArgs({ args: [...args], options, allowPositionals: true, strict: true }))
  } catch (error) {
    return err(error instanceof Error ? (error.message.split('\n', 1)[0] ?? 'unusable') : 'unusable')
  }
}

/** Says what is wrong and how it is written. */
export function misused(verb: Pick<Verb, 'name' | 'usage'>, why: string, io: Io): number {
  io.problem(`${why}; usage: embargod ${verb.name} ${verb.usage}`.trimEnd())
  return EXIT.usage
}

/** A required option of text. */
export function required(values: Readonly<Record<string, unknown>>, name: string): Result<string, string> {
  const value = values[name]
  return typeof value === 'string' && value !== '' ? ok(value) : err(`--${name} is missing`)
}

/** Text of others on a terminal: control and bidirectional characters become visible (threats.md C20). */
export const printable = (text: string): string =>
  text.replace(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** The same for JSON: what is escaped there is still the same text to whoever parses it. */
export const asJson = (value: unknown): string => printable(JSON.stringify(value, null, 2))

/** The id of a row as a list shows it. */
export const rowNumber = (text: string): number | undefined =>
  /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : undefined
