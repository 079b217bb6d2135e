import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import type { Decision, PendingPlan } from '../../src/model/decision.ts'
import type { Event } from '../../src/model/event.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { later } from '../../src/model/scalars.ts'
import { DAY } from '../../src/model/time.ts'
import { encode } from '../../src/store/codec.ts'
import { DATABASE_FILE } from '../../src/store/database.ts'
import {
  acknowledgement,
  address,
  caseId,
  contactId,
  decision,
  digest,
  fingerprint,
  imported,
  messageId,
  NOW,
  newStore,
  note,
  noticeChanged,
  noticeId,
  opened,
  outgoing,
  query,
  receive,
  scheduled,
  settle,
  settlement,
  storeIn,
} from './support.ts'

const [c1, c2] = [caseId(1), caseId(2)]

test('one settlement writes class, audit row, journal, state and mail together', async t => {
  const { store, directory } = await newStore(t)
  const inbound = receive(store, 'report')
  settle(store, [opened(c1, inbound)], { inbound, outgoing: [acknowledgement()] })
  const reader = await storeIn(directory, 'read')
  t.after(() => reader.close())
  assert.equal(reader.inbound.row(inbound)?.outcome, 'report')
  assert.equal(
    reader
      .readSnapshot(query({ cases: [c1] }))
      .cases.get(c1)
      ?.title.open(),
    'a title',
  )
  assert.equal(reader.outbox.counts().ready, 1)
  const [row] = [...reader.audit.rowsAfter(0)]
  const ids = JSON.parse(row?.ids ?? '{}')
  assert.equal(ids.sha256, digest('report'))
  assert.deepEqual([ids.mailbox, ids.uidValidity], ['INBOX', 7])
  assert.deepEqual([ids.streams, ids.outbox], [['C-000001@1'], ['1']])
})

test('a settlement that fails leaves nothing behind', async t => {
  const { store } = await newStore(t)
  const inbound = receive(store)
  const twice = acknowledgement()
  assert.throws(() => store.settle(settlement([opened(c1, inbound)], { inbound, outgoing: [twice, twice] })))
  assert.equal(store.inbound.next()?.id, inbound)
  assert.equal(store.journal.revision(c1), 0)
  assert.equal(store.readSnapshot(query({ cases: [c1] })).cases.size, 0)
  assert.equal(store.outbox.list({}).length, 0)
  assert.equal(store.audit.head().seq, 0)
})

test('a mail is settled once', async t => {
  const { store } = await newStore(t)
  const inbound = receive(store)
  settle(store, [], { inbound })
  assert.throws(() => store.settle(settlement([], { inbound })), /not waiting/)
})

test('a case that moved on makes the settlement stale, and nothing is written', async t => {
  const { store } = await newStore(t)
  const inbound = receive(store)
  settle(store, [opened(c1, inbound)], { inbound })
  const seen = new Map([[c1, 1] as const])
  const second = receive(store)
  const first = settlement([note(c1, 'one')], { expected: seen })
  assert.equal(store.settle(first), 'committed')
  const head = store.audit.head()
  assert.equal(store.settle(settlement([note(c1, 'two')], { expected: seen, inbound: second })), 'stale')
  assert.deepEqual(store.audit.head(), head)
  assert.equal(store.inbound.next()?.id, second)
  assert.equal(store.settle(settlement([], { expected: seen })), 'stale', 'a stream only read counts too')
})

test('a fresh id that is taken makes the settlement stale', async t => {
  const { store } = await newStore(t)
  const inbound = receive(store)
  settle(store, [opened(c1, inbound)], { inbound })
  assert.equal(store.settle(settlement([opened(c1, inbound)])), 'stale')
})

test('a signature counts once, for ever', async t => {
  const { store } = await newStore(t)
  const oneShot = { primary: fingerprint(1), hashValue: 'ab'.repeat(32) }
  assert.equal(store.readSnapshot(query({ signature: oneShot })).signature, 'unused')
  settle(store, [], { decision: decision([], { oneShot }) })
  const years = later(NOW, 4_000 * DAY)
  assert.equal(store.readSnapshot(query({ signature: oneShot, now: years })).signature, 'used')
  assert.equal(store.settle(settlement([], { now: years, decision: decision([], { oneShot }) })), 'stale')
  const other = { ...oneShot, primary: fingerprint(2) }
  assert.equal(store.readSnapshot(query({ signature: other })).signature, 'unused')
})

const plan: PendingPlan = {
  token: 'k7dd-m2qa',
  issuer: fingerprint(1),
  text: plaintext('embargod test\nnotice C-000001'),
  layout: 'fixed',
  attachments: [
    {
      fileName: plaintext('a.patch'),
      mediaType: 'text/x-patch',
      sha256: digest('p'),
      octets: Buffer.from('p'),
    },
  ],
  expiresAt: later(NOW, DAY),
  revisions: { 'C-000001': 1 },
  audience: [address('contact1@member1.example')],
  noticeIds: [noticeId(1)],
  confirmations: [],
}
const sorted = (value: object | undefined) =>
  Object.fromEntries(Object.entries(value ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)))
const change = (plan: Decision['plan']) => ({ decision: decision([], { plan }) })

test('a plan waits under its token, counts confirmations, and is confirmed once', async t => {
  const { store } = await newStore(t)
  const { token } = plan
  settle(store, [], change({ kind: 'issued', plan }))
  assert.equal(encode(sorted(store.pendingPlan(token))), encode(sorted(plan)))
  assert.equal(store.readSnapshot(query({ token: 'wrong' })).pending, undefined)
  assert.equal(store.settle(settlement([], change({ kind: 'issued', plan }))), 'stale')
  settle(store, [], change({ kind: 'counted', token, by: fingerprint(2) }))
  assert.deepEqual(store.pendingPlan(token)?.confirmations, [fingerprint(2)])
  settle(store, [], change({ kind: 'confirmed', token }))
  assert.equal(store.pendingPlan(token), undefined)
  assert.equal(store.settle(settlement([], change({ kind: 'confirmed', token }))), 'stale')
})

test('wrong tokens are counted by person for 24 hours', async t => {
  const { store } = await newStore(t)
  settle(store, [], change({ kind: 'wrong-token', by: fingerprint(1) }))
  settle(store, [], change({ kind: 'wrong-token', by: 'operator' }))
  const wrong = (now = NOW) => store.readSnapshot(query({ person: fingerprint(1), now })).wrongTokens
  assert.equal(wrong(), 1)
  assert.equal(wrong(later(NOW, DAY - 1)), 1)
  assert.equal(wrong(later(NOW, DAY)), 0)
})

test('plans and wrong tokens are kept as long as they count', async t => {
  const { store, directory } = await newStore(t)
  const waiting = { ...plan, token: 'another', expiresAt: later(NOW, 2 * DAY) }
  settle(store, [], change({ kind: 'issued', plan }))
  settle(store, [], change({ kind: 'issued', plan: waiting }))
  settle(store, [], change({ kind: 'confirmed', token: plan.token }))
  settle(store, [], change({ kind: 'wrong-token', by: fingerprint(1) }))
  settle(store, [], { ...change({ kind: 'wrong-token', by: fingerprint(1) }), now: later(NOW, 1) })
  const database = new BetterSqlite3(join(directory, DATABASE_FILE), { readonly: true })
  t.after(() => database.close())
  const kept = () =>
    ['plans', 'wrong_tokens'].map(table => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get())
  store.forgetEnded(later(NOW, DAY - 1))
  assert.deepEqual(kept(), [2, 2])
  store.forgetEnded(later(NOW, DAY))
  assert.deepEqual(kept(), [1, 1])
  assert.ok(store.pendingPlan(waiting.token))
  store.forgetEnded(later(NOW, 2 * DAY))
  assert.deepEqual(kept(), [0, 0])
  assert.ok(store.audit.verify().ok)
})

test('a file is kept once under its digest', async t => {
  const { store } = await newStore(t)
  const octets = Buffer.from('--- a\n+++ b\n')
  const file = { fileName: plaintext('x'), mediaType: 'text/x-patch', sha256: digest(octets), octets }
  settle(store, [], { decision: decision([], { files: [file, file] }) })
  settle(store, [], { decision: decision([], { files: [file] }) })
  assert.deepEqual(Buffer.from(store.blob(file.sha256) ?? []), octets)
  assert.equal(store.blob(digest('unknown')), undefined)
})

test('a snapshot holds the case of the thread, notices of its cases and the contacts', async t => {
  const { store } = await newStore(t)
  const inbound = receive(store)
  const ours = outgoing({ kind: 'acknowledgement', receivedAt: NOW }, { case: c1 })
  settle(store, [opened(c1, inbound), opened(c2, inbound)], { inbound, outgoing: [ours] })
  settle(store, [scheduled(noticeId(1), c1, later(NOW, DAY)), imported(1), imported(2)])
  const seen = store.readSnapshot(query({ thread: [messageId('foreign'), ours.messageId] }))
  assert.equal(seen.threadCase, c1)
  assert.deepEqual([...seen.cases.keys()], [c1])
  assert.deepEqual([...seen.notices.keys()], [noticeId(1)])
  assert.deepEqual(
    seen.contacts.map(contact => contact.id),
    [contactId(1), contactId(2)],
  )
  assert.equal(seen.messageIdIs, 'foreign')
  assert.equal(store.readSnapshot(query({ messageId: ours.messageId })).messageIdIs, 'ours')
  assert.deepEqual([...store.readSnapshot(query({ notices: [noticeId(1)] })).cases.keys()], [c1])
  assert.equal(store.readSnapshot(query({ cases: [caseId(9)] })).cases.size, 0)
  assert.deepEqual(
    store.scheduledNotices().map(notice => notice.id),
    [noticeId(1)],
  )
  assert.equal(store.allCases({ limit: 9 }).length, 2)
})

test('acknowledgements and courtesies are counted by mailbox, domain and in all for 24 hours', async t => {
  const { store } = await newStore(t)
  const help = outgoing({ kind: 'help', role: 'anyone' }, { to: address('a@one.example') })
  settle(store, [], {
    outgoing: [
      acknowledgement('a@one.example'),
      acknowledgement('A@one.example'),
      acknowledgement('b@one.example'),
      acknowledgement('a@two.example'),
      help,
    ],
  })
  const seen = (now = NOW) => store.readSnapshot(query({ author: address('a@one.example'), now }))
  assert.deepEqual(seen().acknowledged, { address: 2, domain: 3, all: 4 })
  assert.deepEqual(seen().courtesies, { address: 1, domain: 1, all: 1 })
  assert.deepEqual(seen(later(NOW, DAY)).acknowledged, { address: 0, domain: 0, all: 0 })
  assert.deepEqual(store.readSnapshot(query()).acknowledged, { address: 0, domain: 0, all: 4 })
})

test('subaddresses of a mailbox are counted as one, and other mailboxes are not', async t => {
  const { store } = await newStore(t)
  const sent = ['a@one.example', 'A+x@one.example', 'a+y.z@one.example', 'ab@one.example', 'a+x@two.example']
  settle(store, [], { outgoing: sent.map(acknowledgement) })
  const counted = (author: string) =>
    store.readSnapshot(query({ author: address(author) })).acknowledged.address
  assert.deepEqual(
    ['a@one.example', 'a+new@one.example', 'ab@one.example', 'a_@one.example'].map(counted),
    [3, 3, 1, 0],
  )
})

/** A small generator of numbers, so that a failing run can be repeated by its seed. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}

test('the stored rows are the fold of the journal, whatever was settled in whatever order', async t => {
  const { store, directory } = await newStore(t)
  const inbound = receive(store)
  for (let seed = 1; seed <= 12; seed += 1) {
    const random = numbers(seed)
    const pick = <T>(choices: readonly [T, ...T[]]): T =>
      choices[Math.floor(random.next().value * choices.length)] ?? choices[0]
    const [one, notice] = [caseId(seed), noticeId(seed)]
    settle(store, [opened(one, inbound, `title ${seed}`), imported(seed)])
    settle(store, [scheduled(notice, one, NOW)])
    const fact = { case: one, at: NOW, actor: { kind: 'operator', name: 'operator' } } as const
    for (let step = 0; step < 10; step += 1) {
      const events: Event[] = [
        pick<Event>([
          note(one, `note ${step}`),
          { ...fact, kind: 'case-taken', lead: 'ann' },
          { ...fact, kind: 'case-accepted' },
          { ...fact, kind: 'case-rejected', as: 'internal', reason: plaintext('why') },
          { ...fact, kind: 'reply-sent', text: plaintext('words'), plan: 'no' },
          { ...fact, kind: 'case-followed-up', inbound, from: 'other' },
          noticeChanged('notice-released', notice),
          noticeChanged('notice-cancelled', notice),
        ]),
        note(one, `second ${step}`),
      ]
      settle(store, events)
    }
  }
  assert.deepEqual(store.journal.misfolded(), [])
  const reader = await storeIn(directory, 'read')
  t.after(() => reader.close())
  assert.deepEqual(reader.journal.misfolded(), [])
  assert.equal(reader.allCases({ limit: 99 }).length, 12)
})
