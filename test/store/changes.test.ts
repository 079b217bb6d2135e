// Changes that wait to be told together: kept over an end of the process, told exactly once.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { digest } from '../../src/decide/changes.ts'
import { CHANGES_TOGETHER, type Change } from '../../src/model/changes.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { type Fingerprint, type Instant, later, parseFingerprint, UNROUTED } from '../../src/model/scalars.ts'
import type { Store } from '../../src/store/store.ts'
import { settings, snapshot } from '../decide/given.ts'
import { caseId, decision, NOW, newStore, opened, receive, settle, settlement, storeIn } from './support.ts'

const ALICE = parseFingerprint('A'.repeat(40)) as Fingerprint
const BOB = parseFingerprint('B'.repeat(40)) as Fingerprint

const change = (line: string, told: Change['told'], person = ALICE): Change => ({
  person,
  by: person === ALICE ? 'alice' : 'bob',
  project: UNROUTED,
  case: undefined,
  lines: [plaintext(line)],
  told,
})

function record(store: Store, one: Change, now: Instant): void {
  const settled = store.settle(settlement([], { now, decision: decision([], { change: one }) }))
  assert.equal(settled, 'committed')
}

/** Tells what is due, as the daemon does; the lines of each digest. */
function tell(store: Store, now: Instant): readonly string[] {
  return store.changesDue(now).map(due => {
    const tells = { kind: 'changes', digest: due } as const
    const told = digest(due, snapshot({}))
    assert.equal(store.settle(settlement([], { now, decision: told, tells })), 'committed')
    return due.changes.flatMap(({ lines }) => lines.map(line => line.open())).join()
  })
}

const keptUntil = (store: Store, person: Fingerprint, now: Instant) =>
  store.readSnapshot({
    now,
    settings: settings(),
    ownKeys: [],
    cases: [],
    notices: [],
    applications: [],
    incidents: [],
    posts: [],
    contacts: [],
    leaksOf: [],
    distributors: [],
    pending: 'nothing',
    statements: [],
    thread: [],
    answers: [],
    messageId: undefined,
    signature: undefined,
    revoked: [],
    token: undefined,
    author: undefined,
    person,
    also: 'nothing',
    states: [],
    queueRow: undefined,
    advisory: undefined,
    claimed: undefined,
    returned: undefined,
  }).changesKeptUntil

const END = later(NOW, CHANGES_TOGETHER)

test('after a change was told more are kept for as long as changes go together, and then told once', async t => {
  const { store } = await newStore(t)
  assert.equal(keptUntil(store, ALICE, NOW), undefined)
  record(store, change('one', 'now'), NOW)
  assert.equal(keptUntil(store, ALICE, later(NOW, 1)), END)
  assert.equal(keptUntil(store, BOB, NOW), undefined)
  record(store, change('two', 'later'), later(NOW, 1))
  record(store, change('three', 'later'), later(NOW, 2))
  assert.deepEqual(tell(store, later(END, -1)), [])
  assert.deepEqual(tell(store, END), ['two,three'])
  assert.deepEqual(tell(store, END), [])
  // The digest begins the time anew, so that a burst without end gives one mail in each.
  assert.equal(keptUntil(store, ALICE, later(END, 1)), later(END, CHANGES_TOGETHER))
  assert.equal(keptUntil(store, ALICE, later(END, CHANGES_TOGETHER)), undefined)
})

test('what waits while the daemon is down is told after its start, before anything newer', async t => {
  const { store, directory } = await newStore(t)
  record(store, change('one', 'now'), NOW)
  record(store, change('canary-kept', 'later'), later(NOW, 1))
  store.close()
  for (const file of ['embargod.db', 'embargod.db-wal'])
    assert.ok(!readIfThere(join(directory, file)).includes('canary-kept'), file)
  const again = await storeIn(directory)
  t.after(() => again.close())
  // Not told yet: a change that comes now joins it.
  assert.notEqual(keptUntil(again, ALICE, later(END, 5)), undefined)
  record(again, change('two', 'later'), later(END, 5))
  assert.deepEqual(tell(again, later(END, 6)), ['canary-kept,two'])
})

test('each person has a digest of their own', async t => {
  const { store } = await newStore(t)
  for (const person of [ALICE, BOB]) record(store, change('first', 'now', person), NOW)
  record(store, change('hers', 'later', ALICE), later(NOW, 1))
  record(store, change('his', 'later', BOB), later(NOW, 2))
  assert.deepEqual(tell(store, END), ['hers', 'his'])
})

test('a digest that was told is never told again, whoever asks', async t => {
  const { store } = await newStore(t)
  record(store, change('one', 'now'), NOW)
  record(store, change('two', 'later'), NOW)
  const [due] = store.changesDue(END)
  assert.ok(due)
  assert.deepEqual(tell(store, END), ['two'])
  const tells = { kind: 'changes', digest: due } as const
  assert.throws(() => store.settle(settlement([], { now: END, tells })))
})

test('a clock that was set back does not keep changes for good', async t => {
  const { store } = await newStore(t)
  record(store, change('one', 'now'), later(NOW, 100 * CHANGES_TOGETHER))
  record(store, change('two', 'later'), NOW)
  assert.deepEqual(tell(store, NOW), ['two'])
})

function readIfThere(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch {
    return Buffer.alloc(0)
  }
}

test('what waits to be told of a case goes with the case when it is purged, and nothing else', async t => {
  const { store } = await newStore(t)
  const inbound = receive(store)
  settle(store, [opened(caseId(1), inbound)], { inbound })
  record(store, change('one', 'now'), NOW)
  record(store, { ...change('title: a secret', 'later'), case: caseId(1) }, NOW)
  record(store, { ...change('note c-000001: a secret', 'later'), case: caseId(2) }, NOW)
  record(store, { ...change('title: another', 'later'), case: caseId(2) }, NOW)
  const actor = { kind: 'operator', name: 'operator' } as const
  settle(store, [{ kind: 'case-purged', case: caseId(1), at: NOW, actor }])
  assert.deepEqual(tell(store, later(NOW, CHANGES_TOGETHER)), ['title: another'])
})
