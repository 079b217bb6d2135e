// What is foreseen: the same mails at the same instants as the daemon's, of one case or all, and no more than asked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Foreseen } from '../../../src/decide/time/foreseen.ts'
import { foresee } from '../../../src/decide/time/simulation.ts'
import type { Policy } from '../../../src/model/policy.ts'
import { type Instant, later } from '../../../src/model/scalars.ts'
import { DAY, HOUR } from '../../../src/model/time.ts'
import { BARE_CLOCK, BARE_POLICY } from '../../support/bare-policy.ts'
import { ALICE, aCase, aNotice, BOB, caseId, NOW, noticeId, settings, snapshot } from '../given.ts'
import { C, resultOf, sent } from '../sent.ts'

const MOST = 1_000
const after = (milliseconds: number): Instant => later(NOW, milliseconds)
const policy: Policy = {
  ...BARE_POLICY,
  clocks: [{ ...BARE_CLOCK, within: { count: 4, unit: 'day' } }],
  embargo: { ...BARE_POLICY.embargo, maximum: { count: 100, unit: 'day' } },
}
const ours = settings({ projects: settings().projects.map(one => ({ ...one, policy })) })
const one = aCase({ milestones: { received: NOW } })
const two = aCase({ ...one, id: caseId('482108'), milestones: { received: after(-DAY) } })
const cases = new Map([one, two].map(theCase => [theCase.id, theCase]))
const known = snapshot({ settings: ours, cases })

const said = ({ mails }: Foreseen) =>
  mails.map(({ at, order }) => `${(at - NOW) / HOUR} ${order.content.kind} ${order.case} ${order.to}`)

test('all that goes out is told in the order in which it goes, to the last second', () => {
  const both = [ALICE.address, BOB.address]
  const expected = [
    ...both.map(to => `48 reminder C-482108 ${to}`),
    ...both.flatMap(to => `72 reminder C-482107 ${to}`),
    ...both.flatMap(to => `72 reminder C-482108 ${to}`),
  ]
  const foreseen = foresee(known, after(3 * DAY), MOST)
  assert.deepEqual(said(foreseen), expected)
  assert.equal(foreseen.reached, 'end')
  assert.deepEqual(said(foresee(known, after(3 * DAY - 1), MOST)), expected.slice(0, 2))
})

test('of one case nothing is told of another', () => {
  const only = said(foresee(known, after(3 * DAY), MOST, caseId('482107')))
  assert.deepEqual(only, [`72 reminder C-482107 ${ALICE.address}`, `72 reminder C-482107 ${BOB.address}`])
})

test('what is late goes now, once', () => {
  const late = { ...known, now: after(9 * DAY + HOUR) }
  assert.deepEqual(
    foresee(late, after(10 * DAY - 1), MOST).mails.map(({ at, order }) => [at, order.case]),
    [two, two, one, one].map(({ id }) => [late.now, id]),
  )
})

test('a scheduled notice goes to each contact of its project at its instant; one that is far too late is held', () => {
  const notices = (sendAt: Instant) => new Map([[noticeId('300001'), aNotice({ sendAt })]])
  const soon = { ...known, cases: new Map([[one.id, one]]), notices: notices(after(HOUR)) }
  assert.deepEqual(said(foresee(soon, after(DAY), MOST)), [
    '1 notice C-482107 oncall@one.example',
    '1 notice C-482107 oncall@two.example',
  ])
  assert.equal(foresee({ ...soon, cases: new Map() }, after(DAY), MOST).mails.length, 2, 'of an ended case')
  const missed = { ...soon, notices: notices(after(-2 * HOUR)) }
  const [alert] = foresee(missed, after(DAY), MOST).mails
  assert.deepEqual(alert?.order.content, {
    kind: 'alert',
    alert: { kind: 'notice-held', notice: 'N-300001', why: 'late' },
  })
})

test('it looks no further than a bound, and says so', () => {
  const hourly: Policy = {
    ...policy,
    clocks: policy.clocks.map(clock => ({
      ...clock,
      nags: { ...clock.nags, every: { count: 1, unit: 'minute' } },
    })),
  }
  const busy = {
    ...known,
    settings: settings({ projects: ours.projects.map(p => ({ ...p, policy: hourly })) }),
  }
  const foreseen = foresee(busy, after(365 * DAY), MOST)
  assert.equal(foreseen.reached, 'too-much')
  assert.ok(foreseen.until < after(10 * DAY))
})

test('the verb answers with counts and lines, and refuses what it cannot look at', () => {
  const answer = resultOf(sent('simulate until=2027-01-21T12:00Z', { milestones: { received: NOW } }))
  assert.equal(answer.status, 'ok')
  assert.match(answer.text, /^Until 2027-01-21T12:00Z, \d+ mails go out by themselves\.\nThis assumes/)
  assert.match(answer.text, /^2026-12-12T12:00Z {2}reminder C-482107 {2}to alice@team\.example, bob@/m)
  for (const [line, expected] of [
    ['simulate', /until= is missing; send: simulate/],
    ['simulate until=2026-12-09', /lacks time and zone/],
    ['simulate until=2026-11-21T11:00Z', /is past/],
    ['simulate until=2029-11-21T11:00Z', /more than a year away/],
    ['simulate until=2026-12-09T11:00Z case=C-999999', /There is no case C-999999/],
    ['simulate until=2026-12-09T11:00Z case=x', /"x" is not a case/],
  ] as const)
    assert.match(resultOf(sent(line)).text, expected, line)
  assert.equal(sent(`simulate until=2027-01-21T12:00Z case=${C}`).events.length, 0)
})
