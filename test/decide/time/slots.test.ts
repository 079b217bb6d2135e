// When a disclosure may happen: which instants are good ones, why others are not, and which good ones are near.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { faultSentence, nearestSlots, slotFault } from '../../../src/decide/time/slots.ts'
import type { Calendar, Policy, Slots } from '../../../src/model/policy.ts'
import { type Instant, instant } from '../../../src/model/scalars.ts'
import { DAY, formatInstant, HOUR, MINUTE } from '../../../src/model/time.ts'
import { BARE_POLICY } from '../../support/bare-policy.ts'

const SLOTS: Slots = {
  hours: { from: '14:00', to: '17:00' },
  weekdays: [1, 2, 3, 4],
  blackout: [{ from: '2026-12-21', to: '2027-01-03', why: 'the turn of the year' }],
  holidays: 'avoided',
}
const policy = (slots: Partial<Slots> | undefined, calendar: Partial<Calendar> = {}): Policy => ({
  ...BARE_POLICY,
  calendar: { zone: 'Europe/Berlin', weekend: [6, 7], holidays: ['2026-12-08'], ...calendar },
  slots: slots && { ...SLOTS, ...slots },
})
const at = (text: string): Instant => instant(Temporal.Instant.from(text).epochMilliseconds)

const judged: readonly (readonly [
  when: string,
  slots: Partial<Slots> | undefined,
  fault: string | undefined,
])[] = [
  ['2026-12-09T14:30Z', {}, undefined],
  ['2026-12-09T13:00Z', {}, undefined],
  ['2026-12-09T12:59:59Z', {}, 'early'],
  ['2026-12-09T15:59:59Z', {}, undefined],
  ['2026-12-09T16:00Z', {}, 'late'],
  ['2026-12-11T14:30Z', {}, 'weekday'],
  ['2026-12-12T14:30Z', {}, 'weekday'],
  ['2026-12-08T14:30Z', {}, 'holiday'],
  ['2026-12-08T14:30Z', { holidays: 'allowed' }, undefined],
  ['2026-12-20T22:59Z', { hours: undefined, weekdays: [7] }, undefined],
  // Monday has begun in Berlin.
  ['2026-12-20T23:00Z', { hours: undefined, weekdays: [7] }, 'blackout'],
  ['2027-01-03T22:59Z', { hours: undefined }, 'blackout'],
  ['2027-01-03T23:00Z', { hours: undefined }, undefined],
  ['2026-12-09T22:59Z', { hours: { from: '20:00', to: '24:00' } }, undefined],
  ['2026-12-12T03:00Z', undefined, undefined],
]

suite('an instant is judged by what clocks show in the zone of the calendar', () => {
  for (const [when, slots, fault] of judged)
    test(`${when} → ${fault ?? 'good'}`, () => assert.equal(slotFault(at(when), policy(slots))?.kind, fault))

  // 14:00 is 13:00Z in winter and 12:00Z in summer; in New York summer begins three weeks earlier.
  for (const [zone, when, fault] of [
    ['Europe/Berlin', '2027-03-25T13:00Z', undefined],
    ['Europe/Berlin', '2027-03-25T12:00Z', 'early'],
    ['Europe/Berlin', '2027-03-29T12:00Z', undefined],
    ['Europe/Berlin', '2027-03-29T15:00Z', 'late'],
    ['Europe/Berlin', '2026-10-22T12:00Z', undefined],
    ['Europe/Berlin', '2026-10-26T12:00Z', 'early'],
    ['America/New_York', '2027-03-11T18:00Z', 'early'],
    ['America/New_York', '2027-03-11T19:00Z', undefined],
    ['America/New_York', '2027-03-15T18:00Z', undefined],
    ['America/New_York', '2026-10-29T18:00Z', undefined],
    ['America/New_York', '2026-11-02T18:00Z', 'early'],
  ] as const)
    test(`on either side of a change of the clocks: ${zone} ${when} → ${fault ?? 'good'}`, () =>
      assert.equal(slotFault(at(when), policy({}, { zone }))?.kind, fault))
})

const NOVEMBER = at('2026-11-21T12:00Z')
type Near = readonly [
  name: string,
  when: string,
  slots: Partial<Slots> | undefined,
  near: readonly string[],
  within?: { readonly after?: string; readonly until?: string; readonly zone?: string },
]

const nearby: readonly Near[] = [
  [
    'from a weekend: before and after, at the same time of day, past the holiday',
    '2026-12-05T15:00Z',
    {},
    ['2026-12-02T15:00Z', '2026-12-03T15:00Z', '2026-12-07T15:00Z'],
  ],
  [
    'from too late in the day: the last full hour that day, the first one after',
    '2026-12-09T21:00Z',
    {},
    ['2026-12-07T15:00Z', '2026-12-09T15:00Z', '2026-12-10T13:00Z'],
  ],
  [
    'from too early in the day',
    '2026-12-09T05:00Z',
    {},
    ['2026-12-07T15:00Z', '2026-12-09T13:00Z', '2026-12-10T13:00Z'],
  ],
  [
    'from amid a long time without disclosure',
    '2026-12-26T15:00Z',
    {},
    ['2026-12-16T15:00Z', '2026-12-17T15:00Z', '2027-01-04T15:00Z'],
  ],
  [
    'none that has passed',
    '2026-12-05T15:00Z',
    {},
    ['2026-12-07T15:00Z', '2026-12-09T15:00Z', '2026-12-10T15:00Z'],
    { after: '2026-12-03T15:00Z' },
  ],
  [
    'none that is too late',
    '2026-12-05T15:00Z',
    {},
    ['2026-12-01T15:00Z', '2026-12-02T15:00Z', '2026-12-03T15:00Z'],
    { until: '2026-12-05T15:00Z' },
  ],
  [
    'fewer where there are no more',
    '2026-11-24T15:00Z',
    {},
    ['2026-11-23T15:00Z', '2026-11-24T15:00Z'],
    {
      until: '2026-11-24T15:00Z',
    },
  ],
  [
    'none where all that would do has passed',
    '2026-12-05T15:00Z',
    {},
    [],
    { after: '2027-12-05T15:00Z', until: '2026-12-12T00:00Z' },
  ],
  [
    'none but far ahead of what was wished',
    '2026-12-05T15:00Z',
    {},
    ['2027-06-07T14:00Z', '2027-06-08T14:00Z', '2027-06-09T14:00Z'],
    { after: '2027-06-05T15:00Z' },
  ],
  ['none on no weekday', '2026-12-05T15:00Z', { weekdays: [] }, []],
  [
    'over the night in which Berlin leaves its summer time',
    '2026-10-24T12:30Z',
    {},
    ['2026-10-21T12:30Z', '2026-10-22T12:30Z', '2026-10-26T13:30Z'],
    { after: '2026-10-01T00:00Z' },
  ],
  [
    'over the night in which New York enters its summer time',
    '2027-03-13T19:30Z',
    {},
    ['2027-03-11T19:30Z', '2027-03-15T18:30Z', '2027-03-16T18:30Z'],
    { zone: 'America/New_York' },
  ],
  [
    // 02:30 does not exist on that Sunday, and 03:30 is out of the slot.
    'not where the zone skips it',
    '2027-03-27T01:30Z',
    { hours: { from: '02:00', to: '03:00' }, weekdays: [7] },
    ['2027-03-14T01:30Z', '2027-03-21T01:30Z', '2027-04-04T00:30Z'],
  ],
]

suite('the nearest good instants', () => {
  for (const [name, when, slots, near, { after, until, zone = 'Europe/Berlin' } = {}] of nearby)
    test(name, () => {
      const within = {
        after: after === undefined ? NOVEMBER : at(after),
        until: until === undefined ? undefined : at(until),
      }
      const found = nearestSlots(at(when), policy(slots, { zone }), within)
      assert.deepEqual(found.map(formatInstant), near)
    })

  test('are good, ahead, in order, and no day between them and the wished one is passed over', () => {
    const ours = policy({})
    for (
      let wished = at('2026-11-20T00:30Z');
      wished < at('2027-01-20T00:00Z');
      wished = instant(wished + 5 * HOUR)
    ) {
      const found = nearestSlots(wished, ours, { after: NOVEMBER, until: undefined })
      assert.equal(found.length, 3)
      assert.deepEqual(
        found,
        [...found].sort((a, b) => a - b),
      )
      for (const one of found) assert.ok(one > NOVEMBER && slotFault(one, ours) === undefined)
      const furthest = Math.max(...found.map(one => Math.abs(one - wished)))
      const days = new Set<string>()
      const dayOf = (one: number) => new Date(one).toISOString().slice(0, 10)
      // A day that is nearer by more than its own length has its good instant among them, or has none.
      for (let near = NOVEMBER + MINUTE; near < wished + furthest - DAY; near += HOUR)
        if (near > wished - furthest + DAY && slotFault(instant(near), ours) === undefined)
          days.add(dayOf(near))
      for (const day of days)
        assert.ok(
          found.some(one => dayOf(one) === day),
          `${day} for ${formatInstant(wished)}`,
        )
    }
  })
})

test('why nothing goes out then is one sentence', () => {
  const sentence = (when: string) => {
    const fault = slotFault(at(when), policy({}))
    assert.ok(fault !== undefined)
    return faultSentence(at(when), fault, policy({}))
  }
  assert.deepEqual(
    ['2026-12-11T14:30Z', '2026-12-08T14:30Z', '2026-12-28T14:30Z', '2026-12-09T07:00Z'].map(sentence),
    [
      'Fri 11 Dec 2026, 15:30 Europe/Berlin is a Friday; the policy discloses on Monday, Tuesday, Wednesday, Thursday.',
      'Tue 8 Dec 2026, 15:30 Europe/Berlin is on a holiday (2026-12-08), when the policy discloses nothing.',
      'Mon 28 Dec 2026, 15:30 Europe/Berlin is in a time without disclosure (the turn of the year), which ends with 2027-01-03.',
      'Wed 9 Dec 2026, 08:00 Europe/Berlin is too early in the day; the policy discloses from 14:00 to 17:00.',
    ],
  )
})
