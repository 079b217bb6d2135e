// What time brings about: who is reminded of what, when, once, and what happens to what was missed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timePassed, wakeAt } from '../../../src/decide/time/timed.ts'
import type { Case } from '../../../src/model/case.ts'
import { evolveCase } from '../../../src/model/case-evolution.ts'
import type { Policy } from '../../../src/model/policy.ts'
import { type Instant, later } from '../../../src/model/scalars.ts'
import { DAY, HOUR } from '../../../src/model/time.ts'
import { BARE_CLOCK, BARE_POLICY } from '../../support/bare-policy.ts'
import { ALICE, aCase, BOB, NOW, settings, snapshot } from '../given.ts'

const after = (milliseconds: number): Instant => later(NOW, milliseconds)
const policy: Policy = {
  ...BARE_POLICY,
  clocks: [{ ...BARE_CLOCK, within: { count: 4, unit: 'day' } }],
  embargo: { ...BARE_POLICY.embargo, maximum: { count: 100, unit: 'day' } },
}
const ours = settings({
  defaultPolicy: policy,
  projects: settings().projects.map(one => ({ ...one, policy })),
})

type Told = { readonly at: number; readonly to: readonly string[] }

/** Lives through the days until then, waking when it is said and at no other time. */
function live(theCase: Case, until: Instant): { readonly told: readonly Told[]; readonly theCase: Case } {
  const told: Told[] = []
  let now = theCase
  for (;;) {
    const at = wakeAt(now, ours)
    if (at === undefined || at > until) return { told, theCase: now }
    const decision = timePassed(now, snapshot({ now: at, settings: ours, cases: new Map([[now.id, now]]) }))
    assert.ok(decision !== undefined, 'woken for nothing')
    told.push({ at: at - NOW, to: decision.mails.map(({ to }) => to) })
    for (const event of decision.events) {
      assert.ok('case' in event && !('notice' in event))
      now = evolveCase(now, event)
    }
  }
}

const opened = (changes: Partial<Case> = {}): Case => aCase({ milestones: { received: NOW }, ...changes })
const team = [ALICE.address, BOB.address]

test('all admins hear of what is due a day before, then, and each day until somebody acts', () => {
  const { told } = live(opened(), after(6 * DAY))
  assert.deepEqual(
    told,
    [3, 4, 5, 6].map(day => ({ at: day * DAY, to: team })),
  )
})

test('before it is due only the lead hears of it', () => {
  const { told } = live(opened({ lead: 'alice', state: 'triaged' }), after(4 * DAY))
  assert.deepEqual(told, [
    { at: 3 * DAY, to: [ALICE.address] },
    { at: 4 * DAY, to: team },
  ])
})

test('nobody hears of what was met', () => {
  const milestones = { received: NOW, conversation: after(HOUR) }
  assert.deepEqual(live(opened({ milestones }), after(50 * DAY)).told, [])
})

test('what was missed is told once, and not caught up on', () => {
  const theCase = opened()
  const late = snapshot({
    now: after(9 * DAY + HOUR),
    settings: ours,
    cases: new Map([[theCase.id, theCase]]),
  })
  const decision = timePassed(theCase, late)
  assert.deepEqual(
    decision?.mails.map(({ to }) => to),
    team,
  )
  const [event] = decision?.events ?? []
  assert.ok(event !== undefined && 'case' in event && !('notice' in event))
  const next = evolveCase(theCase, event)
  assert.equal(wakeAt(next, ours), after(10 * DAY))
  assert.equal(timePassed(next, late), undefined)
})

test('reminders are no change by people: a plan that waits stays valid', async () => {
  const { changesByPeople } = await import('../../../src/model/case.ts')
  const before = opened()
  const { theCase } = live(before, after(6 * DAY))
  assert.equal(theCase.revision, before.revision + 4)
  assert.equal(changesByPeople(theCase), changesByPeople(before))
})
