// `notify`: whether distributors hear of a case early at all, by whose word, and what follows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clocksOf } from '../../../src/decide/time/clocks.ts'
import { evolveCase } from '../../../src/model/case-evolution.ts'
import type { Snapshot } from '../../../src/model/decision.ts'
import { parseCaseId } from '../../../src/model/scalars.ts'
import { BARE_CLOCK } from '../../support/bare-policy.ts'
import { ALICE, aNotice, BOB, NOW, sure } from '../given.ts'
import {
  answered,
  described,
  EARLY,
  policyWith,
  SEND,
  sends,
  TEXT,
  USERS,
  withPolicy,
  world,
} from './early.ts'

const C = 'C-482107'
const NO = `notify ${C} no <<\nOnly admins are hit.\n.`
const YES = `notify ${C} yes <<\nIt is worse.\n.`
const byLead = [{ ...EARLY, decidedBy: 'lead' as const }, USERS]

/** The case after a mail. */
function after(text: string, before: Snapshot): Snapshot {
  const { events } = sends(text, before)
  const id = sure(parseCaseId(C))
  let theCase = sure(before.cases.get(id))
  for (const event of events) {
    assert.equal(event.kind, 'early-disclosure-decided')
    theCase = evolveCase(theCase, event)
  }
  return { ...before, cases: new Map([[id, theCase]]) }
}

test('where the lead decides nobody else does, and where nobody leads any admin', () => {
  const led = world({ stages: byLead, theCase: described({ lead: 'alice' }) })
  assert.equal(answered(NO, led).status, 'ok')
  const refused = answered(NO, led, [], BOB)
  assert.deepEqual([refused.status, refused.text.includes('who is alice')], ['E-POLICY', true])
  assert.equal(answered(NO, world({ stages: byLead }), [], BOB).status, 'ok')
  assert.equal(answered(NO, world({ theCase: described({ lead: 'alice' }) }), [], BOB).status, 'ok')
})

test('after a no the notice is not due, and not sent until somebody says yes', () => {
  const clock = { ...BARE_CLOCK, name: 'early', until: 'notice:early-disclosure' as const }
  const users = { ...BARE_CLOCK, name: 'users', until: 'notice:users' as const }
  const policy = policyWith([EARLY, USERS], { clocks: [clock, users] })
  const theCase = described({ milestones: { received: NOW } })
  const before = world({ settings: withPolicy(policy), theCase })
  const states = ({ cases }: Snapshot) =>
    clocksOf(sure([...cases.values()][0]), policy).map(({ state }) => state)
  const notice = `notice ${C} stage=early-disclosure ${SEND} ${TEXT}`
  assert.deepEqual(states(before), ['running', 'running'])
  const no = after(NO, before)
  assert.deepEqual(states(no), ['elsewhere', 'running'])
  const refused = answered(notice, no)
  assert.equal(refused.status, 'E-STATE')
  assert.match(refused.text, /alice decided that distributors do not hear .* first send: notify C-482107 yes/)
  assert.equal(
    answered(`notice ${C} stage=users ${SEND}`, no).status,
    'wait',
    'users hear of it all the same',
  )
  const yes = after(YES, no)
  assert.deepEqual(states(yes), ['running', 'running'])
  assert.equal(answered(notice, yes).status, 'wait')
})

test('a no says which notice waits to be sent, and how to stop it', () => {
  const waits = aNotice({ sendAt: sure(described().embargo.disclose) })
  const { status, text } = answered(NO, world({ notices: new Map([[waits.id, waits]]) }))
  assert.deepEqual([status, text.includes(`first send: cancel ${waits.id}`)], ['E-STATE', true])
  const users = { ...waits, to: 'users' as const }
  assert.equal(answered(NO, world({ notices: new Map([[users.id, users]]) })).status, 'ok')
})

test('the same said twice changes nothing, another reason is kept', () => {
  const no = after(NO, world())
  assert.equal(answered(NO, no).status, 'noop')
  assert.equal(answered(NO.replace('Only', 'Just'), no).status, 'ok')
})

test('the others hear of it in one line, without the reason', () => {
  const { mails } = sends(NO, world())
  const [told] = mails.filter(({ to }) => to === BOB.address)
  assert.equal(told?.content.kind, 'change')
  assert.deepEqual(
    told.content.lines.map(line => line.open()),
    [`Distributors do not hear of ${C} early.`],
  )
})

test('without distributors there is nobody to tell', () => {
  const { status, text } = answered(YES, world({ stages: [USERS] }))
  assert.deepEqual([status, text.includes('no list of distributors')], ['E-POLICY', true])
  assert.equal(ALICE.name, 'alice')
})

test('show says what was decided, by whom and why', () => {
  const { text } = answered(`show ${C}`, after(NO, world()))
  assert.match(text, /^early disclosure: no, by alice, 2026-11-21T12:00Z\nwhy:\n\| Only admins are hit\.$/m)
})
