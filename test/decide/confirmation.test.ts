// What a confirmation binds: which plan it names, whose it is, who else must agree, and what voids it.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import type { Decision, PendingPlan, Snapshot } from '../../src/model/decision.ts'
import type { Notice } from '../../src/model/notice.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { inboundId, later } from '../../src/model/scalars.ts'
import { DAY, HOUR } from '../../src/model/time.ts'
import { CAROL, confirmed, DAVE, kinds, NOTICE, sent, TEAM, transcriptTo, waiting } from './confirming.ts'
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
import * as members from './members.ts'

test('the token of the confirming line is the one that counts, whichever plan was looked up', () => {
  const decision = confirmed({ pending: waiting(NOTICE) }, ALICE.fingerprint, 'zzzzzzzzzzzzzzzz')
  assert.deepEqual([decision.outcome, decision.events], ['refused', []])
  assert.deepEqual(decision.plan, { kind: 'wrong-token', by: ALICE.fingerprint })
})

test('a token is read whatever its letters’ case', () => {
  const decision = confirmed({ pending: waiting(NOTICE) }, ALICE.fingerprint, fresh.token.toUpperCase())
  assert.deepEqual(decision.plan, { kind: 'confirmed', token: fresh.token })
})

test('the token of a member’s plan goes to them alone, since nobody else confirms it', () => {
  const waits = members.signed('leave organisation=yes', members.OLD)
  assert.equal(waits.plan?.kind, 'issued')
  assert.deepEqual(
    waits.mails.map(({ to }) => to),
    [members.ONE.address],
  )
  const before = members.waiting(waits)
  for (const other of [ALICE.fingerprint, members.COLLEAGUE.fingerprint, members.TWO.fingerprint])
    assert.deepEqual(members.signed(members.CONFIRM, other, before).events, [])
  const carriedOut = members.signed(members.CONFIRM, members.OLD, before)
  assert.ok(carriedOut.mails.some(({ to }) => to === ALICE.address))
})

test('a member confirms nothing of the team’s', () => {
  const before = members.waiting(members.signed('remove M-000004 <<\nWhy.\n.', ALICE.fingerprint))
  for (const key of [members.OLD, members.COLLEAGUE.fingerprint])
    assert.deepEqual(members.signed(members.CONFIRM, key, before).events, [])
})

test('whoever confirms a plan does not become its author', () => {
  const pending = waiting(`take C-482107\nnote C-482107 <<\nseen\n.\n${NOTICE}`)
  const decision = confirmed({ pending }, BOB.fingerprint)
  assert.deepEqual(kinds(decision), ['case-taken', 'note-added', 'notice-scheduled'])
  for (const event of decision.events) assert.equal(event.actor.name, 'alice')
  assert.equal(decision.events[0]?.kind === 'case-taken' && decision.events[0].lead, 'alice')
  assert.deepEqual(decision.actor, { kind: 'admin', name: 'bob', fingerprint: BOB.fingerprint })
})

test('a plan of the operator is carried out as the operator’s', () => {
  const request = { kind: 'command', text: plaintext(`embargod acme\ntake C-482107\n${NOTICE}`) } as const
  const input = { kind: 'operator', inbound: inboundId(1), receivedAt: NOW, request } as const
  const { plan } = decide(input, snapshot(), fresh)
  assert.equal(plan?.kind, 'issued')
  const decision = confirmed({ pending: plan.plan }, BOB.fingerprint)
  assert.deepEqual(
    decision.events.map(event => event.actor.name),
    ['operator', 'operator'],
  )
})

for (const [name, confirmations, by, kind, reason] of [
  ['the first of two others is counted', [], BOB, 'counted', 'confirmation-counted'],
  ['the second of two others carries it out', [BOB], CAROL, 'confirmed', 'carried-out'],
  ['the same person twice is one', [BOB], BOB, undefined, 'E-QUORUM'],
  ['the issuer is no other', [BOB], ALICE, undefined, 'E-QUORUM'],
  [
    'who confirmed and has left the team since counts no more',
    [DAVE],
    BOB,
    'counted',
    'confirmation-counted',
  ],
] as const)
  test(`with a quorum of two, ${name}`, () => {
    const pending = {
      ...waiting(NOTICE, { settings: settings({ admins: TEAM, quorum: 2 }) }),
      confirmations: confirmations.map(one => one.fingerprint),
    }
    const today = settings({ admins: [ALICE, BOB, CAROL], quorum: 2 })
    const decision = confirmed({ pending, settings: today }, by.fingerprint)
    assert.deepEqual([decision.plan?.kind, decision.reason], [kind, reason])
    assert.equal(decision.events.length, kind === 'confirmed' ? 1 : 0)
  })

test('the operator counts as one person of a quorum', () => {
  const world = { settings: settings({ admins: TEAM, quorum: 1 }) }
  const pending = waiting(NOTICE, world)
  const request = { kind: 'command', text: plaintext(`confirm acme ${fresh.token}\n`) } as const
  const input = { kind: 'operator', inbound: inboundId(1), receivedAt: NOW, request } as const
  assert.deepEqual(kinds(decide(input, snapshot({ ...world, pending }), fresh)), ['notice-scheduled'])
})

test('a plan that was shown again under another token is carried out under one of them only', () => {
  const first = waiting(NOTICE)
  const moved = new Map([[caseId('482107'), aCase({ revision: 2 })]])
  const again = sent(
    `confirm acme ${fresh.token}\n`,
    ALICE.fingerprint,
    { pending: first, cases: moved },
    {
      ...fresh,
      token: 'ssssssssssssssss',
    },
  )
  assert.equal(again.plan?.kind, 'issued')
  const second = again.plan.plan
  assert.deepEqual(second.noticeIds, first.noticeIds)
  const done = confirmed({ pending: second, cases: moved }, BOB.fingerprint, second.token)
  assert.deepEqual(kinds(done), ['notice-scheduled'])

  const [id = noticeId('0')] = second.noticeIds
  const notices: ReadonlyMap<typeof id, Notice> = new Map([[id, aNotice({ id, sendAt: later(NOW, HOUR) })]])
  const late = confirmed({ pending: first, cases: moved, notices }, BOB.fingerprint)
  assert.deepEqual([late.outcome, late.events], ['refused', []])
})

/** Signed two days ago, which is too long. */
const staleConfirmation = (
  pending: PendingPlan,
  world: Partial<Snapshot> = {},
  token = fresh.token,
): Decision => {
  const authored = signedText(`confirm acme ${token}\n`, ALICE.fingerprint, later(NOW, -2 * DAY))
  return decide(mail({ authored }), snapshot({ pending, ...world }), fresh)
}
const offered = ({ mails }: Decision): readonly string[] =>
  mails.flatMap(({ content }) =>
    content.kind === 'transcript' ? content.suggestions.map(({ body }) => body) : [],
  )

test('a stale confirmation comes back ready to be signed again while its token holds', () => {
  const decision = staleConfirmation(waiting(NOTICE))
  assert.deepEqual([decision.reason, decision.events, decision.plan], ['E-STALE', [], undefined])
  assert.deepEqual(offered(decision), [`confirm acme ${fresh.token}\n`])
})

for (const [name, pending, world, token] of [
  ['of a token that nobody knows', waiting(NOTICE), {}, 'zzzzzzzzzzzzzzzz'],
  ['of a token that has expired', { ...waiting(NOTICE), expiresAt: NOW }, {}, fresh.token],
  ['after too many wrong ones', waiting(NOTICE), { wrongTokens: 5 }, fresh.token],
] as const)
  test(`a stale confirmation ${name} is counted as a guess, and offers nothing`, () => {
    const decision = staleConfirmation(pending, world, token)
    assert.deepEqual(decision.plan, { kind: 'wrong-token', by: ALICE.fingerprint })
    assert.deepEqual([decision.reason, offered(decision)], ['E-STALE', []])
  })

test('confirmations that a restore made worthless are not counted as guesses', () => {
  const expired = { ...waiting(NOTICE), expiresAt: NOW }
  const decision = staleConfirmation(expired, { restoredAt: NOW })
  assert.deepEqual([decision.reason, decision.plan, offered(decision)], ['E-STALE', undefined, []])
})

test('who confirms is told what happened, and not once more what they were shown', () => {
  const asked = transcriptTo(sent(`embargod acme\n${NOTICE}`, ALICE.fingerprint), ALICE)
  const done = transcriptTo(confirmed({ pending: waiting(NOTICE) }), ALICE)
  assert.ok(asked.results[0]?.simulated !== undefined && done.results[0] !== undefined)
  assert.equal(done.results[0].simulated, undefined)
  assert.match(
    done.results[0].text.open(),
    /^N-[0-9]+ about C-482107 goes .*, encrypted to each of [0-9]+ contacts\.\nAll the rest .* token\.$/,
  )
  assert.deepEqual(done.results[0].facts, asked.results[0].facts)
})

test('a plan keeps the ids it shows and no others', () => {
  assert.deepEqual(waiting(NOTICE).noticeIds, [fresh.notices[0]])
  assert.deepEqual(waiting(NOTICE + NOTICE).noticeIds, fresh.notices)
})

for (const line of [
  'reporter C-482107 key=9999999999999999999999999999999999999999 att:key.asc',
  'assign C-482107 fix=erin address=erin@x.example key=9999999999999999999999999999999999999999 att:key.asc',
  'open from=riya@x.example att:mail.eml',
])
  for (const text of [`${NOTICE}${line}\n`, `${line}\n${NOTICE}`])
    test(`what opens a file does not wait for a confirmation: ${text.replaceAll('\n', '; ')}`, () => {
      const decision = sent(`embargod acme\n${text}`, ALICE.fingerprint)
      assert.deepEqual([decision.reason, decision.plan, decision.events], ['E-SYNTAX', undefined, []])
      const [verb = ''] = line.split(' ')
      const [told] = decision.mails.flatMap(({ content }) =>
        content.kind === 'transcript' ? content.results.filter(({ status }) => status === 'error') : [],
      )
      assert.match(
        told?.text.open() ?? '',
        new RegExp(`^notice waits for a confirmation, and ${verb} .*; send ${verb} in a mail of its own\\.$`),
      )
    })

test('what names no file waits with the rest', () => {
  const decision = sent(
    `embargod acme\nreporter C-482107 address=riya@x.example\n${NOTICE}`,
    ALICE.fingerprint,
  )
  assert.equal(decision.plan?.kind, 'issued')
})

describe('a notice that is to go at once', () => {
  const AT_ONCE = NOTICE.replace('2026-12-09T16:00Z', 'NOW')

  test('is shown as such, waits as long as any other, and its instant is that of the confirmation', () => {
    const asked = sent(`embargod acme\n${AT_ONCE}`, ALICE.fingerprint)
    const [result] = transcriptTo(asked, ALICE).results
    assert.match(result?.text.open() ?? '', /Once it is confirmed: N-[0-9]+ about C-482107 goes at once, /)
    const pending = waiting(AT_ONCE)
    const { limits } = snapshot().settings
    assert.equal(pending.expiresAt, later(NOW, limits.confirmationMaxAge))
    const anHourLater = later(NOW, HOUR)
    const done = confirmed({ pending, now: anHourLater })
    const scheduled = done.events.find(event => event.kind === 'notice-scheduled')
    assert.deepEqual([kinds(done), scheduled?.sendAt], [['notice-scheduled'], anHourLater])
  })
})
