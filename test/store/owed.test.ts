// What is owed stands with its case and goes with the mail that pays it; a case that is spam is owed nothing.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import type { Limit } from '../../src/model/alert.ts'
import type { OwedChange } from '../../src/model/decision.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { DATABASE_FILE } from '../../src/store/database.ts'
import type { Store } from '../../src/store/store.ts'
import {
  address,
  caseId,
  decision,
  NOW,
  newStore,
  opened,
  outgoing,
  query,
  receive,
  settlement,
} from './support.ts'

const RIYA = 'riya@research.example'

/** A case whose acknowledgement is owed to this address. */
function owe(store: Store, number: number, to: string, limit: Limit = 'address'): void {
  const inbound = receive(store)
  const { order } = outgoing(
    { kind: 'acknowledgement', receivedAt: NOW },
    { case: caseId(number), to: address(to) },
  )
  const events = [opened(caseId(number), inbound, 'title')]
  const owed: OwedChange = { kind: 'owed', order, limit }
  assert.equal(store.settle(settlement([], { inbound, decision: decision(events, { owed }) })), 'committed')
}

const pay = (store: Store, cases: number, mailbox = RIYA) =>
  store.settle(settlement([], { decision: decision([], { owed: { kind: 'paid', mailbox, cases } }) }))

const exit = (store: Store, number: number, event: { kind: 'case-rejected' } | { kind: 'case-reopened' }) =>
  store.settle(
    settlement([], {
      decision: decision([
        {
          at: NOW,
          actor: { kind: 'operator', name: 'operator' },
          case: caseId(number),
          ...(event.kind === 'case-rejected'
            ? { kind: 'case-rejected', as: 'spam', reason: plaintext('no') }
            : { kind: 'case-reopened', to: 'new' }),
        },
      ]),
      expected: new Map([[caseId(number), store.journal.revision(caseId(number))]]),
    }),
  )

test('subaddresses of a mailbox are owed together, the oldest first, and paid once', async t => {
  const { store } = await newStore(t)
  for (const [n, to] of [
    `riya+1@research.example`,
    'Riya+2@research.example',
    'quinn@plain.example',
  ].entries())
    owe(store, n + 1, to)
  assert.deepEqual(store.owed.mailboxes().toSorted(), ['quinn@plain.example', RIYA])
  const debt = store.owed.owedTo(RIYA)
  assert.ok(debt !== 'damaged')
  const { orders, cases } = debt
  assert.deepEqual([orders.map(order => order.case), cases], [[caseId(1), caseId(2)], 2])
  assert.equal(pay(store, 1), 'stale', 'more is owed than was seen')
  assert.equal(pay(store, 2), 'committed')
  assert.equal(pay(store, 2), 'stale')
  assert.deepEqual(store.owed.mailboxes(), ['quinn@plain.example'])
})

test('a case that is spam is owed nothing while it is', async t => {
  const { store } = await newStore(t)
  owe(store, 1, RIYA)
  exit(store, 1, { kind: 'case-rejected' })
  assert.deepEqual(
    [store.owed.mailboxes(), store.readSnapshot(query({ author: address(RIYA) })).owed],
    [[], []],
  )
  exit(store, 1, { kind: 'case-reopened' })
  assert.deepEqual(store.owed.mailboxes(), [RIYA])
})

test('of limits to an address only the one of the author is seen, of others all', async t => {
  const { store } = await newStore(t)
  owe(store, 1, RIYA)
  owe(store, 2, 'quinn@plain.example', 'domain')
  const seenBy = (to: string) => store.readSnapshot(query({ author: address(to) })).owed
  assert.deepEqual(seenBy('riya+x@research.example'), ['address', 'domain'])
  assert.deepEqual(seenBy('olga@plain.example'), ['domain'])
})

test('a row that was moved to another mailbox does not open', async t => {
  const { store, directory } = await newStore(t)
  owe(store, 1, RIYA)
  const other = new BetterSqlite3(join(directory, DATABASE_FILE))
  other.exec(`UPDATE owed_acknowledgements SET mailbox = 'eve@evil.example'`)
  other.close()
  assert.equal(store.owed.owedTo('eve@evil.example'), 'damaged')
})
