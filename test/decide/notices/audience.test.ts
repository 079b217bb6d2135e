// `audience`: another rule for a notice that waits, whom it adds and takes away, and when it is too late.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EVERYBODY, type Notice } from '../../../src/model/notice.ts'
import { aNotice, BOB, NOW } from '../given.ts'
import { answered, confirmed, described, EARLY, ONE, sends, THREE, TWO, world } from './early.ts'

const N = 'N-300001'
const ONLY_ONE = { classes: [], include: [], exclude: [TWO.id, THREE.id] }

const with_ = (changes: Partial<Notice> = {}, rest: Parameters<typeof world>[0] = {}) => {
  const notice = aNotice({ audience: ONLY_ONE, sendAt: described().embargo.disclose ?? NOW, ...changes })
  return world({ ...rest, notices: new Map([[notice.id, notice]]) })
}

test('it shows whom it adds and takes away, and waits for a confirmation', () => {
  const { status, text } = answered(`audience ${N} class=clouds`, with_())
  assert.equal(status, 'wait')
  assert.match(
    text,
    /N-300001 goes to 1 contacts instead of 1:\nAdded, 1:\n {2}M-000002 of D-000002, oncall@two/,
  )
  assert.match(text, /^Taken away, 1:\n {2}M-000001 of D-000001, oncall@one/m)
  const { events } = confirmed(`audience ${N} class=clouds`, with_())
  assert.deepEqual(
    events.map(event => (event.kind === 'notice-audience-set' ? event.audience : event.kind)),
    [{ classes: ['clouds'], include: [], exclude: [] }],
  )
})

test('without arguments it is for all on the list', () => {
  const { plan } = sends(`audience ${N}`, with_())
  assert.equal(plan?.kind, 'issued')
  assert.deepEqual(
    plan.plan.audience,
    [ONE, TWO, THREE].map(({ address }) => address),
  )
})

describe('it is refused, with what to send instead', () => {
  for (const [name, given, line, becomes, instead] of [
    [
      'of a notice that went out',
      with_({ state: 'released', releasedAt: NOW }),
      'class=clouds',
      'E-STATE',
      /has begun to go out; for others send another: notice/,
    ],
    [
      'of one that was held on its way',
      with_({ state: 'held', releasedAt: NOW }),
      'class=clouds',
      'E-STATE',
      /has begun to go out/,
    ],
    [
      'of a cancelled one',
      with_({ state: 'cancelled' }),
      'class=clouds',
      'E-STATE',
      /is cancelled; for others/,
    ],
    [
      'of one to users',
      with_({ to: 'users' }),
      'class=clouds',
      'E-STATE',
      /goes to all users; to stop it, send: cancel/,
    ],
    [
      'for nobody',
      with_(),
      `exclude=${ONE.id},${TWO.id},${THREE.id}`,
      'E-STATE',
      /Nobody would get it|Nobody would get N-300001/,
    ],
    ['for a class that there is not', with_(), 'class=gold', 'E-UNKNOWN', /no class gold/],
    [
      'of an ended case',
      with_({}, { theCase: described({ state: 'closed' }) }),
      'class=clouds',
      'E-STATE',
      /ended as closed/,
    ],
  ] as const)
    test(name, () => {
      const { status, text } = answered(`audience ${N} ${line}`, given)
      assert.equal(status, becomes)
      assert.match(text, instead)
    })
})

test('a notice that is held before any of it went can have another', () => {
  assert.equal(answered(`audience ${N} class=clouds`, with_({ state: 'held' })).status, 'wait')
})

test('the same rule again is refused', () => {
  assert.equal(answered(`audience ${N} exclude=${TWO.id},${THREE.id}`, with_()).status, 'E-STATE')
})

test('where the lead decides on the stage, nobody else changes whom it is for', () => {
  const stages = [{ ...EARLY, decidedBy: 'lead' as const }]
  const led = with_({}, { stages, theCase: described({ lead: 'alice' }) })
  assert.equal(answered(`audience ${N} class=clouds`, led, [], BOB).status, 'E-POLICY')
  assert.equal(answered(`audience ${N} class=clouds`, led).status, 'wait')
})

test('show names the rule of a notice that is not for all', () => {
  const { text } = answered('show C-482107', with_())
  assert.match(text, /^N-300001: early-disclosure, scheduled, 2026-12-16T16:00Z, exclude=M-000002,M-000003$/m)
  assert.match(answered('show C-482107', with_({ audience: EVERYBODY })).text, /T16:00Z$/m)
})
