// What the other admins hear of changes: the first at once, a burst together, a brake always at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digest } from '../../src/decide/changes.ts'
import { decide } from '../../src/decide/decide.ts'
import type { Change } from '../../src/model/changes.ts'
import type { Decision, Snapshot } from '../../src/model/decision.ts'
import type { MailOrder } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { inboundId, later } from '../../src/model/scalars.ts'
import { MINUTE } from '../../src/model/time.ts'
import {
  ALICE,
  aCase,
  aNotice,
  BOB,
  caseId,
  fresh,
  mail,
  NOW,
  noticeId,
  settings,
  signedText,
  snapshot,
} from './given.ts'

const CASE = caseId('482107')
const kept = { changesKeptUntil: later(NOW, MINUTE) }

const alices = (text: string, world: Partial<Snapshot> = {}): Decision =>
  decide(mail({ authored: signedText(`embargod acme\n${text}`, ALICE.fingerprint) }), snapshot(world), fresh)

/** Who is told, and the lines. */
const told = (mails: readonly MailOrder[]) =>
  mails.flatMap(({ to, content }) =>
    content.kind === 'change'
      ? [[to, ...content.lines.map(line => `${content.by}: ${line.open()}`)].join(' ')]
      : [],
  )

test('the first change of somebody is told at once, and begins the time in which more are kept', () => {
  const decision = alices('take C-482107\n')
  assert.deepEqual(told(decision.mails), [`${BOB.address} alice: alice leads C-482107 now.`])
  assert.deepEqual([decision.change?.told, decision.change?.person], ['now', ALICE.fingerprint])
})

test('what follows soon is kept, with the case, what changed and who it was', () => {
  const decision = alices('take C-482107\naccept C-482107\n', kept)
  assert.deepEqual(told(decision.mails), [])
  const { change } = decision
  assert.deepEqual(
    [change?.told, change?.by, change?.case, change?.lines.length],
    ['later', 'alice', CASE, 2],
  )
  assert.match(change?.lines[1]?.open() ?? '', /^C-482107 is accepted\.$/)
})

test('a brake is told at once whatever is kept', () => {
  const world = { ...kept, notices: new Map([[noticeId('300001'), aNotice({ sendAt: later(NOW, MINUTE) })]]) }
  const decision = alices('cancel N-300001\n', world)
  assert.equal(told(decision.mails).length, 1)
  assert.equal(decision.change?.told, 'now')
})

test('what changes nothing is told to nobody', () => {
  for (const text of ['show C-482107\n', 'acept C-482107\n']) {
    const decision = alices(text)
    assert.deepEqual([told(decision.mails), decision.change], [[], undefined])
  }
})

test('the operator is one of those whose changes are kept, and told to every admin', () => {
  const request = { kind: 'command', text: plaintext('embargod acme\naccept C-482107\n') } as const
  const input = { kind: 'operator', inbound: inboundId(1), receivedAt: NOW, request } as const
  assert.equal(told(decide(input, snapshot(), fresh).mails).length, 2)
  const decision = decide(input, snapshot(kept), fresh)
  assert.deepEqual([told(decision.mails), decision.change?.person], [[], 'operator'])
})

const change = (line: string, changes: Partial<Change> = {}): Change => {
  const [project] = settings().projects
  assert.ok(project !== undefined)
  return {
    person: ALICE.fingerprint,
    by: 'alice',
    project: project.name,
    case: CASE,
    lines: [plaintext(line)],
    told: 'later',
    ...changes,
  }
}

test('a digest is one mail to each other admin, about the case if it is about one alone', () => {
  const one = [change('take C-482107: taken.'), change('accept C-482107: accepted.')]
  const decision = digest({ person: ALICE.fingerprint, ids: [1, 2], changes: one }, snapshot())
  assert.deepEqual(told(decision.mails), [
    `${BOB.address} alice: take C-482107: taken. alice: accept C-482107: accepted.`,
  ])
  assert.equal(decision.mails[0]?.case, CASE)
  const two = [...one, change('take C-482108: taken.', { case: caseId('482108') })]
  const [order] = digest({ person: ALICE.fingerprint, ids: [1, 2, 3], changes: two }, snapshot()).mails
  assert.equal(order?.case, undefined)
})

test('the others read whose plan it is that waits, and that nothing has happened', () => {
  const thread = [{ inbound: inboundId(1), at: NOW, from: 'reporter' }] as const
  const given = { cases: new Map([[CASE, aCase({ state: 'rejected', thread })]]) }
  const texts = alices('purge C-482107\n', given).mails.flatMap(({ to, content }) =>
    content.kind === 'transcript' ? [[to, content.results[0]?.text.open().slice(0, 45)]] : [],
  )
  assert.deepEqual(texts, [
    [ALICE.address, 'Nothing has happened yet. Send by 2026-11-24T'],
    [BOB.address, 'alice asks for it. Nothing has happened yet. '],
  ])
})
