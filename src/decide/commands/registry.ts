// Every command there is, in the order `help` lists them. A new one is its file and one line here.
import { accept } from './accept.ts'
import { cancel } from './cancel.ts'
import type { Command } from './command.ts'
import { confirm } from './confirm.ts'
import { helpFor, sendkey } from './help.ts'
import { list } from './list.ts'
import { note } from './note.ts'
import { notice } from './notice.ts'
import { reject } from './reject.ts'
import { reply } from './reply.ts'
import { show } from './show.ts'
import { take } from './take.ts'

export const COMMANDS: readonly Command[] = [
  helpFor(() => COMMANDS),
  sendkey,
  list,
  show,
  take,
  accept,
  reject,
  note,
  reply,
  notice,
  cancel,
  confirm,
]

export const VERBS: readonly string[] = COMMANDS.map(command => command.verb)

export const commandNamed = (verb: string): Command | undefined =>
  COMMANDS.find(command => command.verb === verb)
