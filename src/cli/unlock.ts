// `unlock`: hands a passphrase to the daemon that waits for it, from standard input or a private file; it is
// never an argument, nor in the environment, where others could read it.
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { readSecret, Secret, secretFile } from '../config/secret.ts'
import { askLocked } from '../daemon/unlock-socket.ts'
import { loadPlaces } from '../instance/at-rest.ts'
import { err, ok, type Result } from '../model/result.ts'
import { refuse } from './reading.ts'
import { EXIT, type Io, misused, readArgs, type Verb } from './verb.ts'

export const unlock: Verb = {
  name: 'unlock',
  usage: '[--passphrase-file FILE]',
  summary: 'hand the missing passphrase, a line on standard input or in a file, to the locked daemon',
  run: async (args, io) => {
    const parsed = readArgs(args, { 'passphrase-file': { type: 'string' } })
    if (!parsed.ok) return misused(unlock, parsed.error, io)
    const { values, positionals } = parsed.value
    if (positionals.length > 0) return misused(unlock, 'a passphrase is never an argument', io)
    const file = values['passphrase-file']
    const config = await loadPlaces(io.configFile)
    if (!config.ok) return refuse(io, config.error)
    const { dataDirectory } = config.value
    if ((await askLocked(dataDirectory, undefined)) === 'nobody') return nobody(io)
    const passphrase = file === undefined ? await readInput(io) : await readSecret(secretFile(resolve(file)))
    if (!passphrase.ok) return misused(unlock, passphrase.error, io)
    if (passphrase.value === undefined) return misused(unlock, 'the passphrase is empty', io)
    switch (await askLocked(dataDirectory, passphrase.value)) {
      case 'unlocked':
        io.out('Unlocked: what was stored meanwhile is being worked on.')
        return EXIT.done
      case 'partly':
        io.problem('It opens some of the keys. Others have another passphrase: unlock once more with that.')
        return EXIT.locked
      case 'wrong':
        io.problem('It opens none of the locked keys. The daemon stays locked.')
        return EXIT.refused
      case 'nobody':
        return nobody(io)
      default:
        io.problem('The daemon did not answer; its log says why.')
        return EXIT.failed
    }
  },
}

function nobody(io: Io): number {
  io.problem('No locked daemon runs on this data directory.')
  return EXIT.failed
}

/** One line; typed at a terminal it is not shown. */
async function readInput(io: Io): Promise<Result<Secret | undefined, string>> {
  const given = process.stdin.isTTY ? await typed(io) : await text(process.stdin)
  const line = given.replace(/\r?\n$/, '')
  if (/[\r\n\0]/.test(line)) return err('standard input holds more than one line')
  return ok(line === '' ? undefined : new Secret(line))
}

async function typed(io: Io): Promise<string> {
  const unseen = new Writable({ write: (_part, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: unseen, terminal: true })
  io.problem('Passphrase:')
  try {
    const [line] = await Promise.race([once(reader, 'line'), once(reader, 'close')])
    return typeof line === 'string' ? line : ''
  } finally {
    reader.close()
  }
}
