// The command line: argv → verb → exit code. What a verb does stands in src/cli, one file each.
import { resolve } from 'node:path'
import { EXIT, type Io, type Verb } from './cli/verb.ts'

/** Loaded when it is named: the daemon has no use for the demo, nor `status` for a mail client. */
export const VERBS: ReadonlyMap<string, () => Promise<Verb>> = new Map<string, () => Promise<Verb>>([
  ['init', async () => (await import('./cli/init.ts')).init],
  ['check', async () => (await import('./cli/check.ts')).check],
  ['run', async () => (await import('./cli/run.ts')).run],
  ['once', async () => (await import('./cli/once.ts')).once],
  ['status', async () => (await import('./cli/status.ts')).status],
  ['unlock', async () => (await import('./cli/unlock.ts')).unlock],
  ['cmd', async () => (await import('./cli/cmd.ts')).cmd],
  ['compose', async () => (await import('./cli/compose.ts')).compose],
  ['case', async () => (await import('./cli/case.ts')).caseVerb],
  ['member', async () => (await import('./cli/member.ts')).member],
  ['notice', async () => (await import('./cli/notice.ts')).notice],
  ['inbound', async () => (await import('./cli/inbound.ts')).inbound],
  ['outbox', async () => (await import('./cli/outbox.ts')).outbox],
  ['simulate', async () => (await import('./cli/simulate.ts')).simulate],
  ['shunt', async () => (await import('./cli/shunt.ts')).shunt],
  ['clock', async () => (await import('./cli/clock.ts')).clock],
  ['stats', async () => (await import('./cli/stats.ts')).stats],
  ['policy', async () => (await import('./cli/policy.ts')).policy],
  ['audit', async () => (await import('./cli/audit.ts')).audit],
  ['backup', async () => (await import('./cli/backup.ts')).backup],
  ['restore', async () => (await import('./cli/restore.ts')).restore],
  ['demo', async () => (await import('./cli/demo.ts')).demo],
])

const DEFAULT_CONFIG = 'embargod.yaml'

const TERMINAL: Omit<Io, 'configFile'> = {
  out: text => void process.stdout.write(`${text}\n`),
  problem: text => void process.stderr.write(`${text}\n`),
  octets: octets => void process.stdout.write(octets),
}

/** Runs one verb. `--config FILE` may stand before the verb; else EMBARGOD_CONFIG, else ./embargod.yaml. */
export async function main(argv: readonly string[], writers = TERMINAL): Promise<number> {
  const [first, file, ...others] = argv
  const named = first === '--config' && file !== undefined
  const [name, ...args] = named ? others : argv
  const io: Io = {
    ...writers,
    configFile: resolve(named ? file : (process.env['EMBARGOD_CONFIG'] ?? DEFAULT_CONFIG)),
  }
  const load = VERBS.get(name ?? '')
  if (load !== undefined) return (await load()).run(args, io)
  const help = await usage()
  if (name === 'help' || name === '--help' || name === '-h') {
    io.out(help)
    return EXIT.done
  }
  io.problem(name === undefined ? help : `There is no verb ${name}.\n${help}`)
  return EXIT.usage
}

async function usage(): Promise<string> {
  const verbs = await Promise.all([...VERBS.values()].map(load => load()))
  const texts = verbs.map(
    ({ name, usage: rest, summary }) => `  ${`${name} ${rest}`.trimEnd()}\n      ${summary}`,
  )
  return ['usage: embargod [--config FILE] VERB …', ...texts].join('\n')
}
