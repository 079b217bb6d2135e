// When people are reminded: each instant once, by the days of the calendar's zone, and after a pause the newest alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dueReminder, nextReminder, type Target } from '../../src/model/reminder.ts'
import { type Instant, instant } from '../../src/model/scalars.ts'

const at = (text: string): Instant => instant(Temporal.Instant.from(text).epochMilliseconds)
const berlin = { zone: 'Europe/Berlin', weekend: [6, 7], holidays: [] }
const day = { count: 1, unit: 'day' } as const
const hour = { count: 1, unit: 'hour' } as const

/** Every reminder up to `end`, each taken as told before the next is asked for. */
function lived(target: Target, end: Instant): readonly string[] {
  const told: string[] = []
  let reminded: { readonly due: Instant; readonly upTo: Instant } | undefined
  for (;;) {
    const next = nextReminder(target, reminded, berlin)
    if (next === undefined || next > end) return told
    assert.equal(dueReminder(target, reminded, next, berlin), next)
    reminded = { due: target.due, upTo: next }
    assert.equal(dueReminder(target, reminded, next, berlin), undefined)
    told.push(Temporal.Instant.fromEpochMilliseconds(next).toString())
  }
}

test('days keep the local time over a change to summer time and back', () => {
  const spring = { about: 'x', from: at('2027-01-01T00:00Z'), before: [day, hour], every: day }
  assert.deepEqual(lived({ ...spring, due: at('2027-03-29T07:00Z') }, at('2027-03-30T12:00Z')), [
    '2027-03-28T07:00:00Z',
    '2027-03-29T06:00:00Z',
    '2027-03-29T07:00:00Z',
    '2027-03-30T07:00:00Z',
  ])
  const autumn = { ...spring, before: [{ count: 2, unit: 'day' } as const] }
  assert.deepEqual(lived({ ...autumn, due: at('2027-11-01T08:00Z') }, at('2027-11-02T12:00Z')), [
    '2027-10-30T07:00:00Z',
    '2027-11-01T08:00:00Z',
    '2027-11-02T08:00:00Z',
  ])
})

test('a time that the night leaves out, and one that it has twice, are reminded of once', () => {
  const target = { about: 'x', from: at('2027-01-01T00:00Z'), before: [], every: day }
  assert.deepEqual(lived({ ...target, due: at('2027-03-27T01:30Z') }, at('2027-03-29T12:00Z')), [
    '2027-03-27T01:30:00Z',
    '2027-03-28T01:30:00Z',
    '2027-03-29T00:30:00Z',
  ])
  const twice = lived({ ...target, due: at('2027-10-30T00:30Z') }, at('2027-11-01T12:00Z'))
  assert.equal(new Set(twice).size, 3)
})

test('after a pause the newest is told, and those before it never', () => {
  const target = {
    about: 'x',
    due: at('2027-05-03T10:00Z'),
    from: at('2027-04-01T00:00Z'),
    before: [day],
    every: day,
  }
  const late = dueReminder(target, undefined, at('2027-05-10T10:30Z'), berlin)
  assert.equal(late, at('2027-05-10T10:00Z'))
  const reminded = { due: target.due, upTo: at('2027-05-10T10:00Z') }
  assert.equal(nextReminder(target, reminded, berlin), at('2027-05-11T10:00Z'))
})

test('another due time begins anew', () => {
  const target = {
    about: 'x',
    due: at('2027-05-03T10:00Z'),
    from: at('2027-04-01T00:00Z'),
    before: [day],
    every: day,
  }
  const reminded = { due: target.due, upTo: at('2027-05-05T10:00Z') }
  const moved = { ...target, due: at('2027-05-20T10:00Z') }
  assert.equal(nextReminder(moved, reminded, berlin), at('2027-05-19T10:00Z'))
})

test('after a pause of any length one is told, and the next lies ahead, however often they come', () => {
  const due = at('2026-05-03T10:00Z')
  for (const every of [{ count: 1, unit: 'minute' }, { count: 7, unit: 'hour' }, day] as const) {
    const target = { about: 'x', due, from: at('2026-04-01T00:00Z'), before: [day], every }
    for (const reminded of [undefined, { due, upTo: due }]) {
      const now = at('2036-05-03T10:00:30Z')
      const late = dueReminder(target, reminded, now, berlin)
      assert.ok(late !== undefined && late <= now)
      assert.ok(nextReminder(target, { due, upTo: late }, berlin) > now)
      assert.equal(dueReminder(target, { due, upTo: late }, now, berlin), undefined)
    }
  }
})
