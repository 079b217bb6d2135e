// What a command mail names, so that it can be looked up before the mail is decided on. It takes the reading
// that is run, so that nothing which only stands near a command is looked up in its place.
import type { CommandMail } from '../decide/commands/grammar.ts'
import { list } from '../decide/commands/list.ts'
import {
  type CaseId,
  type NoticeId,
  parseCaseId,
  parseNoticeId,
  parseStatementId,
  type StatementId,
} from '../model/scalars.ts'

export type Named = {
  readonly cases: readonly CaseId[]
  readonly notices: readonly NoticeId[]
  readonly statements: readonly StatementId[]
  /** Of a confirmation, in lower case. */
  readonly token: string | undefined
  readonly also: 'open-cases' | 'nothing'
}

/** As many as fifty commands can name. */
const MOST = 100

export function namedIn(reading: CommandMail): Named {
  const commands = reading.kind === 'commands' ? reading.commands : []
  const words = commands
    .flatMap(command => command.arguments)
    .map(argument => ('text' in argument ? argument.text : 'value' in argument ? argument.value : ''))
    .slice(0, MOST)
  return {
    cases: [...new Set(words.map(parseCaseId))].filter(id => id !== undefined),
    notices: [...new Set(words.map(parseNoticeId))].filter(id => id !== undefined),
    statements: [...new Set(words.map(parseStatementId))].filter(id => id !== undefined),
    token: reading.kind === 'confirm' ? reading.token.toLowerCase() : undefined,
    also: commands.some(({ verb }) => verb === list.verb) ? 'open-cases' : 'nothing',
  }
}
