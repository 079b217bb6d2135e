// A copy of the database is made while mail comes in: it ends, and is one moment of the store, whole.
import assert from 'node:assert/strict'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { instant } from '../../src/model/scalars.ts'
import { intoSafeMode } from '../../src/store/safe-mode.ts'
import { wholeOf } from '../support/whole.ts'
import { tempDir } from '../support/workspace.ts'
import {
  caseId,
  claim,
  copyFor,
  digest,
  imported,
  NOW,
  newStore,
  noticeChanged,
  noticeId,
  opened,
  outgoing,
  query,
  receive,
  reply,
  scheduled,
  settle,
  settlement,
  storeIn,
} from './support.ts'

const MAILS = 300
const LATER = instant(NOW + 60_000)

test('a copy made under load ends, and holds a beginning of what was committed', async t => {
  const { store, directory } = await newStore(t)
  for (let i = 0; i < MAILS; i += 1) receive(store, `${i} `.padEnd(20_000, 'x'))
  const path = join(directory, 'copy')
  closeSync(openSync(path, 'wx', 0o600))
  const copying = store.copyTo(path).then(() => 'copied' as const)
  let ended: string | undefined
  void copying.then(how => {
    ended = how
  })
  let during = 0
  for (; ended === undefined; during += 1) {
    receive(store)
    await new Promise(setImmediate)
  }
  assert.ok(during > 5, `only ${during} commits fell into it`)
  const copy = new DatabaseSync(path, { readOnly: true })
  t.after(() => copy.close())
  assert.equal(copy.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok')
  const ids = copy
    .prepare('SELECT id FROM inbound ORDER BY id')
    .all()
    .map(row => row['id'])
  assert.ok(ids.length >= MAILS && ids.length <= MAILS + during)
  assert.deepEqual(
    ids,
    Array.from(ids, (_, i) => i + 1),
  )
})

test('in safe mode nothing is claimed, due or next, whatever waits; after it all is as it was', async t => {
  const { store } = await newStore(t)
  receive(store, 'a mail that waits')
  store.settle(settlement([], { outgoing: [reply(), outgoing({ kind: 'key' })] }))
  const folder = await tempDir(t)
  await store.copyTo(join(folder, 'embargod.db'))
  const since = intoSafeMode(join(folder, 'embargod.db'), LATER)
  assert.deepEqual(since, { ok: true, value: NOW })

  const restored = await storeIn(folder)
  t.after(() => restored.close())
  const seen = () => [
    claim(restored, LATER) === 'nothing',
    restored.outbox.nextDueAt() === undefined,
    restored.inbound.next() === undefined,
    restored.inbound.oldestWaiting() === undefined,
  ]
  assert.deepEqual(seen(), [true, true, true, true])
  assert.deepEqual([restored.safeMode.mode, restored.safeMode.restoredAt()], ['safe', LATER])
  assert.ok(restored.audit.verify().ok)
  const decision = { ...settlement([]).decision, queue: { kind: 'resume', sent: 'none' } } as const
  assert.equal(restored.settle(settlement([], { now: LATER, decision })), 'committed')
  assert.deepEqual([restored.inbound.next(), restored.inbound.oldestWaiting()], [undefined, undefined])
  restored.safeMode.rescanned({ uidValidity: 7, uid: 3 })
  assert.deepEqual(seen(), [false, false, false, false])
  assert.deepEqual(restored.safeMode.answeredUpTo(), { uidValidity: 7, uid: 3 })
})

test('all counts as sent but the copies made ahead for an instant to come, with what they share', async t => {
  const { store } = await newStore(t)
  const [past, ahead] = [noticeId(1), noticeId(2)]
  settle(store, [opened(caseId(1), receive(store)), imported(1), imported(2)])
  settle(store, [scheduled(past, caseId(1), NOW)])
  settle(store, [scheduled(ahead, caseId(1), LATER)])
  for (const id of [past, ahead]) {
    const notice = store.readSnapshot(query({ notices: [id] })).notices.get(id) ?? assert.fail()
    const payload = store.outbox.prepare([Buffer.from('what they share')])
    const copies = store.copies.lacking(notice, NOW).map(contact => ({
      ...copyFor(notice, contact),
      content: digest('what it says'),
      body: {
        kind: 'shared',
        before: Buffer.from(contact.id),
        payload,
        after: Buffer.from('.'),
        subkey: 'AB'.repeat(8),
      } as const,
    }))
    store.outbox.addNoticeCopies(notice, copies, store.copies.basisOf(notice), NOW)
  }
  settle(store, [noticeChanged('notice-released', past)], { outgoing: [reply()] })
  const folder = await tempDir(t)
  await store.copyTo(join(folder, 'embargod.db'))
  assert.ok(intoSafeMode(join(folder, 'embargod.db'), instant(NOW + 1)).ok)

  const restored = await storeIn(folder)
  t.after(() => restored.close())
  const decision = { ...settlement([]).decision, queue: { kind: 'resume', sent: 'all' } } as const
  assert.equal(restored.settle(settlement([], { now: instant(NOW + 2), decision })), 'committed')
  const states = (notice: typeof past) => restored.outbox.list({ notice }).map(({ state }) => state)
  assert.deepEqual(
    [states(past), states(ahead)],
    [
      ['dropped', 'dropped'],
      ['ready', 'ready'],
    ],
  )
  assert.equal(restored.outbox.list({ state: 'dropped' }).length, 3)
  restored.outbox.dropPrepared()
  settle(restored, [noticeChanged('notice-released', ahead)])
  const gone = restored.outbox.exchange([], 9, LATER)
  assert.deepEqual(gone.map(({ contact }) => contact).sort(), ['M-000001', 'M-000002'])
  for (const { octets, contact } of gone)
    assert.equal(wholeOf(octets).toString(), `${contact}what they share.`)
})
