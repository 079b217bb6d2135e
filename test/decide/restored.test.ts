// After a restore: what may have run in the life that the backup does not know of does not run again, and safe
// mode ends by the operator's word alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import { freshnessOf } from '../../src/decide/freshness.ts'
import type { Snapshot } from '../../src/model/decision.ts'
import type { GoodSignature } from '../../src/model/mail.ts'
import { type Instant, inboundId, instant, later } from '../../src/model/scalars.ts'
import { MINUTE } from '../../src/model/time.ts'
import { aNotice, contact, fingerprint, fresh, NOW, noticeId, settings, snapshot } from './given.ts'

const signedAt = (created: Instant): GoodSignature => ({
  primary: fingerprint('A'),
  hashValue: 'a0'.repeat(32),
  created,
})

for (const [name, created, age] of [
  ['before the restore', later(NOW, -2 * MINUTE), 'before-restore'],
  ['in the very instant of the restore', later(NOW, -MINUTE), 'before-restore'],
  ['after the restore', later(NOW, -MINUTE + 1), 'fresh'],
] as const)
  test(`a signature made ${name} is ${age}`, () => {
    const around = { settings: settings(), restoredAt: later(NOW, -MINUTE) }
    assert.equal(freshnessOf(signedAt(created), NOW, around, instant(0)), age)
  })

const past = aNotice({ sendAt: later(NOW, -2 * MINUTE) })
const future = aNotice({ id: noticeId('300002'), sendAt: later(NOW, MINUTE) })

function resumed(sent: 'all' | 'none', world: Partial<Snapshot> = {}) {
  const notices = new Map([past, future].map(notice => [notice.id, notice]))
  const restored = { mode: 'safe', restoredAt: later(NOW, -MINUTE), notices, ...world } as const
  const input = { kind: 'operator', inbound: inboundId(1), receivedAt: instant(NOW) } as const
  return decide({ ...input, request: { kind: 'resume', sent } }, snapshot(restored), fresh)
}

test('what waited counts as sent: a notice whose instant passed is held, a later one is named', () => {
  const decision = resumed('all')
  assert.deepEqual(
    decision.events.map(event => [event.kind, 'notice' in event && event.notice]),
    [['notice-held', past.id]],
  )
  assert.deepEqual(decision.queue, { kind: 'resume', sent: 'all' })
  assert.match(decision.answer?.results[0]?.text.open() ?? '', new RegExp(`${future.id} is still to go out`))
  assert.equal(decision.mails.length, settings().admins.length)
})

test('nothing went out: no notice is touched', () => {
  assert.deepEqual([resumed('none').events, resumed('none').queue], [[], { kind: 'resume', sent: 'none' }])
})

test('who is on a list again gets no notice before the team was told to look', () => {
  const words = (contacts: Snapshot['contacts']) =>
    resumed('all', { contacts }).answer?.results[0]?.text.open() ?? ''
  const [one, two] = [contact('one', '1'), contact('two', '2')]
  assert.match(words([one, two]), /go to the 2 contacts who had them at the backup\..*roster level=full/)
  assert.match(words([one, { ...two, state: 'left' }]), /go to the one contact who had them/)
  assert.doesNotMatch(words([{ ...one, state: 'removed' }]), /roster/)
})

test('where there is no safe mode, there is none to end', () => {
  const decision = resumed('all', { mode: 'normal' })
  assert.deepEqual([decision.outcome, decision.queue, decision.mails], ['refused', undefined, []])
})
