// The pace of handing over mail: no minute holds more than it may, whenever one looks, and what preflight says of the
// last copy is what the pace gives.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  allowance,
  COPIES_IN_A_ROW,
  lastLeaves,
  nextAllowed,
  paced,
  rested,
  spent,
} from '../../src/model/pace.ts'
import { type Instant, instant, later } from '../../src/model/scalars.ts'
import { HOUR, MINUTE, SECOND } from '../../src/model/time.ts'

const START = instant(Date.UTC(2026, 10, 21, 12))

/** When each of so many mails goes that are all due at the start. */
function gone(mails: number, perMinute: number): readonly Instant[] {
  const times: Instant[] = []
  let now = START
  let pace = rested(perMinute, now)
  while (times.length < mails) {
    pace = paced(pace, perMinute, now)
    const may = Math.min(allowance(pace), mails - times.length)
    for (let n = 0; n < may; n += 1) times.push(now)
    pace = spent(pace, may)
    if (times.length < mails && allowance(pace) === 0) now = nextAllowed(pace, perMinute)
  }
  return times
}

const mostInAMinute = (times: readonly Instant[]): number =>
  Math.max(...times.map(from => times.filter(at => at >= from && at < from + MINUTE).length))

describe('the pace', () => {
  for (const perMinute of [1, 2, 7, 59, 60, 61, 120, 600, 3_001])
    test(`of ${perMinute} a minute holds in every minute, and uses most of it`, () => {
      const times = gone(3 * perMinute + 2, perMinute)
      const most = mostInAMinute(times)
      assert.ok(most <= perMinute, `${most} in a minute`)
      assert.ok(most >= Math.floor(perMinute * 0.98), `only ${most} in a minute`)
    })

  test('a pause saves no more than a second of it up, and a clock gone back gives nothing', () => {
    const idle = paced(spent(rested(120, START), 2), 120, later(START, HOUR))
    assert.equal(allowance(idle), 2)
    const back = paced(spent(rested(120, START), 2), 120, later(START, -HOUR))
    assert.equal(allowance(back), 0)
    assert.ok(nextAllowed(back, 120) <= later(START, SECOND - HOUR))
  })

  test('the last copy leaves when it is said to, with other mail in every tenth place', () => {
    for (const [copies, perMinute] of [
      [1, 1],
      [14, 10],
      [50, 60],
      [500, 600],
      [500, 100_000],
    ] as const) {
      const others = Math.floor((copies - 1) / COPIES_IN_A_ROW)
      const last = gone(copies + others, perMinute).at(-1) ?? START
      const foretold = lastLeaves(copies, perMinute, START)
      assert.ok(Math.abs(foretold - last) <= copies, `${copies} at ${perMinute}: ${foretold - last} ms off`)
    }
    assert.equal(lastLeaves(500, undefined, START), START)
  })
})
