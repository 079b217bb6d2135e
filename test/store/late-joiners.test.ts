// Who came on a list after a notice had gone out is found; who was there, or who missed it for another reason, is not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { later } from '../../src/model/scalars.ts'
import { HOUR } from '../../src/model/time.ts'
import { fingerprint } from '../decide/given.ts'
import { n1, noticeOf, sendAt, withCopies } from './copies.ts'
import {
  caseId,
  contactId,
  imported,
  noticeChanged,
  operator,
  project,
  rejected,
  scheduled,
  settle,
} from './support.ts'

const after = later(sendAt, HOUR)

test('who joined after a notice went out lacks it, until it is public or has a copy', async t => {
  const { store } = await withCopies(t)
  const found = () => store.lateJoiners.notices(project).map(({ id }) => id)
  settle(store, [imported(3, { at: after })])
  assert.deepEqual(found(), [], 'it has not gone out')
  settle(store, [noticeChanged('notice-released', n1)])
  assert.deepEqual(found(), [n1])
  assert.deepEqual(
    store.lateJoiners.of(noticeOf(store)).map(({ id }) => id),
    [contactId(3)],
  )
  settle(store, [rejected(caseId(1))])
  assert.deepEqual(found(), [], 'there is nothing to keep any more')
})

test('who was on the list when it went out, and got none, missed it', async t => {
  const { store } = await withCopies(t)
  const fact = { at: sendAt, actor: operator }
  settle(store, [
    imported(3),
    { ...fact, kind: 'contact-suspended', contact: contactId(3), why: 'admin', until: undefined },
  ])
  settle(store, [noticeChanged('notice-released', n1)])
  settle(store, [{ ...fact, kind: 'contact-resumed', contact: contactId(3), at: after }])
  assert.deepEqual(store.lateJoiners.notices(project), [])
})

test('who missed it makes no newcomer of themselves by another key', async t => {
  const { store } = await withCopies(t)
  const fact = { at: sendAt, actor: operator, contact: contactId(3) }
  settle(store, [imported(3), { ...fact, kind: 'contact-suspended', why: 'admin', until: undefined }])
  settle(store, [noticeChanged('notice-released', n1)])
  const key = { fingerprint: fingerprint('9'), certificate: new Uint8Array([9]), keyIds: [] }
  settle(store, [
    { ...fact, kind: 'contact-resumed', at: after },
    { ...fact, kind: 'key-changed', at: after, key },
  ])
  assert.deepEqual(store.lateJoiners.notices(project), [])
})

test('a notice that was not sent, or that was cancelled, is nobody’s', async t => {
  const { store } = await withCopies(t)
  settle(store, [noticeChanged('notice-released', n1), noticeChanged('notice-cancelled', n1)])
  settle(store, [scheduled('N-000002' as typeof n1, caseId(1), after)])
  settle(store, [imported(3, { at: after })])
  assert.deepEqual(store.lateJoiners.notices(project), [])
})
