// What a start makes of the team it finds in the configuration: from when on each admin counts, and who is told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { teamChange, teamChanged } from '../../src/decide/team.ts'
import { later } from '../../src/model/scalars.ts'
import type { TeamMember } from '../../src/model/team.ts'
import { HOUR } from '../../src/model/time.ts'
import { ALICE, address, BOB, fingerprint, NOW } from './given.ts'

const certificate = (octet: number) => Uint8Array.of(octet)
const alice = { ...ALICE, part: 'admin', certificate: certificate(1) } as const
const bob = { ...BOB, part: 'admin', certificate: certificate(2) } as const
const carol = {
  ...{ name: 'carol', address: address('carol@team.example'), fingerprint: fingerprint('C') },
  part: 'admin',
  certificate: certificate(3),
} as const
const EARLIER = later(NOW, -HOUR)
const known = (...members: readonly Omit<TeamMember, 'since'>[]): readonly TeamMember[] =>
  members.map(member => ({ ...member, since: EARLIER }))

const changeTo = (...configured: Parameters<typeof teamChange>[1]) => {
  const change = teamChange(known(alice, bob), configured, NOW)
  assert.ok(change)
  return change
}

/** Whom the change is told, and under which key. */
const told = (change: ReturnType<typeof changeTo>) =>
  teamChanged(change).mails.map(({ to, encryptTo }) => [to, encryptTo])
const enrolled = ({ address: to, fingerprint: key }: typeof alice) => [
  to,
  { kind: 'enrolled', fingerprint: key },
]
const stored = ({ address: to, certificate: octets }: typeof alice) => [
  to,
  { kind: 'offered', certificate: octets },
]

test('the first team is entitled from ever, and nobody is told', () => {
  const change = teamChange([], [alice, bob], NOW)
  assert.deepEqual(
    change?.after.map(({ since }) => since),
    [0, 0],
  )
  assert.ok(change)
  const { reason, mails } = teamChanged(change)
  assert.deepEqual([reason, mails], ['team-known', []])
})

test('the same team in another order is no change', () =>
  assert.equal(teamChange(known(alice, bob), [bob, alice], NOW), undefined))

test('whoever joins counts from now on, and nobody else from another time than before', () => {
  const change = changeTo(alice, bob, carol)
  assert.deepEqual(
    change.after.map(({ name, since }) => [name, since]),
    [
      ['alice', EARLIER],
      ['bob', EARLIER],
      ['carol', NOW],
    ],
  )
  assert.deepEqual(told(change), [enrolled(alice), enrolled(bob), enrolled(carol)])
})

test('whoever joined by a clock that was ahead counts from the next start by one that is right', () => {
  const change = teamChange([...known(alice), { ...bob, since: later(NOW, HOUR) }], [alice, bob], NOW)
  assert.ok(change)
  assert.deepEqual(
    change.after.map(({ since }) => since),
    [EARLIER, NOW],
  )
  assert.deepEqual(teamChanged(change).mails, [])
})

test('whoever left is told too, under the key that was known', () =>
  assert.deepEqual(told(changeTo(alice)), [enrolled(alice), stored(bob)]))

test('an exchanged key counts from now on, and its owner is told under both', () => {
  const renewed = { ...bob, fingerprint: fingerprint('D'), certificate: certificate(4) }
  const change = changeTo(alice, renewed)
  assert.equal(change.after[1]?.since, NOW)
  assert.deepEqual(told(change), [enrolled(alice), enrolled(renewed), stored(bob)])
})

test('another address of the same key is told at both, and counts as before', () => {
  const moved = { ...bob, address: address('bob@home.example') }
  const change = changeTo(alice, moved)
  assert.equal(change.after[1]?.since, EARLIER)
  assert.deepEqual(told(change), [enrolled(alice), enrolled(moved), stored(bob)])
})

test('another key file of the same key is told too', () => {
  const change = changeTo(alice, { ...bob, certificate: certificate(9) })
  assert.deepEqual(told(change), [enrolled(alice), enrolled(bob)])
})
