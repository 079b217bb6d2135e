// After a restore: what may have run in the life that the backup does not know of does not run again, and safe
// mode ends by the operator's word alone.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import { freshnessOf } from '../../src/decide/freshness.ts'
import type { Snapshot } from '../../src/model/decision.ts'
import type { GoodSignature } from '../../src/model/mail.ts'
import type { Post } from '../../src/model/post.ts'
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

function resumed(sent: 'all' | 'none', world: Partial<Snapshot> = {}, members?: number) {
  const notices = new Map([past, future].map(notice => [notice.id, notice]))
  const restored = { mode: 'safe', restoredAt: later(NOW, -MINUTE), notices, contacts: [], ...world } as const
  const input = { kind: 'operator', inbound: inboundId(1), receivedAt: instant(NOW) } as const
  return decide({ ...input, request: { kind: 'resume', sent, members } }, snapshot(restored), fresh)
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

test('a post that waited may have been let through since: the admins are told', () => {
  const [waiting, gone] = fresh.posts.map((id): Post => {
    const poster = { kind: 'team', name: 'carol' } as const
    const post = {
      id,
      project: past.project,
      case: past.case,
      revision: 1,
      inbound: inboundId(1),
      poster,
    } as const
    const sent = { receivedAt: NOW, by: fingerprint('C'), messageId: undefined, parent: undefined } as const
    return { ...post, ...sent, waits: 'moderated', state: 'waiting', remindedAt: undefined }
  })
  assert.ok(waiting && gone)
  const posts = new Map([waiting, { ...gone, state: 'relayed' as const }].map(one => [one.id, one]))
  const words = resumed('all', { posts }).answer?.results[0]?.text.open() ?? ''
  assert.match(words, /as at the backup: P-610001\. Your own mail/)
  assert.doesNotMatch(resumed('all').answer?.results[0]?.text.open() ?? '', /withhold/)
})

test('nothing went out: no notice is touched', () => {
  assert.deepEqual([resumed('none').events, resumed('none').queue], [[], { kind: 'resume', sent: 'none' }])
})

suite('who is on a list again gets nothing before the operator has counted who is rightly there', () => {
  const [one, two] = [contact('one', '1'), contact('two', '2')]
  const suspended = (until: Instant | undefined) => ({
    ...two,
    state: 'suspended' as const,
    suspended: { why: 'admin' as const, at: NOW, by: 'alice', until, reason: undefined },
  })
  for (const [what, contacts, right] of [
    ['two', [one, two], 2],
    ['one, another left', [one, { ...two, state: 'left' }], 1],
    ['one, another is suspended', [one, suspended(undefined)], 1],
    ['two, one of them suspended for a time', [one, suspended(NOW)], 2],
    ['two, one of them new', [one, { ...two, state: 'cooling' }], 2],
  ] satisfies readonly (readonly [string, Snapshot['contacts'], number])[])
    for (const members of [undefined, right - 1, right, right + 1])
      test(`${what}; they say ${members}`, () => {
        const decision = resumed('all', { contacts }, members)
        const words = decision.answer?.results[0]?.text.open() ?? ''
        if (members === right) {
          assert.deepEqual(decision.queue, { kind: 'resume', sent: 'all' })
          assert.match(words, /See who: roster level=full/)
          return
        }
        assert.deepEqual(
          [decision.outcome, decision.queue, decision.mails, decision.events],
          ['refused', undefined, [], []],
        )
        assert.match(words, /^ {2}M-000001, widget, active, \S+, key 1{40}$/m)
        assert.match(words, new RegExp(`--sent all --members ${right}$`))
      })

  test('where a list is empty nobody need be counted', () =>
    assert.equal(resumed('all', { contacts: [{ ...one, state: 'removed' }] }).outcome, 'command'))
})

test('where there is no safe mode, there is none to end', () => {
  const decision = resumed('all', { mode: 'normal' })
  assert.deepEqual([decision.outcome, decision.queue, decision.mails], ['refused', undefined, []])
})
