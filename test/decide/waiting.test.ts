// What cannot be undone waits for its confirmation: what is shown, how long the token holds, what voids it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decision } from '../../src/model/decision.ts'
import { inboundId, instant, later } from '../../src/model/scalars.ts'
import { DAY, HOUR, SECOND } from '../../src/model/time.ts'
import { confirmed, NOTICE, sent, transcriptTo, waiting } from './confirming.ts'
import { ALICE, aCase, BOB, caseId, contact, fresh, NOW, settings } from './given.ts'

test('what cannot be undone waits, and says to whom it would go', () => {
  const decision = sent(`embargod acme\n${NOTICE}`, ALICE.fingerprint)
  assert.deepEqual(decision.events, [])
  const transcript = transcriptTo(decision, ALICE)
  assert.deepEqual(
    transcript.results.map(one => [one.status, one.code]),
    [['wait', undefined]],
  )
  assert.match(transcript.results[0]?.text.open() ?? '', /oncall@one\.example[\s\S]*oncall@two\.example/)
  assert.equal(transcript.suggestions[0]?.body, `confirm acme ${fresh.token}\n`)
})

test('the confirmation schedules the notice as it was shown', () => {
  const decision = confirmed({ pending: waiting(NOTICE) })
  assert.deepEqual(
    decision.events.map(event => event.kind),
    ['notice-scheduled'],
  )
  assert.deepEqual(decision.plan, { kind: 'confirmed', token: fresh.token })
})

test('a confirmation at or after the send instant does nothing', () => {
  const text = NOTICE.replace('2026-12-09T16:00Z', '2026-11-21T12:00:10Z')
  const pending = waiting(text)
  assert.equal(pending.expiresAt, later(NOW, 10 * SECOND))
  for (const now of [pending.expiresAt, later(pending.expiresAt, HOUR)]) {
    const decision = confirmed({ pending, now })
    assert.deepEqual([decision.outcome, decision.events], ['refused', []])
  }
})

test('a plan expires', () => {
  const pending = waiting(NOTICE)
  assert.equal(pending.expiresAt, instant(NOW + 3 * DAY))
  assert.equal(confirmed({ pending, now: pending.expiresAt }).outcome, 'refused')
})

test('a wrong, a used and an expired token are told apart by nothing', () => {
  const wrong = confirmed({})
  const expired = confirmed({ pending: { ...waiting(NOTICE), ...{ expiresAt: NOW } } })
  const answer = (decision: Decision) => transcriptTo(decision, ALICE).results.map(one => one.text.open())
  assert.deepEqual(answer(wrong), answer(expired))
  assert.deepEqual(wrong.plan, { kind: 'wrong-token', by: ALICE.fingerprint })
})

test('after five wrong tokens a day even the right one is refused', () => {
  assert.equal(confirmed({ pending: waiting(NOTICE), wrongTokens: 4 }).outcome, 'command')
  assert.equal(confirmed({ pending: waiting(NOTICE), wrongTokens: 5 }).outcome, 'refused')
})

test('a recipient who was not shown is shown, and asked for again', () => {
  const contacts = [contact('one', '1'), contact('two', '2'), contact('late', '3')]
  const decision = confirmed({ pending: waiting(NOTICE), contacts })
  assert.deepEqual(decision.events, [])
  assert.equal(decision.plan?.kind, 'issued')
  assert.match(transcriptTo(decision, ALICE).results[0]?.text.open() ?? '', /oncall@late\.example/)
})

test('a case that moved on voids the plan and shows it anew', () => {
  const cases = new Map([[caseId('482107'), aCase({ revision: 2 })]])
  const decision = confirmed({ pending: waiting(NOTICE), cases })
  assert.deepEqual([decision.events, decision.plan?.kind], [[], 'issued'])
})

test('mail that joins the case voids no plan: anyone may write', () => {
  const entry = { inbound: inboundId(9), at: NOW, from: 'other' as const }
  const cases = new Map([[caseId('482107'), aCase({ revision: 2, thread: [entry] })]])
  const decision = confirmed({ pending: waiting(NOTICE), cases })
  assert.deepEqual(
    decision.events.map(event => event.kind),
    ['notice-scheduled'],
  )
})

test('whoever may confirm sees the text and the recipients, not only the command', () => {
  const decision = sent(`embargod acme\n${NOTICE}`, ALICE.fingerprint)
  const [shown] = transcriptTo(decision, BOB).results
  assert.match(shown?.text.open() ?? '', /oncall@one\.example[\s\S]*oncall@two\.example/)
  const [copy] = shown?.simulated ?? []
  assert.equal(copy?.order.content.kind, 'notice')
  assert.equal(copy.order.content.notice.text.open(), 'All of it.')
})

test('with a quorum the issuer does not count', () => {
  const world = { settings: settings({ quorum: 1 }), pending: waiting(NOTICE) }
  const own = confirmed(world)
  assert.deepEqual([own.outcome, own.reason, own.events, own.plan], ['refused', 'E-QUORUM', [], undefined])
  const other = confirmed(world, BOB.fingerprint)
  assert.deepEqual(
    other.events.map(event => event.kind),
    ['notice-scheduled'],
  )
})

test('a plan dies with its issuer', () => {
  const decision = confirmed(
    { pending: waiting(NOTICE), settings: settings({ admins: [BOB] }) },
    BOB.fingerprint,
  )
  assert.deepEqual([decision.outcome, decision.events], ['refused', []])
})
