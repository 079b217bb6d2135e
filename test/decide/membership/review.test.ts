// What time brings about for a request to join: reminders of its decision, a word to whoever made it, the weekly list.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { nextWeekly } from '../../../src/decide/time/review.ts'
import { Simulation } from '../../../src/decide/time/simulation.ts'
import type { Application } from '../../../src/model/application.ts'
import type { Content } from '../../../src/model/order.ts'
import { type Instant, instant, later, parseApplicationId } from '../../../src/model/scalars.ts'
import { DAY, MINUTE } from '../../../src/model/time.ts'
import { address, NOW, sure } from '../given.ts'
import { A, member, type Rules, request, ruled, vouchOf, withRequest, world } from './joining.ts'

const at = (iso: string): Instant => instant(Temporal.Instant.from(iso).epochMilliseconds)

/** Besides, time asks members to accept terms anew, and an applicant for what is missing. */
const OF_THE_DECISION: readonly Content['kind'][] = [
  'application-review',
  'application-standing',
  'applications-pending',
]

/** What goes out until then: when, to whom, which mail. NOW is Saturday, 2026-11-21, 12:00 UTC. */
function mailsUntil(rules: Rules, until: Instant, all: readonly Application[] = [request()]) {
  const start = world({ settings: ruled(rules), applications: new Map(all.map(one => [one.id, one])) })
  const simulation = new Simulation({ ...start, cases: new Map() })
  const mails: string[] = []
  for (let next = simulation.next(); next !== undefined && next <= until; next = simulation.next())
    for (const { at: then, order } of simulation.step()) {
      const { content } = order
      if (!OF_THE_DECISION.includes(content.kind)) continue
      const what = content.kind === 'application-review' ? content.occasion : content.kind
      const which =
        content.kind === 'applications-pending'
          ? ` ${content.pending.map(({ application }) => application.id).join()}`
          : ''
      const day = new Date(then).toISOString().slice(5, 16)
      mails.push(`${day} ${order.to.split('@')[0]} ${what}${which}`)
    }
  return mails
}

test('the team is reminded the day before, at the instant, and each business day after; the applicant at the instant', () => {
  const received = { receivedAt: at('2026-11-16T12:00Z') }
  const rules = { review: { within: { count: 7, unit: 'day' } as const } }
  const mails = mailsUntil(rules, at('2026-11-25T23:00Z'), [request(received)])
  const both = (line: string) => [line.replace('*', 'alice'), line.replace('*', 'bob')]
  assert.deepEqual(mails, [
    ...both('11-21T12:00 * due-soon'),
    ...both('11-23T12:00 * due'),
    '11-23T12:00 ann application-standing',
    ...both('11-24T12:00 * overdue'),
    ...both('11-25T12:00 * overdue'),
  ])
})

test('who proved their address hears again when the time they were told is over, who did not does not', () => {
  const rules = { review: { within: { count: 7, unit: 'day' } as const } }
  const told = (changes: Partial<Application>) =>
    mailsUntil(rules, later(NOW, 30 * DAY), [request(changes)]).filter(line => line.includes(' ann '))
  assert.deepEqual(
    told({}).map(line => line.slice(0, 5)),
    ['11-27', '12-04', '12-11', '12-18'],
  )
  assert.equal(told({ proven: undefined }).length, 1)
})

test('nobody is reminded where the policy names no time, or once it is decided', () => {
  assert.deepEqual(mailsUntil({}, later(NOW, 90 * DAY)), [])
  const rules = { review: { within: { count: 7, unit: 'day' } as const, weekly: 1 } }
  assert.deepEqual(mailsUntil(rules, later(NOW, 90 * DAY), [request({ state: 'declined' })]), [])
})

suite('the weekly list', () => {
  const B = sure(parseApplicationId('A-880001'))
  const older = request({ id: B, receivedAt: later(NOW, -4 * DAY), address: address('bea@vendor.example') })

  test('is one mail to each admin for all that wait, the oldest first, and none where none does', () => {
    assert.deepEqual(mailsUntil({ review: { weekly: 1 } }, at('2026-12-01T00:00Z'), [request(), older]), [
      `11-23T09:00 alice applications-pending ${B},${A}`,
      `11-23T09:00 bob applications-pending ${B},${A}`,
      `11-30T09:00 alice applications-pending ${B},${A}`,
      `11-30T09:00 bob applications-pending ${B},${A}`,
    ])
    assert.deepEqual(mailsUntil({ review: { weekly: 1 } }, at('2026-12-01T00:00Z'), []), [])
  })

  test('holds so many, and those beyond bring no list of their own', () => {
    const all = Array.from({ length: 250 }, (_, n) =>
      request({
        id: sure(parseApplicationId(`A-${880_000 + n}`)),
        receivedAt: later(NOW, -n * MINUTE),
        address: address(`a${n}@vendor.example`),
      }),
    )
    const mails = mailsUntil({ review: { weekly: 1 } }, at('2026-11-24T00:00Z'), all)
    assert.deepEqual(
      mails.map(line => [line.slice(0, 17), line.split(',').length]),
      [
        ['11-23T09:00 alice', 200],
        ['11-23T09:00 bob a', 200],
      ],
    )
  })

  test('says what each lacks, by the vouches that count today', () => {
    const start = world({
      settings: ruled({ review: { weekly: 1 } }),
      contacts: [member('1', { state: 'suspended' })],
      ...withRequest({ vouches: [vouchOf('1')] }),
    })
    const [mail] = new Simulation({ ...start, cases: new Map() }).step()
    assert.equal(mail?.order.content.kind, 'applications-pending')
    assert.deepEqual(mail.order.content.pending[0]?.lacks, [{ kind: 'vouches', given: 0, needed: 1 }])
  })

  test('that was missed holds all that wait, too, and is made up for once', () => {
    const late = { ...older, receivedAt: later(NOW, -9 * DAY) }
    assert.deepEqual(mailsUntil({ review: { weekly: 1 } }, at('2026-11-24T00:00Z'), [request(), late]), [
      `11-21T12:00 alice applications-pending ${B},${A}`,
      `11-21T12:00 bob applications-pending ${B},${A}`,
      `11-23T09:00 alice applications-pending ${B},${A}`,
      `11-23T09:00 bob applications-pending ${B},${A}`,
    ])
  })

  const calendar = (zone: string) => ({ zone, weekend: [6, 7], holidays: [] })
  const rows: readonly [string, number, string, string][] = [
    ['2026-11-21T12:00Z', 1, 'UTC', '2026-11-23T09:00Z'],
    ['2026-11-23T08:59Z', 1, 'UTC', '2026-11-23T09:00Z'],
    ['2026-11-23T09:00Z', 1, 'UTC', '2026-11-30T09:00Z'],
    ['2026-11-21T12:00Z', 7, 'UTC', '2026-11-22T09:00Z'],
    // Monday morning in Tokyo is still Sunday in UTC, and in Los Angeles the clocks go back on 1 November.
    ['2026-11-21T12:00Z', 1, 'Asia/Tokyo', '2026-11-23T00:00Z'],
    ['2026-10-31T12:00Z', 7, 'America/Los_Angeles', '2026-11-01T17:00Z'],
    ['2026-10-24T16:00Z', 6, 'America/Los_Angeles', '2026-10-31T16:00Z'],
  ]
  for (const [after, weekday, zone, expected] of rows)
    test(`after ${after} comes on weekday ${weekday} in ${zone} at ${expected}`, () => {
      assert.equal(nextWeekly(at(after), weekday, calendar(zone)), at(expected))
    })
})

test('what was missed while nothing ran is caught up on once', () => {
  const rules = { review: { within: { count: 7, unit: 'day' } as const, weekly: 1 } }
  const late = mailsUntil(rules, NOW, [request({ receivedAt: later(NOW, -60 * DAY) })])
  assert.deepEqual(
    late.map(line => line.slice(12)),
    [
      'alice overdue',
      'bob overdue',
      'ann application-standing',
      `alice applications-pending ${A}`,
      `bob applications-pending ${A}`,
    ],
  )
})
