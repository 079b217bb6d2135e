// Rows of the queues that the operator changes: in one transaction with the audit row, and never one that
// moved on since it was looked at.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { QueueChange } from '../../src/model/queues.ts'
import { instant } from '../../src/model/scalars.ts'
import type { Store } from '../../src/store/store.ts'
import {
  claim,
  decision,
  NOW,
  newStore,
  query,
  receive,
  record,
  reply,
  settle,
  settlement,
} from './support.ts'

const LATER = instant(NOW + 60_000)

const change = (store: Store, queue: QueueChange) =>
  store.settle(settlement([], { now: LATER, decision: decision([], { outcome: 'command', queue }) }))

/** A mail whose first attempt was refused for good. */
function failedMail(store: Store) {
  store.settle(settlement([], { outgoing: [reply()] }))
  const claimed = claim(store, NOW)
  assert.ok(claimed !== 'nothing')
  record(store, claimed.id, { kind: 'failed', code: 550, stage: 'rcpt' }, NOW)
  return claimed.id
}

test('a failed mail that is retried goes at once, its attempts counted anew, and is news if it fails again', async t => {
  const { store } = await newStore(t)
  const id = failedMail(store)
  assert.equal(change(store, { kind: 'outbox', id, from: 'failed', to: 'ready' }), 'committed')
  assert.deepEqual(JSON.parse([...store.audit.rowsAfter(0)].at(-1)?.ids ?? ''), {
    queue: 'outbox',
    row: id,
    to: 'ready',
    outcome: 'command',
    reason: 'new-case',
    actor: 'outsider',
    streams: [],
    outbox: [],
  })
  const again = claim(store, LATER)
  assert.ok(again !== 'nothing')
  assert.deepEqual([again.id, again.attempts, again.firstAttemptAt], [id, 1, LATER])
  record(store, id, { kind: 'failed', code: 550, stage: 'rcpt' }, LATER)
  assert.deepEqual(
    store.outbox.untold().map(delivery => delivery.id),
    [id],
  )
})

test('a mail that is held or stopped is not claimed, and alarms nobody', async t => {
  const { store } = await newStore(t)
  for (const to of ['held', 'cancelled'] as const) {
    store.settle(settlement([], { outgoing: [reply()] }))
    const [delivery] = store.outbox.list({ state: 'ready' })
    assert.ok(delivery !== undefined)
    assert.equal(change(store, { kind: 'outbox', id: delivery.id, from: 'ready', to }), 'committed')
    assert.deepEqual(
      [store.outbox.find(delivery.id)?.state, store.outbox.find(delivery.id)?.why],
      [to, 'operator'],
    )
  }
  assert.equal(claim(store, LATER), 'nothing')
  assert.deepEqual(store.outbox.untold(), [])
})

test('a mail that moved on since it was looked at is not changed', async t => {
  const { store } = await newStore(t)
  store.settle(settlement([], { outgoing: [reply()] }))
  const claimed = claim(store, NOW)
  assert.ok(claimed !== 'nothing')
  assert.equal(change(store, { kind: 'outbox', id: claimed.id, from: 'ready', to: 'held' }), 'stale')
  assert.equal(store.outbox.find(claimed.id)?.state, 'sending')
})

test('a shunted mail waits again with no attempts counted, or leaves the list; its octets are kept', async t => {
  const { store } = await newStore(t)
  const [again, gone] = [receive(store, 'one'), receive(store, 'two')]
  for (const id of [again, gone]) {
    store.inbound.countAttempt(id)
    const shunted = decision([], { outcome: 'shunt', reason: 'three-strikes' })
    settle(store, [], { inbound: id, decision: shunted })
    assert.deepEqual(
      store.readSnapshot(query({ queueRow: { kind: 'shunt', action: 'retry', id } })).queueRow,
      {
        kind: 'shunt',
        why: 'three-strikes',
      },
    )
  }
  assert.equal(change(store, { kind: 'shunt', id: again, to: 'waiting' }), 'committed')
  assert.equal(change(store, { kind: 'shunt', id: gone, to: 'dropped' }), 'committed')
  assert.deepEqual([store.inbound.next()?.id, store.inbound.row(again)?.attempts], [again, 0])
  assert.deepEqual(store.inbound.list({ outcome: 'shunt', limit: 9 }), [])
  assert.equal(store.inbound.row(gone)?.reason, 'operator-dropped')
  assert.ok(store.inbound.raw(gone) !== undefined)
  assert.equal(change(store, { kind: 'shunt', id: gone, to: 'waiting' }), 'stale')
})
