// The short texts: refusals that are the same for everybody, help, our key, and what a colleague changed.
import type { Content, RefusalSentence, Suggestion } from '../model/order.ts'
import type { Fingerprint } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { MARKER, suggestionBlock } from './links.ts'
import { grouped } from './phrases.ts'
import { bullets, fill, oneLine, paragraphs } from './text.ts'

export type Verb = { readonly usage: string; readonly summary: string }

const refusals: Readonly<Record<RefusalSentence, string>> = {
  'not-authorised':
    'Your mail changed nothing: a command counts only if it is signed, as PGP/MIME, by a key that is registered for it here.',
  'cleartext-signed':
    'Your mail changed nothing: a signature written into the text does not count, so please send the command again, signed as PGP/MIME.',
  'html-only':
    'Your mail changed nothing: it has no plain text, so please send the command again as plain text, signed as PGP/MIME.',
  'did-not-verify':
    'Your mail changed nothing: its signature does not hold, so please send the command again, signed as PGP/MIME by the key that is registered here.',
  replayed:
    'Your mail changed nothing: its signature was used before, so if you mean it again, please sign it anew and send that.',
}

/** One constant sentence, whoever asks. */
export const refusalText = (sentence: RefusalSentence, settings: Settings): string =>
  paragraphs(
    MARKER,
    fill(refusals[sentence]),
    fill(
      `To report a security problem, just write to ${settings.addresses.security}; that needs no signature.`,
    ),
  )

/** For an admin the verbs; for anyone else only what needs no key. */
export function helpText(
  role: Extract<Content, { kind: 'help' }>['role'],
  settings: Settings,
  verbs: readonly Verb[],
): string {
  const { instance, addresses } = settings
  if (role === 'anyone')
    return paragraphs(
      MARKER,
      fill(`To report a security problem, just write to ${addresses.security}. Any mail will do.`),
      fill(
        `To get our public key, send a mail to ${addresses.command} that says nothing but "sendkey". ` +
          'To read this again, send "help". All else there needs a signature by a registered key.',
      ),
    )
  return paragraphs(
    MARKER,
    fill(
      `Write plain text to ${addresses.command}, signed as PGP/MIME. The first line is "embargod ${instance}", ` +
        `then one command a line. "embargod ${instance} dry-run" shows what would happen. A text begins ` +
        'with << at the end of the line and ends with a line of one dot.',
    ),
    ...verbs.map(({ usage, summary }) => `${usage}\n${fill(summary, '    ')}`),
  )
}

/** The key itself goes along as a file. */
export const keyText = (address: string, key: Fingerprint): string =>
  paragraphs(
    MARKER,
    `Our public key is attached. It belongs to\n${address}\nand its fingerprint is`,
    grouped(key),
    fill('Please compare it with the one our project publishes before you trust it.'),
  )

export const changeText = (
  { by, lines }: Extract<Content, { kind: 'change' }>,
  offers: readonly Suggestion[],
  settings: Settings,
  discussion: string | undefined,
): string =>
  paragraphs(
    MARKER,
    'What changed:',
    bullets(lines.map(line => oneLine(attributed(line.open(), by), CHANGE_COLUMNS))),
    fill('If that was not agreed, talk to each other, or answer with a command of your own.'),
    suggestionBlock(offers, settings, 'What you can do now.'),
    discussion,
  )

/** "alice leads C-… now." says already who it was, and so does "The reporter of C-… agrees". */
const attributed = (line: string, by: string): string =>
  line.startsWith(`${by} `) || line.startsWith(`The ${by} `) ? line : `${by}: ${line}`

/** Holds a mail of many commands and, at its end, how to confirm it. */
const CHANGE_COLUMNS = 10_000
