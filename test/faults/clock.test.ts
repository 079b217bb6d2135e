// A clock that jumps, starts too early or was wrong (threats.md I01, I02): in doubt until it is set right or the
// operator vouches for it, restarts included. What a daemon then does is in host.test.ts, on the same host.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Agreement, type ClockMemory, guardedClock } from '../../src/instance/clock.ts'
import { type Instant, instant } from '../../src/model/scalars.ts'
import { DAY, HOUR, MINUTE } from '../../src/model/time.ts'

const NOON = instant(1_800_000_000_000)

/** A host whose two clocks a test sets, and what a daemon on it remembers. */
class Host {
  off = 0
  up = HOUR
  boot: string | undefined = 'first'
  #kept: Agreement | undefined
  readonly #memory: ClockMemory = {
    agreement: () => this.#kept,
    keepAgreement: agreement => {
      this.#kept = agreement
    },
  }

  /** A daemon's clock, looked at as at its start. */
  start(lastSeen?: Instant) {
    const wall = () => instant(NOON + this.up + this.off)
    const clock = guardedClock(lastSeen, this.#memory, { wall, sinceBoot: () => this.up, boot: this.boot })
    clock.trust()
    return clock
  }
}

for (const [name, off] of [
  ['2 hours forward', 2 * HOUR],
  ['2 years forward', 730 * DAY],
  ['2 hours back', -2 * HOUR],
  ['a day back', -DAY],
] as const)
  test(`a clock that jumps ${name} is in doubt, after a restart too, and until it is set right`, () => {
    const host = new Host()
    const clock = host.start()
    assert.equal(clock.trust(), 'trusted')
    host.off = off
    host.up += 5 * HOUR
    assert.equal(clock.trust(), 'doubtful')
    assert.equal(host.start().trust(), 'doubtful')
    host.off = 0
    assert.equal(clock.trust(), 'trusted')
  })

test('a slewed clock and a suspended host are no jump', () => {
  const host = new Host()
  const clock = host.start()
  host.up += 8 * HOUR
  host.off = 4 * MINUTE
  assert.equal(clock.trust(), 'trusted')
})

test('a clock that starts before what was seen is in doubt until it is not, without a restart', () => {
  const host = new Host()
  host.off = -NOON
  const clock = host.start(NOON)
  assert.equal(clock.trust(), 'doubtful')
  host.off = 0
  assert.equal(clock.trust(), 'trusted')
  host.off = HOUR
  assert.equal(clock.trust(), 'doubtful')
})

test('the operator may vouch for the clock as it is, even if the store knows a later time', () => {
  const host = new Host()
  const clock = host.start(instant(NOON + 730 * DAY))
  assert.equal(clock.trust(), 'doubtful')
  clock.vouch()
  assert.equal(clock.trust(), 'trusted')
  assert.equal(host.start(clock.now()).trust(), 'trusted')
  host.off = HOUR
  assert.equal(clock.trust(), 'doubtful')
})

test('another boot begins anew, and so does each start where the system does not tell boots apart', () => {
  const host = new Host()
  host.start()
  host.off = 2 * HOUR
  host.boot = 'second'
  assert.equal(host.start().trust(), 'trusted')
  host.boot = undefined
  host.off = 4 * HOUR
  assert.equal(host.start().trust(), 'trusted')
})
