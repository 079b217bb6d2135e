// One line of `check`: what was looked at, how it was found, and what to do about it. Never a secret.
import { EXIT } from './verb.ts'

export type Finding = {
  /** `wrong`: the configuration or a file must be changed. `unreachable`: a server does not answer. */
  readonly verdict: 'ok' | 'warn' | 'wrong' | 'unreachable'
  readonly about: 'config' | 'data' | 'key' | 'team' | 'admin' | 'database' | 'imap' | 'smtp' | 'mail'
  readonly text: string
}

const word = { ok: 'ok', warn: 'warn', wrong: 'fail', unreachable: 'fail' } as const

export const formatFinding = ({ verdict, about, text }: Finding): string =>
  `${word[verdict].padEnd(4)}  ${about.padEnd(8)}  ${text}`

/** The same as data, for scripts. */
export const findingAsJson = ({ verdict, about, text }: Finding) => ({ result: word[verdict], about, text })

/** What must be changed counts more than what cannot be reached; a warning is no failure. */
export function exitCodeOf(findings: readonly Finding[]): number {
  if (findings.some(({ verdict }) => verdict === 'wrong')) return EXIT.config
  return findings.some(({ verdict }) => verdict === 'unreachable') ? EXIT.unavailable : EXIT.done
}
