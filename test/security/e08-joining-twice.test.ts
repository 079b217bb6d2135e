// threats.md E08, the part of a decision: an approval comes twice, two admins approve at once, somebody who left or was
// removed joins again by an old mail, or under what is on the list already.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Contact } from '../../src/model/contact.ts'
import type { Decision, Snapshot } from '../../src/model/decision.ts'
import type { Distributor } from '../../src/model/distributor.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { parseApplicationId } from '../../src/model/scalars.ts'
import { confirmed } from '../decide/confirming.ts'
import { ALICE, address, BOB, fingerprint, NOW, sure } from '../decide/given.ts'
import {
  A,
  ANN,
  kinds,
  left,
  mailsOf,
  member,
  organisation,
  request,
  signed,
  vouchOf,
  withRequest,
  world,
} from '../decide/membership/joining.ts'

const B = sure(parseApplicationId('A-880001'))
const VOUCHED = withRequest({ vouches: [vouchOf('1')] })

function planned(given: Snapshot, line = `approve ${A}`) {
  const { plan } = signed(line, ALICE.fingerprint, given)
  assert.equal(plan?.kind, 'issued')
  return plan.plan
}

const approved = (given: Snapshot): Decision =>
  confirmed({ ...given, pending: planned(given) }, ALICE.fingerprint)

test('two plans for one application let it in once', () => {
  const given = world(VOUCHED)
  const [first, second] = [planned(given), planned(given)]
  const decision = confirmed({ ...given, pending: first }, ALICE.fingerprint)
  const after = { ...given, ...left(given, decision) }
  const again = confirmed({ ...after, pending: second }, BOB.fingerprint)
  assert.deepEqual([again.events, mailsOf(again, 'member-welcome')], [[], []])
})

test('two applications of one organisation, one address or one key let it in once', () => {
  const twins = [
    request({ id: B, vouches: [vouchOf('1')] }),
    request({ id: B, vouches: [vouchOf('1')], address: address('bea@vendor2.example') }),
    request({
      id: B,
      address: address('bea@vendor2.example'),
      key: { fingerprint: fingerprint('8'), certificate: new Uint8Array([8]), keyIds: [] },
      vouches: [vouchOf('1', { fingerprint: fingerprint('8') })],
    }),
  ]
  for (const twin of twins) {
    const given = world({
      applications: new Map([
        [A, request({ vouches: [vouchOf('1')] })],
        [B, twin],
      ]),
    })
    const decision = approved(given)
    assert.deepEqual(kinds(decision).slice(0, 3), [
      'application-ended',
      'distributor-joined',
      'contact-named',
    ])
    const after = { ...given, ...left(given, decision) }
    const second = signed(`approve ${B}`, BOB.fingerprint, after)
    assert.deepEqual([second.events, second.plan], [[], undefined])
  }
})

test('both in one mail are refused together', () => {
  const twin = request({ id: B, vouches: [vouchOf('1')] })
  const given = world({
    applications: new Map([
      [A, request({ vouches: [vouchOf('1')] })],
      [B, twin],
    ]),
  })
  const decision = signed(`approve ${A}\napprove ${B}`, ALICE.fingerprint, given)
  assert.deepEqual([decision.events, decision.plan], [[], undefined])
})

test('who left, or was removed, is on the list again by a new approval alone, and under new numbers', () => {
  const former: Partial<Distributor> = {
    name: plaintext('Vendor'),
    state: 'removed',
    end: { at: NOW, by: 'bob', how: 'removed', reason: undefined },
  }
  const gone: Contact = { ...member('4'), fingerprint: ANN, state: 'removed' }
  const given = world({
    ...VOUCHED,
    contacts: [member('1'), member('2'), gone],
    distributors: [organisation('1'), organisation('2'), organisation('4', former)],
  })
  const decision = approved(given)
  const after = left(given, decision)
  assert.equal(after.contacts.find(({ id }) => id === gone.id)?.state, 'removed')
  assert.equal(after.distributors.find(({ id }) => id === organisation('4').id)?.state, 'removed')
  assert.deepEqual([after.contacts.at(-1)?.state, after.distributors.at(-1)?.state], ['active', 'active'])
  assert.notEqual(after.contacts.at(-1)?.id, gone.id)
  // The old approval, kept and sent again when they are removed once more, finds its application over.
  const again = {
    ...given,
    ...after,
    contacts: after.contacts.map(one => ({ ...one, state: 'removed' as const })),
  }
  assert.deepEqual(signed(`approve ${A}`, ALICE.fingerprint, again).events, [])
})

test('a member who names the applicant as a contact, or their key as the next of one, does not stand in the way', () => {
  const key = { fingerprint: ANN, certificate: new Uint8Array([6]), keyIds: ['6666666666666666'] }
  const token = { token: 't', askedAt: NOW, provenAt: undefined, effectiveAt: undefined }
  const squatters: readonly Contact[] = [
    { ...member('4'), address: address('ann@vendor.example'), state: 'invited', since: undefined },
    { ...member('4'), fingerprint: ANN, state: 'invited', since: undefined },
    { ...member('4'), fingerprint: ANN, state: 'removed', since: undefined },
    { ...member('4'), nextKey: { key, by: 'change', ...token } },
  ]
  for (const squatter of squatters) {
    const given = world({
      ...VOUCHED,
      contacts: [member('1'), member('2'), squatter],
      distributors: [organisation('1'), organisation('2'), organisation('4')],
    })
    assert.ok(kinds(approved(given)).includes('distributor-joined'))
  }
})

test('removed for good is for good: by name, by key, by address', () => {
  const end = { at: NOW, by: 'bob', how: 'permanent', reason: undefined } as const
  const worlds: readonly Partial<Snapshot>[] = [
    {
      distributors: [
        organisation('1'),
        organisation('4', { name: plaintext('VENDOR'), state: 'removed', end }),
      ],
    },
    {
      distributors: [
        organisation('1'),
        organisation('4', { name: plaintext('\u0475end\u043er'), state: 'removed', end }),
      ],
    },
    {
      contacts: [member('1'), member('4', { fingerprint: ANN, state: 'removed' })],
      distributors: [organisation('1'), organisation('4', { state: 'removed', end })],
    },
    {
      contacts: [member('1'), member('4', { address: address('Ann+2@vendor.example'), state: 'removed' })],
      distributors: [organisation('1'), organisation('4', { state: 'removed', end })],
    },
  ]
  for (const changes of worlds)
    for (const line of [`approve ${A}`, `found ${A}`]) {
      const decision = signed(line, ALICE.fingerprint, world({ ...VOUCHED, ...changes }))
      assert.deepEqual([decision.events, decision.plan], [[], undefined])
    }
})
