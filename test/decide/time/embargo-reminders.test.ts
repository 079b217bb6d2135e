// The embargo as time passes: who is reminded of its end and when, to the second, whatever clocks do in its zone; who
// acted, so that it stops; and how it is lifted where the policy publishes then.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { timePassed, wakeAt } from '../../../src/decide/time/timed.ts'
import type { Case } from '../../../src/model/case.ts'
import type { CaseEvent } from '../../../src/model/case-event.ts'
import { evolveCase } from '../../../src/model/case-evolution.ts'
import type { MailOrder } from '../../../src/model/order.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import type { Embargo, Policy } from '../../../src/model/policy.ts'
import { type Instant, instant, later } from '../../../src/model/scalars.ts'
import type { Settings } from '../../../src/model/settings.ts'
import { DAY, formatInstant, HOUR, MINUTE, SECOND } from '../../../src/model/time.ts'
import { BARE_POLICY } from '../../support/bare-policy.ts'
import { ALICE, aCase, BOB, caseId, NOW, settings, snapshot } from '../given.ts'
import { keyed, RIYA } from '../sent.ts'

const at = (text: string): Instant => instant(Temporal.Instant.from(text).epochMilliseconds)
const days = (count: number) => ({ count, unit: 'day' }) as const
/** As every profile has it that does not say otherwise. */
const REMIND = {
  before: [days(7), days(3), days(1), { count: 1, unit: 'hour' }],
  every: days(1),
} as const
const TEAM = [ALICE.address, BOB.address]

function worldOf(embargo: Partial<Embargo> = {}, policy: Partial<Policy> = {}): Settings {
  const ours = { ...BARE_POLICY, ...policy, embargo: { ...BARE_POLICY.embargo, remind: REMIND, ...embargo } }
  return settings({
    defaultPolicy: ours,
    projects: settings().projects.map(one => ({ ...one, policy: ours })),
  })
}

const given = (changes: Partial<Case> = {}): Case =>
  aCase({ state: 'accepted', milestones: { received: NOW }, ...changes })
const agreed = (disclose: string, setAt: Instant = NOW): Partial<Case> => ({
  embargo: { state: 'active', disclose: at(disclose), set: { at: setAt, why: plaintext('x') } },
})

type Passed = {
  readonly at: Instant
  readonly mails: readonly MailOrder[]
  readonly events: readonly CaseEvent[]
}

/** Lives on until then, asleep but when it is to wake; `downUntil`: it wakes to nothing before. */
function live(theCase: Case, ours: Settings, until: Instant, downUntil = 0) {
  const passed: Passed[] = []
  let current = theCase
  for (let wakes = 0; wakes < 1_000; wakes += 1) {
    const due = wakeAt(current, ours)
    if (due === undefined || due > until) return { passed, theCase: current }
    const now = instant(Math.max(due, downUntil))
    const cases = new Map([[current.id, current]])
    const decision = timePassed(current, snapshot({ now, settings: ours, cases }))
    assert.ok(decision !== undefined, 'woken for nothing')
    const events = decision.events as readonly CaseEvent[]
    current = events.reduce<Case>(evolveCase, current)
    passed.push({ at: now, mails: decision.mails, events })
  }
  return assert.fail('it never sleeps')
}

const remindedAt = (passed: readonly Passed[]): readonly string[] =>
  passed.filter(({ mails }) => mails.length > 0).map(({ at: when }) => formatInstant(when))

suite('of an agreed date all admins hear 7, 3 and 1 days and an hour before, then, and daily', () => {
  test('with a lead as without', () => {
    const theCase = given({ ...agreed('2026-12-09T16:00Z'), lead: 'alice' })
    const { passed } = live(theCase, worldOf(), at('2026-12-11T16:00Z'))
    assert.deepEqual(remindedAt(passed), [
      '2026-12-02T16:00Z',
      '2026-12-06T16:00Z',
      '2026-12-08T16:00Z',
      '2026-12-09T15:00Z',
      '2026-12-09T16:00Z',
      '2026-12-10T16:00Z',
      '2026-12-11T16:00Z',
    ])
    for (const { mails } of passed)
      assert.deepEqual(
        mails.map(({ to }) => to),
        TEAM,
      )
  })

  for (const [zone, disclose, expected] of [
    [
      'Europe/Berlin',
      '2027-03-30T14:00Z', // 16:00, summer since the 28th
      [
        '2027-03-23T15:00Z',
        '2027-03-27T15:00Z',
        '2027-03-29T14:00Z',
        '2027-03-30T13:00Z',
        '2027-03-30T14:00Z',
      ],
    ],
    [
      'Europe/Berlin',
      '2026-10-26T15:00Z', // 16:00, winter since the 25th
      [
        '2026-10-19T14:00Z',
        '2026-10-23T14:00Z',
        '2026-10-25T15:00Z',
        '2026-10-26T14:00Z',
        '2026-10-26T15:00Z',
      ],
    ],
    [
      'America/New_York',
      '2027-03-16T20:00Z', // 16:00, summer since the 14th
      [
        '2027-03-09T21:00Z',
        '2027-03-13T21:00Z',
        '2027-03-15T20:00Z',
        '2027-03-16T19:00Z',
        '2027-03-16T20:00Z',
      ],
    ],
    [
      'America/New_York',
      '2026-11-03T21:00Z', // 16:00, winter since the 1st
      [
        '2026-10-27T20:00Z',
        '2026-10-31T20:00Z',
        '2026-11-02T21:00Z',
        '2026-11-03T20:00Z',
        '2026-11-03T21:00Z',
      ],
    ],
  ] as const)
    test(`at the same local time on either side of a change of the clocks: ${zone}, ${disclose}`, () => {
      const since = at('2026-10-01T00:00Z')
      const theCase = given({
        receivedAt: since,
        milestones: { received: since },
        ...agreed(disclose, since),
      })
      const ours = worldOf({}, { calendar: { ...BARE_POLICY.calendar, zone } })
      assert.deepEqual(remindedAt(live(theCase, ours, at(disclose)).passed), expected)
    })

  for (const [zone, disclose, expected] of [
    // 02:30 is no time on the 28th of March in Berlin, and on the 14th in New York: it is 03:30 then, and 02:30 after.
    [
      'Europe/Berlin',
      '2027-03-27T01:30Z',
      ['2027-03-27T01:30Z', '2027-03-28T01:30Z', '2027-03-29T00:30Z', '2027-03-30T00:30Z'],
    ],
    [
      'America/New_York',
      '2027-03-13T07:30Z',
      ['2027-03-13T07:30Z', '2027-03-14T07:30Z', '2027-03-15T06:30Z', '2027-03-16T06:30Z'],
    ],
    // It is a time twice on the 25th of October and the 1st of November: the first of them counts.
    [
      'Europe/Berlin',
      '2026-10-24T00:30Z',
      ['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z', '2026-10-27T01:30Z'],
    ],
    [
      'America/New_York',
      '2026-10-31T05:30Z',
      ['2026-10-31T05:30Z', '2026-11-01T05:30Z', '2026-11-02T06:30Z', '2026-11-03T06:30Z'],
    ],
    // Due in the second of the two.
    ['Europe/Berlin', '2026-10-25T01:30Z', ['2026-10-25T01:30Z', '2026-10-26T01:30Z']],
  ] as const)
    test(`daily at the local time of the date, also after a night that skips or repeats it: ${zone}, ${disclose}`, () => {
      const since = at('2026-10-01T00:00Z')
      const theCase = given({
        receivedAt: since,
        milestones: { received: since },
        ...agreed(disclose, since),
      })
      const ours = worldOf(
        { remind: { before: [], every: days(1) } },
        { calendar: { ...BARE_POLICY.calendar, zone } },
      )
      assert.deepEqual(remindedAt(live(theCase, ours, at(expected.at(-1) ?? disclose)).passed), expected)
    })
})

suite('what lies behind is not caught up on', () => {
  test('a date that is near when it is set reminds only of what is to come', () => {
    const theCase = given(agreed('2026-11-23T12:00Z', NOW))
    assert.deepEqual(remindedAt(live(theCase, worldOf(), at('2026-11-23T12:00Z')).passed), [
      '2026-11-22T12:00Z',
      '2026-11-23T11:00Z',
      '2026-11-23T12:00Z',
    ])
  })

  for (const [name, downUntil, expected] of [
    [
      'down over two reminders',
      '2026-12-08T20:00Z',
      ['2026-12-02T16:00Z', '2026-12-08T20:00Z', '2026-12-09T15:00Z'],
    ],
    [
      'down over the date',
      '2026-12-10T00:00Z',
      ['2026-12-02T16:00Z', '2026-12-10T00:00Z', '2026-12-10T16:00Z', '2026-12-11T16:00Z'],
    ],
    [
      'a clock that is a fortnight ahead and is told to be right',
      '2026-12-23T16:00:01Z',
      ['2026-12-02T16:00Z', '2026-12-23T16:00:01Z', '2026-12-24T16:00Z'],
    ],
  ] as const)
    test(`${name}: one mail, and on in time`, () => {
      const ours = worldOf()
      const before = live(given(agreed('2026-12-09T16:00Z')), ours, at('2026-12-03T00:00Z'))
      const back = live(before.theCase, ours, at(downUntil), at(downUntil))
      const on = live(back.theCase, ours, at(expected.at(-1) ?? downUntil))
      assert.deepEqual(remindedAt([...before.passed, ...back.passed, ...on.passed]), expected)
    })

  test('a clock that goes back repeats none', () => {
    const ours = worldOf()
    const { theCase } = live(given(agreed('2026-12-09T16:00Z')), ours, at('2026-12-09T16:00Z'))
    const cases = new Map([[theCase.id, theCase]])
    for (const now of ['2026-12-02T16:00Z', '2026-12-08T16:00Z', '2026-12-10T15:59:59Z'])
      assert.equal(timePassed(theCase, snapshot({ now: at(now), settings: ours, cases })), undefined)
    assert.equal(wakeAt(theCase, ours), at('2026-12-10T16:00Z'))
  })
})

suite('it stops when somebody acts', () => {
  const overdue = live(given(agreed('2026-12-09T16:00Z')), worldOf(), at('2026-12-10T16:00Z')).theCase
  const actor = { kind: 'admin', ...ALICE } as const
  const about = { at: at('2026-12-10T20:00Z'), actor, case: caseId('482107') }
  for (const [name, event, next] of [
    [
      'and sets another date',
      { kind: 'disclosure-planned', disclose: at('2026-12-13T16:00Z'), reason: plaintext('x') },
      '2026-12-12T16:00Z',
    ],
    [
      'and extends it',
      { kind: 'case-extended', until: at('2026-12-20T16:00Z'), reason: plaintext('x') },
      '2026-12-13T16:00Z',
    ],
    ['and rejects the case', { kind: 'case-rejected', as: 'rejected', reason: plaintext('x') }, undefined],
  ] as const)
    test(name, () => {
      const acted = evolveCase(overdue, { ...about, ...event })
      const woken = wakeAt(acted, worldOf())
      assert.equal(woken && formatInstant(woken), next)
    })

  test('and publishes or closes it', () => {
    for (const state of ['published', 'closed'] as const)
      assert.equal(wakeAt({ ...overdue, state }, worldOf()), undefined)
  })

  test('and not before: taking the case, holding it or noting something stops nothing', () => {
    for (const event of [
      { kind: 'case-taken', lead: 'alice' },
      { kind: 'case-held', reason: plaintext('x') },
      { kind: 'note-added', text: plaintext('x') },
    ] as const)
      assert.equal(wakeAt(evolveCase(overdue, { ...about, ...event }), worldOf()), at('2026-12-11T16:00Z'))
  })
})

suite('without a date the longest embargo of the policy counts', () => {
  for (const overrun of ['warn', 'block'] as const)
    test(`${overrun}: reminders go on daily, and nothing else happens`, () => {
      const { passed, theCase } = live(given(), worldOf({ overrun }), at('2026-12-14T12:00Z'))
      assert.deepEqual(remindedAt(passed).slice(-4), [
        '2026-12-12T11:00Z',
        '2026-12-12T12:00Z',
        '2026-12-13T12:00Z',
        '2026-12-14T12:00Z',
      ])
      assert.equal(theCase.embargo.state, 'none')
    })

  test('and what it counts from has to have come', () => {
    assert.equal(wakeAt(given(), worldOf({ start: 'severity' })), undefined)
    const since = later(NOW, DAY)
    const theCase = given({ milestones: { received: NOW, severity: since } })
    const [first] = live(
      theCase,
      worldOf({ start: 'severity', remind: { before: [], every: days(1) } }),
      later(since, 21 * DAY),
    ).passed
    assert.equal(first?.at, later(since, 21 * DAY))
  })
})

suite('where the policy publishes then, the embargo is lifted', () => {
  const ours = worldOf({ overrun: 'publish' })
  const maximum = at('2026-12-12T12:00Z')
  const lifts = (passed: readonly Passed[]) =>
    passed.flatMap(({ at: when, events }) =>
      events.some(({ kind }) => kind === 'embargo-lifted') ? [when] : [],
    )

  for (const [name, theCase] of [
    ['that has no date', given(keyed)],
    ['whose date has passed', given({ ...keyed, ...agreed('2026-12-09T16:00Z') })],
    ['whose date is the maximum', given({ ...keyed, ...agreed('2026-12-12T12:00Z') })],
  ] as const)
    test(`of a case ${name}, once, at the instant; all are told in one mail each, and daily on`, () => {
      const { passed, theCase: after } = live(theCase, ours, later(maximum, 2 * DAY))
      assert.deepEqual(lifts(passed), [maximum])
      assert.deepEqual(after.embargo, {
        state: 'lifted',
        disclose: maximum,
        set: { at: maximum, why: undefined },
      })
      const then = passed.filter(one => one.at >= maximum)
      assert.deepEqual(
        then.map(one => [
          (one.at - maximum) / DAY,
          one.mails.map(({ to, content }) => `${content.kind} ${to}`),
        ]),
        [
          [0, [`news ${RIYA}`, ...TEAM.map(to => `reminder ${to}`)]],
          [1, TEAM.map(to => `reminder ${to}`)],
          [2, TEAM.map(to => `reminder ${to}`)],
        ],
      )
      const [reminder] =
        then[0]?.mails.flatMap(({ content }) => (content.kind === 'reminder' ? content.items : [])) ?? []
      assert.deepEqual(reminder, { kind: 'embargo', due: maximum, maximum, state: 'lifted' })
    })

  test('late, if nobody was there: the reporter reads when it was', () => {
    const { passed, theCase } = live(
      given(keyed),
      ours,
      later(maximum, 5 * DAY),
      later(maximum, 4 * DAY + HOUR),
    )
    assert.deepEqual(lifts(passed), [later(maximum, 4 * DAY + HOUR)])
    assert.equal(theCase.embargo.disclose, maximum)
  })

  test('not of a report that nobody accepted; when it is accepted, at once', () => {
    const { passed, theCase } = live(given({ state: 'triaged' }), ours, later(maximum, DAY))
    assert.deepEqual(lifts(passed), [])
    const now = later(maximum, DAY + MINUTE)
    const accepted = evolveCase(theCase, {
      kind: 'case-accepted',
      at: now,
      actor: { kind: 'admin', ...ALICE },
      case: theCase.id,
    })
    assert.deepEqual(lifts(live(accepted, ours, later(now, SECOND), now).passed), [now])
  })

  test('not before the last project upstream, where it yields to that', () => {
    const yielding = worldOf({ overrun: 'publish', yields: ['upstream'] })
    const theCase = given({ upstream: [{ name: plaintext('zlib'), instant: later(maximum, DAY) }] })
    assert.deepEqual(lifts(live(theCase, yielding, later(maximum, 3 * DAY)).passed), [later(maximum, DAY)])
  })

  test('of a held case, too, and its reporter hears of it when it is released', () => {
    const held = { held: { at: NOW, reason: plaintext('x'), told: 'accepted' } } as const
    const { passed } = live(given({ ...keyed, ...held }), ours, maximum)
    assert.deepEqual(lifts(passed), [maximum])
    assert.deepEqual(
      passed.at(-1)?.mails.map(({ to }) => to),
      TEAM,
    )
  })
})

suite('what is public already is due at once', () => {
  const since = later(NOW, HOUR)
  const known = { public: { at: since, url: plaintext('https://example.org/') } }
  for (const effect of ['disclose-now', 'all-asap'] as const)
    test(`${effect}: the reminder of it comes at once, and daily on`, () => {
      const ours = worldOf({}, { public: { effect } })
      const theCase = given({ ...agreed('2026-12-09T16:00Z'), ...known })
      assert.deepEqual(remindedAt(live(theCase, ours, later(since, DAY)).passed), [
        formatInstant(since),
        formatInstant(later(since, DAY)),
      ])
      const again = evolveCase(theCase, {
        kind: 'disclosure-planned',
        disclose: later(since, 3 * HOUR),
        reason: plaintext('x'),
        at: later(since, MINUTE),
        actor: { kind: 'admin', ...ALICE },
        case: theCase.id,
      })
      assert.deepEqual(remindedAt(live(again, ours, later(since, 3 * HOUR)).passed), [
        formatInstant(later(since, 2 * HOUR)),
        formatInstant(later(since, 3 * HOUR)),
      ])
    })

  test('none: what was due when is due then', () => {
    const theCase = given({ ...agreed('2026-12-09T16:00Z'), ...known })
    assert.equal(wakeAt(theCase, worldOf()), at('2026-12-02T16:00Z'))
  })
})
