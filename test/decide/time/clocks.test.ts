// Clocks: when each runs, until when, and what moves or ends it, whatever policy they are of.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clocksOf, embargoOf } from '../../../src/decide/time/clocks.ts'
import type { Case } from '../../../src/model/case.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import type { Clock, Policy } from '../../../src/model/policy.ts'
import { type Instant, later } from '../../../src/model/scalars.ts'
import { DAY, HOUR } from '../../../src/model/time.ts'
import { BARE_CLOCK, BARE_POLICY } from '../../support/bare-policy.ts'
import { aCase, NOW } from '../given.ts'

const after = (milliseconds: number): Instant => later(NOW, milliseconds)
const received = { received: NOW }
const days = (count: number) => ({ count, unit: 'day' }) as const
const within24h: Partial<Clock> = { until: 'fix-ready', within: { count: 24, unit: 'hour' } }
const severe = { version: '3.1', vector: 'CVSS:3.1', score: 9.8 } as const
const since = (at: Instant) => ({ at, url: plaintext('https://example.org/') })

type Row = readonly [
  name: string,
  Partial<Clock>,
  Partial<Case>,
  Partial<Policy>,
  state: string,
  due?: number,
]

const rows: readonly Row[] = [
  ['from the report on', {}, {}, {}, 'running', 4 * DAY],
  [
    'three business days, over a weekend',
    { within: { count: 3, unit: 'business-day' } },
    {},
    {},
    'running',
    4 * DAY,
  ],
  [
    'once what it counts from has happened',
    { start: 'accepted', within: days(3) },
    { milestones: { ...received, accepted: after(DAY) } },
    {},
    'running',
    4 * DAY,
  ],
  ['not before what it counts from', { start: 'accepted' }, {}, {}, 'waiting'],
  ['until what ends it', {}, { milestones: { ...received, conversation: after(HOUR) } }, {}, 'met', 4 * DAY],
  ['not of a case that is over', {}, { state: 'rejected' }, {}, 'over'],
  [
    'where its condition holds',
    { ...within24h, when: { severity: { atLeast: 9, below: undefined }, tags: [], mitigation: undefined } },
    { severity: severe },
    {},
    'running',
    DAY,
  ],
  [
    'not while the severity is unknown',
    { ...within24h, when: { severity: { atLeast: undefined, below: 4 }, tags: [], mitigation: undefined } },
    {},
    {},
    'elsewhere',
  ],
  [
    'not without one of its tags',
    { when: { severity: undefined, tags: ['remote'], mitigation: undefined } },
    { tags: ['local'] },
    {},
    'elsewhere',
  ],
  [
    'where users can help themselves',
    { ...within24h, when: { severity: undefined, tags: [], mitigation: 'straightforward' } },
    { mitigation: 'straightforward' },
    {},
    'running',
    DAY,
  ],
  [
    'slowed down, if it yields to that',
    { ...within24h, yields: ['slow'] },
    { slowed: { at: NOW, reason: plaintext('holidays') } },
    {},
    'slowed',
  ],
  [
    'not slowed down, if it does not',
    within24h,
    { slowed: { at: NOW, reason: plaintext('holidays') } },
    {},
    'running',
    DAY,
  ],
  [
    'as long as upstream needs, if it yields to that',
    { ...within24h, yields: ['upstream'] },
    { upstream: [{ name: plaintext('libfoo'), instant: after(5 * DAY) }] },
    {},
    'running',
    5 * DAY,
  ],
  [
    'no longer for upstream, if it does not',
    within24h,
    { upstream: [{ name: plaintext('libfoo'), instant: after(5 * DAY) }] },
    {},
    'running',
    DAY,
  ],
  [
    'at once when it is public and all becomes ASAP',
    within24h,
    { public: since(after(HOUR)) },
    { public: { effect: 'all-asap' } },
    'running',
    HOUR,
  ],
  [
    'as before when it is public and that changes nothing',
    within24h,
    { public: since(after(HOUR)) },
    {},
    'running',
    DAY,
  ],
  [
    'for a fix team once all have access',
    { start: 'fix-team', ...within24h },
    { fixTeam: [] },
    {},
    'waiting',
  ],
]

for (const [name, clock, theCase, policy, state, due] of rows)
  test(`a clock runs ${name}`, () => {
    const its: Policy = {
      ...BARE_POLICY,
      ...policy,
      clocks: [{ ...BARE_CLOCK, within: days(4), until: 'conversation', ...clock }],
    }
    const [running] = clocksOf(aCase({ milestones: received, ...theCase }), its)
    assert.equal(running?.state, state)
    const dueAt = running !== undefined && 'dueAt' in running ? running.dueAt - NOW : undefined
    assert.equal(dueAt, due)
  })

test('the embargo ends as agreed, and else when the policy says', () => {
  const theCase = aCase({ milestones: received })
  const maximum = after(21 * DAY)
  assert.deepEqual(embargoOf(theCase, BARE_POLICY), { maximum, dueAt: maximum })
  const agreed = aCase({ milestones: received, embargo: { state: 'active', disclose: after(DAY) } })
  assert.deepEqual(embargoOf(agreed, BARE_POLICY), { maximum, dueAt: after(DAY) })
  const longer = aCase({ milestones: received, extended: { until: after(30 * DAY), reason: plaintext('x') } })
  assert.deepEqual(embargoOf(longer, BARE_POLICY), { maximum: after(30 * DAY), dueAt: after(30 * DAY) })
  const known = { ...BARE_POLICY, public: { effect: 'disclose-now' } } as const
  assert.equal(
    embargoOf(aCase({ milestones: received, public: since(after(HOUR)) }), known)?.dueAt,
    after(HOUR),
  )
  // A date that came with the word that it is public was set by somebody who knew.
  const set = { at: after(HOUR), why: plaintext('x') }
  const chosen = { state: 'active', disclose: after(DAY), set } as const
  assert.equal(
    embargoOf(aCase({ milestones: received, public: since(after(HOUR)), embargo: chosen }), known)?.dueAt,
    after(DAY),
  )
  assert.equal(embargoOf(aCase({ milestones: received, state: 'closed' }), BARE_POLICY), undefined)
})
