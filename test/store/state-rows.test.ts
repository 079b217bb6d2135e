// Rows that somebody changed behind the daemon's back: noticed when they are read, and named at the start.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import { OUTSIDER } from '../../src/model/event.ts'
import { parseApplicationId } from '../../src/model/scalars.ts'
import { DATABASE_FILE } from '../../src/store/database.ts'
import { BrokenSeal } from '../../src/store/seal.ts'
import {
  address,
  caseId,
  contactId,
  imported,
  NOW,
  newStore,
  note,
  opened,
  project,
  query,
  receive,
  rejected,
  settle,
} from './support.ts'

test('a contact that was read before is not believed once its row is changed', async t => {
  const { store, directory } = await newStore(t)
  settle(store, [imported(1), imported(2)])
  const before = store.contacts(query().settings)
  assert.deepEqual(store.contacts(query().settings), before)
  const change = (sql: string) => {
    const other = new BetterSqlite3(join(directory, DATABASE_FILE))
    other.prepare(sql).run(contactId(1))
    other.close()
  }
  const fails = () => assert.throws(() => store.contacts(query().settings), BrokenSeal)

  change(`UPDATE contacts SET address = 'eve@example.net' WHERE id = ?`)
  fails()
  change(`UPDATE contacts SET address = '${before[0]?.address}' WHERE id = ?`)
  assert.deepEqual(store.contacts(query().settings), before)
  change(`UPDATE contacts SET body = (SELECT body FROM contacts o WHERE o.id <> contacts.id) WHERE id = ?`)
  fails()
})

test('the start names each state that its journal does not give, and no other', async t => {
  const { store, directory } = await newStore(t)
  const inbound = receive(store)
  for (const n of [1, 2, 3]) settle(store, [opened(caseId(n), inbound), imported(n)])
  settle(store, [note(caseId(2), 'older')])
  const other = new BetterSqlite3(join(directory, DATABASE_FILE))
  t.after(() => other.close())
  const older = other.prepare('SELECT * FROM cases WHERE id = ?').get(caseId(2))
  settle(store, [note(caseId(2), 'newer')])
  assert.deepEqual(store.journal.misfolded(), [])

  other
    .prepare('UPDATE cases SET revision = :revision, body = :body, state = :state WHERE id = :id')
    .run(older)
  assert.deepEqual(store.journal.misfolded(), [caseId(2)])
  other.prepare('DELETE FROM contacts WHERE id = ?').run(contactId(3))
  assert.deepEqual(store.journal.misfolded(), [caseId(2), contactId(3)])
  other.exec('DROP TRIGGER journal_never_deleted')
  other.prepare('DELETE FROM journal WHERE stream = ?').run(caseId(3))
  assert.deepEqual(store.journal.misfolded().toSorted(), [caseId(2), caseId(3), contactId(3)])
})

test('the start names each stream whose events do not fit together, or do not open', async t => {
  const { store, directory } = await newStore(t)
  const inbound = receive(store)
  for (const n of [1, 2, 3]) settle(store, [opened(caseId(n), inbound), note(caseId(n), 'said')])
  const other = new BetterSqlite3(join(directory, DATABASE_FILE))
  t.after(() => other.close())
  other.exec('DROP TRIGGER journal_never_deleted; DROP TRIGGER journal_never_updated')
  other.prepare('DELETE FROM journal WHERE stream = ? AND revision = 1').run(caseId(1))
  assert.deepEqual(store.journal.misfolded(), [caseId(1)])
  other.prepare('UPDATE journal SET revision = 7 WHERE stream = ? AND revision = 2').run(caseId(2))
  assert.deepEqual(store.journal.misfolded(), [caseId(1), caseId(2)])
})

test('each case comes once, also beyond what one look shows', async t => {
  const { store } = await newStore(t)
  const inbound = receive(store)
  const numbers = Array.from({ length: 1_100 }, (_, i) => i + 1)
  settle(
    store,
    numbers.map(n => opened(caseId(n), inbound)),
  )
  settle(store, [rejected(caseId(7))])
  assert.equal(store.openCases().length, 1_000)
  const idsOf = (which: 'all' | 'open') => new Set([...store.eachCase(which)].map(({ id }) => id))
  assert.deepEqual([idsOf('all').size, idsOf('open').size], [1_100, 1_099])
  assert.ok(!idsOf('open').has(caseId(7)))
})

test('each open request to join has its time, also beyond what one look shows', async t => {
  const { store } = await newStore(t)
  const inbound = receive(store)
  const events = Array.from({ length: 1_100 }, (_, n) => {
    const application = parseApplicationId(`A-${100_000 + n}`)
    assert.ok(application !== undefined)
    const who = { address: address(`a${n}@vendor.example`), key: undefined } as const
    const answers = { organisation: undefined, name: undefined, criteria: {} } as const
    const fact = { at: NOW, actor: OUTSIDER, application, inbound } as const
    return { ...fact, ...who, kind: 'application-opened', project, receivedAt: NOW, answers } as const
  })
  settle(store, events)
  assert.equal(store.openApplications().length, 1_000)
  assert.equal(new Set([...store.eachOpenApplication()].map(({ id }) => id)).size, 1_100)
})
