// When a notice that was scheduled goes, waits, or is held.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { releaseNotice, type Surroundings } from '../../../src/decide/notices/release.ts'
import type { Notice } from '../../../src/model/notice.ts'
import { later } from '../../../src/model/scalars.ts'
import { HOUR, MINUTE, SECOND } from '../../../src/model/time.ts'
import { ALICE, aNotice, BOB, NOW, snapshot } from '../given.ts'

/** Milliseconds after the instant at which it is asked, and how the world is then. */
type Given = {
  readonly after: number
  readonly mailbox?: Surroundings['mailbox']
  readonly clock?: Surroundings['clock']
  /** Milliseconds after the instant at which the process began. */
  readonly startedAfter?: number
  readonly state?: Notice['state']
}

const asked = ({ after, mailbox = 'settled', clock = 'trusted', startedAfter = -HOUR, state }: Given) =>
  releaseNotice(aNotice(state === undefined ? {} : { state }), snapshot({ now: later(NOW, after) }), {
    clock,
    mailbox,
    waitingSince: later(NOW, startedAfter),
  })

const cases: readonly (readonly [name: string, given: Given, becomes: string])[] = [
  ['a millisecond early', { after: -1 }, 'not yet'],
  ['at the instant', { after: 0 }, 'notice-released'],
  ['at the instant, the mailbox never read', { after: 0, mailbox: 'unread' }, 'not yet'],
  ['at the instant, the clock in doubt', { after: 0, clock: 'doubtful' }, 'not yet'],
  ['long after, the clock in doubt', { after: 9 * HOUR, clock: 'doubtful' }, 'not yet'],
  ['as late as it may be', { after: HOUR }, 'notice-released'],
  ['later than it may be', { after: HOUR + 1 }, 'late'],
  ['later than it may be, the mailbox unread', { after: HOUR + 1, mailbox: 'unread' }, 'late'],
  ['the mailbox unread for two minutes', { after: 2 * MINUTE, mailbox: 'unread' }, 'not yet'],
  ['the mailbox unread for longer', { after: 2 * MINUTE + 1, mailbox: 'unread' }, 'mailbox-not-settled'],
  [
    'the mailbox unread since a start two minutes ago',
    { after: 30 * MINUTE, mailbox: 'unread', startedAfter: 28 * MINUTE },
    'not yet',
  ],
  [
    'the mailbox unread since a start longer ago',
    { after: 30 * MINUTE, mailbox: 'unread', startedAfter: 28 * MINUTE - 1 },
    'mailbox-not-settled',
  ],
  ['much mail still to settle', { after: 30 * MINUTE, mailbox: 'stored' }, 'not yet'],
  ['too much mail to settle', { after: HOUR + SECOND, mailbox: 'stored' }, 'late'],
  ['commands that came before it still to settle', { after: 0, mailbox: 'commands-wait' }, 'not yet'],
  ['commands still to settle after two minutes', { after: 2 * MINUTE, mailbox: 'commands-wait' }, 'not yet'],
  [
    'more of them than can be settled in two minutes',
    { after: 2 * MINUTE + 1, mailbox: 'commands-wait' },
    'notice-released',
  ],
  ['cancelled', { after: 0, state: 'cancelled' }, 'not yet'],
  ['released before', { after: 0, state: 'released' }, 'not yet'],
  ['held before', { after: 0, state: 'held' }, 'not yet'],
]

for (const [name, given, becomes] of cases)
  test(`a notice, ${name}: ${becomes}`, () => {
    const decision = asked(given)
    const [event] = decision?.events ?? []
    const why = event?.kind === 'notice-held' ? event.why : event?.kind
    assert.equal(why ?? 'not yet', becomes)
    if (decision === undefined) return
    assert.equal(decision.actor.kind, 'scheduler')
    // Its case knows that it went out: a clock may have waited for it.
    const others = decision.events.slice(1).map(({ kind }) => kind)
    assert.deepEqual(others, event?.kind === 'notice-released' ? ['notice-went-out'] : [])
    // A release mails nobody by itself: the copies wait in the outbox.
    const told = event?.kind === 'notice-held' ? [ALICE.address, BOB.address] : []
    assert.deepEqual(
      decision.mails.map(order => order.to),
      told,
    )
    for (const { content } of decision.mails)
      assert.deepEqual(content, { kind: 'alert', alert: { kind: 'notice-held', notice: aNotice().id, why } })
  })
