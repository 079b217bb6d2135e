import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { InstanceLock } from '../../src/store/lock.ts'
import { tempDir } from '../support/workspace.ts'
import { caseId, claim, digest, NOW, query, storeIn } from './support.ts'

const holder = join(import.meta.dirname, 'holder.ts')

/** Starts the child and waits until it stands still. */
async function childAt(directory: string, what: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [holder, directory, what], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = await once(child.stdout, 'data')
  assert.equal(String(said), 'here\n')
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

test('J06 a second instance fails at once while the first lives, and after kill -9 the lock is free', async t => {
  const directory = await tempDir(t)
  const child = await childAt(directory, 'lock')
  const refused = InstanceLock.take(directory)
  assert.ok(!refused.ok)
  assert.equal(refused.error.code, 'busy')
  await kill(child)
  const taken = InstanceLock.take(directory)
  assert.ok(taken.ok)
  taken.value.release()
})

test('a lock whose object nobody keeps outlives garbage collection and a second try in this process', async t => {
  const directory = await tempDir(t)
  assert.ok(InstanceLock.take(directory).ok)
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let round = 0; round < 3; round += 1) {
    collect()
    await setImmediate()
  }
  assert.ok(!InstanceLock.take(directory).ok)
  const other = spawn(process.execPath, [holder, directory, 'lock'], { stdio: 'ignore' })
  const [code] = await once(other, 'exit')
  assert.notEqual(code, 0)
})

test('a lock that is released can be taken again', async t => {
  const directory = await tempDir(t)
  for (let round = 0; round < 2; round += 1) {
    const taken = InstanceLock.take(directory)
    assert.ok(taken.ok)
    taken.value.release()
  }
})

test('kill -9 in the midst of a settlement leaves the mail waiting and nothing else', async t => {
  const directory = await tempDir(t)
  await kill(await childAt(directory, 'settle'))
  const store = await storeIn(directory)
  t.after(() => store.close())
  assert.equal(store.inbound.next()?.sha256, digest('received before the crash'))
  assert.equal(store.journal.revision(caseId(1)), 0)
  assert.equal(store.readSnapshot(query({ cases: [caseId(1)] })).cases.size, 0)
  assert.deepEqual(store.outbox.list({}), [])
  assert.deepEqual(store.audit.verify(), { ok: true, rows: 0, head: store.audit.head() })
})

test('kill -9 after a claim leaves the delivery in doubt, never forgotten', async t => {
  const directory = await tempDir(t)
  await kill(await childAt(directory, 'sending'))
  const store = await storeIn(directory)
  t.after(() => store.close())
  assert.equal(store.inbound.next(), undefined)
  const [interrupted] = store.outbox.recover(NOW, 1_000)
  assert.equal(interrupted?.attempts, 1)
  assert.equal(claim(store, NOW), 'nothing')
  assert.equal(store.outbox.nextDueAt(), NOW + 1_000)
})
