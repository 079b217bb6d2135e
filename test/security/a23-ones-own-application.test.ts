// threats.md A23: an admin is the applicant, by key, by address or by an organisation that is theirs, and tries to approve
// or to confirm it.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Snapshot } from '../../src/model/decision.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { confirmed } from '../decide/confirming.ts'
import { ALICE, address, BOB } from '../decide/given.ts'
import {
  A,
  answer,
  CAROL,
  kinds,
  member,
  organisation,
  request,
  ruled,
  signed,
  TEAM,
  vouchOf,
  withRequest,
  world,
} from '../decide/membership/joining.ts'

const alicesKey = { fingerprint: ALICE.fingerprint, certificate: new Uint8Array([1]), keyIds: [] }
const ways: readonly [string, Partial<Snapshot>][] = [
  [
    'by their key',
    withRequest({ key: alicesKey, vouches: [vouchOf('1', { fingerprint: ALICE.fingerprint })] }),
  ],
  ['by their address', withRequest({ address: address('alice@team.example'), vouches: [vouchOf('1')] })],
  [
    'by their address behind a plus',
    withRequest({ address: address('ALICE+d@team.example'), vouches: [vouchOf('1')] }),
  ],
  [
    'by an organisation whose contact they were',
    {
      ...withRequest({ vouches: [vouchOf('1')] }),
      contacts: [member('1'), member('4', { fingerprint: ALICE.fingerprint, state: 'left' })],
      distributors: [
        organisation('1'),
        organisation('4', { name: plaintext('Vendor'), state: 'left' }),
        organisation('2'),
      ],
    },
  ],
]

for (const [way, changes] of ways)
  suite(`alice is the applicant ${way}`, () => {
    const given = world({
      ...changes,
      settings: ruled({ vouch: { bootstrap: { below: 9, quorum: 1 } } }, { admins: TEAM }),
    })

    test('and cannot approve it, nor found it', () => {
      for (const line of [`approve ${A}`, `found ${A}`]) {
        const decision = signed(line, ALICE.fingerprint, given)
        const told = answer(decision, given, ALICE.fingerprint)
        assert.equal(told.code, 'E-ROLE')
        assert.match(told.text, /another admin/)
        assert.deepEqual([decision.events, decision.plan], [[], undefined])
      }
    })

    test('and cannot confirm what another asked for; a third one can', () => {
      for (const line of [`approve ${A}`, `found ${A}`]) {
        const { plan } = signed(line, BOB.fingerprint, given)
        assert.equal(plan?.kind, 'issued')
        const pending = plan.plan
        const alice = confirmed({ ...given, pending }, ALICE.fingerprint)
        assert.deepEqual([alice.events, alice.reason], [[], 'E-ROLE'])
        const carol = confirmed({ ...given, pending }, CAROL.fingerprint)
        assert.deepEqual(kinds(carol), ['application-ended', 'distributor-joined', 'contact-named'])
      }
    })

    test('and what she confirmed before it was known does not count', () => {
      const two = { ...given, settings: ruled({ review: { quorum: 2 } }, { admins: TEAM }) }
      const { plan } = signed(`approve ${A}`, BOB.fingerprint, two)
      assert.equal(plan?.kind, 'issued')
      // Only carol is left of two others: she is asked, and she is enough.
      assert.equal(answer(signed(`approve ${A}`, BOB.fingerprint, two), two, BOB.fingerprint).code, 'wait')
      const pending = { ...plan.plan, confirmations: [ALICE.fingerprint] }
      const bob = confirmed({ ...two, pending }, BOB.fingerprint)
      assert.deepEqual([bob.events, bob.reason], [[], 'E-QUORUM'])
    })
  })

test('the application of somebody else is hers to approve', () => {
  const given = world({ settings: ruled({}, { admins: TEAM }), ...withRequest({ vouches: [vouchOf('1')] }) })
  assert.equal(signed(`approve ${request().id}`, ALICE.fingerprint, given).plan?.kind, 'issued')
})
