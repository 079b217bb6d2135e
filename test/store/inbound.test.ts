import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plaintext } from '../../src/model/plaintext.ts'
import { later } from '../../src/model/scalars.ts'
import { openQueue } from '../../src/store/store.ts'
import { decision, digest, messageId, NOW, newStore, receive, received, settle } from './support.ts'

test('a mail of the mailbox is received once, however often it is fetched', async t => {
  const { store } = await newStore(t)
  const mail = received('hello')
  const id = store.inbound.receive(mail)
  assert.equal(store.inbound.receive(mail), 'known')
  assert.equal(store.inbound.has('INBOX', 7, mail.uid), true)
  assert.equal(store.inbound.has('INBOX', 8, mail.uid), false)
  assert.deepEqual([...store.inbound.uidsKnown('INBOX', 7, NOW)], [mail.uid])
  assert.deepEqual([...store.inbound.uidsKnown('INBOX', 7, later(NOW, -1))], [])
  assert.notEqual(store.inbound.receive({ ...mail, uidValidity: 8 }), id)
})

test('a UID that means another mail after UIDVALIDITY changed is a new mail', async t => {
  const { store } = await newStore(t)
  const mail = received('one')
  store.inbound.receive(mail)
  assert.notEqual(store.inbound.receive({ ...received('two'), uid: mail.uid, uidValidity: 8 }), 'known')
  assert.equal(store.inbound.list({ outcome: 'waiting', limit: 9 }).length, 2)
})

test('a UID that a server gives again, to another mail, keeps that mail from nobody', async t => {
  const { store } = await newStore(t)
  const { inbound } = store
  const mail = received('one')
  inbound.receive(mail)
  for (const text of ['two', 'three']) {
    const other = { ...received(text), uid: mail.uid }
    assert.notEqual(inbound.receive(other), 'known')
    assert.equal(inbound.receive(other), 'known')
  }
  const stored = inbound.list({ limit: 9 }).map(({ mailbox, uid }) => [mailbox, uid])
  assert.deepEqual(stored.toReversed(), [
    ['INBOX', mail.uid],
    ['(reused)', 1],
    ['(reused)', 2],
  ])
})

test('mail waits in the order it came, the operator before the mailbox', async t => {
  const { store } = await newStore(t)
  const first = receive(store)
  receive(store)
  const { mailbox: _, uidValidity: __, uid: ___, ...request } = received('take C-000001')
  const operators = store.inbound.receive({ ...request, source: 'cli' })
  const waiting = store.inbound.next()
  assert.equal(waiting?.id, operators)
  assert.equal(waiting?.mailbox, 'cli')
  assert.deepEqual(new Uint8Array(store.inbound.raw(waiting.id) ?? []), request.raw)
  settle(store, [], { inbound: waiting.id, decision: decision([]) })
  assert.equal(store.inbound.next()?.id, first)
})

test('each lane is settled in its own order, and neither waits for the other', async t => {
  const { store } = await newStore(t)
  const { inbound } = store
  const inLane = (lane: 'command' | 'other', text: string) => inbound.receive({ ...received(text), lane })
  const reports = [inLane('other', 'one'), inLane('other', 'two')]
  assert.equal(inbound.next('command')?.id, reports[0])
  assert.equal(inbound.commandWaits(NOW), false)
  const commands = [inLane('command', 'three'), inLane('command', 'four')]
  assert.deepEqual(
    (['command', 'other'] as const).map(lane => inbound.next(lane)?.id),
    [commands[0], reports[0]],
  )
  assert.equal(inbound.oldestWaiting(), reports[0])
  assert.deepEqual([inbound.commandWaits(later(NOW, -1)), inbound.commandWaits(NOW)], [false, true])
  for (const id of commands) if (id !== 'known') settle(store, [], { inbound: id, decision: decision([]) })
  assert.equal(inbound.commandWaits(NOW), false)
  assert.equal(inbound.next('command')?.id, reports[0])
})

test('two equal requests of the operator are two requests', async t => {
  const { store } = await newStore(t)
  const { mailbox: _, uidValidity: __, uid: ___, ...request } = received('status')
  const [a, b] = [1, 2].map(() => store.inbound.receive({ ...request, source: 'cli' }))
  assert.ok(typeof a === 'number' && typeof b === 'number' && a !== b)
  settle(store, [], { inbound: a })
  const same = { inbound: b, sha256: request.sha256, messageId: undefined, contentSha256: digest('x') }
  assert.equal(store.inbound.duplicateOf(same), undefined)
})

test('an attempt is counted before the parse and survives a restart', async t => {
  const { store, directory } = await newStore(t)
  const id = receive(store)
  assert.equal(store.inbound.countAttempt(id), 1)
  const beside = openQueue(directory, 'append')
  assert.ok(beside.ok)
  assert.equal(beside.value.inbound.row(id)?.attempts, 1)
  beside.value.close()
  assert.equal(store.inbound.countAttempt(id), 2)
})

test('what is put aside keeps its octets, has an audit row and waits no more', async t => {
  const { store } = await newStore(t)
  const mail = received('poison')
  const id = store.inbound.receive(mail)
  assert.ok(id !== 'known')
  settle(store, [], { inbound: id, decision: decision([], { outcome: 'shunt', reason: 'three-strikes' }) })
  assert.equal(store.inbound.next(), undefined)
  assert.equal(store.inbound.row(id)?.reason, 'three-strikes')
  assert.deepEqual(new Uint8Array(store.inbound.raw(id) ?? []), mail.raw)
  const rows = [...store.audit.rowsAfter(0)]
  assert.equal(rows.length, 1)
  assert.partialDeepStrictEqual(JSON.parse(rows[0]?.ids ?? ''), {
    inbound: id,
    source: 'imap',
    mailbox: 'INBOX',
    uidValidity: 7,
    uid: mail.uid,
    sha256: mail.sha256,
    outcome: 'shunt',
    reason: 'three-strikes',
  })
})

test('a duplicate is the same octets, or the same Message-ID and the same body; never one of them', async t => {
  const { store } = await newStore(t)
  const first = receive(store, 'original')
  const [ours, body] = [messageId('a'), digest('body')]
  const asked = { sha256: digest('other'), messageId: ours, contentSha256: body }
  const second = receive(store, 'second')
  assert.equal(store.inbound.duplicateOf({ ...asked, inbound: second }), undefined, 'nothing settled yet')
  settle(store, [], { inbound: first, messageId: ours, contentSha256: body })
  assert.equal(store.inbound.duplicateOf({ ...asked, inbound: second }), first)
  assert.equal(
    store.inbound.duplicateOf({
      inbound: second,
      sha256: digest('original'),
      messageId: undefined,
      contentSha256: digest('z'),
    }),
    first,
  )
  assert.equal(
    store.inbound.duplicateOf({ ...asked, inbound: second, contentSha256: digest('z') }),
    undefined,
    'copied Message-ID (G07)',
  )
  assert.equal(
    store.inbound.duplicateOf({ ...asked, inbound: second, messageId: messageId('b') }),
    undefined,
    'same body sent by another',
  )
  assert.equal(store.inbound.duplicateOf({ ...asked, inbound: first }), undefined, 'itself is no duplicate')
})

test('the daemon notices what the command line puts in, and the command line reads the answer', async t => {
  const { store, directory } = await newStore(t)
  const before = store.inbound.dataVersion()
  const beside = openQueue(directory, 'append')
  assert.ok(beside.ok)
  t.after(() => beside.value.close())
  const { mailbox: _, uidValidity: __, uid: ___, ...request } = received('status')
  const id = beside.value.inbound.receive({ ...request, source: 'cli' })
  assert.ok(id !== 'known')
  assert.notEqual(store.inbound.dataVersion(), before)
  assert.equal(store.inbound.answer(id), undefined)
  settle(store, [], { inbound: id, answer: plaintext('two cases') })
  assert.equal(store.inbound.answer(id)?.open(), 'two cases')
  assert.equal(beside.value.inbound.answer(id), undefined, 'not without the data key')
})
