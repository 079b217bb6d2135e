// `restore FILE` puts a backup into an empty data directory, in safe mode; `restore --confirm` ends safe mode
// once the operator knows what went out since. Nothing is ever written over.
import { createReadStream, existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { alterationIn, loadKeys, openStoreOf } from '../instance/at-rest.ts'
import { err, ok, type Result } from '../model/result.ts'
import { type Instant, instant } from '../model/scalars.ts'
import { formatInstant } from '../model/time.ts'
import { DATABASE_FILE, MARK_FILE } from '../store/database.ts'
import { InstanceLock } from '../store/lock.ts'
import { intoSafeMode } from '../store/safe-mode.ts'
import { refuse } from './reading.ts'
import { ask } from './request.ts'
import { EXIT, type Io, misused, readArgs, type Verb } from './verb.ts'

type Keys = Extract<Awaited<ReturnType<typeof loadKeys>>, { ok: true }>['value']

export const restore: Verb = {
  name: 'restore',
  usage: 'FILE | --confirm --sent all|none [--members N]',
  summary:
    'put a backup into an empty data directory, in safe mode; say what went out since and how many contacts are rightly on the lists, and end safe mode',
  run: async (args, io) => {
    const parsed = readArgs(args, {
      confirm: { type: 'boolean' },
      sent: { type: 'string' },
      members: { type: 'string' },
    })
    if (!parsed.ok) return misused(restore, parsed.error, io)
    const { positionals, values } = parsed.value
    const [file, ...rest] = positionals
    if (values.confirm === true) {
      const { sent, members } = values
      if (file !== undefined || (sent !== 'all' && sent !== 'none'))
        return misused(restore, '--sent all or --sent none says whether what waited went out', io)
      if (members === undefined) return ask({ kind: 'resume', sent }, io)
      if (!/^[0-9]{1,6}$/.test(members)) return misused(restore, '--members is a number of contacts', io)
      return ask({ kind: 'resume', sent, members: Number(members) }, io)
    }
    if (file === undefined || rest.length > 0 || values.sent !== undefined || values.members !== undefined)
      return misused(restore, 'one file is to be named', io)
    const loaded = await loadKeys(io.configFile)
    return loaded.ok ? withLock(file, loaded.value, io) : refuse(io, loaded.error)
  },
}

async function withLock(file: string, keys: Keys, io: Io): Promise<number> {
  const directory = keys.config.dataDirectory
  const lock = InstanceLock.take(directory)
  if (!lock.ok) {
    io.problem(lock.error.sentence)
    return lock.error.code === 'busy' ? EXIT.busy : EXIT.config
  }
  try {
    const there = leftovers(directory)
    if (there.length > 0) {
      io.problem(`${directory} holds ${there.join(', ')}: move that away first; nothing was changed.`)
      return EXIT.failed
    }
    const restored = await putInto(directory, file, keys)
    if (!restored.ok) {
      io.problem(`${file} was not restored: ${restored.error}`)
      return EXIT.failed
    }
    io.out(
      `Restored as of ${formatInstant(restored.value)}, in safe mode: nothing is sent and no mail is obeyed.\n` +
        'Start the daemon: it takes in mail and reads again what was filed. Look with: embargod outbox list\n' +
        'A mail that went out since: embargod outbox drop ID. A notice that did: embargod cmd "cancel N-…".\n' +
        'The lists are as they were then: whoever was removed since is on them again. To keep one from notices:\n' +
        'embargod cmd "suspend M-… <<" "removed since the backup" .\n' +
        'Then end safe mode: embargod restore --confirm --sent none, or --sent all if everything went out. It lists\n' +
        'whom notices would go to, and wants to hear with --members how many of them are rightly there.',
    )
    return EXIT.done
  } finally {
    lock.value.release()
  }
}

const leftovers = (directory: string): readonly string[] =>
  [DATABASE_FILE, `${DATABASE_FILE}-wal`, `${DATABASE_FILE}-shm`, MARK_FILE].filter(name =>
    existsSync(join(directory, name)),
  )

/** Only what is whole and in safe mode gets the name of the database. */
async function putInto(directory: string, file: string, keys: Keys): Promise<Result<Instant, string>> {
  const now = instant(Temporal.Now.instant().epochMilliseconds)
  const part = join(directory, 'restore.part')
  const database = join(directory, DATABASE_FILE)
  try {
    const decrypted = await decryptInto(part, file, keys, now)
    if (!decrypted.ok) return decrypted
    const since = intoSafeMode(part, now)
    if (!since.ok) return since
    await rename(part, database)
    const fault = await faultOf(keys)
    if (fault === undefined) return since
    for (const name of leftovers(directory)) await rm(join(directory, name))
    return err(fault)
  } finally {
    await rm(part, { force: true })
  }
}

async function decryptInto(
  part: string,
  file: string,
  { keyring }: Keys,
  now: Instant,
): Promise<Result<undefined, string>> {
  if (!existsSync(file)) return err('it cannot be read.')
  await rm(part, { force: true })
  const target = await open(part, 'wx', 0o600)
  try {
    const source = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>
    for await (const chunk of await keyring.decryptStreamFromStorage(source, now))
      await target.writeFile(chunk)
    await target.sync()
    return ok(undefined)
  } catch {
    return err('it is damaged, no backup, or for another storage key.')
  } finally {
    await target.close()
  }
}

/** Opens it as the daemon will, which also sets the mark anew. */
async function faultOf({ config, keyring }: Keys): Promise<string | undefined> {
  const store = await openStoreOf(config, keyring, 'write')
  if (!store.ok) return store.error.lines.join(' ')
  try {
    return alterationIn(store.value)
  } finally {
    store.value.close()
  }
}
