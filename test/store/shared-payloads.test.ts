// What copies of a large notice share: it is stored once, goes out as part of each, and what becomes damaged or is
// purged goes out with none.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import { PIECE_OCTETS } from '../../src/model/octets.ts'
import { later } from '../../src/model/scalars.ts'
import { MINUTE } from '../../src/model/time.ts'
import { DATABASE_FILE } from '../../src/store/database.ts'
import { wholeOf } from '../support/whole.ts'
import { auditKinds, behindItsBack, claimed, n1, noticeOf, sendAt } from './copies.ts'
import {
  caseId,
  claim,
  copyFor,
  digest,
  imported,
  NOW,
  newStore,
  noticeChanged,
  opened,
  receive,
  record,
  scheduled,
  settle,
} from './support.ts'

const ciphertext = randomBytes(2 * PIECE_OCTETS + 1_000)

/** A released notice with two copies of it. */
async function withShared(t: TestContext) {
  const { store, directory } = await newStore(t)
  const inbound = receive(store)
  settle(store, [opened(caseId(1), inbound), imported(1), imported(2)], { inbound })
  settle(store, [scheduled(n1, caseId(1), sendAt)])
  const notice = noticeOf(store)
  const payload = store.outbox.prepare([ciphertext])
  const copies = store.copies.lacking(notice, NOW).map(contact => ({
    ...copyFor(notice, contact),
    content: digest('what it says'),
    body: {
      kind: 'shared',
      before: Buffer.from(`before, for ${contact.id} `),
      payload,
      after: Buffer.from(' after'),
      subkey: 'AB'.repeat(8),
    } as const,
  }))
  store.outbox.addNoticeCopies(notice, copies, store.copies.basisOf(notice), NOW)
  settle(store, [noticeChanged('notice-released', n1)])
  return { store, directory, notice }
}

const payloadsIn = (directory: string): readonly unknown[] => {
  const other = new BetterSqlite3(join(directory, DATABASE_FILE), { readonly: true })
  const counted = ['payloads', 'payloads_rest'].map(table =>
    other.prepare(`SELECT count(*) FROM ${table} WHERE length(octets) > 0`).pluck().get(),
  )
  other.close()
  return counted
}

test('it is stored once, goes out in the middle of each copy, and is kept as long as one refers to it', async t => {
  const { store, directory } = await withShared(t)
  store.outbox.prepare([ciphertext])
  assert.deepEqual(payloadsIn(directory), [4, 4])
  store.outbox.dropPrepared()
  assert.deepEqual(payloadsIn(directory), [3, 2])
  for (const _ of [1, 2]) {
    const one = claimed(store, sendAt)
    const whole = wholeOf(one.octets)
    assert.equal(one.octets.size, whole.length)
    const expected = [Buffer.from(`before, for ${one.contact} `), ciphertext, Buffer.from(' after')]
    assert.ok(whole.equals(Buffer.concat(expected)))
  }
})

test('the audit says what the copies say, and for whom', async t => {
  const { store } = await withShared(t)
  const rows = [...store.audit.rowsAfter(0)].filter(({ kind }) => kind === 'copies-made')
  const [made] = rows.map(({ ids }) => JSON.parse(ids))
  assert.equal(rows.length, 1)
  assert.deepEqual([made.notice, made.content], [n1, digest('what it says')])
  assert.deepEqual(made.contacts.toSorted(), ['M-000001', 'M-000002'])
})

for (const [what, sql] of Object.entries({
  'other octets': `UPDATE payloads_rest SET octets = zeroblob(length(octets))`,
  'a piece less': `DELETE FROM payloads_rest WHERE piece = 2`,
  'another place for them': `UPDATE outbox SET shared_at = shared_at - 1`,
  'none of them': `UPDATE outbox SET shared = NULL, shared_at = NULL`,
}))
  test(`a copy with ${what} is held, not sent`, async t => {
    const { store, directory } = await withShared(t)
    behindItsBack(directory, sql)
    assert.equal(claim(store, sendAt), 'nothing')
    assert.deepEqual(
      store.outbox.list({ state: 'held' }).map(({ why }) => why),
      ['row-damaged', 'row-damaged'],
    )
  })

test('what is damaged after it was claimed is found at its end, and held and not tried again', async t => {
  const { store, directory } = await withShared(t)
  const one = claimed(store, sendAt)
  behindItsBack(directory, `UPDATE payloads_rest SET octets = zeroblob(length(octets)) WHERE piece = 2`)
  assert.throws(() => wholeOf(one.octets), { name: 'DamagedOctets' })
  const again = later(sendAt, MINUTE)
  record(store, one.id, { kind: 'retry', at: again, code: undefined, stage: 'data' }, sendAt)
  assert.deepEqual(
    [store.outbox.find(one.id)?.state, store.outbox.find(one.id)?.why],
    ['held', 'row-damaged'],
  )
  assert.ok(auditKinds(store).includes('delivery-held'))
})

test('nothing of it is left when its case is purged', async t => {
  const { store, directory } = await withShared(t)
  const operator = { kind: 'operator', name: 'operator' } as const
  settle(store, [{ kind: 'case-purged', at: sendAt, actor: operator, case: caseId(1) }])
  assert.deepEqual(payloadsIn(directory), [0, 0])
})
