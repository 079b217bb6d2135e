// What a command mail names, so that it can be looked up before the mail is decided on. It takes the reading
// that is run, so that nothing which only stands near a command is looked up in its place.

import { reclassify } from '../decide/commands/case/reclassify.ts'
import { spam } from '../decide/commands/case/spam.ts'
import { breakEmbargo } from '../decide/commands/disclosure/break.ts'
import type { CommandMail, ParsedCommand } from '../decide/commands/grammar.ts'
import { applications, wantsAll } from '../decide/commands/membership/applications.ts'
import { resume } from '../decide/commands/membership/suspend.ts'
import { away } from '../decide/commands/system/away.ts'
import { list, stateListed } from '../decide/commands/system/list.ts'
import { simulatesAll } from '../decide/commands/system/simulate.ts'
import { stats } from '../decide/commands/system/stats.ts'
import { CASE_WAY, type CaseState, OPEN_STATES, REJECTIONS } from '../model/case.ts'
import {
  type CaseId,
  parseApplicationId,
  parseCaseId,
  parseContactId,
  parseDistributorId,
  parseIncidentId,
  parseNoticeId,
  parsePostId,
  parseStatementId,
} from '../model/scalars.ts'
import type { Pending, SnapshotQuery } from '../store/snapshot-query.ts'

/** Of a snapshot's question, what commands name. */
export type Named = Pick<
  SnapshotQuery,
  | 'cases'
  | 'notices'
  | 'applications'
  | 'incidents'
  | 'posts'
  | 'contacts'
  | 'leaksOf'
  | 'distributors'
  | 'statements'
  | 'token'
  | 'pending'
  | 'states'
>

/** As many as the longest `spam` can name. */
const MOST = 1_000

export function namedIn(reading: CommandMail): Named {
  const commands = reading.kind === 'commands' ? reading.commands : []
  const words = wordsOf(commands)
  return {
    cases: casesIn(words),
    notices: [...new Set(words.map(parseNoticeId))].filter(id => id !== undefined),
    applications: [...new Set(words.map(parseApplicationId))].filter(id => id !== undefined),
    incidents: [...new Set(words.map(parseIncidentId))].filter(id => id !== undefined),
    posts: [...new Set(words.map(parsePostId))].filter(id => id !== undefined),
    contacts: [...new Set(words.map(parseContactId))].filter(id => id !== undefined),
    leaksOf: casesIn(wordsOf(commands.filter(({ verb }) => verb === breakEmbargo.verb))),
    distributors: [...new Set(words.map(parseDistributorId))].filter(id => id !== undefined),
    statements: [...new Set(words.map(parseStatementId))].filter(id => id !== undefined),
    token: reading.kind === 'confirm' ? reading.token.toLowerCase() : undefined,
    pending: pendingWanted(commands),
    states: [...new Set(commands.flatMap(statesWanted))],
  }
}

const wordsOf = (commands: readonly ParsedCommand[]): readonly string[] =>
  commands
    .flatMap(command => command.arguments)
    .map(argument => ('text' in argument ? argument.text : 'value' in argument ? argument.value : ''))
    .slice(0, MOST)

const casesIn = (words: readonly string[]): readonly CaseId[] =>
  [...new Set(words.map(parseCaseId))].filter(id => id !== undefined)

function pendingWanted(commands: readonly ParsedCommand[]): Pending {
  const listing = commands.filter(({ verb }) => verb === applications.verb)
  if (listing.some(wantsAll)) return 'all-applications'
  return listing.length > 0 || commands.some(needsPending) ? 'applications' : 'nothing'
}

/** A case that is one may join another that waits, who comes back may have vouched for one, and time passes for all. */
const needsPending = (command: ParsedCommand): boolean =>
  command.verb === reclassify.verb || command.verb === resume.verb || simulatesAll(command)

const EVERY_STATE: readonly CaseState[] = [...CASE_WAY, ...REJECTIONS]

function statesWanted(command: ParsedCommand): readonly CaseState[] {
  if (command.verb === spam.verb)
    return command.arguments.some(one => one.kind === 'named') ? OPEN_STATES : []
  if (simulatesAll(command)) return OPEN_STATES
  if (command.verb === away.verb)
    return command.arguments.some(one => one.kind === 'named') ? OPEN_STATES : []
  if (command.verb === stats.verb) return EVERY_STATE
  if (command.verb !== list.verb) return []
  const state = stateListed(command)
  return state === undefined ? OPEN_STATES : [state]
}
