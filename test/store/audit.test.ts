import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import { DATABASE_FILE } from '../../src/store/database.ts'
import { caseId, newStore, note, opened, receive, settle } from './support.ts'

async function fiveRows(t: TestContext) {
  const { store, directory } = await newStore(t)
  const inbound = receive(store)
  settle(store, [opened(caseId(1), inbound)], { inbound })
  for (const text of ['a', 'b', 'c', 'd']) settle(store, [note(caseId(1), text)])
  return { store, directory }
}

/** Someone with the file in hand, who takes the triggers away first. */
function edit(directory: string, sql: string): void {
  const other = new BetterSqlite3(join(directory, DATABASE_FILE))
  for (const table of ['audit', 'journal'])
    other.exec(`DROP TRIGGER ${table}_never_updated; DROP TRIGGER ${table}_never_deleted`)
  other.pragma('foreign_keys = OFF')
  other.exec(sql)
  other.close()
}

test('an untouched chain verifies and tells its head', async t => {
  const { store } = await fiveRows(t)
  assert.deepEqual(store.audit.verify(), { ok: true, rows: 5, head: store.audit.head() })
  assert.equal(store.audit.contains(store.audit.head().hash), true)
})

test('an empty chain verifies', async t => {
  const { store } = await newStore(t)
  assert.deepEqual(store.audit.verify(), { ok: true, rows: 0, head: store.audit.head() })
})

const edits: readonly (readonly [what: string, sql: string, seq: number])[] = [
  ['a changed id', `UPDATE audit SET ids = replace(ids, 'new-case', 'old-case') WHERE seq = 3`, 3],
  ['a changed instant', `UPDATE audit SET at = at + 1 WHERE seq = 2`, 2],
  [
    'a changed hash',
    `UPDATE audit SET hash = iif(hash LIKE '1%', '2', '1') || substr(hash, 2) WHERE seq = 4`,
    4,
  ],
  ['a removed row', `DELETE FROM audit WHERE seq = 3`, 3],
  ['the first row removed', `DELETE FROM audit WHERE seq = 1`, 1],
  ['a changed journal body', `UPDATE journal SET body = x'0102' WHERE audit = 4`, 4],
  ['a removed journal row', `DELETE FROM journal WHERE audit = 2`, 2],
  ['a journal row moved to another change', `UPDATE journal SET audit = 3 WHERE audit = 2`, 2],
  [
    'a journal row added behind the end',
    `INSERT INTO journal SELECT 99, 99, project, stream, 99, at, kind, inbound, body, NULL FROM journal LIMIT 1`,
    99,
  ],
]
for (const [what, sql, seq] of edits)
  test(`${what} is named`, async t => {
    const { store, directory } = await fiveRows(t)
    edit(directory, sql)
    assert.deepEqual(store.audit.verify(), { ok: false, seq })
  })

test('a chain rewritten from its beginning no longer holds the head that was told', async t => {
  const { store, directory } = await fiveRows(t)
  const told = store.audit.head().hash
  edit(directory, `DELETE FROM journal WHERE audit = 5; DELETE FROM audit WHERE seq = 5`)
  assert.equal(store.audit.verify().ok, true, 'a shorter chain is sound in itself')
  assert.equal(store.audit.contains(told), false)
})

test('rows of audit and journal can be neither changed nor deleted', async t => {
  const { directory } = await fiveRows(t)
  const other = new BetterSqlite3(join(directory, DATABASE_FILE))
  t.after(() => other.close())
  for (const table of ['audit', 'journal']) {
    assert.throws(() => other.exec(`UPDATE ${table} SET at = 0`), /append-only/)
    assert.throws(() => other.exec(`DELETE FROM ${table}`), /append-only/)
  }
})
