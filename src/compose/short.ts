// The short mails: refusals that are the same for everybody, help, our key, and what a colleague changed.
import type { Content, RefusalSentence, Suggestion } from '../model/order.ts'
import type { Fingerprint } from '../model/scalars.ts'
import { canBeJoined, type Settings } from '../model/settings.ts'
import { suggestionBlock } from './links.ts'
import { grouped } from './phrases.ts'
import { type Rendered, render, type Templates } from './template.ts'
import { oneLine } from './text.ts'
import type { Block } from './variables.ts'

export type Verb = { readonly usage: string; readonly summary: string }

/** One constant sentence, whoever asks. */
export const refusal = (templates: Templates, sentence: RefusalSentence, settings: Settings): Rendered =>
  render(templates, 'refusal', { [sentence]: true, security: settings.addresses.security })

/** For an admin the verbs; for anyone else only what needs no key. */
export function help(
  templates: Templates,
  role: Extract<Content, { kind: 'help' }>['role'],
  { instance, addresses, projects }: Settings,
  verbs: readonly Verb[],
): Rendered {
  const { security, command } = addresses
  if (role === 'anyone') {
    const lists = projects.filter(canBeJoined).map(({ name }) => name)
    const named = lists.length === 0 ? undefined : lists.join(' | ')
    return render(templates, 'help-anyone', { security, command, lists: named })
  }
  return render(templates, 'help', {
    instance,
    command,
    verbs: verbs.map(({ usage, summary }) => ({ usage: { verbatim: usage }, summary })),
  })
}

/** The key itself goes along as a file. */
export const key = (templates: Templates, address: string, fingerprint: Fingerprint): Rendered =>
  render(templates, 'key', { address, fingerprint: grouped(fingerprint) })

export const change = (
  templates: Templates,
  { by, lines }: Extract<Content, { kind: 'change' }>,
  offers: readonly Suggestion[],
  settings: Settings,
  discussion: Block | undefined,
): Rendered =>
  render(templates, 'change', {
    changes: lines.map(line => ({ change: oneLine(attributed(line.open(), by), CHANGE_COLUMNS) })),
    offers: suggestionBlock(offers, settings),
    command: settings.addresses.command,
    discussion,
  })

/** "alice leads C-… now." says already who it was, and so does "The reporter of C-… agrees". */
const attributed = (line: string, by: string): string =>
  line.startsWith(`${by} `) || line.startsWith(`${by}: `) || line.startsWith(`The ${by} `)
    ? line
    : `${by}: ${line}`

/** Holds a mail of many commands and, at its end, how to confirm it. */
const CHANGE_COLUMNS = 10_000
