// Letting an organisation on the list: what stands in the way, who must agree, and all that comes of it.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Application } from '../../../src/model/application.ts'
import type { PendingPlan, Snapshot } from '../../../src/model/decision.ts'
import type { Distributor } from '../../../src/model/distributor.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { type Fingerprint, later, type Sha256 } from '../../../src/model/scalars.ts'
import { DAY } from '../../../src/model/time.ts'
import { BARE_MEMBERSHIP } from '../../support/bare-membership.ts'
import { confirmed } from '../confirming.ts'
import { ALICE, address, BOB, fingerprint, NOW } from '../given.ts'
import {
  A,
  ANN,
  answer,
  CAROL,
  kinds,
  left,
  mailsOf,
  member,
  organisation,
  type Rules,
  request,
  ruled,
  signed,
  TEAM,
  vouchOf,
  withRequest,
  world,
} from './joining.ts'

const VOUCHED = withRequest({ vouches: [vouchOf('1')], completeAt: later(NOW, -DAY) })
const ready = (changes: Partial<Snapshot> = {}): Snapshot => world({ ...VOUCHED, ...changes })

const issued = (given: Snapshot, line = `approve ${A}`, by: Fingerprint = ALICE.fingerprint): PendingPlan => {
  const decision = signed(line, by, given)
  assert.equal(decision.plan?.kind, 'issued', answer(decision, given, by).text)
  assert.deepEqual([decision.events, mailsOf(decision, 'member-welcome')], [[], []])
  return decision.plan.plan
}

const confirmedBy = (given: Snapshot, pending: PendingPlan, by: Fingerprint) =>
  confirmed({ ...given, pending }, by, pending.token)

test('an approval waits, and then puts the organisation and its first contact on the list', () => {
  const given = ready()
  const decision = confirmedBy(given, issued(given), ALICE.fingerprint)
  assert.deepEqual(kinds(decision), ['application-ended', 'distributor-joined', 'contact-named'])
  const after = left(given, decision)
  assert.equal(after.applications.get(A)?.state, 'approved')
  const joined = after.distributors.at(-1)
  assert.deepEqual(
    [joined?.name.open(), joined?.joined, joined?.vouchedBy, joined?.approvedBy],
    ['Vendor', { how: 'application', from: A }, ['D-000001'], ['alice']],
  )
  const contact = after.contacts.at(-1)
  assert.ok(contact)
  assert.deepEqual(
    [contact.address, contact.fingerprint, contact.state, contact.manages, contact.since, contact.kind],
    ['ann@vendor.example', ANN, 'active', 'all', NOW, 'role'],
  )
  assert.equal(contact.distributor, joined?.id)
  assert.equal(contact.acceptance?.sha256, request().acceptance?.sha256)
  const [welcome, second] = mailsOf(decision, 'member-welcome')
  assert.equal(second, undefined)
  assert.deepEqual(
    [welcome?.to, welcome?.encryptTo.kind, welcome?.application, welcome?.content.notices],
    ['ann@vendor.example', 'offered', A, 'none'],
  )
})

type Row = {
  readonly name: string
  readonly world?: Partial<Snapshot>
  readonly line?: string
  readonly code: string
  readonly says: RegExp
}
const asked = (changes: Partial<Application>): Partial<Snapshot> =>
  withRequest({ vouches: [vouchOf('1')], completeAt: later(NOW, -DAY), ...changes })
const under = (rules: Rules): Partial<Snapshot> => ({ settings: ruled(rules) })
const named = (changes: Partial<Distributor>): Partial<Snapshot> => ({
  distributors: [
    organisation('1'),
    organisation('2'),
    organisation('3'),
    organisation('4', { name: plaintext('Vendor'), ...changes }),
  ],
})
const ended = (how: 'left' | 'removed' | 'permanent'): Partial<Distributor> => ({
  state: how === 'left' ? 'left' : 'removed',
  end: { at: NOW, by: 'bob', how, reason: undefined },
})

const refused: readonly Row[] = [
  {
    name: 'there is no such application',
    world: { applications: new Map() },
    code: 'E-UNKNOWN',
    says: /no application/,
  },
  {
    name: 'it was declined',
    world: asked({ state: 'declined' }),
    code: 'E-STATE',
    says: /ended as declined/,
  },
  {
    name: 'the key is not proven',
    world: asked({ proven: undefined }),
    code: 'E-STATE',
    says: /lacks the proof/,
  },
  { name: 'nobody vouches', world: asked({ vouches: [] }), code: 'E-STATE', says: /vouches \(0 of 1\)/ },
  {
    name: 'two would have to vouch',
    world: under({ vouch: { count: 2 } }),
    code: 'E-STATE',
    says: /vouches \(1 of 2\)/,
  },
  {
    name: 'the vouch is for another key',
    world: asked({ vouches: [vouchOf('1', { fingerprint: fingerprint('7') })] }),
    code: 'E-STATE',
    says: /vouches \(0 of 1\)/,
  },
  {
    name: 'the terms are others since',
    world: under({ terms: { version: '2', text: 'Other.', sha256: 'cd'.repeat(32) as Sha256 } }),
    code: 'E-STATE',
    says: /acceptance of the terms/,
  },
  {
    name: 'objections may still come',
    world: under({ review: { objection: { count: 7, unit: 'day' } } }),
    code: 'E-POLICY',
    says: /until 2026-11-27T12:00Z/,
  },
  { name: 'the list is full', world: under({ most: 3 }), code: 'E-POLICY', says: /room for 3/ },
  {
    name: 'its class is missing',
    world: under({ classes: [{ name: 'gold', text: 'gold' }] }),
    code: 'E-SYNTAX',
    says: /one of gold/,
  },
  {
    name: 'its class is none',
    world: under({ classes: [{ name: 'gold', text: 'gold' }] }),
    line: `approve ${A} class=tin`,
    code: 'E-POLICY',
    says: /no class tin/,
  },
  { name: 'there are no classes', line: `approve ${A} class=tin`, code: 'E-POLICY', says: /no classes/ },
  {
    name: 'a contact is to be a person',
    world: under({
      contacts: { kind: 'person', most: 5, approval: 'none', coolingOff: { count: 1, unit: 'day' } },
    }),
    line: `approve ${A} contact=role`,
    code: 'E-POLICY',
    says: /is a person/,
  },
  {
    name: 'a contact is neither',
    line: `approve ${A} contact=robot`,
    code: 'E-SYNTAX',
    says: /role or person/,
  },
  {
    name: 'the organisation is on the list',
    world: named({}),
    code: 'E-STATE',
    says: /D-000004 is on the list under that name/,
  },
  {
    name: 'its key is a contact’s',
    world: { contacts: [member('1'), member('2'), member('3', { fingerprint: ANN })] },
    code: 'E-STATE',
    says: /that of M-000003/,
  },
  {
    name: 'it was removed for good',
    world: named(ended('permanent')),
    code: 'E-POLICY',
    says: /removed for good/,
  },
  {
    name: 'its key is that of a contact removed for good',
    world: {
      distributors: [organisation('1'), organisation('2'), organisation('3', ended('permanent'))],
      contacts: [member('1'), member('2'), member('3', { fingerprint: ANN, state: 'removed' })],
    },
    code: 'E-POLICY',
    says: /D-000003, which was removed for good/,
  },
  {
    name: 'a vouch that still counts is to be waived',
    line: `approve ${A} without-vouch=M-000001`,
    code: 'E-STATE',
    says: /leave out without-vouch=M-000001/,
  },
]

suite('an approval is refused in one sentence where', () => {
  for (const { name, world: changes, line, code, says } of refused)
    test(name, () => {
      const given = ready(changes)
      const decision = signed(line ?? `approve ${A}`, ALICE.fingerprint, given)
      const told = answer(decision, given, ALICE.fingerprint)
      assert.equal(told.code, code, told.text)
      assert.match(told.text, says)
      assert.deepEqual([decision.events, decision.plan], [[], undefined])
    })
})

test('a second approval changes nothing', () => {
  const given = ready(asked({ state: 'approved' }))
  const decision = signed(`approve ${A}`, ALICE.fingerprint, given)
  assert.deepEqual(decision.events, [])
})

test('who left, or was removed and may come back, does so by a new approval that says so', () => {
  for (const [how, says] of [
    ['left', /as D-000004, and left on/],
    ['removed', /as D-000004, and was removed on/],
  ] as const) {
    const given = ready(named(ended(how)))
    const decision = signed(`approve ${A}`, ALICE.fingerprint, given)
    assert.equal(decision.plan?.kind, 'issued')
    assert.match(answer(decision, given, ALICE.fingerprint).text, says)
  }
})

suite('a vouch that became void', () => {
  const lost = { contacts: [member('1', { state: 'suspended' }), member('2'), member('3')] }
  const line = `approve ${A} without-vouch=M-000001`

  test('stands in the way, and the refusal says how to override it', () => {
    const given = ready(lost)
    const told = answer(signed(`approve ${A}`, ALICE.fingerprint, given), given, ALICE.fingerprint)
    assert.equal(told.code, 'E-STATE')
    assert.match(told.text, /M-000001 vouched and is suspended.*without-vouch=M-000001/)
  })

  test('counts all the same when one admin says so and another confirms', () => {
    const given = ready(lost)
    const plan = issued(given, line)
    const alone = confirmedBy(given, plan, ALICE.fingerprint)
    assert.deepEqual([kinds(alone), alone.reason], [[], 'E-QUORUM'])
    const both = confirmedBy(given, plan, BOB.fingerprint)
    assert.equal(left(given, both).applications.get(A)?.state, 'approved')
    assert.deepEqual(left(given, both).distributors.at(-1)?.approvedBy, ['alice', 'bob'])
  })

  test('is never one that the applicant’s own people gave', () => {
    const own = {
      contacts: [member('1', { state: 'suspended', fingerprint: ANN }), member('2'), member('3')],
    }
    const given = ready(own)
    assert.notEqual(signed(line, ALICE.fingerprint, given).plan?.kind, 'issued')
  })
})

suite('the quorum of the policy', () => {
  const two = { settings: ruled({ review: { quorum: 2 } }, { admins: TEAM }) }

  test('counts others than whoever asks', () => {
    const given = ready(two)
    const plan = issued(given)
    const first = confirmedBy(given, plan, BOB.fingerprint)
    assert.equal(first.plan?.kind, 'counted')
    const again = confirmedBy(given, { ...plan, confirmations: [BOB.fingerprint] }, BOB.fingerprint)
    assert.equal(again.reason, 'E-QUORUM')
    const second = confirmedBy(given, { ...plan, confirmations: [BOB.fingerprint] }, CAROL.fingerprint)
    assert.equal(left(given, second).applications.get(A)?.state, 'approved')
    assert.deepEqual(left(given, second).distributors.at(-1)?.approvedBy, ['alice', 'bob', 'carol'])
  })

  test('asks for no more than can confirm', () => {
    const given = ready({ settings: ruled({ review: { quorum: 9 } }) })
    const decision = confirmedBy(given, issued(given), BOB.fingerprint)
    assert.equal(left(given, decision).applications.get(A)?.state, 'approved')
  })
})

test('what was objected between the approval and its confirmation is shown and asked again', () => {
  const given = ready()
  const plan = issued(given)
  const objected = request({
    vouches: [vouchOf('1')],
    completeAt: later(NOW, -DAY),
    version: 2,
    objections: [{ by: 'M-000002', at: NOW, reason: plaintext('No.') }],
  })
  const after = { ...given, applications: new Map([[A, objected]]) }
  const decision = confirmedBy(after, plan, ALICE.fingerprint)
  assert.equal(decision.plan?.kind, 'issued')
  assert.deepEqual(decision.events, [])
  assert.match(answer(decision, after, ALICE.fingerprint).text, /M-000002 objected/)
})

suite('founding members', () => {
  const few = { ...withRequest({}), distributors: [organisation('1'), organisation('2')] }

  test('come on the list without vouches, by a quorum, while there are too few', () => {
    const given = world(few)
    const plan = issued(given, `found ${A}`)
    assert.equal(confirmedBy(given, plan, ALICE.fingerprint).reason, 'E-QUORUM')
    const after = left(given, confirmedBy(given, plan, BOB.fingerprint))
    assert.deepEqual(after.distributors.at(-1)?.joined, { how: 'founding', from: A })
    assert.deepEqual(after.distributors.at(-1)?.vouchedBy, [])
  })

  test('need not wait for the time for objections, and are not to be approved', () => {
    const review = { ...BARE_MEMBERSHIP.review, objection: { count: 7, unit: 'day' } as const }
    const { distributors } = few
    const young = world({ ...withRequest({ completeAt: NOW }), settings: ruled({ review }), distributors })
    const after = left(young, confirmedBy(young, issued(young, `found ${A}`), BOB.fingerprint))
    assert.equal(after.distributors.at(-1)?.joined.how, 'founding')
    const unvouched = world({ ...withRequest({}), distributors })
    const told = answer(signed(`approve ${A}`, ALICE.fingerprint, unvouched), unvouched, ALICE.fingerprint)
    assert.equal(told.code, 'E-STATE')
    assert.match(told.text, /too few.*send: found A-/i)
  })

  const others: readonly [string, Partial<Snapshot>, string, RegExp][] = [
    ['once there are enough', withRequest({}), 'E-POLICY', /3 organisations are on the list.*circulate/],
    ['without a proven key', { ...few, ...withRequest({ proven: undefined }) }, 'E-STATE', /proof/],
    [
      'where the policy knows none',
      { ...few, settings: ruled({ vouch: { bootstrap: undefined } }) },
      'E-POLICY',
      /has to vouch/,
    ],
  ]
  for (const [name, changes, code, says] of others)
    test(`do not ${name}`, () => {
      const given = world(changes)
      const told = answer(signed(`found ${A}`, ALICE.fingerprint, given), given, ALICE.fingerprint)
      assert.equal(told.code, code)
      assert.match(told.text, says)
    })

  test('who left in between counts no more, and leaves room for another', () => {
    const given = world({
      distributors: [organisation('1'), organisation('2'), organisation('3', ended('left'))],
    })
    assert.equal(signed(`found ${A}`, ALICE.fingerprint, given).plan?.kind, 'issued')
  })
})

test('the newcomer hears that embargoed notices follow where the policy says so', () => {
  const given = ready(under({ lateJoiners: 'embargoed' }))
  const decision = confirmedBy(given, issued(given), ALICE.fingerprint)
  assert.equal(mailsOf(decision, 'member-welcome')[0]?.content.notices, 'follow')
})

test('an address of one mailbox is one person of the team', () => {
  const twice = {
    ...BOB,
    name: 'bob2',
    fingerprint: fingerprint('D'),
    address: address('bob+two@team.example'),
  }
  const given = ready({ settings: ruled({ review: { quorum: 2 } }, { admins: [ALICE, BOB, twice, CAROL] }) })
  const plan = { ...issued(given), confirmations: [BOB.fingerprint] }
  assert.equal(confirmedBy(given, plan, twice.fingerprint).reason, 'E-QUORUM')
  assert.equal(confirmedBy(given, plan, CAROL.fingerprint).reason, 'carried-out')
})
