// What came of a command mail: what to do next, then every command with its result; the same facts as JSON.
// Results may show words of others, so each line of them is indented and can pass for no status of ours.
import type { ChainHead } from '../model/chain.ts'
import type { CommandResult, Content, SimulatedMail, Suggestion } from '../model/order.ts'
import type { Settings } from '../model/settings.ts'
import { MARKER, suggestionBlock } from './links.ts'
import { jsonFile, type Leaf } from './mime.ts'
import { fill, oneLine, paragraphs, QUOTE, quoted } from './text.ts'

export type TranscriptContent = Extract<Content, { kind: 'transcript' }>

const INDENT = '    '
const SOURCE_COLUMNS = 400
/** Commands that the first line names. */
const MOST_NAMED = 3

/** The text, then `transcript.json`. */
export function transcriptLeaves(
  content: TranscriptContent,
  offers: readonly Suggestion[],
  settings: Settings,
  chainHead: ChainHead | undefined,
  discussion: string | undefined,
  simulated: (mails: readonly SimulatedMail[]) => string,
): readonly Leaf[] {
  const { results, ignored } = content
  const suggestions = [...content.suggestions, ...offers]
  const text = paragraphs(
    MARKER,
    fill(summary(content)),
    suggestionBlock(suggestions, settings, 'What you can send next.'),
    ...results.flatMap(one => [
      echo(one),
      one.simulated === undefined ? undefined : simulated(one.simulated),
    ]),
    ignored === 0
      ? undefined
      : fill(
          `${ignored === 1 ? 'One line' : `${ignored} lines`} below the end of your commands ${ignored === 1 ? 'was' : 'were'} not read.`,
        ),
    discussion,
    chainHead && `Audit chain, row ${chainHead.seq}:\n${INDENT}${chainHead.hash}`,
  )
  return [{ kind: 'text', text }, jsonFile('transcript.json', facts(content, settings, chainHead))]
}

function summary({ results, dryRun }: TranscriptContent): string {
  const errors = results.filter(result => result.status === 'error').length
  if (errors === 1)
    return 'Nothing was done: one command has an error. Correct it and send the whole mail again.'
  if (errors > 1)
    return `Nothing was done: ${errors} commands have errors. Correct them and send the whole mail again.`
  if (dryRun === 'dry-run') return 'A dry run: this is what would happen. Nothing was done.'
  if (results.some(result => result.status === 'wait'))
    return 'Nothing was done yet: this waits for a confirmation.'
  if (!results.some(result => result.status === 'ok')) return 'There was nothing to do.'
  const done = results.flatMap(({ status, source }) => (status === 'ok' && source !== '' ? source : []))
  if (done.length === 0) return 'Done.'
  const more = done.length > MOST_NAMED ? `, and ${done.length - MOST_NAMED} more` : ''
  return oneLine(`Done: ${done.slice(0, MOST_NAMED).join('; ')}${more}.`, SOURCE_COLUMNS)
}

function echo({ source, status, code, text }: CommandResult): string {
  const label = [status, code].filter(word => word !== undefined).join(' ')
  const about = source === '' ? label : `${label}: ${oneLine(source, SOURCE_COLUMNS)}`
  const lines = text
    .open()
    .trimEnd()
    .split(/\r\n|\r|\n/)
    .map(indented)
  return [fill(about, '', INDENT), ...lines].join('\n')
}

/** A line that is quoted already keeps its bar in front when it has to be broken. */
const indented = (line: string): string =>
  line.startsWith(QUOTE) ? quoted(line.slice(QUOTE.length), INDENT + QUOTE).text : quoted(line, INDENT).text

const facts = (
  { results, ignored, dryRun }: TranscriptContent,
  settings: Settings,
  chainHead: ChainHead | undefined,
) => ({
  kind: 'transcript',
  instance: settings.instance,
  ...(chainHead === undefined ? {} : { auditChain: { row: chainHead.seq, hash: chainHead.hash } }),
  mode: dryRun,
  ignored,
  results: results.map(({ source, status, code, text, facts: fields }) => ({
    command: source,
    status,
    ...(code === undefined ? {} : { code }),
    text: text.open(),
    facts: fields,
  })),
})
