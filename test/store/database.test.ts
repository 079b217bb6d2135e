import assert from 'node:assert/strict'
import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import { DATABASE_FILE, MARK_FILE, openDatabase } from '../../src/store/database.ts'
import { openQueue, openStore } from '../../src/store/store.ts'
import { networkFileSystem } from '../../src/store/volume.ts'
import { type TestEnd, tempDir } from '../support/workspace.ts'
import {
  caseId,
  note,
  opened,
  receive,
  received,
  reply,
  rules,
  settle,
  storeIn,
  unwrap,
  wrap,
} from './support.ts'

/** A folder with a closed database that holds a few committed things. */
async function used(t: TestEnd): Promise<{ directory: string; path: string; mark: string }> {
  const directory = await tempDir(t)
  const store = await storeIn(directory)
  const inbound = receive(store)
  settle(store, [opened(caseId(1), inbound)], { inbound, outgoing: [reply()] })
  for (let i = 0; i < 50; i += 1) settle(store, [note(caseId(1), `note ${i} ${'x'.repeat(500)}`)])
  store.close()
  return { directory, path: join(directory, DATABASE_FILE), mark: join(directory, MARK_FILE) }
}

function faultOf(directory: string, mode: 'write' | 'read' | 'append' = 'write'): string {
  const result = openDatabase(directory, mode)
  if (!result.ok) {
    assert.match(result.error.sentence, /^[A-Z{e][^\n]+\.$/)
    return result.error.code
  }
  result.value.close()
  return 'opened'
}

test('a new database is private, in WAL, fully synchronous, and every table is STRICT', async t => {
  const directory = await tempDir(t)
  const store = await storeIn(directory)
  t.after(() => store.close())
  for (const file of [DATABASE_FILE, `${DATABASE_FILE}-wal`, `${DATABASE_FILE}-shm`, MARK_FILE])
    assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600, file)
  const database = openDatabase(directory, 'append')
  assert.ok(database.ok)
  t.after(() => database.value.close())
  const setting = (name: string) =>
    Object.values(database.value.prepare<[], object>(`PRAGMA ${name}`).get() ?? {})[0]
  assert.deepEqual(
    ['journal_mode', 'synchronous', 'foreign_keys', 'secure_delete', 'temp_store'].map(setting),
    ['wal', 2, 1, 1, 2],
  )
  const lax = database.value
    .prepare<[], string>(`SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0
      AND name NOT LIKE 'sqlite_%'`)
    .pluck()
  assert.deepEqual(lax.all(), [])
})

test('what was committed is there after a restart, with the same data key', async t => {
  const { directory } = await used(t)
  const store = await storeIn(directory)
  t.after(() => store.close())
  assert.equal(store.allCases({ limit: 9 })[0]?.notes.length, 50)
})

test('a database that is missing or emptied is refused, never begun anew', async t => {
  const { directory, path } = await used(t)
  truncateSync(path, 0)
  assert.equal(faultOf(directory), 'emptied')
  assert.equal(statSync(path).size, 0)
  rmSync(path)
  assert.equal(faultOf(directory), 'emptied')
  assert.equal(existsSync(path), false)
  const other = new BetterSqlite3(path)
  other.exec('CREATE TABLE t (a)')
  other.close()
  assert.equal(faultOf(directory), 'behind-its-mark')
})

test('reading does not create a database', async t => {
  const directory = await tempDir(t)
  assert.equal(faultOf(directory, 'read'), 'missing')
  assert.equal(faultOf(directory, 'append'), 'missing')
  assert.equal(existsSync(join(directory, DATABASE_FILE)), false)
})

test('a file that is cut or is no database is refused', async t => {
  const { directory, path } = await used(t)
  const whole = readFileSync(path)
  for (const size of [1, 50, 4096, 5000, whole.length - 4096, whole.length - 1]) {
    writeFileSync(path, whole.subarray(0, size))
    assert.notEqual(faultOf(directory), 'opened', `cut at ${size}`)
  }
  writeFileSync(path, 'not a database, but long enough to look at. '.repeat(100))
  assert.equal(faultOf(directory), 'damaged')
})

test('a write-ahead log that is cut or gone is noticed', async t => {
  const directory = await tempDir(t)
  const store = await storeIn(directory)
  t.after(() => store.close())
  const inbound = receive(store)
  settle(store, [opened(caseId(1), inbound)], { inbound })
  // As kill -9 would leave it: copied while open, so that the log is not yet written back.
  const killed = await tempDir(t)
  const copy = () => {
    for (const file of [DATABASE_FILE, `${DATABASE_FILE}-wal`, MARK_FILE])
      copyFileSync(join(directory, file), join(killed, file))
    rmSync(join(killed, `${DATABASE_FILE}-shm`), { force: true })
  }
  const wal = join(killed, `${DATABASE_FILE}-wal`)
  copy()
  assert.equal(faultOf(killed), 'opened', 'whole, without its -shm')
  copy()
  truncateSync(wal, statSync(wal).size - 100)
  assert.equal(faultOf(killed), 'behind-its-mark')
  copy()
  rmSync(wal)
  assert.notEqual(faultOf(killed), 'opened')
})

test('an older copy of the database put in its place is refused', async t => {
  const { directory, path } = await used(t)
  const old = join(await tempDir(t), 'old.db')
  copyFileSync(path, old)
  const store = await storeIn(directory)
  settle(store, [note(caseId(1), 'later')])
  store.close()
  copyFileSync(old, path)
  assert.equal(faultOf(directory), 'behind-its-mark')
})

test('a mark that says nothing is refused', async t => {
  const { directory, mark } = await used(t)
  writeFileSync(mark, 'x')
  assert.equal(faultOf(directory), 'damaged')
})

test('a newer schema is refused and not one octet written', async t => {
  const { directory, path } = await used(t)
  const newer = new BetterSqlite3(path)
  newer.pragma('user_version = 99')
  newer.close()
  const before = readFileSync(path)
  for (const mode of ['write', 'read', 'append'] as const)
    assert.equal(faultOf(directory, mode), 'newer-schema')
  assert.deepEqual(readFileSync(path), before)
})

test('a database from before members answered is refused by that name, and not one octet written', async t => {
  const { directory, path } = await used(t)
  const older = new BetterSqlite3(path)
  older.pragma('user_version = 17')
  older.close()
  const before = readFileSync(path)
  for (const mode of ['write', 'read', 'append'] as const) {
    const opened = await openStore({ directory, mode, rules, wrap, unwrap })
    assert.ok(!opened.ok)
    assert.equal(opened.error.code, 'older-schema')
    assert.match(opened.error.sentence, /before members answered.*run the program that wrote it/)
  }
  assert.deepEqual(readFileSync(path), before)
})

test('a database whose storage key is another does not open, and says nothing of why', async t => {
  const { directory } = await used(t)
  const opened = await openStore({
    directory,
    mode: 'write',
    rules,
    wrap,
    unwrap: () => Promise.reject(new Error('passphrase of the key of ann')),
  })
  assert.ok(!opened.ok)
  assert.equal(opened.error.code, 'data-key-does-not-open')
  assert.doesNotMatch(opened.error.sentence, /passphrase|ann/)
})

test('a lost data key is not replaced by a new one', async t => {
  const { directory, path } = await used(t)
  const other = new BetterSqlite3(path)
  other.exec('DELETE FROM meta')
  other.close()
  const opened = await openStore({ directory, mode: 'write', rules, wrap, unwrap })
  assert.ok(!opened.ok)
  assert.equal(opened.error.code, 'no-data-key')
})

test('while locked, mail is received without the data key and is there once unlocked', async t => {
  const directory = await tempDir(t)
  const locked = openQueue(directory, 'write')
  assert.ok(locked.ok)
  const mail = received('while locked')
  locked.value.inbound.receive(mail)
  locked.value.close()
  const store = await storeIn(directory)
  t.after(() => store.close())
  assert.equal(store.inbound.next()?.sha256, mail.sha256)
})

test('network file systems are told by their type', () => {
  assert.equal(networkFileSystem(0x6969), 'NFS')
  assert.equal(networkFileSystem(0xff534d42), 'SMB')
  assert.equal(networkFileSystem(0xff534d42 | 0), 'SMB')
  for (const local of [0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630])
    assert.equal(networkFileSystem(local), undefined)
})

test('a data directory that is not there is a sentence, not a crash', () => {
  assert.equal(faultOf('/nonexistent/data'), 'no-directory')
})
