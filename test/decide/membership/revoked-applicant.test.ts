// K02: the key of somebody who asks to join is revoked: what it proved is void, and nobody lets it in.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import { ALICE, fingerprint, fresh, mail, NOW, unsignedText } from '../given.ts'
import { A, ANN, kinds, left, request, ruled, signed, vouchOf, world } from './joining.ts'

const given = world({
  settings: ruled({ review: { quorum: 0 } }),
  applications: new Map([[A, request({ vouches: [vouchOf('1')], completeAt: NOW })]]),
})

/** A stranger passes a certificate on. */
const passedOn = (key: typeof ANN, revoked: boolean) =>
  decide(
    mail({
      authored: unsignedText('See this key.'),
      addressed: { kind: 'security' },
      mail: {
        offered: [
          {
            place: 'outer',
            octets: Buffer.of(7),
            fingerprint: key,
            keyIds: [],
            encryptable: !revoked,
            ...(revoked ? { revoked } : {}),
          },
        ],
      },
    }),
    given,
    fresh,
  )

test('whoever passes the revocation on, the request lacks a key, its proof, its acceptance and its vouches', () => {
  const before = signed(`approve ${A}`, ALICE.fingerprint, given)
  assert.ok(before.plan !== undefined || before.events.length > 0, 'it could be approved')
  const decision = passedOn(ANN, true)
  assert.equal(kinds(decision)[0], 'application-key-revoked')
  const known = left(given, decision)
  const one = known.applications.get(A)
  assert.deepEqual(
    [one?.key, one?.proven, one?.acceptance, one?.vouches, one?.completeAt],
    [undefined, undefined, undefined, [], undefined],
  )
  const after = { ...given, ...known }
  const approval = signed(`approve ${A}`, ALICE.fingerprint, after)
  assert.deepEqual([approval.events, approval.plan], [[], undefined])
  assert.equal(signed(`status ${A}`, ANN, after).outcome, 'refused', 'and what it signs counts for nothing')
})

test('the team is told', () => {
  const told = passedOn(ANN, true).mails.filter(({ content }) => content.kind === 'change')
  assert.equal(told.length, given.settings.admins.length)
})

test('neither another key nor one that is not revoked does anything to it', () => {
  for (const decision of [passedOn(fingerprint('9'), true), passedOn(ANN, false)])
    assert.ok(!kinds(decision).includes('application-key-revoked'))
})
