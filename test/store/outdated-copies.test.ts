// A copy that was made for a contact as they were before: it does not go, makes way for one as they are now, and there
// never are two. What went out, or may have, is never made again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../../src/model/event.ts'
import { later } from '../../src/model/scalars.ts'
import {
  caseId,
  claim,
  contactId,
  copyFor,
  fingerprint,
  imported,
  NOW,
  newStore,
  noticeChanged,
  noticeId,
  opened,
  receive,
  record,
  scheduled,
  settle,
} from './support.ts'

const CASE = caseId(1)
const NOTICE = noticeId(1)
const scheduler = { kind: 'scheduler', name: 'scheduler' } as const
const fact = { at: NOW, actor: scheduler, contact: contactId(1) }
const newKey: Event = {
  ...fact,
  kind: 'key-changed',
  key: { fingerprint: fingerprint(9), certificate: new Uint8Array([9]), keyIds: [] },
}

async function given(t: Parameters<typeof newStore>[0]) {
  const { store } = await newStore(t)
  settle(store, [opened(CASE, receive(store)), imported(1), imported(2), scheduled(NOTICE, CASE, NOW)])
  const notice = () => {
    const found = store.scheduledNotices()[0] ?? store.copies.owed(NOW)[0]
    assert.ok(found)
    return found
  }
  const first = notice()
  const make = (which = notice()) =>
    store.outbox.addNoticeCopies(
      which,
      store.copies.lacking(which, NOW).map(one => copyFor(which, one)),
      store.copies.basisOf(which),
      NOW,
    )
  make()
  const lacking = (which = first) => store.copies.lacking(which, NOW).map(({ id }) => id)
  const copies = () =>
    store.outbox
      .list({ notice: NOTICE })
      .map(({ contact, state, why }) => [contact, state, why].join(' ').trim())
  return { store, make, lacking, copies, first }
}

test('before the instant it is made anew, and there is one', async t => {
  const { store, make, lacking, copies } = await given(t)
  assert.deepEqual(lacking(), [])
  settle(store, [newKey])
  assert.deepEqual(lacking(), [contactId(1)])
  make()
  assert.deepEqual(lacking(), [])
  assert.equal(copies().length, 2)
  settle(store, [noticeChanged('notice-released', NOTICE)])
  assert.notEqual(claim(store, NOW), 'nothing')
  assert.notEqual(claim(store, NOW), 'nothing')
  assert.equal(claim(store, NOW), 'nothing')
})

test('at the instant the older one does not go; it is made anew after it, alone', async t => {
  const { store, make, copies, first } = await given(t)
  settle(store, [newKey, noticeChanged('notice-released', NOTICE)])
  const gone = claim(store, NOW)
  assert.ok(gone !== 'nothing' && gone.contact === contactId(2))
  assert.equal(claim(store, NOW), 'nothing')
  assert.deepEqual(copies().sort(), [`${contactId(1)} held contact-changed`, `${contactId(2)} sending`])
  settle(store, [imported(3)])
  const released = { ...first, state: 'released' } as const
  assert.deepEqual(
    store.copies.lacking(released, NOW).map(({ id }) => id),
    [contactId(1)],
    'no late joiner',
  )
  make(released)
  const again = claim(store, NOW)
  assert.ok(again !== 'nothing' && again.contact === contactId(1))
  assert.equal(copies().length, 2)
  assert.deepEqual(store.copies.owed(NOW), [])
})

test('one that was sent, or may have been, is not made again', async t => {
  for (const outcome of [
    { kind: 'accepted', code: 250 } as const,
    { kind: 'in-doubt', at: later(NOW, 1) } as const,
  ]) {
    const { store, first } = await given(t)
    settle(store, [noticeChanged('notice-released', NOTICE)])
    for (let taken = claim(store, NOW); taken !== 'nothing'; taken = claim(store, NOW))
      record(store, taken.id, outcome, NOW)
    settle(store, [newKey])
    const released = { ...first, state: 'released' } as const
    assert.deepEqual(store.copies.lacking(released, NOW), [])
    assert.deepEqual(store.copies.owed(NOW), [])
    // What is in doubt is not sent again under a key that is not theirs any more.
    const left = claim(store, later(NOW, 2))
    assert.ok(left === 'nothing' || left.contact === contactId(2))
  }
})

test('nobody who is off the list, or suspended, gets one', async t => {
  const { store, lacking } = await given(t)
  settle(store, [newKey, { ...fact, kind: 'contact-suspended', why: 'admin', until: undefined }])
  assert.deepEqual(lacking(), [])
  settle(store, [{ ...fact, kind: 'contact-resumed' }])
  assert.deepEqual(lacking(), [contactId(1)])
})

test('one that was sealed for them as they were is held as such when it comes', async t => {
  const { store, first, lacking } = await given(t)
  settle(store, [newKey])
  const [contact] = store.copies.lacking(first, NOW)
  assert.ok(contact)
  const copy = copyFor(first, contact)
  settle(store, [{ ...fact, kind: 'contact-key-revoked', certificate: new Uint8Array([8]) }])
  const order = { ...copy.order, contactVersion: contact.version }
  store.outbox.addNoticeCopies(first, [{ ...copy, order }], store.copies.basisOf(first), NOW)
  const [row] = store.outbox.list({ notice: NOTICE, state: 'held' })
  assert.deepEqual([row?.contact, row?.why], [contactId(1), 'contact-changed'])
  assert.deepEqual(lacking(), [contactId(1)])
})
