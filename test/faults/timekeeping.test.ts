// When the daemon lets time pass: not with a clock in doubt, not in safe mode, not before it has read the mailbox
// unless that takes too long, and one case that fails keeps no other waiting.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Timekeeping } from '../../src/daemon/timekeeping.ts'
import type { AgeingId } from '../../src/decide/time/timed.ts'
import type { Wake } from '../../src/decide/time/timeline.ts'
import { type Instant, later } from '../../src/model/scalars.ts'
import { DAY, MINUTE, SECOND } from '../../src/model/time.ts'
import { caseId, NOW } from '../decide/given.ts'

const [ONE, TWO] = [caseId('100001'), caseId('100002')]

/** A daemon of which nothing but its clock, its mailbox and what is due is there. */
class Host {
  now: Instant = NOW
  trust: 'trusted' | 'doubtful' = 'trusted'
  mode: 'normal' | 'safe' = 'normal'
  readAt: Instant | undefined = NOW
  readonly wakes = new Map<AgeingId, Instant>()
  readonly done: AgeingId[] = []
  failing: AgeingId | undefined
  ghost: AgeingId | undefined
  sent = 0
  readonly timekeeping: Timekeeping

  constructor() {
    const host = this
    this.timekeeping = new Timekeeping(
      {
        clock: { now: () => this.now, trust: () => this.trust },
        store: {
          safeMode: {
            get mode() {
              return host.mode
            },
          },
        },
        pipeline: {
          nextWake: () => this.#next(),
          timePassed: async id => {
            if (id === this.failing) throw new Error('broken')
            if (id === this.ghost) return 'not-yet'
            this.wakes.delete(id)
            this.done.push(id)
            return 'settled'
          },
          putOff: (id, until) => this.wakes.set(id, until),
        },
      },
      this,
    )
  }

  #next(): Wake | undefined {
    const [first] = [...this.wakes].sort(([, a], [, b]) => a - b)
    return first && { of: first[0], at: first[1] }
  }

  step(): Promise<number> {
    return this.timekeeping.step(() => {
      this.sent += 1
    })
  }
}

test('what is due is carried out at its instant, and the worker sleeps until the next', async () => {
  const host = new Host()
  host.wakes.set(ONE, later(NOW, 3 * SECOND)).set(TWO, later(NOW, DAY))
  assert.equal(await host.step(), 3 * SECOND)
  assert.deepEqual([host.done, host.timekeeping.busy], [[], false])
  host.now = later(NOW, 3 * SECOND)
  assert.equal(host.timekeeping.busy, true)
  assert.equal(await host.step(), DAY - 3 * SECOND)
  assert.deepEqual([host.done, host.sent], [[ONE], 1])
})

test('nothing is carried out with a clock in doubt or in safe mode, and all of it when that is over', async () => {
  for (const hinder of [
    (host: Host) => Object.assign(host, { trust: 'doubtful' }),
    (host: Host) => Object.assign(host, { mode: 'safe' }),
  ]) {
    const host = new Host()
    host.wakes.set(ONE, NOW)
    hinder(host)
    assert.equal(await host.step(), SECOND)
    assert.deepEqual([host.done, host.timekeeping.busy], [[], false])
    Object.assign(host, { trust: 'trusted', mode: 'normal' })
    await host.step()
    assert.deepEqual(host.done, [ONE])
  }
})

test('a command that waits in the mailbox comes before a reminder, but not for ever', async () => {
  const host = new Host()
  host.readAt = undefined
  host.wakes.set(ONE, later(NOW, -7 * DAY))
  await host.step()
  assert.deepEqual(host.done, [])
  host.now = later(NOW, 2 * MINUTE + SECOND)
  await host.step()
  assert.deepEqual(host.done, [ONE])
  const read = new Host()
  read.wakes.set(ONE, NOW)
  read.readAt = NOW
  await read.step()
  assert.deepEqual(read.done, [ONE])
})

test('a case that fails keeps no other waiting, and is tried again', async () => {
  const host = new Host()
  host.wakes.set(ONE, NOW).set(TWO, later(NOW, SECOND))
  host.failing = ONE
  await assert.rejects(host.step(), /broken/)
  host.now = later(NOW, SECOND)
  await host.step()
  assert.deepEqual(host.done, [TWO])
  host.failing = undefined
  host.now = later(NOW, MINUTE)
  await host.step()
  assert.deepEqual(host.done, [TWO, ONE])
})

test('a case in which nothing is due after all is not asked without a pause', async () => {
  const host = new Host()
  host.wakes.set(ONE, NOW)
  host.ghost = ONE
  assert.equal(await host.step(), SECOND)
})

test('many cases due at once are carried out stretch by stretch, so that mail is settled in between', async () => {
  const host = new Host()
  for (let n = 0; n < 500; n += 1) host.wakes.set(caseId(String(100_000 + n)), NOW)
  let turns = 0
  while (host.done.length < 500) {
    const before = host.done.length
    await host.step()
    assert.ok(host.done.length - before <= 20)
    turns += 1
  }
  assert.ok(turns >= 25)
})
