import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dispatcher } from '../../src/deliver/dispatch.ts'
import { type Instant, instant, later } from '../../src/model/scalars.ts'
import { DAY, HOUR, MINUTE } from '../../src/model/time.ts'
import { copy, IN_DOUBT_WAIT, Rows, realClock, toScript, toServer } from './dispatching.ts'
import { willing } from './scripted-server.ts'

test('what is due is sent to its own recipient and its acceptance recorded', async t => {
  const rows = new Rows()
  for (let id = 1; id <= 5; id += 1) rows.queue(copy(id), realClock.now())
  const { server, dispatcher, told } = await toServer(t, rows)
  dispatcher.start()
  for (let id = 1; id <= 5; id += 1)
    assert.deepEqual(await rows.recorded(id), { kind: 'accepted', code: 250 })
  const delivered = server.mails.map(mail => [mail.octets.toString(), mail.to])
  const expected = [1, 2, 3, 4, 5].map(id => [`Subject: ${id}\r\n\r\n`, [`member${id}@example.org`]])
  assert.deepEqual(delivered.toSorted(), expected)
  assert.deepEqual([told.failures, told.fatal], [[], []])
  assert.ok(server.connections <= 2)
})

test('a copy never leaves before its instant, and then by itself', async t => {
  const rows = new Rows()
  const start = realClock.now()
  const dueAt = [150, 230, 310, 390, 470].map(wait => later(start, wait))
  for (const [index, due] of dueAt.entries()) rows.queue(copy(index), due)
  const named = new Map<number, Instant>()
  const { dispatcher } = await toScript(t, rows, (line, socket) => {
    const id = /^RCPT TO:<member(\d)@/.exec(line)?.[1]
    if (id !== undefined) named.set(Number(id), realClock.now())
    return willing(line, socket)
  })
  dispatcher.start()
  const lateness: number[] = []
  for (const [index, due] of dueAt.entries()) {
    await rows.recorded(index)
    lateness.push((named.get(index) ?? 0) - due)
  }
  assert.ok(Math.min(...lateness) >= 0, `never early: ${lateness}`)
})

test('a temporary refusal is tried again by the schedule, a permanent one is not, and both are told', async t => {
  const now = instant(1_800_000_000_000)
  const clock = { now: () => now }
  const rows = new Rows()
    .queue(copy(1, { firstAttemptAt: now }), now)
    .queue(copy(2), now)
    .queue(copy(3, { attempts: 7, firstAttemptAt: later(now, -3 * HOUR) }), now)
    .queue(copy(4, { attempts: 125, firstAttemptAt: later(now, -5 * DAY) }), now)
    .queue(copy(5), now)
  const { server, dispatcher, told } = await toServer(t, rows, clock)
  for (const [id, answer] of [
    [1, '450 4.2.1 greylisted'],
    [2, '550 5.1.1 nobody'],
    [3, '451 4.3.0 later'],
    [4, '451 4.3.0 later'],
  ] as const)
    server.script({ at: 'recipient', recipient: `member${id}@example.org`, answer })
  dispatcher.start()
  const stage = 'rcpt'
  assert.deepEqual(await rows.recorded(1), {
    kind: 'retry',
    at: later(now, MINUTE),
    stage,
    code: 450,
    status: '4.2.1',
  })
  assert.deepEqual(await rows.recorded(2), { kind: 'failed', stage, code: 550, status: '5.1.1' })
  assert.deepEqual(await rows.recorded(3), {
    kind: 'retry',
    at: later(now, HOUR),
    stage,
    code: 451,
    status: '4.3.0',
  })
  assert.deepEqual(await rows.recorded(4), { kind: 'failed', stage, code: 451, status: '4.3.0' })
  assert.deepEqual(await rows.recorded(5), { kind: 'accepted', code: 250 })
  assert.deepEqual(told.failures.toSorted(), [
    'member1@example.org retry',
    'member2@example.org failed',
    'member3@example.org retry',
    'member4@example.org failed',
  ])
})

test('a copy in doubt says when it is sent again, later and later, and not for ever', async t => {
  const now = instant(1_800_000_000_000)
  const rows = new Rows()
    .queue(copy(1, { firstAttemptAt: now }), now)
    .queue(copy(2, { promise: 'at-most-once', firstAttemptAt: now }), now)
    .queue(copy(3, { attempts: 6, firstAttemptAt: later(now, -HOUR) }), now)
    .queue(copy(4, { attempts: 125, firstAttemptAt: later(now, -5 * DAY) }), now)
  const { server, dispatcher, told } = await toServer(t, rows, { now: () => now })
  server.script({ at: 'final-dot', mail: 'kept', times: 4 })
  dispatcher.start()
  assert.deepEqual(await rows.recorded(1), { kind: 'in-doubt', at: later(now, IN_DOUBT_WAIT) })
  assert.deepEqual(await rows.recorded(2), { kind: 'in-doubt', at: later(now, IN_DOUBT_WAIT) })
  assert.deepEqual(await rows.recorded(3), { kind: 'in-doubt', at: later(now, HOUR) })
  assert.deepEqual(await rows.recorded(4), { kind: 'failed', stage: 'final', code: undefined })
  assert.equal(told.failures.length, 4)
})

test('one held copy holds no other, and no more are claimed than there are connections', async t => {
  const rows = new Rows()
  const { server, dispatcher } = await toServer(t, rows)
  const release = Promise.withResolvers<void>()
  server.script({ at: 'hold', recipient: 'member1@example.org', until: () => release.promise })
  for (let id = 1; id <= 4; id += 1) rows.queue(copy(id), realClock.now())
  dispatcher.start()
  const claimed = rows.rows.map(row => row.claimedAt !== undefined)
  assert.deepEqual(claimed, [true, true, false, false])
  for (const id of [2, 3, 4]) assert.equal((await rows.recorded(id)).kind, 'accepted')
  assert.equal(rows.outcomes.has(1), false)
  release.resolve()
  assert.equal((await rows.recorded(1)).kind, 'accepted')
})

test('what is queued later is sent when the dispatcher is woken', async t => {
  const rows = new Rows()
  const { dispatcher } = await toServer(t, rows)
  dispatcher.wake()
  dispatcher.start()
  rows.queue(copy(1), realClock.now())
  assert.equal(rows.rows[0]?.claimedAt, undefined)
  dispatcher.wake()
  assert.equal((await rows.recorded(1)).kind, 'accepted')
})

test('J03 stopping claims nothing more and records how the copies under way end', async t => {
  const rows = new Rows().queue(copy(1), realClock.now())
  const held = Promise.withResolvers<() => void>()
  const { server, dispatcher } = await toScript(t, rows, (line, socket) => {
    if (line !== '.') return willing(line, socket)
    held.resolve(() => void socket.write('250 kept\r\n'))
    return undefined
  })
  dispatcher.start()
  const answer = await held.promise
  const stopping = dispatcher.stop()
  rows.queue(copy(2), realClock.now())
  dispatcher.wake()
  answer()
  await stopping
  assert.deepEqual(rows.outcomes.get(1), { kind: 'accepted', code: 250 })
  assert.equal(rows.rows[1]?.claimedAt, undefined)
  assert.equal(server.lines.filter(line => line.startsWith('RCPT')).length, 1)
})

test('an outbox that cannot be claimed from or recorded in stops all sending, once and loudly', async t => {
  const broken = new Error('disk')
  const cannotClaim = new Rows().queue(copy(1), realClock.now())
  cannotClaim.exchange = () => {
    throw broken
  }
  const first = await toServer(t, cannotClaim)
  first.dispatcher.start()
  first.dispatcher.wake()
  assert.deepEqual(first.told.fatal, [broken])

  const cannotRecord = new Rows()
  for (let id = 1; id <= 6; id += 1) cannotRecord.queue(copy(id), realClock.now())
  const tried = Promise.withResolvers<void>()
  cannotRecord.record = () => {
    tried.resolve()
    throw broken
  }
  const second = await toServer(t, cannotRecord)
  second.dispatcher.start()
  await tried.promise
  await second.dispatcher.stop()
  assert.deepEqual(second.told.fatal, [broken])
  assert.ok(second.server.mails.length <= 2)
})

test('a connection goes on only in the step that records what it was answered', async t => {
  const rows = new Rows()
  const { dispatcher } = await toServer(t, rows)
  for (let id = 1; id <= 20; id += 1) rows.queue(copy(id), realClock.now())
  const exchange = rows.exchange.bind(rows)
  const underWay: number[] = []
  rows.exchange = (answers, room, now) => {
    const claimed = exchange(answers, room, now)
    underWay.push(rows.rows.filter(row => row.claimedAt !== undefined).length - rows.outcomes.size)
    return claimed
  }
  dispatcher.start()
  for (let id = 1; id <= 20; id += 1) await rows.recorded(id)
  assert.ok(Math.max(...underWay) === 2, `never more in doubt than there are connections: ${underWay}`)
  assert.ok(underWay.length <= 22, `one step an answer: ${underWay.length}`)
})

test('what cannot be claimed does not keep an answer from being recorded, nor what is due from going later', async t => {
  const rows = new Rows()
  for (let id = 1; id <= 3; id += 1) rows.queue(copy(id), realClock.now())
  const { dispatcher, told } = await toServer(t, rows)
  const exchange = rows.exchange.bind(rows)
  let fault: Error | undefined
  rows.exchange = (answers, room, now) => {
    if (room > 0 && fault !== undefined) throw fault
    return exchange(answers, room, now)
  }
  dispatcher.start()
  fault = new Error('disk full')
  for (const id of [1, 2]) assert.equal((await rows.recorded(id)).kind, 'accepted')
  assert.equal(rows.rows[2]?.claimedAt, undefined)
  fault = undefined
  assert.equal((await rows.recorded(3)).kind, 'accepted')
  assert.deepEqual(told.fatal, [])
  assert.ok(told.events.includes('dispatch-waits'))
})

test('a far instant does not overflow the timer, and a clock set forward is noticed soon', t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let now = instant(1_800_000_000_000)
  const rows = new Rows().queue(copy(1), later(now, 60 * DAY))
  const submission = {
    send: () => new Promise<never>(() => undefined),
    warm: async () => undefined,
    close: async () => undefined,
  }
  const dispatcher = new Dispatcher({
    outbox: rows,
    submission,
    clock: { now: () => now },
    mailsPerMinute: undefined,
    connections: 1,
    inDoubtWait: IN_DOUBT_WAIT,
    onFailure: () => undefined,
    mayPass: () => false,
    onFatal: () => undefined,
    log: () => undefined,
  })
  dispatcher.start()
  t.mock.timers.tick(MINUTE)
  assert.equal(rows.rows[0]?.claimedAt, undefined)
  now = later(now, 61 * DAY)
  t.mock.timers.tick(10_000)
  assert.equal(rows.rows[0]?.claimedAt, now)
})
