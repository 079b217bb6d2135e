// smtp.maxPerMinute: no more mail is handed over than the server may be sent. The clock is an input; nothing is waited
// for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Instant, instant, later } from '../../src/model/scalars.ts'
import { HOUR, SECOND } from '../../src/model/time.ts'
import { copy, dispatch, Rows } from './dispatching.ts'

const START = instant(1_800_000_000_000)
const accepting = {
  send: async () => ({ kind: 'accepted', code: 250 }) as const,
  warm: async () => undefined,
  close: async () => undefined,
}

function given(t: Parameters<typeof dispatch>[0], mails: number, mailsPerMinute: number) {
  const rows = new Rows()
  for (let id = 1; id <= mails; id += 1) rows.queue(copy(id), START)
  const time: { now: Instant } = { now: START }
  const clock = { now: () => time.now }
  const { dispatcher } = dispatch(t, { outbox: rows, submission: accepting, mailsPerMinute }, clock)
  const claimed = () => rows.rows.filter(row => row.claimedAt !== undefined).length
  const settled = async (count: number) => {
    for (let id = 1; id <= count; id += 1) await rows.recorded(id)
  }
  return { rows, time, dispatcher, claimed, settled }
}

test('mail that is due waits for its turn at the pace that the server allows', async t => {
  const { time, dispatcher, claimed, settled } = given(t, 4, 60)
  dispatcher.start()
  await settled(1)
  dispatcher.wake()
  assert.equal(claimed(), 1)
  time.now = later(START, SECOND - 1)
  dispatcher.wake()
  assert.equal(claimed(), 1)
  time.now = later(START, SECOND)
  dispatcher.wake()
  await settled(2)
  assert.equal(claimed(), 2)
  // A pause, or a clock that jumps ahead, gives no flood.
  time.now = later(START, HOUR)
  dispatcher.wake()
  await settled(3)
  assert.equal(claimed(), 3)
  // Nor does one that goes back hold everything until then.
  time.now = START
  dispatcher.wake()
  assert.equal(claimed(), 3)
  time.now = later(START, SECOND)
  dispatcher.wake()
  await settled(4)
})

test('what waits for its turn can still be cancelled, for it is claimed no sooner', async t => {
  const { rows, time, dispatcher, settled } = given(t, 3, 60)
  dispatcher.start()
  await settled(1)
  rows.rows.splice(1)
  time.now = later(START, HOUR)
  dispatcher.wake()
  assert.deepEqual([...rows.outcomes.keys()], [1])
})

test('without a limit as many go at once as there are connections', async t => {
  const { dispatcher, claimed, settled } = given(t, 20, 100_000)
  dispatcher.start()
  await settled(20)
  assert.equal(claimed(), 20)
})
