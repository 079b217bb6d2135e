// The command line: argv → verb → exit code. What a verb does stands in src/cli, one file each.
import { resolve } from 'node:path'
import { audit } from './cli/audit.ts'
import { backup } from './cli/backup.ts'
import { caseVerb } from './cli/case.ts'
import { check } from './cli/check.ts'
import { clock } from './cli/clock.ts'
import { cmd } from './cli/cmd.ts'
import { compose } from './cli/compose.ts'
import { demo } from './cli/demo.ts'
import { inbound } from './cli/inbound.ts'
import { init } from './cli/init.ts'
import { member } from './cli/member.ts'
import { once } from './cli/once.ts'
import { outbox } from './cli/outbox.ts'
import { restore } from './cli/restore.ts'
import { run } from './cli/run.ts'
import { shunt } from './cli/shunt.ts'
import { status } from './cli/status.ts'
import { unlock } from './cli/unlock.ts'
import { EXIT, type Io, type Verb } from './cli/verb.ts'

export const VERBS: readonly Verb[] = [
  init,
  check,
  run,
  once,
  status,
  unlock,
  cmd,
  compose,
  caseVerb,
  member,
  inbound,
  outbox,
  shunt,
  clock,
  audit,
  backup,
  restore,
  demo,
]

const DEFAULT_CONFIG = 'embargod.yaml'

const TERMINAL: Pick<Io, 'out' | 'problem'> = {
  out: text => void process.stdout.write(`${text}\n`),
  problem: text => void process.stderr.write(`${text}\n`),
}

/** Runs one verb. `--config FILE` may stand before the verb; else EMBARGOD_CONFIG, else ./embargod.yaml. */
export async function main(argv: readonly string[], { out, problem } = TERMINAL): Promise<number> {
  const [first, file, ...others] = argv
  const named = first === '--config' && file !== undefined
  const [name, ...args] = named ? others : argv
  const io: Io = {
    out,
    problem,
    configFile: resolve(named ? file : (process.env['EMBARGOD_CONFIG'] ?? DEFAULT_CONFIG)),
  }
  const verb = VERBS.find(one => one.name === name)
  if (verb !== undefined) return verb.run(args, io)
  const help = usage()
  if (name === 'help' || name === '--help' || name === '-h') {
    io.out(help)
    return EXIT.done
  }
  io.problem(name === undefined ? help : `There is no verb ${name}.\n${help}`)
  return EXIT.usage
}

const usage = (): string =>
  [
    'usage: embargod [--config FILE] VERB …',
    ...VERBS.map(({ name, usage: rest, summary }) => `  ${`${name} ${rest}`.trimEnd()}\n      ${summary}`),
  ].join('\n')
