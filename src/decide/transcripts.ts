// Transcripts of what did not run.
import type { CommandResult, Transcript } from '../model/order.ts'
import { plaintext } from '../model/plaintext.ts'
import type { CaseId } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import type { CommandMail } from './commands/grammar.ts'
import type { Age } from './freshness.ts'

const ignoredIn = (reading: CommandMail): number =>
  reading.kind === 'commands' || reading.kind === 'confirm' ? reading.ignored : 0

export const problemTranscript = (results: readonly CommandResult[], reading: CommandMail): Transcript => ({
  kind: 'transcript',
  results,
  suggestions: [],
  ignored: ignoredIn(reading),
  dryRun: 'run',
})

/** Signed words in the thread of a case, sent to where only commands are read. */
export const notPassedOn = (theCase: CaseId, { instance }: Settings): Transcript => ({
  kind: 'transcript',
  results: [
    {
      source: '',
      status: 'error',
      code: 'E-SYNTAX',
      text: plaintext(
        `Nobody was sent your words: this address takes commands only, and those begin with: embargod ${instance}. ` +
          'Send your words again, signed, to the address below.',
      ),
      facts: { case: theCase },
    },
  ],
  suggestions: [],
  ignored: 0,
  dryRun: 'run',
  discuss: theCase,
})

const STALE: Readonly<Record<Exclude<Age, 'fresh'>, string>> = {
  old: 'This was signed too long ago, so nothing ran. If it still holds, sign it again and send it.',
  ahead:
    'This was signed in the future, so nothing ran. Set the clock of your computer, sign it again and send it.',
  'before-restore':
    'This was signed before embargod was restored from a backup, so nothing ran now. It may have run before: look first, and if it still holds, sign it again and send it.',
}

/** E-STALE, with the commands ready to be signed again (product.md §3). */
export function staleTranscript(
  settings: Settings,
  reading: CommandMail,
  why: Exclude<Age, 'fresh'>,
): Transcript {
  const text = STALE[why]
  const commands = reading.kind === 'commands' ? reading.commands : []
  // A text block is not repeated: it may be long, and its author has it.
  const again = commands.length > 0 && commands.every(command => command.block === undefined)
  return {
    kind: 'transcript',
    results: [
      {
        source: commands.map(one => one.source).join('; '),
        status: 'error',
        code: 'E-STALE',
        text: plaintext(text),
        facts: {},
      },
    ],
    suggestions: again
      ? [
          {
            label: 'send again',
            body: `embargod ${settings.instance}\n${commands.map(one => `${one.source}\n`).join('')}`,
          },
        ]
      : [],
    ignored: ignoredIn(reading),
    dryRun: 'run',
  }
}
