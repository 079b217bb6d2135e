// Statistics: what is counted, how long it took, and what may be told to everybody.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import { statisticsOf } from '../../../src/decide/time/statistics.ts'
import { statisticsText } from '../../../src/decide/time/statistics-text.ts'
import type { Case } from '../../../src/model/case.ts'
import { type Instant, later } from '../../../src/model/scalars.ts'
import { DAY, HOUR } from '../../../src/model/time.ts'
import { BARE_CLOCK, BARE_POLICY } from '../../support/bare-policy.ts'
import { ALICE, aCase, caseId, fresh, mail, NOW, settings, signedText, snapshot } from '../given.ts'

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

/** What may be published of so many cases a year, all published, the answer of each after so many hours. */
const published = (...years: readonly { year: number; hours: readonly number[]; rest?: Partial<Case> }[]) => {
  const some = years.flatMap(({ year, hours, rest = {} }, i) =>
    hours.map((one, j) => past(100 * i + j, (2026 - year) * 365 + j, one, { state: 'published', ...rest })),
  )
  return statisticsText(statisticsOf(some, ours, NOW, 'publishable'), 'publishable')
}
const times = (count: number, hours = 5) => Array.from({ length: count }, () => hours)

test('what may be published leaves out what is open, spam, and small numbers', () => {
  const [few] = statisticsOf(cases, ours, NOW, 'publishable')
  assert.equal(few?.all.cases, 3)
  const text = statisticsText(few === undefined ? [] : [few], 'publishable')
  assert.equal(text, 'widget: too few reports to tell of them')
  const told = published({ year: 2026, hours: [...times(19), 100] })
  assert.equal(
    told,
    [
      'widget',
      '2026: at least 20 reports (at least 20 published)',
      '  first words to the reporter: half in 1 day',
      '  public: half in 10 days',
      '  promise conversation: 95 % in time',
    ].join('\n'),
  )
  assert.match(published({ year: 2026, hours: times(50) }), /half in 1 day, 9 of 10 in 1 day$/m)
})

test('no single case is what lies between two figures that may be published', () => {
  const one = { year: 2026, hours: [100] }
  const before = published({ year: 2025, hours: times(6) })
  assert.equal(published({ year: 2025, hours: times(6) }, one), before)
  assert.equal(published({ year: 2025, hours: times(7) }), before)
  assert.match(
    published({ year: 2024, hours: times(3) }, { year: 2025, hours: times(2) }, one),
    /^2024 to 2025: /m,
  )
  const other = (rest: Partial<Case>) =>
    published({ year: 2025, hours: times(6) }, { year: 2025, hours: [5], rest })
  assert.equal(other({ state: 'rejected' }), before)
  // A duplicate may be one of a case that is secret.
  for (const state of ['duplicate', 'internal', 'spam', 'accepted'] as const) {
    assert.equal(other({ state }), before)
    assert.match(published({ year: 2025, hours: times(9), rest: { state } }), /no cases that may be told/)
  }
})

test('the answer that an admin passes on holds no count of all cases beside the text', () => {
  const facts = (line: string) => {
    const seen = { settings: ours, cases: new Map(cases.map(one => [one.id, one])) }
    const authored = signedText(`embargod acme\n${line}\n`, ALICE.fingerprint)
    const { mails } = decide(mail({ authored }), snapshot(seen), fresh)
    return mails.flatMap(({ content }) => (content.kind === 'transcript' ? content.results : []))[0]?.facts
  }
  assert.deepEqual([facts('stats'), facts('stats public')], [{ cases: 6 }, {}])
})
