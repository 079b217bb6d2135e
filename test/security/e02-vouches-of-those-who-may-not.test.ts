// threats.md E02: the word of somebody who is suspended, gone or too new, and rings of members who let each other in. What
// counts is how things are when the team decides: a vouch that became void needs an admin's word and another's.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Snapshot } from '../../src/model/decision.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { later } from '../../src/model/scalars.ts'
import { DAY } from '../../src/model/time.ts'
import { confirmed } from '../decide/confirming.ts'
import { ALICE, address, BOB, fingerprint, NOW } from '../decide/given.ts'
import {
  A,
  ANN,
  answer,
  left,
  member,
  organisation,
  ruled,
  signed,
  vouchOf,
  withRequest,
  world,
} from '../decide/membership/joining.ts'

const ONE = fingerprint('1')
const VOUCH = `vouch ${A} for=${ANN} <<\nGood people.\n.`
const others = [member('2'), member('3')]
const rest = [organisation('2'), organisation('3')]

const unfit: readonly [string, Partial<Snapshot>][] = [
  ['a suspended member', { contacts: [member('1', { state: 'suspended' }), ...others] }],
  ['one who left', { contacts: [member('1', { state: 'left' }), ...others] }],
  ['one who was removed', { contacts: [member('1', { state: 'removed' }), ...others] }],
  ['one whose key is revoked', { contacts: [member('1', { revokedAt: NOW }), ...others] }],
  ['one who is only invited', { contacts: [member('1', { state: 'invited', since: undefined }), ...others] }],
  ['one of an organisation that left', { distributors: [organisation('1', { state: 'left' }), ...rest] }],
  [
    'one who joined yesterday, where that is too new',
    {
      settings: ruled({ vouch: { after: { count: 90, unit: 'day' } } }),
      distributors: [organisation('1', { joinedAt: later(NOW, -DAY) }), ...rest],
    },
  ],
]

suite('nothing is kept of the word of', () => {
  for (const [who, changes] of unfit)
    test(who, () => {
      const decision = signed(VOUCH, ONE, world(changes))
      assert.deepEqual(decision.events, [])
    })
})

suite('a ring', () => {
  const rings: readonly [string, Partial<Snapshot>][] = [
    [
      'of two: the applicant’s organisation, which left, had let the voucher in',
      {
        distributors: [
          organisation('1', { vouchedBy: [organisation('2').id] }),
          organisation('2', { name: plaintext('Vendor'), state: 'left' }),
        ],
      },
    ],
    [
      'of three: it let in who let in the voucher',
      {
        distributors: [
          organisation('1', { vouchedBy: [organisation('3').id] }),
          organisation('3', { vouchedBy: [organisation('2').id] }),
          organisation('2', { name: plaintext('Vendor'), state: 'left' }),
        ],
      },
    ],
    [
      'under another name, told by the address of a former contact',
      {
        contacts: [member('1'), member('2', { address: address('ann@vendor.example'), state: 'left' })],
        distributors: [
          organisation('1', { vouchedBy: [organisation('2').id] }),
          organisation('2', { state: 'left' }),
        ],
      },
    ],
    [
      'that closes upon itself and never ends',
      {
        distributors: [
          organisation('1', { vouchedBy: [organisation('3').id] }),
          organisation('3', { vouchedBy: [organisation('1').id, organisation('2').id] }),
          organisation('2', { name: plaintext('Vendor'), state: 'left', vouchedBy: [organisation('1').id] }),
        ],
      },
    ],
  ]
  for (const [which, changes] of rings)
    test(which, () => {
      const given = world(changes)
      const decision = signed(VOUCH, ONE, given)
      assert.match(answer(decision, given, ONE).text, /own word/)
      assert.deepEqual(decision.events, [])
      const vouched = world({ ...changes, ...withRequest({ vouches: [vouchOf('1')] }) })
      for (const line of [`approve ${A}`, `approve ${A} without-vouch=M-000001`])
        assert.equal(signed(line, ALICE.fingerprint, vouched).plan, undefined)
    })
})

test('who is suspended between approval and confirmation takes their word along', () => {
  const given = world(withRequest({ vouches: [vouchOf('1')] }))
  const { plan } = signed(`approve ${A}`, ALICE.fingerprint, given)
  assert.equal(plan?.kind, 'issued')
  const suspended = [member('1', { state: 'suspended' }), ...others]
  const decision = confirmed({ ...given, contacts: suspended, pending: plan.plan }, ALICE.fingerprint)
  assert.deepEqual(decision.events, [])
})

test('an override needs two, and is on record with both', () => {
  const suspended = [member('1', { state: 'suspended' }), ...others]
  const given = world({ contacts: suspended, ...withRequest({ vouches: [vouchOf('1')] }) })
  const { plan } = signed(`approve ${A} without-vouch=M-000001`, ALICE.fingerprint, given)
  assert.equal(plan?.kind, 'issued')
  const alone = confirmed({ ...given, pending: plan.plan }, ALICE.fingerprint)
  assert.deepEqual(alone.events, [])
  const both = confirmed({ ...given, pending: plan.plan }, BOB.fingerprint)
  assert.deepEqual(left(given, both).distributors.at(-1)?.approvedBy, ['alice', 'bob'])
})
