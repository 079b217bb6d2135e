// Copies of a notice that did not arrive are told of again, the more often the nearer the date, until somebody acts.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fold, ownState } from '../../../src/decide/known.ts'
import { remindOfCopies } from '../../../src/decide/notices/missing-copies.ts'
import type { Case } from '../../../src/model/case.ts'
import type { NoticeCopy, Snapshot } from '../../../src/model/decision.ts'
import { EVERYBODY } from '../../../src/model/notice.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { type Instant, later } from '../../../src/model/scalars.ts'
import { DAY, HOUR, MINUTE } from '../../../src/model/time.ts'
import { ALICE, aCase, aNotice, BOB, caseId, contact, NOW, noticeId, snapshot } from '../given.ts'

const CASE = caseId('482107')
const N = noticeId('300001')
const [ONE, TWO] = [contact('one', '1'), contact('two', '2')]
const DISCLOSE = later(NOW, 3 * DAY)

const copy = (to: typeof ONE, changes: Partial<NoticeCopy>): NoticeCopy => ({
  case: CASE,
  notice: N,
  copy: 1,
  why: undefined,
  lastCode: undefined,
  lastStatus: undefined,
  contact: to.id,
  to: to.address,
  state: 'sent',
  doubt: 'none',
  at: NOW,
  subkey: undefined,
  ...changes,
})

const released = aNotice({ state: 'released', releasedAt: NOW, sendAt: NOW })

type Given = {
  readonly copies?: readonly NoticeCopy[]
  readonly theCase?: Partial<Case>
  readonly changes?: Partial<Snapshot>
}

const given = ({ copies, theCase, changes }: Given = {}): Snapshot => {
  const one = aCase({ state: 'fixing', embargo: { state: 'active', disclose: DISCLOSE }, ...theCase })
  return snapshot({
    cases: new Map([[CASE, one]]),
    notices: new Map([[N, released]]),
    contacts: [ONE, TWO],
    copies: copies ?? [copy(ONE, { state: 'held' }), copy(TWO, {})],
    ...changes,
  })
}

/** When the team is reminded until then, in hours after the release; asked each minute. */
function reminded(until: Instant, situation: Given = {}): readonly number[] {
  const told: number[] = []
  let known = given(situation)
  for (let now = NOW; now <= until; now = later(now, MINUTE)) {
    known = { ...known, now }
    const decision = remindOfCopies(CASE, known)
    if (decision === undefined) continue
    told.push((now - NOW) / HOUR)
    known = { ...known, ...fold(ownState(known), decision.events) }
  }
  return told
}

const missingIn = (situation: Given): readonly string[] => {
  const { mails = [] } = remindOfCopies(CASE, { ...given(situation), now: later(NOW, DAY) }) ?? {}
  return mails.flatMap(({ to, content }) =>
    to === ALICE.address && content.kind === 'alert' && content.alert.kind === 'copies-missing'
      ? content.alert.copies.map(({ contact: id, state }) => `${id} ${state}`)
      : [],
  )
}

describe('a copy that did not arrive', () => {
  test('is told of daily, each four hours in the last day, and hourly in the last three', () => {
    assert.deepEqual(reminded(DISCLOSE), [24, 48, 52, 56, 60, 64, 68, 69, 70, 71])
  })

  test('without a date is told of daily', () => {
    assert.deepEqual(
      reminded(later(NOW, 3 * DAY), { theCase: { embargo: { state: 'active', disclose: undefined } } }),
      [24, 48, 72],
    )
  })

  test('is told of at once where the date has come nearer', () => {
    const known = given({
      theCase: {
        embargo: { state: 'active', disclose: later(NOW, 2 * HOUR) },
        reminded: { copies: { due: DISCLOSE, upTo: later(NOW, -HOUR) } },
      },
    })
    assert.ok(remindOfCopies(CASE, known))
  })

  test('is told to each admin, and nothing else of the case changes', () => {
    const decision = remindOfCopies(CASE, { ...given(), now: later(NOW, DAY) })
    assert.deepEqual(
      decision?.mails.map(({ to }) => to),
      [ALICE.address, BOB.address],
    )
    assert.deepEqual(
      decision?.events.map(({ kind }) => kind),
      ['reminded'],
    )
  })

  const CASES: readonly (readonly [name: string, situation: Given, missing: readonly string[]])[] = [
    ['held', {}, ['M-000001 held']],
    ['refused, or come back', { copies: [copy(ONE, { state: 'failed' })] }, ['M-000001 failed']],
    ['in doubt: they may have it', { copies: [copy(ONE, { state: 'failed', doubt: 'in-doubt' })] }, []],
    ['on its way', { copies: [copy(ONE, { state: 'ready' })] }, []],
    [
      'failed, and made anew',
      { copies: [copy(ONE, { state: 'failed' }), copy(ONE, { state: 'ready' })] },
      [],
    ],
    [
      'failed twice',
      { copies: [copy(ONE, { state: 'failed' }), copy(ONE, { state: 'held' })] },
      ['M-000001 held'],
    ],
    [
      'of a notice that was cancelled',
      { changes: { notices: new Map([[N, { ...released, state: 'cancelled' }]]) } },
      [],
    ],
    ['of a notice that waits still', { changes: { notices: new Map([[N, aNotice()]]) } }, []],
    ['of who is suspended', { changes: { contacts: [{ ...ONE, state: 'suspended' }, TWO] } }, []],
    ['of who has left', { changes: { contacts: [{ ...ONE, state: 'left' }, TWO] } }, []],
    [
      'of who was taken out of the audience',
      {
        changes: { notices: new Map([[N, { ...released, audience: { ...EVERYBODY, exclude: [ONE.id] } }]]) },
      },
      [],
    ],
    ['of a case that is published', { theCase: { state: 'published' } }, []],
    ['of a case whose embargo is over', { theCase: { embargo: { state: 'broken', disclose: NOW } } }, []],
    [
      'of a case that is held',
      { theCase: { held: { at: NOW, reason: plaintext('Wait.'), told: 'new' } } },
      [],
    ],
    ['of another case', { copies: [copy(ONE, { state: 'held', case: caseId('700000') })] }, []],
  ]
  for (const [name, situation, missing] of CASES)
    test(`${name}: ${missing.join() || 'nothing'}`, () => assert.deepEqual(missingIn(situation), missing))

  test('of five hundred is one mail', () => {
    const many = Array.from({ length: 500 }, () => copy(ONE, { state: 'held' }))
    assert.equal(remindOfCopies(CASE, { ...given({ copies: many }), now: later(NOW, DAY) })?.mails.length, 2)
  })
})
