// Asking members for what they have not answered, and telling those who work on a case what all have. Sentences and links
// of ours; what an organisation wrote comes behind bars already.
import type { Content, Suggestion } from '../model/order.ts'
import type { Policy } from '../model/policy.ts'
import type { CaseId } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { suggestionBlock } from './links.ts'
import { when } from './phrases.ts'
import { type Rendered, render, type Templates } from './template.ts'
import { fill, QUOTE } from './text.ts'
import type { Block } from './variables.ts'

type Sources = {
  readonly templates: Templates
  readonly offers: readonly Suggestion[]
  readonly policy: Policy
  readonly settings: Settings
}

/** To a member, in the zone of the policy. */
export const answerWanted = (
  { notice, since, asked }: Extract<Content, { kind: 'answer-wanted' }>,
  theCase: CaseId,
  { templates, offers, policy, settings }: Sources,
): Rendered =>
  render(templates, 'answer-wanted', {
    case: theCase,
    notice,
    project: policy.displayName,
    since: when(since, policy.calendar.zone),
    last: asked === 'last',
    team: policy.team,
    offers: suggestionBlock(offers, settings),
    command: settings.addresses.command,
  })

/** To somebody who works on the case. */
export function rollUp(
  { told, silent, asked, lines }: Extract<Content, { kind: 'roll-up' }>,
  theCase: CaseId,
  { templates, offers, policy, settings }: Sources,
  discussion: Block | undefined,
): Rendered {
  const rows = lines.map(line => line.open())
  return render(templates, 'roll-up', {
    case: theCase,
    project: policy.displayName,
    told: `${told}`,
    all: silent === 0,
    silent: silent === 0 ? undefined : `${silent}`,
    last: asked === 'last',
    quotes: rows.some(isQuoted),
    answers: { verbatim: rows.map(row => (isQuoted(row) ? row : fill(row, '', '    '))).join('\n') },
    offers: suggestionBlock(offers, settings),
    command: settings.addresses.command,
    discussion,
  })
}

/** Words of an organisation stand below its line, a bar before each. */
const isQuoted = (row: string): boolean => row.startsWith(`  ${QUOTE.trimEnd()}`)
