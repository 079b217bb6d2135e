// Deadlines as a reader of a policy counts them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dueAt } from '../../src/model/calendar.ts'
import type { Calendar, Span } from '../../src/model/policy.ts'
import { type Instant, instant } from '../../src/model/scalars.ts'

const berlin: Calendar = {
  zone: 'Europe/Berlin',
  weekend: [6, 7],
  holidays: ['2026-12-25', '2026-12-26', '2027-01-01'],
}

const local = (text: string, zone = berlin.zone): Instant =>
  instant(Temporal.ZonedDateTime.from(`${text}[${zone}]`).epochMilliseconds)

const shown = (at: Instant, zone = berlin.zone): string =>
  Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' })

const cases: readonly (readonly [
  why: string,
  start: string,
  count: number,
  unit: Span['unit'],
  due: string,
])[] = [
  ['three business days from a Monday', '2026-12-07T10:00', 3, 'business-day', '2026-12-10T10:00'],
  ['the weekend is skipped', '2026-12-11T17:00', 3, 'business-day', '2026-12-16T17:00'],
  ['a report of Saturday counts from Monday', '2026-12-12T17:00', 3, 'business-day', '2026-12-16T17:00'],
  ['a report of Sunday counts from Monday too', '2026-12-13T09:00', 1, 'business-day', '2026-12-14T09:00'],
  ['a holiday is skipped', '2026-12-23T12:00', 2, 'business-day', '2026-12-28T12:00'],
  [
    'a report on a holiday counts from the next day',
    '2026-12-25T08:00',
    1,
    'business-day',
    '2026-12-28T08:00',
  ],
  ['fourteen business days over new year', '2026-12-21T12:00', 14, 'business-day', '2027-01-12T12:00'],
  ['a day keeps its local time when summer time begins', '2026-03-28T12:00', 1, 'day', '2026-03-29T12:00'],
  ['a day keeps its local time when summer time ends', '2026-10-24T12:00', 1, 'day', '2026-10-25T12:00'],
  ['a time the zone skips moves on by the gap', '2026-03-28T02:30', 1, 'day', '2026-03-29T03:30'],
  ['business days over the end of summer time', '2026-10-23T16:00', 1, 'business-day', '2026-10-26T16:00'],
  ['hours are exact when summer time begins', '2026-03-28T12:00', 24, 'hour', '2026-03-29T13:00'],
  ['hours are exact when summer time ends', '2026-10-24T12:00', 24, 'hour', '2026-10-25T11:00'],
  ['minutes', '2026-12-31T23:50', 20, 'minute', '2027-01-01T00:10'],
]

for (const [why, start, count, unit, due] of cases)
  test(why, () => {
    assert.equal(shown(dueAt(local(start), { count, unit }, berlin)), due)
  })

test('which day it is, the zone of the calendar says', () => {
  const pacific: Calendar = { zone: 'America/Los_Angeles', weekend: [6, 7], holidays: [] }
  const fridayEvening = local('2026-12-11T20:00', pacific.zone)
  const due = dueAt(fridayEvening, { count: 1, unit: 'business-day' }, pacific)
  assert.equal(shown(due, pacific.zone), '2026-12-14T20:00')
  assert.equal(shown(due), '2026-12-15T05:00')
})

test('a calendar without business days is refused instead of counted for ever', () => {
  const never: Calendar = { ...berlin, weekend: [1, 2, 3, 4, 5, 6, 7] }
  assert.throws(() => dueAt(local('2026-12-07T10:00'), { count: 1, unit: 'business-day' }, never), RangeError)
})

test('the longest time that a profile can name ends, one day a week and however many of those are holidays', () => {
  const mondays = Array.from({ length: 200 }, (_, week) =>
    Temporal.PlainDate.from('2026-12-07').add({ weeks: week }).toString(),
  )
  const hardly: Calendar = { ...berlin, weekend: [2, 3, 4, 5, 6, 7], holidays: mondays }
  const due = dueAt(local('2026-12-06T10:00'), { count: 500, unit: 'business-day' }, hardly)
  assert.equal(shown(due), `${Temporal.PlainDate.from('2026-12-07').add({ weeks: 699 })}T10:00`)
})

test('business days never come before the same number of days, and always end on one', () => {
  for (let day = 0; day < 400; day++) {
    const start = instant(local('2026-01-01T18:00') + day * 86_400_000)
    const business = dueAt(start, { count: 3, unit: 'business-day' }, berlin)
    assert.ok(business >= dueAt(start, { count: 3, unit: 'day' }, berlin))
    const end = Temporal.Instant.fromEpochMilliseconds(business).toZonedDateTimeISO(berlin.zone)
    assert.ok(end.dayOfWeek < 6 && !berlin.holidays.includes(end.toPlainDate().toString()))
  }
})
