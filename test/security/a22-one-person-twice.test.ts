// threats.md A22: one admin with several keys, addresses or plus-addresses tries to be the two persons that an approval
// asks for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Snapshot } from '../../src/model/decision.ts'
import type { Fingerprint } from '../../src/model/scalars.ts'
import { confirmed } from '../decide/confirming.ts'
import { ALICE, address, BOB, fingerprint } from '../decide/given.ts'
import { A, kinds, ruled, signed, vouchOf, withRequest, world } from '../decide/membership/joining.ts'

const SECOND_KEY = {
  name: 'alice2',
  address: address('Alice+phone@team.example'),
  fingerprint: fingerprint('D'),
}
const admins = [ALICE, SECOND_KEY, BOB]
const given = world({
  settings: ruled({ review: { quorum: 1 } }, { admins }),
  ...withRequest({ vouches: [vouchOf('1')] }),
})

function planBy(key: Fingerprint): NonNullable<Snapshot['pending']> {
  const { plan } = signed(`approve ${A}`, key, given)
  assert.equal(plan?.kind, 'issued')
  return plan.plan
}

test('a second key of whoever asked confirms nothing', () => {
  for (const [issuer, second] of [
    [ALICE, SECOND_KEY],
    [SECOND_KEY, ALICE],
    [ALICE, ALICE],
  ] as const) {
    const decision = confirmed({ ...given, pending: planBy(issuer.fingerprint) }, second.fingerprint)
    assert.deepEqual([decision.events, decision.reason], [[], 'E-QUORUM'])
  }
})

test('a second key of whoever confirmed counts once', () => {
  const two = {
    ...given,
    settings: ruled(
      { review: { quorum: 2 } },
      {
        admins: [
          ...admins,
          { ...BOB, name: 'carol', address: address('carol@team.example'), fingerprint: fingerprint('C') },
        ],
      },
    ),
  }
  const pending = { ...planBy(BOB.fingerprint), confirmations: [ALICE.fingerprint] }
  const decision = confirmed({ ...two, pending }, SECOND_KEY.fingerprint)
  assert.deepEqual([decision.events, decision.reason], [[], 'E-QUORUM'])
})

test('another person does', () => {
  const decision = confirmed({ ...given, pending: planBy(SECOND_KEY.fingerprint) }, BOB.fingerprint)
  assert.deepEqual(kinds(decision), ['application-ended', 'distributor-joined', 'contact-named'])
})
