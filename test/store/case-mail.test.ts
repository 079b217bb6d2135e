// Mail about the date of a case that waits in the outbox: what does not hold any more, or is for somebody who may not
// read it any more, does not go; what a hold keeps goes when the case is released.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dateOf } from '../../src/model/disclosure-date.ts'
import type { Event } from '../../src/model/event.ts'
import type { MailOrder } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { later } from '../../src/model/scalars.ts'
import { DAY } from '../../src/model/time.ts'
import type { Store } from '../../src/store/store.ts'
import {
  address,
  caseId,
  claim,
  contactId,
  fingerprint,
  imported,
  NOW,
  newStore,
  opened,
  operator,
  outgoing,
  receive,
  rejected,
  settle,
} from './support.ts'

const CASE = caseId(1)
const reason = plaintext('why')
const fact = { case: CASE, at: NOW, actor: operator }
const planned = (days: number): Event => ({
  ...fact,
  kind: 'disclosure-planned',
  disclose: later(NOW, days * DAY),
  reason,
})
const broken: Event = { ...fact, kind: 'embargo-broken', reason, since: undefined }
const scheduler = { kind: 'scheduler', name: 'scheduler' } as const
const ofTwo = { at: NOW, actor: scheduler, contact: contactId(2) } as const
const suspended: Event = { ...ofTwo, kind: 'contact-suspended', why: 'admin', until: undefined }
const left: Event = {
  ...ofTwo,
  actor: operator,
  kind: 'contact-ended',
  as: 'left',
  reason: undefined,
} as Event
const rekeyed: Event = {
  ...ofTwo,
  kind: 'key-changed',
  key: { fingerprint: fingerprint(9), certificate: new Uint8Array([9]), keyIds: [] },
}

/** What the date is now, to contacts 2 and 3, and to somebody who works on the case. */
function told(store: Store, kind: 'disclosure-date' | 'embargo-over' = 'disclosure-date') {
  const theCase = store.findCase(CASE)
  const date = theCase && dateOf(theCase)
  assert.ok(date !== undefined)
  const content = (reader: 'insider' | 'member'): MailOrder['content'] =>
    kind === 'disclosure-date' ? { kind, date, reader } : { kind, at: NOW, date, public: 'no' }
  const toMembers = [2, 3].map(n =>
    outgoing(content('member'), {
      to: address(`contact${n}@member${n}.example`),
      encryptTo: { kind: 'enrolled', fingerprint: fingerprint(n) },
      case: CASE,
      contact: contactId(n),
      contactVersion: 1,
    }),
  )
  const toInsider = outgoing(content('insider'), { to: address('alice@team.example'), case: CASE })
  settle(store, [], { outgoing: kind === 'embargo-over' ? toMembers : [...toMembers, toInsider] })
}

async function given(t: Parameters<typeof newStore>[0], ...events: readonly Event[]) {
  const { store } = await newStore(t)
  settle(store, [opened(CASE, receive(store)), imported(1), imported(2), imported(3), planned(9), ...events])
  return store
}

function sent(store: Store): readonly string[] {
  const to: string[] = []
  for (let one = claim(store, NOW); one !== 'nothing'; one = claim(store, NOW)) to.push(one.to.slice(0, 8))
  return to
}

const ends = (store: Store) =>
  store.outbox
    .list({ case: CASE })
    .flatMap(({ state, why, contact }) =>
      state === 'sending' ? [] : [`${contact ?? 'alice'} ${state} ${why}`],
    )
    .sort()

test('a date goes to all while it holds', async t => {
  const store = await given(t)
  told(store)
  assert.deepEqual(sent(store), ['contact2', 'contact3', 'alice@te'])
})

for (const [name, change] of [
  ['there is another', planned(10)],
  ['the case is withdrawn', rejected(CASE)],
  ['the embargo is broken', broken],
] as const)
  test(`a date goes to nobody once ${name}`, async t => {
    const store = await given(t)
    told(store)
    settle(store, [change])
    assert.deepEqual(sent(store), [])
    const over = ['M-000002', 'M-000003', 'alice'].map(who => `${who} cancelled outdated`)
    assert.deepEqual(ends(store), over)
    assert.deepEqual(store.outbox.untold(), [], 'another mail tells what holds')
  })

for (const kind of ['disclosure-date', 'embargo-over'] as const) {
  const some = kind === 'disclosure-date' ? ['alice@te'] : []
  for (const [name, change, end, tells] of [
    ['suspended', suspended, 'cancelled outdated', 0],
    ['gone', left, 'cancelled outdated', 0],
    ['of another key', rekeyed, 'held contact-changed', 1],
  ] as const)
    test(`${kind} does not go to a contact who is ${name}`, async t => {
      const store = await given(t, ...(kind === 'embargo-over' ? [broken] : []))
      told(store, kind)
      settle(store, [change])
      assert.deepEqual(sent(store), ['contact3', ...some])
      assert.deepEqual(ends(store), [`M-000002 ${end}`])
      assert.equal(store.outbox.untold().length, tells)
    })

  test(`${kind} of a case that is held waits for its release, but for those who work on it`, async t => {
    const store = await given(t, ...(kind === 'embargo-over' ? [broken] : []))
    told(store, kind)
    settle(store, [{ ...fact, kind: 'case-held', reason }])
    assert.deepEqual(sent(store), some)
    assert.deepEqual(store.outbox.untold(), [])
    settle(store, [{ ...fact, kind: 'case-released', reason }])
    assert.deepEqual(sent(store), ['contact2', 'contact3'])
  })
}
