// Whom a notice of a case went to: what the server took or may have taken counts, whatever anybody reports of it; what
// never left, or was refused, does not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silent } from '../../src/decide/outcomes.ts'
import type { DeliveryOutcome } from '../../src/model/delivery-outcome.ts'
import { later } from '../../src/model/scalars.ts'
import { MINUTE } from '../../src/model/time.ts'
import type { Store } from '../../src/store/store.ts'
import { claimed, n1, sendAt, withCopies } from './copies.ts'
import { caseId, contactId, noticeChanged, query, record, settle } from './support.ts'

const OUTCOMES: readonly (readonly [string, DeliveryOutcome | undefined, 'told' | 'untold'])[] = [
  ['is under way', undefined, 'told'],
  ['was taken', { kind: 'accepted', code: 250 }, 'told'],
  ['is in doubt', { kind: 'in-doubt', at: later(sendAt, MINUTE) }, 'told'],
  ['was put off', { kind: 'retry', at: later(sendAt, MINUTE), code: 450, stage: 'rcpt' }, 'untold'],
  ['was refused', { kind: 'failed', code: 550, stage: 'rcpt' }, 'untold'],
  ['never reached a server', { kind: 'failed', code: undefined, stage: 'connect' }, 'untold'],
]

const toldOf = (store: Store) => {
  const { told, contacts } = store.readSnapshot(query({ cases: [caseId(1)] }))
  const keys = told.get(caseId(1)) ?? []
  return contacts.filter(one => keys.includes(one.fingerprint)).map(({ id }) => id)
}

for (const [what, outcome, expected] of OUTCOMES)
  test(`a contact whose copy ${what} is ${expected}`, async t => {
    const { store } = await withCopies(t)
    assert.deepEqual(toldOf(store), [], 'copies that wait tell nobody')
    settle(store, [noticeChanged('notice-released', n1)])
    const { id, contact } = claimed(store, sendAt)
    if (outcome !== undefined) record(store, id, outcome, sendAt)
    assert.deepEqual(toldOf(store), expected === 'told' ? [contact] : [])
    const heard = store.outbox.toldTo(contact ?? contactId(1))
    assert.deepEqual(heard, expected === 'told' ? [caseId(1)] : [])
  })

test('what was taken counts although somebody reports that it failed', async t => {
  const { store } = await withCopies(t)
  settle(store, [noticeChanged('notice-released', n1)])
  const { id, contact } = claimed(store, sendAt)
  record(store, id, { kind: 'accepted', code: 250 }, sendAt)
  const queue = {
    kind: 'reported',
    id,
    from: 'sent',
    to: 'failed',
    why: 'reported',
    status: '5.1.1',
    tell: 'admins',
  } as const
  settle(store, [], { decision: { ...silent('bounce', 'reported'), queue } })
  assert.equal(store.outbox.find(id)?.state, 'failed')
  assert.deepEqual(toldOf(store), [contact])
})
