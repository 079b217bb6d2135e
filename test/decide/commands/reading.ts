// How the tests of the grammar look at a mail: read with a fixed vocabulary, and told in a few words.
import assert from 'node:assert/strict'
import {
  type CommandMail,
  type ParsedCommand,
  readCommandMail,
} from '../../../src/decide/commands/grammar.ts'
import type { TextLayout } from '../../../src/model/mail.ts'

const verbs = [
  'accept',
  'accept-policy',
  'ack',
  'approve',
  'cancel',
  'confirm',
  'contact',
  'cve',
  'ham',
  'help',
  'hold',
  'key',
  'leak',
  'list',
  'my',
  'note',
  'notice',
  'open',
  'plan',
  'private',
  'reject',
  'release',
  'reply',
  'show',
  'status',
  'suspend',
  'tag',
  'take',
  'title',
  'veto',
]

export const read = (text: string, layout: TextLayout = 'fixed'): CommandMail =>
  readCommandMail(text, layout, verbs)

/** The commands of a mail that must have some. */
export function commandsOf(text: string, layout: TextLayout = 'fixed'): readonly ParsedCommand[] {
  const mail = read(text, layout)
  assert.equal(mail.kind, 'commands', JSON.stringify(mail))
  return mail.kind === 'commands' ? mail.commands : []
}

/** The commands of such a mail in their normal form. */
export const sourcesOf = (text: string, layout: TextLayout = 'fixed'): readonly string[] =>
  commandsOf(text, layout).map(command => command.source)

/** How many lines of a mail that runs are passed over. */
export function ignoredOf(text: string): number {
  const mail = read(text)
  assert.ok(mail.kind === 'commands' || mail.kind === 'confirm', JSON.stringify(mail))
  return mail.kind === 'commands' || mail.kind === 'confirm' ? mail.ignored : -1
}

/** `LINE SENTENCE` of every problem of a mail that must be invalid. */
export function problemsOf(text: string, layout: TextLayout = 'fixed'): readonly string[] {
  const mail = read(text, layout)
  assert.equal(mail.kind, 'invalid', JSON.stringify(mail))
  return mail.kind === 'invalid' ? mail.problems.map(({ line, sentence }) => `${line} ${sentence}`) : []
}

/** The mail is invalid for one reason alone, as `LINE SENTENCE`. */
export function assertOneProblem(text: string, expected: RegExp): void {
  const problems = problemsOf(text)
  assert.equal(problems.length, 1, problems.join('\n'))
  assert.match(problems[0] ?? '', expected)
}

/** A command mail of these lines. */
export const acme = (...lines: readonly string[]): string => ['embargod acme', ...lines].join('\n')
/** Arguments of the one command on a line. */
export const argumentsOf = (line: string) => commandsOf(acme(line))[0]?.arguments
