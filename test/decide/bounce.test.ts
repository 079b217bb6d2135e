// Mail that is put away without a word: reports of mail systems, and our own mail coming back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import type { Decision, Snapshot } from '../../src/model/decision.ts'
import type { OutboxId } from '../../src/model/scalars.ts'
import {
  ALICE,
  address,
  fingerprint,
  fresh,
  type Given,
  mail,
  signature,
  signedText,
  snapshot,
  unsignedText,
} from './given.ts'

const RETURN = { kind: 'return', address: address('security+b.x@acme.example') } as const
const SECURITY = { kind: 'security' } as const
const WORDS = unsignedText('Delivery failed.\n')
const TAKE = 'embargod acme\ntake C-482107\n'

const decided = (given: Partial<Given>, world: Partial<Snapshot> = {}): Decision =>
  decide(mail({ authored: WORDS, addressed: SECURITY, ...given }), snapshot(world), fresh)

for (const [name, given, outcome] of [
  ['a delivery report', { machine: 'bounce' }, 'bounce'],
  [
    'a delivery report at the command address',
    { machine: 'bounce', addressed: { kind: 'command' } },
    'bounce',
  ],
  ['a machine at a return address', { machine: 'automatic', addressed: RETURN }, 'bounce'],
  ['a person at a return address', { addressed: RETURN }, 'report'],
  ['a machine elsewhere', { machine: 'automatic' }, 'report-noack'],
] as const)
  test(`${name} is a ${outcome}`, () => {
    const decision = decided(given)
    assert.equal(decision.outcome, outcome)
    if (outcome === 'bounce') assert.deepEqual([decision.events, decision.mails], [[], []])
  })

test('a signed command is obeyed though a machine seems to have sent it', () => {
  const authored = signedText(TAKE, ALICE.fingerprint)
  assert.equal(decided({ authored, machine: 'automatic' }).outcome, 'command')
  const author = signature(ALICE.fingerprint)
  const returned = decided({ authored, machine: 'automatic', addressed: RETURN, mail: { author } })
  assert.equal(returned.outcome, 'command')
})

const OURS = signature(fingerprint('0'))
for (const [name, messageIdIs, given, outcome] of [
  ['our Message-ID and our signature', 'ours', { mail: { author: OURS } }, 'own'],
  [
    'our Message-ID on what we encrypted to another',
    'ours',
    { mail: { encryption: 'undecryptable' } },
    'own',
  ],
  ['our Message-ID alone', 'ours', {}, 'report'],
  [
    'our Message-ID and a stranger’s signature',
    'ours',
    { mail: { author: signature(fingerprint('E')) } },
    'report',
  ],
  ['our signature alone', 'foreign', { mail: { author: OURS } }, 'report'],
  ['what cannot be opened, from elsewhere', 'foreign', { mail: { encryption: 'undecryptable' } }, 'report'],
] as const)
  test(`mail with ${name} is ${outcome}`, () => {
    const decision = decided(given, { messageIdIs })
    assert.equal(decision.outcome, outcome)
    if (outcome === 'own') assert.deepEqual([decision.events, decision.mails], [[], []])
  })

const PROBE = `embargod check ${'a'.repeat(32)}\n`
const SIGNER = OURS.primary
for (const [name, given, outcome] of [
  ['signed by us', { authored: signedText(PROBE, SIGNER), mail: { author: OURS } }, 'own'],
  ['unsigned', { authored: unsignedText(PROBE) }, 'report'],
  [
    'signed by us with more words',
    { authored: signedText(`${PROBE}A bug.\n`, SIGNER), mail: { author: OURS } },
    'report',
  ],
] as const)
  test(`the text of a mail by which check proves an address, ${name}, is ${outcome}`, () => {
    const decision = decided(given)
    assert.equal(decision.outcome, outcome)
    if (outcome === 'own') assert.deepEqual([decision.events, decision.mails], [[], []])
  })

for (const [why, fate, state, doubt, becomes] of [
  ['accepted and then reported as failed', 'failed', 'sent', 'none', 'failed'],
  ['in doubt and reported as arrived', 'arrived', 'ready', 'in-doubt', 'sent'],
  ['in doubt and reported as failed', 'failed', 'ready', 'in-doubt', 'failed'],
  ['accepted and reported as arrived', 'arrived', 'sent', 'none', undefined],
  ['still to go', 'failed', 'ready', 'none', undefined],
  ['failed before', 'failed', 'failed', 'none', undefined],
  ['under way', 'failed', 'sending', 'in-doubt', undefined],
] as const)
  test(`a mail ${why} is ${becomes ?? 'left as it is'} (H03, H05)`, () => {
    const returned = { id: 1 as OutboxId, state, doubt, promise: 'at-least-once' } as const
    const input = mail({ authored: unsignedText('x'), machine: 'bounce' })
    assert.ok(input.kind === 'mail')
    const decision = decide(
      { ...input, reported: { fate, by: 'report', status: '5.1.1' } },
      snapshot({ returned }),
      fresh,
    )
    assert.deepEqual([decision.outcome, decision.mails], ['bounce', []])
    assert.equal(decision.queue?.kind === 'reported' ? decision.queue.to : undefined, becomes)
  })
