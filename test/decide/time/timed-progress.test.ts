// Whatever a profile says and whenever we wake, time goes on: what is due is carried out once, and the next wake lies
// ahead. Seeded, so that a failure comes again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timePassed, wakeAt } from '../../../src/decide/time/timed.ts'
import type { Case } from '../../../src/model/case.ts'
import { evolveCase } from '../../../src/model/case-evolution.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import type { Milestone, Policy, Span } from '../../../src/model/policy.ts'
import { type Instant, later } from '../../../src/model/scalars.ts'
import { DAY, HOUR, MINUTE } from '../../../src/model/time.ts'
import { BARE_CASE } from '../../support/bare-case.ts'
import { BARE_CLOCK, BARE_POLICY } from '../../support/bare-policy.ts'
import { aCase, NOW, settings, snapshot } from '../given.ts'

/** Numbers below `below`, the same ones for the same seed (an LCG modulo 2^31). */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

test('no wake comes twice, under 60 odd policies with clocks that jump', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const draw = numbers(seed)
    const pick = <T>(...of: readonly [T, ...T[]]): T => of[draw(of.length)] ?? of[0]
    const span = (): Span =>
      pick<Span>(
        { count: 1 + draw(90), unit: 'hour' },
        { count: 1 + draw(9_999), unit: pick('minute', 'hour', 'day') },
        { count: 1 + draw(20), unit: 'business-day' },
        { count: 1 + draw(3), unit: pick('day', 'business-day') },
      )
    const every = (): Span => ({ count: 1 + draw(3), unit: pick('hour', 'day', 'business-day') })
    const milestone = (): Milestone => pick('received', 'accepted', 'fix-team', 'conversation')
    const zone = pick('UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', 'Australia/Lord_Howe')
    const policy: Policy = {
      ...BARE_POLICY,
      calendar: {
        zone,
        weekend: pick([6, 7], [], [1, 2, 3, 4, 5, 6]),
        holidays: ['2026-12-25', '2027-01-03'],
      },
      lead: draw(2) === 0 ? undefined : { volunteer: span(), answer: span() },
      public: { effect: pick('all-asap', 'disclose-now', 'none') },
      clocks: ['one', 'two', 'three'].map(name => ({
        ...BARE_CLOCK,
        name,
        start: milestone(),
        until: 'published',
        within: span(),
        earliest: draw(3) === 0 ? span() : undefined,
        yields: ['upstream', 'slow'],
        nags: { before: [span(), span()], every: every(), escalate: draw(2) === 0 ? undefined : span() },
      })),
      embargo: {
        ...BARE_POLICY.embargo,
        start: milestone(),
        maximum: span(),
        overrun: pick('warn', 'publish'),
        yields: ['upstream'],
        remind: { before: [span()], every: every() },
      },
    }
    const ours = settings({ projects: settings().projects.map(one => ({ ...one, policy })) })
    const maybe = <T>(value: T): T | undefined => (draw(2) === 0 ? undefined : value)
    const around = (): Instant => later(NOW, (draw(800) - 400) * DAY)
    let theCase: Case = aCase({
      state: pick('new', 'accepted', 'fixing'),
      receivedAt: NOW,
      milestones: { received: NOW, accepted: later(NOW, draw(9) * HOUR) },
      leadSearch: { ...BARE_CASE.leadSearch, since: NOW },
      embargo: { state: 'active', disclose: maybe(around()) },
      upstream: [{ name: plaintext('libgate'), instant: maybe(around()) }],
      public: maybe({ at: around(), url: plaintext('https://example.org/') }),
      slowed: maybe({ at: NOW, reason: plaintext('x') }),
    })
    let now = NOW
    for (let step = 0; step < 12; step += 1) {
      now = later(now, pick(MINUTE, HOUR, DAY, -2 * HOUR, 40 * DAY, 400 * DAY))
      const wake = wakeAt(theCase, ours)
      const decision = timePassed(theCase, snapshot({ now, settings: ours }))
      assert.equal(decision !== undefined, wake !== undefined && wake <= now, `seed ${seed}, step ${step}`)
      // Whoever is asked to lead may be asked at once after the one before; every other rule is done.
      for (let again: typeof decision = decision, count = 0; again !== undefined; count += 1) {
        assert.ok(count < 4, `seed ${seed} spins`)
        theCase = again.events.reduce<Case>(
          (one, event) => ('case' in event && !('notice' in event) ? evolveCase(one, event) : one),
          theCase,
        )
        again = timePassed(theCase, snapshot({ now, settings: ours }))
      }
      assert.ok((wakeAt(theCase, ours) ?? later(now, 1)) > now, `seed ${seed}, step ${step}`)
    }
  }
})
