import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { InstanceLock } from '../../src/store/lock.ts'
import { tempDir } from '../support/workspace.ts'
import { caseId, digest, NOW, query, storeIn } from './support.ts'

/** Starts the child and waits until it stands still. */
async function childAt(directory: string, what: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'holder.ts'), directory, what], {
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

test('a second instance fails at once while the first lives, and after kill -9 the lock is free', async t => {
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

test('a lock whose object nobody keeps is held all the same, and released once', async t => {
  const directory = await tempDir(t)
  assert.ok(InstanceLock.take(directory).ok)
  const pressure: Uint8Array[] = []
  for (let i = 0; i < 200; i += 1) pressure.push(new Uint8Array(1 << 20))
  assert.equal(pressure.length, 200)
  const again = InstanceLock.take(directory)
  assert.ok(!again.ok)
  const other = await tempDir(t)
  const held = InstanceLock.take(other)
  assert.ok(held.ok)
  held.value.release()
  const retaken = InstanceLock.take(other)
  assert.ok(retaken.ok)
  retaken.value.release()
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
  assert.equal(store.outbox.claim(NOW), 'nothing')
  assert.equal(store.outbox.nextDueAt(), NOW + 1_000)
})
