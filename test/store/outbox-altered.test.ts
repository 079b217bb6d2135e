// What is changed in the file behind the daemon's back is held, and never sent.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { later } from '../../src/model/scalars.ts'
import { MINUTE } from '../../src/model/time.ts'
import { behindItsBack, claimed, n1, sendAt, withCopies } from './copies.ts'
import { claim, contactId, NOW, newStore, noticeChanged, reply, settle } from './support.ts'

const damages = {
  'the recipient': `UPDATE outbox SET recipient = 'eve@evil.example'`,
  'the sender': `UPDATE outbox SET envelope_from = 'eve@evil.example'`,
  'the octets': `UPDATE payloads SET octets = x'00'`,
  'the kind of payload': `UPDATE payloads SET form = 'openpgp'`,
  'a payload of another mail': `UPDATE outbox SET payload = (SELECT max(id) FROM payloads)`,
}
for (const [what, sql] of Object.entries(damages))
  test(`a delivery with ${what} changed in the file is held, not sent`, async t => {
    const { store, directory } = await newStore(t)
    settle(store, [], { outgoing: [reply('one')] })
    if (what.includes('another'))
      settle(store, [], { outgoing: [{ ...reply('two'), notBefore: later(NOW, MINUTE) }] })
    behindItsBack(directory, sql)
    assert.equal(claim(store, NOW), 'nothing')
    assert.equal(store.outbox.list({ state: 'held' })[0]?.why, 'row-damaged')
  })

test('an instant moved forward in the file sends nothing early', async t => {
  const { store, directory } = await withCopies(t)
  settle(store, [noticeChanged('notice-released', n1)])
  behindItsBack(directory, `UPDATE notices SET send_at = 0; UPDATE outbox SET next_attempt_at = 0`)
  assert.equal(claim(store, NOW), 'nothing')
  assert.equal(store.outbox.counts().held, 2)
})

test('a copy whose contact was changed in the file is held', async t => {
  const { store, directory } = await withCopies(t)
  settle(store, [noticeChanged('notice-released', n1)])
  behindItsBack(directory, `UPDATE contacts SET state = 'suspended' WHERE id = 'M-000001'`)
  const only = claimed(store, sendAt)
  assert.equal(only.contact, contactId(2))
  assert.equal(claim(store, sendAt), 'nothing')
})
