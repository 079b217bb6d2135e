// Every command there is, in the order `help` lists them. A new one is its file and one line here.
import { accept } from './accept.ts'
import { adopt } from './adopt.ts'
import { askKey } from './ask-key.ts'
import { cancel } from './cancel.ts'
import type { Command } from './command.ts'
import { confirm } from './confirm.ts'
import { affects, comms, fixed, mitigate, tag, title, upstream } from './content-verbs.ts'
import { cve } from './cve.ts'
import { fixReady } from './fix-ready.ts'
import { helpFor, sendkey } from './help.ts'
import { list } from './list.ts'
import { note } from './note.ts'
import { notice } from './notice.ts'
import { extend, slow } from './pace.ts'
import { reject } from './reject.ts'
import { reply } from './reply.ts'
import { reporter } from './reporter.ts'
import { REPORTER_SAYS } from './reporter-says.ts'
import { proposeSeverity, severity } from './severity.ts'
import { show } from './show.ts'
import { status } from './status.ts'
import { take } from './take.ts'

export const COMMANDS: readonly Command[] = [
  helpFor(() => COMMANDS),
  sendkey,
  list,
  show,
  take,
  accept,
  reject,
  title,
  tag,
  severity,
  proposeSeverity,
  cve,
  affects,
  fixed,
  mitigate,
  comms,
  upstream,
  fixReady,
  slow,
  extend,
  note,
  reply,
  askKey,
  reporter,
  adopt,
  notice,
  cancel,
  confirm,
  status,
  ...REPORTER_SAYS,
]

export const VERBS: readonly string[] = COMMANDS.map(command => command.verb)

export const commandNamed = (verb: string): Command | undefined =>
  COMMANDS.find(command => command.verb === verb)
