// What the operator may do with single rows of the queues, and what is refused whatever they wish.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import { toAdmin } from '../../src/decide/orders.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { MailOrder } from '../../src/model/order.ts'
import type { QueueRequest, QueueRow } from '../../src/model/queues.ts'
import { inboundId, outboxId } from '../../src/model/scalars.ts'
import { ALICE, aNotice, BOB, fresh, NOW, snapshot } from './given.ts'

function decided(request: QueueRequest, queueRow: QueueRow | undefined): Decision {
  const input = { kind: 'operator', inbound: inboundId(1), receivedAt: NOW } as const
  return decide({ ...input, request: { kind: 'queue', request } }, snapshot({ queueRow }), fresh)
}

type Action = 'retry' | 'drop' | 'hold'
type Delivery = Extract<QueueRow, { kind: 'outbox' }>

const outbox = (action: Action, state: Delivery['state'], rest: Partial<Delivery> = {}) =>
  decided(
    { kind: 'outbox', action, id: outboxId(7) },
    { kind: 'outbox', state, later: 'none', notice: undefined, order: undefined, ...rest },
  )
const shunt = (action: 'retry' | 'drop', why: string) =>
  decided({ kind: 'shunt', action, id: inboundId(7) }, { kind: 'shunt', why })

const becomes = ({ queue }: Decision) => (queue !== undefined && 'to' in queue ? queue.to : 'refused')
const order: MailOrder = toAdmin(ALICE, { project: aNotice().project, case: undefined }, { kind: 'key' })

for (const [state, retry, drop, hold] of [
  ['ready', 'ready', 'cancelled', 'held'],
  ['held', 'ready', 'cancelled', 'refused'],
  ['failed', 'ready', 'cancelled', 'refused'],
  ['sending', 'refused', 'refused', 'refused'],
  ['sent', 'refused', 'refused', 'refused'],
  ['dropped', 'refused', 'refused', 'refused'],
  ['cancelled', 'refused', 'refused', 'refused'],
] as const)
  test(`a mail that is ${state}: retry, drop, hold`, () => {
    const all = (['retry', 'drop', 'hold'] as const).map(action => becomes(outbox(action, state)))
    assert.deepEqual(all, [retry, drop, hold])
  })

test('a change is the operator’s, and every admin is told', () => {
  const decision = outbox('drop', 'failed')
  assert.deepEqual(
    [decision.outcome, decision.reason, decision.actor.kind],
    ['command', 'outbox-drop', 'operator'],
  )
  assert.deepEqual(
    decision.mails.map(mail => [mail.to, mail.content.kind]),
    [
      [ALICE.address, 'change'],
      [BOB.address, 'change'],
    ],
  )
})

test('a mail that could not be encrypted is made anew, a copy of a notice is not', () => {
  const again = outbox('retry', 'held', { order })
  assert.deepEqual([becomes(again), again.mails[0]], ['cancelled', order])
  assert.equal(becomes(outbox('retry', 'held', { order, notice: aNotice().id })), 'refused')
  assert.equal(becomes(outbox('retry', 'failed', { notice: aNotice().id, later: 'another' })), 'refused')
})

test('a shunted mail is handled once more or dropped; one of which there is only the header is not handled', () => {
  const all = [shunt('retry', 'three-strikes'), shunt('drop', 'oversize'), shunt('retry', 'oversize')]
  assert.deepEqual(all.map(becomes), ['waiting', 'dropped', 'refused'])
})

test('a row that does not exist is refused, and mails nobody', () => {
  const none = decided({ kind: 'shunt', action: 'retry', id: inboundId(9) }, undefined)
  assert.deepEqual([none.outcome, none.mails, none.queue], ['refused', [], undefined])
  assert.equal(none.answer?.results[0]?.code, 'E-STATE')
})
