import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import { PIECE_OCTETS } from '../../src/model/octets.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { later } from '../../src/model/scalars.ts'
import { MINUTE } from '../../src/model/time.ts'
import { DATABASE_FILE } from '../../src/store/database.ts'
import { wholeOf } from '../support/whole.ts'
import { auditKinds, claimed, n1, sendAt, withCopies } from './copies.ts'
import {
  acknowledgement,
  address,
  caseId,
  claim,
  contactId,
  copyFor,
  fingerprint,
  imported,
  messageId,
  NOW,
  newStore,
  noticeChanged,
  opened,
  outgoing,
  query,
  receive,
  record,
  reply,
  settle,
  storeIn,
} from './support.ts'

test('a mail that was prepared goes as it was; one that nobody added is forgotten, also after a crash', async t => {
  const { store, directory } = await newStore(t)
  const octets = randomBytes(2 * PIECE_OCTETS + 1)
  const prepare = () => store.outbox.prepare([octets.subarray(0, 7), octets.subarray(7)])
  const rows = () => {
    const other = new BetterSqlite3(join(directory, DATABASE_FILE))
    const counted = ['payloads', 'payloads_rest'].map(table =>
      other.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get(),
    )
    other.close()
    return counted
  }
  const body = { kind: 'prepared', payload: prepare(), subkey: 'a'.repeat(16) } as const
  prepare()
  assert.deepEqual(rows(), [2, 4])
  settle(store, [], { outgoing: [outgoing({ kind: 'reply', text: plaintext('x') }, {}, body)] })
  store.outbox.dropPrepared()
  assert.deepEqual(rows(), [1, 2])
  prepare()
  store.close()
  const again = await storeIn(directory)
  t.after(() => again.close())
  again.outbox.dropPrepared()
  assert.deepEqual(rows(), [1, 2])
  assert.ok(octets.equals(wholeOf(claimed(again, NOW).octets)))
})

test('a claim counts the attempt and marks it before anyone dials; the octets are those composed', async t => {
  const { store } = await newStore(t)
  const mail = reply('words for the reporter')
  settle(store, [], { outgoing: [mail] })
  const first = claimed(store, NOW)
  assert.equal(wholeOf(first.octets).toString(), 'words for the reporter')
  assert.deepEqual(
    [first.to, first.from, first.messageId, first.attempts, first.state],
    [mail.order.to, mail.envelopeFrom, mail.messageId, 1, 'sending'],
  )
  assert.equal(claim(store, NOW), 'nothing', 'never claimed twice')
  record(store, first.id, { kind: 'accepted', code: 250 }, NOW)
  assert.equal(store.outbox.find(first.id)?.state, 'sent')
  assert.throws(() => record(store, first.id, { kind: 'accepted', code: 250 }, NOW), /not under way/)
})

test('an answer is recorded in the transaction that claims the next, or neither is', async t => {
  const { store } = await newStore(t)
  settle(store, [], { outgoing: [reply(), reply(), reply()] })
  const first = claimed(store, NOW)
  const answer = { id: first.id, outcome: { kind: 'accepted', code: 250 }, at: NOW } as const
  assert.throws(() => store.outbox.exchange([answer, answer], 2, NOW), /not under way/)
  assert.deepEqual([store.outbox.counts().sending, store.outbox.counts().ready], [1, 2])
  const next = store.outbox.exchange([answer], 2, NOW)
  assert.deepEqual(
    next.map(one => one.attempts),
    [1, 1],
  )
  const { sent, sending, ready } = store.outbox.counts()
  assert.deepEqual([sent, sending, ready], [1, 2, 0])
  assert.deepEqual(store.outbox.exchange([], 1, NOW), [])
})

test('nothing goes before its instant', async t => {
  const { store } = await newStore(t)
  const at = later(NOW, MINUTE)
  settle(store, [], { outgoing: [{ ...reply(), notBefore: at }] })
  assert.equal(claim(store, later(NOW, MINUTE - 1)), 'nothing')
  assert.equal(store.outbox.nextDueAt(), at)
  assert.equal(claimed(store, at).attempts, 1)
  assert.equal(store.outbox.nextDueAt(), undefined)
})

test('a temporary failure is tried again with the same octets and Message-ID', async t => {
  const { store } = await newStore(t)
  settle(store, [], { outgoing: [acknowledgement()] })
  const first = claimed(store, NOW)
  const at = later(NOW, MINUTE)
  record(store, first.id, { kind: 'retry', at, code: 451, stage: 'rcpt' }, NOW)
  assert.equal(claim(store, NOW), 'nothing')
  const second = claimed(store, at)
  assert.deepEqual(
    [second.messageId, wholeOf(second.octets), second.attempts, second.firstAttemptAt, second.lastCode],
    [first.messageId, wholeOf(first.octets), 2, NOW, 451],
  )
  record(store, second.id, { kind: 'failed', code: 550, stage: 'rcpt' }, at)
  const failed = store.outbox.find(first.id)
  assert.deepEqual([failed?.state, failed?.lastCode, failed?.lastStage], ['failed', 550, 'rcpt'])
  assert.equal(failed?.inDoubt, 0)
})

test('in doubt: an acknowledgement is dropped, a reply goes again after the wait, both on record', async t => {
  const { store } = await newStore(t)
  settle(store, [], { outgoing: [acknowledgement(), reply()] })
  const [ack, words] = [claimed(store, NOW), claimed(store, NOW)]
  const at = later(NOW, 10 * MINUTE)
  for (const { id } of [ack, words]) record(store, id, { kind: 'in-doubt', at }, NOW)
  assert.deepEqual(
    [store.outbox.find(ack.id)?.state, store.outbox.find(ack.id)?.why],
    ['dropped', 'in-doubt'],
  )
  assert.equal(claim(store, later(at, -1)), 'nothing')
  const again = claimed(store, at)
  assert.deepEqual(
    [again.id, again.inDoubt, again.messageId, wholeOf(again.octets)],
    [words.id, 1, words.messageId, wholeOf(words.octets)],
  )
  assert.equal(auditKinds(store).filter(kind => kind === 'delivery-in-doubt').length, 2)
  assert.equal(store.outbox.counts().inDoubt, 2)
})

test('after a start, what was under way is in doubt', async t => {
  const { store, directory } = await newStore(t)
  settle(store, [], { outgoing: [acknowledgement(), reply(), reply()] })
  const [ack, words] = [claimed(store, NOW), claimed(store, NOW)]
  store.close()
  const restarted = await storeIn(directory)
  t.after(() => restarted.close())
  assert.equal(restarted.outbox.recover(NOW, 10 * MINUTE).length, 2)
  assert.equal(restarted.outbox.find(ack.id)?.state, 'dropped')
  assert.equal(restarted.outbox.find(words.id)?.nextAttemptAt, later(NOW, 10 * MINUTE))
  assert.equal(restarted.outbox.counts().ready, 2)
  assert.deepEqual(restarted.outbox.recover(NOW, 10 * MINUTE), [])
})

test('copies wait for the release and for their instant, then each goes once', async t => {
  const { store } = await withCopies(t)
  assert.equal(claim(store, later(sendAt, MINUTE)), 'nothing', 'not released')
  assert.equal(store.outbox.nextDueAt(), undefined)
  settle(store, [noticeChanged('notice-released', n1)])
  assert.equal(claim(store, later(sendAt, -1)), 'nothing', 'too early')
  assert.equal(store.outbox.nextDueAt(), sendAt)
  const gone = [claimed(store, sendAt), claimed(store, sendAt)]
  assert.deepEqual(gone.map(one => one.contact).toSorted(), [contactId(1), contactId(2)])
  assert.equal(claim(store, sendAt), 'nothing')
})

test('copies of a notice go before other mail that waited longer', async t => {
  const { store } = await withCopies(t)
  settle(store, [noticeChanged('notice-released', n1)], { outgoing: [reply()] })
  assert.equal(claimed(store, sendAt).kind, 'notice')
})

test('preparing copies again adds only what lacks', async t => {
  const { store, notice } = await withCopies(t)
  assert.deepEqual(store.outbox.contactsWithoutCopy(notice), [])
  settle(store, [imported(3)])
  const missing = store.outbox.contactsWithoutCopy(notice)
  assert.deepEqual(
    missing.map(contact => contact.id),
    [contactId(3)],
  )
  const all = store.readSnapshot(query()).contacts.map(contact => copyFor(notice, contact))
  store.outbox.addNoticeCopies(notice, all, NOW)
  store.outbox.addNoticeCopies(notice, all, NOW)
  assert.equal(store.outbox.list({ notice: n1 }).length, 3)
})

test('a cancel stops the fan-out at once, also copies in doubt or to be retried', async t => {
  const { store } = await withCopies(t)
  settle(store, [noticeChanged('notice-released', n1)])
  const first = claimed(store, sendAt)
  settle(store, [noticeChanged('notice-cancelled', n1)])
  assert.equal(claim(store, sendAt), 'nothing')
  record(store, first.id, { kind: 'in-doubt', at: sendAt }, sendAt)
  assert.equal(claim(store, later(sendAt, MINUTE)), 'nothing')
  assert.equal(store.outbox.nextDueAt(), undefined)
  assert.deepEqual(
    store.outbox.list({ notice: n1 }).map(one => [one.state, one.why]),
    [
      ['cancelled', 'notice-cancelled'],
      ['cancelled', 'notice-cancelled'],
    ],
  )
  assert.equal(auditKinds(store).filter(kind => kind === 'delivery-cancelled').length, 2)
})

test('a copy for an address or key that is not the contact’s is held when it is put in', async t => {
  const { store, notice } = await withCopies(t)
  settle(store, [imported(3), imported(4)])
  const [three, four] = store.outbox.contactsWithoutCopy(notice)
  assert.ok(three && four)
  const otherKey = copyFor(notice, { ...three, fingerprint: fingerprint(99) })
  const otherAddress = copyFor(notice, { ...four, address: address('elsewhere@member4.example') })
  store.outbox.addNoticeCopies(notice, [otherKey, otherAddress], NOW)
  const held = store.outbox.list({ state: 'held' })
  assert.deepEqual(
    held.map(one => one.why),
    ['contact-changed', 'contact-changed'],
  )
})

test('a held copy of a notice that is cancelled ends, too', async t => {
  const { store, notice } = await withCopies(t)
  settle(store, [imported(3)])
  const [three] = store.outbox.contactsWithoutCopy(notice)
  assert.ok(three)
  store.outbox.addNoticeCopies(notice, [copyFor(notice, { ...three, fingerprint: fingerprint(99) })], NOW)
  settle(store, [noticeChanged('notice-cancelled', n1)])
  assert.equal(claim(store, sendAt), 'nothing')
  assert.deepEqual(new Set(store.outbox.list({ notice: n1 }).map(one => one.state)), new Set(['cancelled']))
})

test('a mail that could not be encrypted is kept as its order and never claimed', async t => {
  const { store } = await newStore(t)
  const held = outgoing({ kind: 'key' }, {}, { kind: 'held', why: 'no-encryption-key' })
  settle(store, [], { outgoing: [held] })
  assert.equal(claim(store, NOW), 'nothing')
  const [row] = store.outbox.list({ state: 'held' })
  assert.equal(row?.why, 'no-encryption-key')
  assert.deepEqual(row && store.outbox.heldOrder(row.id), held.order)
})

test('held mail and mail given up wait to be told of, each once; an alert never does', async t => {
  const { store } = await newStore(t)
  const held = { kind: 'held', why: 'expired-key' } as const
  const alert = { kind: 'alert', alert: { kind: 'delivery-failed', to: 'x', mail: 'key' } } as const
  settle(store, [], {
    outgoing: [outgoing({ kind: 'key' }, {}, held), outgoing(alert, {}, held), reply('one')],
  })
  const refused = claimed(store, NOW)
  record(store, refused.id, { kind: 'failed', code: 550, stage: 'rcpt' }, NOW)
  const [first, second, third] = store.outbox.untold()
  assert.ok(first !== undefined && second !== undefined)
  assert.deepEqual([first.why, second.id, third], ['expired-key', refused.id, undefined])
  settle(store, [], { tells: { kind: 'ended', outbox: first.id } })
  settle(store, [], { tells: { kind: 'ended', outbox: second.id } })
  assert.deepEqual(store.outbox.untold(), [])
})

test('a delivery is found by its return address, whatever case the bounce writes it in', async t => {
  const { store } = await newStore(t)
  const mail = { ...reply(), envelopeFrom: address('security+b.abc@example.org') }
  settle(store, [], { outgoing: [mail, reply()] })
  const found = store.outbox.findByEnvelopeFrom(address('Security+B.ABC@example.org'))
  assert.equal(found?.messageId, mail.messageId)
  assert.equal(store.outbox.findByEnvelopeFrom(address('security+b.x@example.org')), undefined)
  settle(store, [], { outgoing: [{ ...reply(), envelopeFrom: mail.envelopeFrom }] })
  assert.equal(store.outbox.findByEnvelopeFrom(mail.envelopeFrom), undefined, 'shared: names no delivery')
})

test('the thread is told by our Message-IDs only', async t => {
  const { store } = await newStore(t)
  const inbound = receive(store)
  const mail = outgoing({ kind: 'acknowledgement', receivedAt: NOW }, { case: caseId(1) })
  settle(store, [opened(caseId(1), inbound)], { inbound, outgoing: [mail] })
  assert.equal(store.outbox.caseOfMessage([messageId('nobody'), mail.messageId]), caseId(1))
  assert.equal(store.outbox.caseOfMessage([messageId('first')]), undefined)
  assert.equal(store.outbox.isOurs(mail.messageId), true)
  assert.equal(store.outbox.isOurs(messageId('first')), false)
})

test('every delivery that ends has an audit row with its Message-ID digest and no address', async t => {
  const { store } = await newStore(t)
  settle(store, [], { outgoing: [reply(), acknowledgement('who@somewhere.example')] })
  for (let i = 0; i < 2; i += 1) record(store, claimed(store, NOW).id, { kind: 'accepted', code: 250 }, NOW)
  const rows = [...store.audit.rowsAfter(0)].filter(row => row.kind === 'delivery-accepted')
  assert.equal(rows.length, 2)
  for (const row of rows) {
    assert.match(row.ids, /"messageId":"[0-9a-f]{64}"/)
    assert.doesNotMatch(row.ids, /@|example/)
  }
})
