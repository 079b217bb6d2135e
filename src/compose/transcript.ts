// What came of a command mail: what to do next, then every command with its result; the same facts as JSON.
// Results may show words of others, so each line of them is indented and can pass for no status of ours.
import type { ChainHead } from '../model/chain.ts'
import type { CommandResult, Content, SimulatedMail, Suggestion } from '../model/order.ts'
import type { Settings } from '../model/settings.ts'
import { suggestionBlock } from './links.ts'
import { jsonFile, type Wording } from './mime.ts'
import { render, type Templates } from './template.ts'
import { fill, oneLine, QUOTE, quoted } from './text.ts'
import { type Block, block } from './variables.ts'

export type TranscriptContent = Extract<Content, { kind: 'transcript' }>

const INDENT = '    '
const SOURCE_COLUMNS = 400
/** Commands that the first line names. */
const MOST_NAMED = 3

/** The text, then `transcript.json`. */
export function transcriptWording(
  templates: Templates,
  content: TranscriptContent,
  offers: readonly Suggestion[],
  settings: Settings,
  chainHead: ChainHead | undefined,
  discussion: Block | undefined,
  simulated: (mails: readonly SimulatedMail[]) => string,
): Wording {
  const { results, ignored } = content
  const shown = results.flatMap(one =>
    one.simulated === undefined ? [echo(one)] : [echo(one), simulated(one.simulated)],
  )
  const { subject, text } = render(templates, 'transcript', {
    ...summary(content),
    offers: suggestionBlock([...content.suggestions, ...offers], settings),
    command: settings.addresses.command,
    results: block(shown.join('\n\n')),
    'ignored-one': ignored === 1,
    ignored: ignored > 1 ? `${ignored}` : undefined,
    discussion,
    chain: chainHead && { row: `${chainHead.seq}`, hash: chainHead.hash },
  })
  const json = jsonFile('transcript.json', facts(content, settings, chainHead))
  return { subject, leaves: [{ kind: 'text', text }, json] }
}

function summary({ results, dryRun }: TranscriptContent) {
  const errors = results.filter(result => result.status === 'error').length
  if (errors > 0) return errors === 1 ? { error: true } : { errors: `${errors}` }
  if (dryRun === 'dry-run') return { 'dry-run': true }
  if (results.some(result => result.status === 'wait')) return { waits: true }
  if (!results.some(result => result.status === 'ok')) return { nothing: true }
  const done = results.flatMap(({ status, source }) =>
    status === 'ok' && source !== '' ? headOf(source) : [],
  )
  const rest = done.length - MOST_NAMED
  return {
    done: true,
    commands: oneLine(done.slice(0, MOST_NAMED).join('; '), SOURCE_COLUMNS),
    more: rest > 0 ? `${rest}` : undefined,
  }
}

/** Verb and what it is about; the rest stands below. */
const headOf = (source: string): string => source.split(/\s+/, 2).join(' ')

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

/** A line that has to be broken keeps its bar in front, if it is quoted, or stays below where its words begin. */
const indented = (line: string): string => {
  const bar = INDENT + QUOTE
  // A bar without words stays one: what stands between words of others is not ours.
  if (line.startsWith(QUOTE)) return quoted(line.slice(QUOTE.length), bar).text || bar.trimEnd()
  const lead = /^ {0,8}(?:- )?/.exec(line)?.[0] ?? ''
  const words = line.slice(lead.length)
  if (words === '') return ''
  const below = INDENT + ' '.repeat(lead.length)
  return `${INDENT}${lead}${quoted(words, below).text.slice(below.length)}`
}

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
