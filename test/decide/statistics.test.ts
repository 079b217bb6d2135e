// Statistics: what is counted, how long it took, and what may be told to everybody.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { statisticsOf } from '../../src/decide/statistics.ts'
import { statisticsText } from '../../src/decide/statistics-text.ts'
import type { Case } from '../../src/model/case.ts'
import { type Instant, later } from '../../src/model/scalars.ts'
import { DAY, HOUR } from '../../src/model/time.ts'
import { BARE_CLOCK, BARE_POLICY } from '../support/bare-policy.ts'
import { aCase, caseId, NOW, settings } from './given.ts'

const policy = { ...BARE_POLICY, clocks: [{ ...BARE_CLOCK, within: { count: 2, unit: 'day' } as const }] }
const ours = settings({
  defaultPolicy: policy,
  projects: settings().projects.map(one => ({ ...one, policy })),
})

/** A case of so many days ago, answered after so many hours. */
const past = (number: number, daysAgo: number, hours: number | undefined, rest: Partial<Case> = {}): Case => {
  const receivedAt = later(NOW, -daysAgo * DAY)
  const milestones: Record<string, Instant> = { received: receivedAt }
  if (hours !== undefined) milestones['conversation'] = later(receivedAt, hours * HOUR)
  if (rest.state === 'published') milestones['published'] = later(receivedAt, 10 * DAY)
  return aCase({ id: caseId(String(100_000 + number)), receivedAt, milestones, ...rest })
}

// NOW is 2026-11-21T12:00Z.
const cases = [
  past(1, 1, undefined),
  past(2, 5, undefined),
  past(3, 30, 10, { state: 'published' }),
  past(4, 31, 20, { state: 'published' }),
  past(5, 32, 60, { state: 'rejected' }),
  past(6, 33, undefined, { state: 'spam' }),
]

test('cases are counted by month of arrival, and what became of them', () => {
  const [only, second] = statisticsOf(cases, ours, NOW, 'all')
  assert.equal(second, undefined)
  assert.deepEqual(only?.all.outcomes, { new: 2, published: 2, rejected: 1, spam: 1 })
  assert.deepEqual(
    only?.periods.map(({ period, figures }) => [period, figures.cases, figures.open]),
    [
      ['2026-10', 4, 2],
      ['2026-11', 2, 2],
    ],
  )
})

test('the middle, nine in ten and the longest are told of each span', () => {
  const [only] = statisticsOf(cases, ours, NOW, 'all')
  const hours = (count: number) => count * HOUR
  assert.deepEqual(only?.all.spans.conversation, {
    cases: 3,
    median: hours(20),
    ninth: hours(60),
    longest: hours(60),
  })
  assert.equal(only?.all.spans.embargo?.median, 10 * DAY)
  assert.equal(only?.all.spans.plan, undefined)
})

test('a promise was kept, kept late, is overdue or runs', () => {
  const [only] = statisticsOf(cases, ours, NOW, 'all')
  assert.deepEqual(only?.all.clocks, [
    { name: 'conversation', kind: 'promise', inTime: 2, late: 1, overdue: 1, running: 1 },
  ])
  const text = statisticsText(only === undefined ? [] : [only], 'all')
  assert.match(text, /promise conversation: 2 in time, 1 late, 1 OVERDUE, 1 running/)
})

test('what may be published leaves out what is open, spam, and small numbers', () => {
  const [few] = statisticsOf(cases, ours, NOW, 'publishable')
  assert.equal(few?.all.cases, 3)
  const text = statisticsText(few === undefined ? [] : [few], 'publishable')
  assert.equal(text, 'widget: fewer than 5 reports\n2026: fewer than 5 reports')
  const many = Array.from({ length: 20 }, (_, i) => past(i, 20 + i, i < 19 ? 5 : 100, { state: 'published' }))
  const told = statisticsText(statisticsOf(many, ours, NOW, 'publishable'), 'publishable')
  assert.match(told, /^widget: 20 reports \(20 published\)$/m)
  assert.match(told, /first words to the reporter: half in 1 day, 9 of 10 in 1 day$/m)
  assert.match(told, /promise conversation: 95 % in time/)
  assert.doesNotMatch(told, /longest|C-|OVERDUE| h\b/)
})
