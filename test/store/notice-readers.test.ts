// Whom copies are made for: those for whom a notice is meant, and of what goes to users nobody. What goes to users
// is made at its instant, and stays here once it is cancelled.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../../src/model/event.ts'
import type { Audience } from '../../src/model/notice.ts'
import { later } from '../../src/model/scalars.ts'
import { HOUR } from '../../src/model/time.ts'
import { distributorId } from '../support/bare-contact.ts'
import { n1, noticeOf, sendAt } from './copies.ts'
import {
  address,
  caseId,
  claim,
  contactId,
  imported,
  NOW,
  newStore,
  noticeChanged,
  opened,
  operator,
  outgoing,
  project,
  query,
  receive,
  scheduled,
  settle,
} from './support.ts'

const forecast = { rating: 'high', score: 8.1, version: '3.1', disclose: later(sendAt, HOUR) }
const everybody: Audience = { classes: [], include: [], exclude: [] }

/** A notice for these among three organisations, of which the first is of a class. */
async function given(
  t: Parameters<typeof newStore>[0],
  rule: Partial<Audience>,
  to: 'distributors' | 'users',
) {
  const { store } = await newStore(t)
  const inbound = receive(store)
  const joined: Event = {
    kind: 'distributor-joined',
    at: NOW,
    actor: operator,
    distributor: distributorId('000001'),
    project,
    name: imported(1).organisation,
    class: 'vendors',
    joined: { how: 'import' },
    vouchedBy: [],
    approvedBy: ['operator'],
  }
  settle(store, [opened(caseId(1), inbound), joined, imported(1), imported(2), imported(3)], { inbound })
  const plan = { ...scheduled(n1, caseId(1), sendAt), to, audience: { ...everybody, ...rule } }
  settle(store, [to === 'users' ? { ...plan, forecast } : plan])
  const readers = () => store.outbox.contactsWithoutCopy(noticeOf(store)).map(({ id }) => id)
  return { store, readers }
}

for (const [name, rule, expected] of [
  ['all', {}, [1, 2, 3]],
  ['a class', { classes: ['vendors'] }, [1]],
  ['a class and one besides', { classes: ['vendors'], include: [contactId(3)] }, [1, 3]],
  ['all but one organisation', { exclude: [distributorId('000002')] }, [1, 3]],
] as const)
  test(`copies for ${name} are made for no others, nor later`, async t => {
    const { store, readers } = await given(t, rule, 'distributors')
    assert.deepEqual(
      readers(),
      expected.map(n => contactId(n)),
    )
    settle(store, [noticeChanged('notice-released', n1), imported(4, { at: later(sendAt, HOUR) })])
    const late = store.lateJoiners.of(noticeOf(store)).map(({ id }) => id)
    assert.deepEqual(late, 'classes' in rule ? [] : [contactId(4)])
  })

const toUsers = () =>
  outgoing(
    {
      kind: 'users-notice',
      notice: { ...released, forecast },
      forecast,
    },
    { to: address('announce@list.example'), case: caseId(1), notice: n1 },
  )

const released = {
  id: n1,
  case: caseId(1),
  project,
  revision: 2,
  stage: 'users',
  to: 'users',
  sendAt,
  audience: everybody,
  may: [],
  text: imported(1).name,
  attachments: [],
  state: 'released',
  releasedAt: sendAt,
} as const

test('of a notice to users no member gets a copy, whoever joins, and nobody is told by it of the case', async t => {
  const { store, readers } = await given(t, {}, 'users')
  assert.deepEqual(readers(), [])
  settle(store, [noticeChanged('notice-released', n1), imported(4, { at: later(sendAt, HOUR) })], {
    outgoing: [toUsers()],
  })
  assert.deepEqual([readers(), store.lateJoiners.notices(project)], [[], []])
  const mail = claim(store, sendAt)
  assert.ok(mail !== 'nothing')
  assert.deepEqual([mail.to, mail.contact, mail.notice], ['announce@list.example', undefined, n1])
  const { copies, told } = store.readSnapshot(query({ cases: [caseId(1)] }))
  assert.deepEqual([copies, told.get(caseId(1))], [[], []])
})

test('what goes to users does not leave once it is cancelled', async t => {
  const { store } = await given(t, {}, 'users')
  settle(store, [noticeChanged('notice-released', n1)], { outgoing: [toUsers()] })
  settle(store, [noticeChanged('notice-cancelled', n1)])
  assert.equal(claim(store, sendAt), 'nothing')
  assert.deepEqual(
    store.outbox.list({ notice: n1 }).map(({ state, why }) => [state, why]),
    [['cancelled', 'notice-cancelled']],
  )
})
