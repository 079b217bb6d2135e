// Dates of disclosure beyond the longest embargo: who must confirm them, and for how long they can.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import type { Decision, PendingPlan } from '../../../src/model/decision.ts'
import { ALICE, BOB, fresh, mail, NOW, signedText, snapshot } from '../given.ts'
import { C, RIYA } from '../sent.ts'

import { active, after, answerOf, at, CAROL, extend, given, plan, sent, worldOf } from './embargo-world.ts'

suite('a date beyond the maximum', () => {
  const beyond = { quorumBeyond: 1, overrun: 'block' } as const
  const pendingOf = (decision: Decision): PendingPlan => {
    assert.equal(decision.plan?.kind, 'issued')
    return decision.plan.plan
  }
  for (const line of [plan('2026-12-14T16:00Z'), extend('2026-12-14T16:00Z')])
    test(`waits for another person to confirm it: ${line.slice(0, 6)}`, () => {
      const ours = worldOf(beyond)
      const theCase = given({ state: 'accepted' })
      const asked = sent(line, theCase, ours)
      assert.deepEqual([asked.events, asked.reason], [[], 'waits-for-confirmation'])
      assert.match(
        answerOf(asked).text,
        /^Nothing has happened yet\. 1 other of the team must send by 2026-11-24T12:00Z/,
      )
      assert.deepEqual(answerOf(asked).offered, [])
      assert.match(
        answerOf(asked, BOB.address).text,
        /^alice asks for it.*\nWhy:\n\| (?:As agreed|Not yet)\.$/s,
      )
      const changes = { pending: pendingOf(asked) }
      const mine = sent(`confirm acme ${fresh.token}\n`, theCase, ours, changes)
      assert.deepEqual([mine.reason, mine.events], ['E-QUORUM', []])
      const theirs = sent(`confirm acme ${fresh.token}\n`, theCase, ours, changes, BOB)
      assert.deepEqual([theirs.reason, theirs.events.length], ['carried-out', 1])
      assert.equal(theirs.events[0]?.actor.name, 'alice')
      assert.ok(theirs.mails.some(({ to, content }) => to === RIYA && content.kind === 'news'))
    })

  test('is none where the policy names no longest time, extended or not', () => {
    const endless = worldOf({ maximum: undefined })
    const longer = sent(extend('2027-03-01T16:00Z'), given(active('2026-12-09T16:00Z')), endless)
    const extended = after(longer, given(active('2026-12-09T16:00Z')))
    const later = answerOf(sent(plan('2027-06-01T16:00Z'), extended, endless))
    assert.equal(later.status, 'ok')
    assert.doesNotMatch(later.text, /allows/)
  })

  test('waits for no more persons than there are', () => {
    const three = worldOf({ quorumBeyond: 5 }, { admins: [ALICE, BOB, CAROL] })
    assert.match(
      answerOf(sent(plan('2026-12-14T16:00Z'), given(), three)).text,
      /2 others of the team must send/,
    )
    const alone = { admins: [ALICE] }
    const warned = sent(plan('2026-12-14T16:00Z'), given(), worldOf({ quorumBeyond: 5 }, alone))
    assert.equal(warned.events.length, 1)
    const blocked = sent(plan('2026-12-14T16:00Z'), given(), worldOf(beyond, alone))
    assert.equal(answerOf(blocked).status, 'E-POLICY')
  })

  test('waits for others before that begins which it is counted from, too, and no reason gets round that', () => {
    const late = { ...beyond, start: 'accepted', overrun: 'warn' } as const
    const early = given({ milestones: { received: NOW } })
    assert.equal(sent(plan('2026-12-12T12:00Z'), early, worldOf(late)).events.length, 1)
    for (const line of [plan('2027-12-01T16:00Z'), plan('2026-12-12T12:01Z')])
      assert.equal(sent(line, early, worldOf(late)).reason, 'waits-for-confirmation')
    const dated = { ...early, ...active('2026-12-09T16:00Z'), state: 'new' as const }
    assert.equal(sent(extend('2027-12-01T16:00Z'), dated, worldOf(late)).reason, 'waits-for-confirmation')
    const block = worldOf({ start: 'accepted', overrun: 'block' })
    assert.equal(answerOf(sent(plan('2027-12-01T16:00Z'), early, block)).status, 'E-POLICY')
  })

  test('is confirmed until it would lie in the past, and no longer', () => {
    const soon = worldOf({ ...beyond, maximum: { count: 1, unit: 'hour' } })
    const asked = sent(plan('2026-11-21T14:00Z'), given(), soon)
    assert.equal(pendingOf(asked).expiresAt, at('2026-11-21T14:00Z'))
  })

  test('makes all else in its mail wait; what waits anyway asks for as many as either does', () => {
    const both = `accept ${C}\n${plan('2026-12-14T16:00Z')}`
    assert.deepEqual(sent(both, given(), worldOf(beyond)).events, [])
    const notice = `notice ${C} stage=early-disclosure send=2026-12-09T16:00Z <<\nAll.\n.\n${plan('2026-12-14T16:00Z')}`
    const ours = { ...worldOf({ quorumBeyond: 1 }, { admins: [ALICE, BOB, CAROL] }), quorum: 2 }
    assert.match(answerOf(sent(notice, given(), ours)).text, /2 others of the team/)
  })

  test('takes no command with it whose file would be gone by then, wherever that stands', () => {
    const file = `reporter ${C} key=${'7'.repeat(40)} att:riya.asc`
    for (const both of [`${file}\n${plan('2026-12-14T16:00Z')}`, `${plan('2026-12-14T16:00Z')}\n${file}`]) {
      const decision = sent(both, given(), worldOf(beyond))
      assert.deepEqual([decision.reason, decision.plan], ['E-SYNTAX', undefined])
      const results = decision.mails.flatMap(({ content }) =>
        content.kind === 'transcript' ? content.results : [],
      )
      assert.ok(results.some(({ text }) => /reporter with its file cannot wait with it/.test(text.open())))
    }
  })

  test('is dry-run without asking anybody', () => {
    const decision = decide(
      mail({
        authored: signedText(`embargod acme dry-run\n${plan('2026-12-14T16:00Z')}\n`, ALICE.fingerprint),
      }),
      snapshot({ settings: worldOf(beyond), cases: new Map([[given().id, given()]]) }),
      fresh,
    )
    assert.deepEqual([decision.reason, decision.plan], ['dry-run', undefined])
  })
})
