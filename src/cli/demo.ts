// `demo`: the whole line once, on servers and keys that live as long as the demo. It needs no network, no
// other program and no configuration, and fails where anything it tells does not hold.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { errorCode, fileFault } from '../config/permissions.ts'
import { wallClock } from '../demo/feed.ts'
import { Installation } from '../demo/installation.ts'
import { MailFolder } from '../demo/mail-folder.ts'
import { chooseNames } from '../demo/names.ts'
import { Servers } from '../demo/servers.ts'
import { stay } from '../demo/staying.ts'
import { tellStory } from '../demo/story.ts'
import { Teller } from '../demo/teller.ts'
import { SECOND } from '../model/time.ts'
import { EXIT, type Io, misused, printable, readArgs, type Verb } from './verb.ts'

const DEFAULT_FOLDER = 'demo-mail'
/** Lines of the daemon's log that are shown when something does not hold. */
const LAST_WORDS = 12

export const demo: Verb = {
  name: 'demo',
  usage: '[--keep] [--keep-mail DIRECTORY] [--slack N]',
  summary: `show the whole line on throwaway servers and keys; its mails are left in ./${DEFAULT_FOLDER}; with --keep it stays up for a mail program; --slack 10 on a host too busy for the promised times`,
  run: async (args, io) => {
    const parsed = readArgs(args, {
      keep: { type: 'boolean' },
      'keep-mail': { type: 'string', default: DEFAULT_FOLDER },
      slack: { type: 'string', default: '1' },
    })
    if (!parsed.ok) return misused(demo, parsed.error, io)
    const { values, positionals } = parsed.value
    if (positionals.length > 0) return misused(demo, `"${positionals[0]}" belongs to no option`, io)
    const slack = Number(values.slack)
    if (!(slack >= 1 && slack <= 100)) return misused(demo, '--slack is a number from 1 to 100', io)
    return run(io, resolve(values['keep-mail']), values.keep === true ? 'stay' : 'end', slack)
  },
}

async function run(io: Io, keep: string, afterwards: 'stay' | 'end', slack: number): Promise<number> {
  const servers = await startServers()
  if (servers === 'missing') {
    io.problem(
      'The demo runs on two servers that npm ci installs and npm ci --omit=dev leaves out: run npm ci.',
    )
    return EXIT.unavailable
  }
  const startedAt = wallClock()
  const home = await mkdtemp(join(tmpdir(), 'embargod-demo-'))
  const embargod = new Installation(home)
  const teller = new Teller(io.out)
  const told = new AbortController()
  try {
    const folder = await MailFolder.open(keep).catch(fileFault)
    if (typeof folder === 'string') {
      io.problem(`--keep-mail: ${keep} ${folder}`)
      return EXIT.failed
    }
    for (const line of PROLOGUE) io.out(line)
    const names = await chooseNames()
    const stage = { teller, servers, embargod, folder, names, slack }
    const interrupted = interruption(told.signal)
    const cast = await Promise.race([tellStory(stage), interrupted])
    if (cast === 'interrupted') return EXIT.failed
    const took = ((wallClock() - startedAt) / SECOND).toFixed(1)
    io.out(`\nAll of it held, in ${took} s. The mails, as they left (.eml) and as they are read (.txt):`)
    io.out(shownPath(folder.path))
    if (afterwards === 'stay') {
      io.out('')
      for (const line of await stay(stage, cast)) io.out(line)
      await interrupted
    }
    return EXIT.done
  } catch (error) {
    io.problem(`\nThis does not hold. ${teller.place}: ${firstLine(error)}`)
    for (const line of embargod.log.items.slice(-LAST_WORDS)) io.problem(printable(JSON.stringify(line)))
    return EXIT.failed
  } finally {
    told.abort()
    await embargod.close()
    servers.close()
    await rm(home, { recursive: true })
  }
}

/** Resolves when the demo is asked to stop, or nobody listens any more. */
async function interruption(signal: AbortSignal): Promise<'interrupted'> {
  const asked = ['SIGINT', 'SIGTERM'].map(name => once(process, name, { signal }))
  await Promise.race([...asked, once(process.stdout, 'error', { signal })]).catch(() => undefined)
  return 'interrupted'
}

async function startServers(): Promise<Servers | 'missing'> {
  try {
    return await Servers.start()
  } catch (error) {
    if (errorCode(error) === 'ERR_MODULE_NOT_FOUND') return 'missing'
    throw error
  }
}

/** An assertion may add lines of its own to what it was given to say. */
const firstLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? ''

function shownPath(path: string): string {
  const inside = relative('.', path)
  return inside.startsWith('..') ? path : `./${inside}`
}

const PROLOGUE = [
  'One security@ address and one distributors list, run by mail. The mail servers live in memory, the keys are',
  'a moment old, the daemon is the real one. Nothing is told before it is checked. Times are UTC.',
  '',
  'Riya, Quinn and Noor report. Alice and Bob are the security team. Arbor, Borealis and Cedar distribute.',
]
