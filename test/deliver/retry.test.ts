import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classifyReply, nextAttempt } from '../../src/deliver/retry.ts'
import { instant, later } from '../../src/model/scalars.ts'
import { DAY, HOUR, MINUTE } from '../../src/model/time.ts'

const first = instant(1_800_000_000_000)

test('a failed mail is tried again after 1, 5, 15, 30 and 60 minutes, then hourly', () => {
  const waits = [1, 2, 3, 4, 5, 6, 50].map(attempts => {
    const next = nextAttempt(attempts, first, first)
    assert.ok(next !== 'give-up')
    return (next - first) / MINUTE
  })
  assert.deepEqual(waits, [1, 5, 15, 30, 60, 60, 60])
})

test('the last attempt is made five days after the first, and its failure is final', () => {
  const last = later(first, 5 * DAY)
  assert.equal(nextAttempt(120, first, later(last, -HOUR / 2)), last)
  assert.equal(nextAttempt(121, first, last), 'give-up')
  assert.equal(nextAttempt(2, first, later(last, DAY)), 'give-up')
})

test('the whole schedule has an attempt in every hour of the five days and then ends', () => {
  let attempts = 1
  let now = first
  for (;;) {
    const next = nextAttempt(attempts, first, now)
    if (next === 'give-up') break
    assert.ok(next > now && next - now <= HOUR)
    now = next
    attempts += 1
  }
  assert.equal(now - first, 5 * DAY)
  assert.equal(attempts, 125)
})

test('replies are told apart by stage and class', () => {
  const cases = [
    ['mail', 451, 'temporary'],
    ['rcpt', 450, 'temporary'],
    ['rcpt', 550, 'permanent'],
    ['data', 554, 'permanent'],
    ['final', 421, 'temporary'],
    ['final', 552, 'permanent'],
    ['mail', 550, 'permanent'],
    // The session, not the mail.
    ['mail', 503, 'temporary'],
    ['mail', 530, 'temporary'],
    ['greeting', 554, 'temporary'],
    ['auth', 535, 'temporary'],
    ['connect', undefined, 'temporary'],
    ['data', undefined, 'temporary'],
    // No reply code of RFC 5321.
    ['rcpt', 250, 'temporary'],
    ['rcpt', 600, 'temporary'],
  ] as const
  for (const [stage, code, kind] of cases)
    assert.deepEqual(classifyReply(stage, code), { kind, stage, code }, `${code} at ${stage}`)
})
