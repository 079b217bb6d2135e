// Transcripts of what did not run.
import type { Transcript } from '../model/order.ts'
import { plaintext } from '../model/plaintext.ts'
import type { CaseId } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import type { CommandMail } from './commands/grammar.ts'
import type { Age } from './freshness.ts'
import type { Run } from './run.ts'

const ignoredIn = (reading: CommandMail): number =>
  reading.kind === 'commands' || reading.kind === 'confirm' ? reading.ignored : 0

export const problemTranscript = (
  { results, suggestions }: Extract<Run, { kind: 'problems' }>,
  reading: CommandMail,
): Transcript => ({
  kind: 'transcript',
  results,
  suggestions,
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

type Stale = Exclude<Age, 'fresh'>

const STALE: Readonly<Record<Stale, string>> = {
  old: 'This was signed too long ago, so nothing ran. If it still holds, sign it again and send it.',
  ahead:
    'This was signed in the future, so nothing ran. Set the clock of your computer, sign it again and send it.',
  'before-entitled':
    'This was signed before you belonged to the team, or before it knew this key, so nothing ran. If it still holds, sign it again and send it.',
  'before-restore':
    'This was signed before embargod was restored from a backup, so nothing ran now. It may have run before: look first, and if it still holds, sign it again and send it.',
}

/** A signature of before its maker belonged to the team is no old one, but nobody's. */
export const staleCode = (age: Stale): 'E-ROLE' | 'E-STALE' =>
  age === 'before-entitled' ? 'E-ROLE' : 'E-STALE'

/** E-STALE or E-ROLE, with what was sent ready to be signed again (product.md §3). */
export function staleTranscript(
  settings: Settings,
  reading: CommandMail,
  { age, run }: { readonly age: Stale; readonly run: Run },
): Transcript {
  const again = sentAgain(settings, reading, run)
  const source =
    reading.kind === 'commands' ? reading.commands.map(one => one.source).join('; ') : (again ?? '')
  return {
    kind: 'transcript',
    results: [{ source, status: 'error', code: staleCode(age), text: plaintext(STALE[age]), facts: {} }],
    suggestions: again === undefined ? [] : [{ label: 'Send it again', body: `${again}\n` }],
    ignored: ignoredIn(reading),
    dryRun: 'run',
  }
}

/** The mail as it may be sent again; a confirmation only while its token holds. */
function sentAgain({ instance }: Settings, reading: CommandMail, run: Run): string | undefined {
  if (reading.kind === 'confirm')
    return run.kind === 'ran' && run.outcome === 'command'
      ? `confirm ${instance} ${reading.token}`
      : undefined
  // A text block is not repeated: it may be long, and its author has it.
  if (reading.kind !== 'commands' || reading.commands.some(({ block }) => block !== undefined))
    return undefined
  const opening = `embargod ${instance}${reading.dryRun === 'dry-run' ? ' dry-run' : ''}`
  return [opening, ...reading.commands.map(({ source }) => source)].join('\n')
}
