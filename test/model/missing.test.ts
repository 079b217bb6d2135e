// What an application lacks: each thing alone, taken from one that lacks nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Application } from '../../src/model/application.ts'
import { missingOf, missingWords } from '../../src/model/missing.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import type { Membership } from '../../src/model/policy.ts'
import { inboundId, parseApplicationId, parseProjectName, parseSha256 } from '../../src/model/scalars.ts'
import { address, contact, fingerprint, NOW, sure } from '../decide/given.ts'
import { BARE_APPLICATION } from '../support/bare-application.ts'
import { distributorId } from '../support/bare-contact.ts'
import { BARE_MEMBERSHIP } from '../support/bare-membership.ts'

const one = { ...contact('one', '1'), distributor: distributorId('000001') }
const vouch = (changes: Partial<Application['vouches'][number]> = {}) => ({
  contact: one.id,
  distributor: one.distributor,
  fingerprint: fingerprint('7'),
  at: NOW,
  inbound: inboundId(3),
  text: plaintext('I know them.'),
  ...changes,
})
const accepted = {
  version: '1',
  sha256: BARE_MEMBERSHIP.terms.sha256,
  at: NOW,
  how: 'implied',
  inbound: undefined,
} as const

const complete: Application = {
  ...BARE_APPLICATION,
  id: sure(parseApplicationId('A-771234')),
  project: sure(parseProjectName('widget')),
  receivedAt: NOW,
  heardAt: NOW,
  address: address('sec@vendor.example'),
  key: { fingerprint: fingerprint('7'), certificate: new Uint8Array(), keyIds: [] },
  answers: {
    organisation: plaintext('Vendor'),
    name: plaintext('Vera'),
    criteria: { 0: plaintext('We are.') },
  },
  proven: { at: NOW, inbound: inboundId(2) },
  acceptance: accepted,
  vouches: [vouch()],
}

const { answers } = complete
const { vouch: vouching } = BARE_MEMBERSHIP
const lacking: readonly [Partial<Application>, Partial<Membership>, string][] = [
  [{}, {}, ''],
  [{ answers: { ...answers, organisation: undefined } }, {}, 'the organisation'],
  [{ answers: { ...answers, name: undefined } }, {}, 'the name'],
  [{ answers: { ...answers, criteria: {} } }, {}, 'an answer to 1'],
  [{ proven: undefined }, {}, 'the proof of address and key'],
  [{ acceptance: undefined }, {}, 'the acceptance of the terms'],
  [
    { acceptance: { ...accepted, sha256: sure(parseSha256('0'.repeat(64))) } },
    {},
    'the acceptance of the terms',
  ],
  [{ vouches: [] }, {}, 'vouches (0 of 1)'],
  [{ vouches: [vouch({ fingerprint: fingerprint('8') })] }, {}, 'vouches (0 of 1)'],
  [{ vouches: [vouch(), vouch()] }, { vouch: vouching && { ...vouching, count: 2 } }, 'vouches (1 of 2)'],
  [{ vouches: [] }, { vouch: undefined }, ''],
  [{ key: undefined }, {}, 'a public key, vouches (0 of 1)'],
]

test('each thing that an application can lack is named, and nothing else', () => {
  for (const [changes, policy, expected] of lacking) {
    const missing = missingOf({ ...complete, ...changes }, { ...BARE_MEMBERSHIP, ...policy })
    assert.equal(missing.map(missingWords).join(', '), expected)
  }
})

test('a vouch or an acceptance is asked for once, though a criterion asks for it, too', () => {
  const missing = missingOf({ ...complete, acceptance: undefined, vouches: [] }, BARE_MEMBERSHIP)
  assert.deepEqual(
    missing.map(({ kind }) => kind),
    ['acceptance', 'vouches'],
  )
})
