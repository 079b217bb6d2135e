// Who may command, when it counts, and what comes of it: given a snapshot and a mail, then a decision.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import type { Decision, Snapshot } from '../../src/model/decision.ts'
import type { Transcript } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { type Instant, later } from '../../src/model/scalars.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/model/time.ts'
import { BARE_NOTICE } from '../support/bare-notice.ts'
import { NOTICE, transcriptTo } from './confirming.ts'
import {
  ALICE,
  aCase,
  aNotice,
  BOB,
  caseId,
  contact,
  fingerprint,
  fresh,
  type Given,
  mail,
  NOW,
  noticeId,
  signedText,
  snapshot,
  unsignedText,
} from './given.ts'

const decided = (given: Given, world: Partial<Snapshot> = {}): Decision =>
  decide(mail(given), snapshot(world), fresh)

const statuses = (transcript: Transcript) => transcript.results.map(one => [one.status, one.code])

test('an admin takes and accepts a case in one mail', () => {
  const decision = decided({
    authored: signedText('embargod acme\ntake C-482107\naccept C-482107\n', ALICE.fingerprint),
  })
  assert.equal(decision.outcome, 'command')
  assert.deepEqual(
    decision.events.map(event => event.kind),
    ['case-taken', 'case-accepted'],
  )
  assert.deepEqual(decision.oneShot, { primary: ALICE.fingerprint, hashValue: 'f00d' })
  assert.deepEqual(
    decision.mails.map(order => [order.to, order.content.kind]),
    [
      ['riya@research.example', 'news'],
      [ALICE.address, 'transcript'],
      [BOB.address, 'change'],
    ],
  )
})

test('the others are told of what changed, and of nothing that did not', () => {
  const decision = decided({
    authored: signedText('embargod acme\nshow C-482107\ntake C-482107\ntake C-482107\n', ALICE.fingerprint),
  })
  const change = decision.mails.find(order => order.content.kind === 'change')?.content
  assert.equal(change?.kind, 'change')
  assert.deepEqual(
    change.lines.map(line => line.open()),
    ['alice leads C-482107 now.'],
  )
})

test('one wrong command, and none runs', () => {
  const decision = decided({
    authored: signedText('embargod acme\ntake C-482107\naccept C-999999\n', ALICE.fingerprint),
  })
  assert.equal(decision.outcome, 'refused')
  assert.deepEqual(decision.events, [])
  assert.deepEqual(statuses(transcriptTo(decision, ALICE)), [
    ['skipped', undefined],
    ['error', 'E-UNKNOWN'],
  ])
})

test('a dry run shows the plan and changes nothing', () => {
  const decision = decided({
    authored: signedText('embargod acme dry-run\ntake C-482107\n', ALICE.fingerprint),
  })
  assert.deepEqual([decision.events, decision.plan], [[], undefined])
  assert.equal(transcriptTo(decision, ALICE).dryRun, 'dry-run')
})

test('expect= refuses when the case has moved on', () => {
  const decision = decided({
    authored: signedText('embargod acme\ntake C-482107 expect=7\n', ALICE.fingerprint),
  })
  assert.deepEqual(statuses(transcriptTo(decision, ALICE)), [['error', 'E-STATE']])
})

for (const [name, created, outcome, reason] of [
  ['signed a day ago to the millisecond', later(NOW, -DAY), 'command', 'carried-out'],
  ['signed a millisecond more than a day ago', later(NOW, -DAY - 1), 'refused', 'E-STALE'],
  ['signed five minutes ahead', later(NOW, 5 * MINUTE), 'command', 'carried-out'],
  ['signed more than five minutes ahead', later(NOW, 5 * MINUTE + 1), 'refused', 'E-STALE'],
] as const)
  test(`a command ${name} is ${outcome}`, () => {
    const decision = decided({
      authored: signedText('embargod acme\ntake C-482107\n', ALICE.fingerprint, created),
    })
    assert.deepEqual([decision.outcome, decision.reason], [outcome, reason])
    assert.equal(decision.events.length, outcome === 'command' ? 1 : 0)
  })

test("an admin's old mail that is no command, sent here by whoever kept it, is put away without a word", () => {
  const old = signedText('Hello list, see you at the summit.\n', ALICE.fingerprint, later(NOW, -2 * DAY))
  const decision = decided({ authored: old })
  assert.deepEqual([decision.outcome, decision.reason, decision.mails], ['refused', 'E-STALE', []])
  const fresh = signedText('take C-482107\n', ALICE.fingerprint)
  assert.deepEqual(statuses(transcriptTo(decided({ authored: fresh }), ALICE)), [['error', 'E-SYNTAX']])
})

test('a stale command comes back ready to be signed again', () => {
  const created = later(NOW, -2 * DAY)
  const decision = decided({
    authored: signedText('embargod acme\ntake C-482107\n', ALICE.fingerprint, created),
  })
  assert.equal(transcriptTo(decision, ALICE).suggestions[0]?.body, 'embargod acme\ntake C-482107\n')
})

test('a stale dry run comes back as a dry run', () => {
  const created = later(NOW, -2 * DAY)
  const decision = decided({
    authored: signedText('embargod acme dry-run\ntake C-482107\n', ALICE.fingerprint, created),
  })
  assert.equal(transcriptTo(decision, ALICE).suggestions[0]?.body, 'embargod acme dry-run\ntake C-482107\n')
})

for (const [name, created, reason] of [
  ['in the second before its key was entitled', later(NOW, -MINUTE - SECOND), 'E-ROLE'],
  ['in the second in which its key was entitled', later(NOW, -MINUTE - SECOND + 1), 'carried-out'],
] as const)
  test(`a command signed ${name}: ${reason}`, () => {
    const decision = decided(
      { authored: signedText('embargod acme\ntake C-482107\n', ALICE.fingerprint, created) },
      { entitled: new Map([[ALICE.fingerprint, later(NOW, -MINUTE)]]) },
    )
    assert.equal(decision.reason, reason)
    assert.equal(decision.events.length, reason === 'carried-out' ? 1 : 0)
    if (reason === 'carried-out') return
    const { results, suggestions } = transcriptTo(decision, ALICE)
    assert.match(results[0]?.text.open() ?? '', /before you belonged to the team/)
    assert.equal(suggestions[0]?.body, 'embargod acme\ntake C-482107\n')
  })

test('not even a brake is obeyed that was signed before its key was entitled', () => {
  const id = noticeId('300001')
  const decision = decided(
    { authored: signedText(`embargod acme\ncancel ${id}\n`, BOB.fingerprint, later(NOW, -HOUR)) },
    { notices: new Map([[id, aNotice()]]), entitled: new Map([[BOB.fingerprint, NOW]]) },
  )
  assert.deepEqual([decision.reason, decision.events], ['E-ROLE', []])
})

test('a brake is obeyed however old its signature is', () => {
  const id = noticeId('300001')
  const scheduled = {
    ...{ id, case: caseId('482107'), project: aCase().project, revision: 1, stage: 'early-disclosure' },
    ...{
      sendAt: later(NOW, HOUR),
      ...BARE_NOTICE,
      text: plaintext('x'),
      attachments: [],
      state: 'scheduled' as const,
    },
  }
  const created = later(NOW, -30 * DAY)
  const cancelled = (restoredAt: Instant | undefined) =>
    decided(
      { authored: signedText(`embargod acme\ncancel ${id}\n`, BOB.fingerprint, created) },
      { notices: new Map([[id, scheduled]]), restoredAt },
    ).events.map(event => event.kind)
  assert.deepEqual(cancelled(undefined), ['notice-cancelled'])
  // But not one that may have been obeyed in the life that a backup does not know of.
  assert.deepEqual(cancelled(later(NOW, -29 * DAY)), [])
})

test('a signature counts once', () => {
  const authored = signedText('embargod acme\ntake C-482107\n', ALICE.fingerprint)
  const decision = decided({ authored }, { signature: 'used' })
  assert.deepEqual([decision.outcome, decision.reason, decision.events], ['refused', 'E-REPLAY', []])
})

test('a command for another instance is refused', () => {
  const decision = decided({ authored: signedText('embargod beta\ntake C-482107\n', ALICE.fingerprint) })
  assert.deepEqual([decision.outcome, decision.events], ['refused', []])
})

test("a member's key opens no admin command, and the admins hear of it", () => {
  const decision = decided({ authored: signedText('embargod acme\naccept C-482107\n', fingerprint('1')) })
  assert.deepEqual([decision.outcome, decision.reason, decision.events], ['refused', 'E-ROLE', []])
  const alerted = decision.mails.filter(order => order.content.kind === 'alert').map(order => order.to)
  assert.deepEqual(alerted, [ALICE.address, BOB.address])
})

test('From says nothing: an unsigned command in the name of an admin is refused', () => {
  const decision = decided({
    authored: unsignedText('embargod acme\naccept C-482107\n'),
    from: 'alice@team.example',
  })
  assert.deepEqual([decision.outcome, decision.events], ['refused', []])
  assert.deepEqual(
    decision.mails.map(order => [order.to, order.content.kind]),
    [['alice@team.example', 'refusal']],
  )
})

test('the same line goes to strangers and members, once a day', () => {
  const authored = unsignedText('embargod acme\naccept C-482107\n')
  const stranger = decided({ authored })
  const member = decided({ authored, from: contact('one', '1').address })
  assert.deepEqual(stranger.mails[0]?.content, member.mails[0]?.content)
  assert.deepEqual(decided({ authored }, { courtesies: { address: 1, all: 1 } }).mails, [])
})

test('at the security address unsigned text that looks like a command is a report', () => {
  const decision = decided({
    authored: unsignedText('embargod acme\naccept C-482107\n'),
    addressed: { kind: 'security' },
  })
  assert.equal(decision.outcome, 'report')
})

test('other unsigned text at the command address is mail to the team', () => {
  const decision = decided({ authored: unsignedText('I found a hole in your restore code.\n') })
  assert.equal(decision.outcome, 'report')
})

for (const [name, send, code] of [
  ['without a zone', '2026-12-09T16:00', 'E-DATE'],
  ['of a day without a time', '2026-12-09', 'E-DATE'],
  ['in the past', '2026-11-21T12:00Z', 'E-DATE'],
  ['ten years ahead', '2036-12-09T16:00Z', 'E-DATE'],
] as const)
  test(`an instant ${name} is refused with what to write`, () => {
    const text = `embargod acme\n${NOTICE.replace('2026-12-09T16:00Z', send)}`
    const decision = decided({ authored: signedText(text, ALICE.fingerprint) })
    assert.deepEqual(statuses(transcriptTo(decision, ALICE)), [['error', code]])
  })

test('a reply in clear needs to be asked for, and never leaves a case that came encrypted', () => {
  const text = (clear: string) => `embargod acme\nreply C-482107${clear} <<\nHello.\n.\n`
  const encrypted = new Map([[caseId('482107'), aCase({ protection: 'encrypted' })]])
  const tried = (clear: string, world: Partial<Snapshot> = {}) =>
    decided({ authored: signedText(text(clear), ALICE.fingerprint) }, world)
  assert.equal(tried('').reason, 'E-KEY')
  assert.equal(tried(' clear=yes').outcome, 'command')
  assert.equal(tried(' clear=yes', { cases: encrypted }).reason, 'E-KEY')
})
