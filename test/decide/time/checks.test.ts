// K01: what is looked at before a notice's instant, when, and who hears what of it.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { fold, ownState } from '../../../src/decide/known.ts'
import { timePassed, wakeAt } from '../../../src/decide/time/timed.ts'
import type { Case } from '../../../src/model/case.ts'
import type { Contact } from '../../../src/model/contact.ts'
import type { Decision, Snapshot } from '../../../src/model/decision.ts'
import { EVERYBODY, type Notice } from '../../../src/model/notice.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { type Instant, instant, later } from '../../../src/model/scalars.ts'
import { DAY, HOUR, MINUTE } from '../../../src/model/time.ts'
import { aCase, aNotice, NOW, noticeId } from '../given.ts'
import { COLLEAGUE, membersWith, newsIn, ONE, TWO, world } from '../members.ts'

const OLDER = { ...ONE.acceptance, sha256: 'ef'.repeat(32) } as Contact['acceptance']
const N = noticeId('300001')
const SEND = later(NOW, 20 * DAY)

type Given = {
  readonly notice?: Partial<Notice>
  readonly contacts?: readonly Contact[]
  readonly theCase?: Partial<Case>
  readonly changes?: Partial<Snapshot>
}

const given = ({ notice, contacts = [ONE, COLLEAGUE, TWO], theCase, changes }: Given): Snapshot => {
  const one = aCase({ state: 'fixing', ...theCase })
  return world({
    settings: membersWith({ keyWarnings: [] }),
    cases: new Map([[one.id, one]]),
    notices: new Map([[N, aNotice({ sendAt: SEND, ...notice })]]),
    contacts,
    ...changes,
  })
}

const noticeIn = ({ notices }: Snapshot): Notice => {
  const one = notices.get(N)
  assert.ok(one)
  return one
}

const alertIn = (decision: Decision) => {
  const alerts = decision.mails.flatMap(({ content }) =>
    content.kind === 'alert' && content.alert.kind === 'notice-ahead' ? [content.alert] : [],
  )
  assert.ok(alerts.length === 0 || alerts.length === 2, 'each admin one mail')
  return alerts[0]
}

/** Lives through the time until then: when, before the instant in hours, the team was told what. */
function lived(situation: Given, until: Instant = SEND) {
  let known = given(situation)
  const told: string[] = []
  for (let rounds = 0; rounds < 10; rounds += 1) {
    const at = wakeAt(noticeIn(known), known.settings)
    if (at === undefined || at > until) return { told, known }
    known = { ...known, now: instant(Math.max(at, known.now)) }
    const decision = timePassed(noticeIn(known), known)
    assert.ok(decision, 'woken for nothing')
    const alert = alertIn(decision)
    const left = (SEND - known.now) / HOUR
    if (alert !== undefined) told.push(`${left} h: ${alert.reached} of ${alert.of}`)
    for (const [reader, , kind] of newsIn(decision)) told.push(`${left} h: ${reader} ${kind}`)
    known = { ...known, ...fold(ownState(known), decision.events) }
  }
  return assert.fail('it never ends')
}

suite('before its instant a notice', () => {
  test('that reaches all is said to a day before, and at no other time', () => {
    assert.deepEqual(lived({}).told, ['24 h: 3 of 3'])
  })

  test('is told of with whom it does not reach, a week, a day and an hour before, and they are warned', () => {
    const ends = { ...ONE, encryptsUntil: instant(SEND - MINUTE) }
    assert.deepEqual(lived({ contacts: [ends, COLLEAGUE, TWO] }).told, [
      '168 h: 2 of 3',
      '168 h: they key-ends',
      '24 h: 2 of 3',
      '24 h: they key-ends',
      '1 h: 2 of 3',
      '1 h: they key-ends',
    ])
  })

  test('says nothing to whose key is revoked or over, who is suspended or new', () => {
    const contacts: readonly Contact[] = [
      { ...ONE, revokedAt: NOW },
      { ...COLLEAGUE, encryptsUntil: instant(NOW - DAY) },
      { ...TWO, state: 'suspended' },
    ]
    assert.deepEqual(lived({ contacts }).told, ['168 h: 0 of 3', '24 h: 0 of 3', '1 h: 0 of 3'])
  })

  test('names each with the reason, and who has not accepted the terms', () => {
    const contacts: readonly Contact[] = [
      { ...ONE, encryptsUntil: later(NOW, DAY) },
      { ...COLLEAGUE, acceptance: OLDER },
      { ...TWO, state: 'suspended' },
    ]
    const known = { ...given({ contacts }), now: later(SEND, -HOUR) }
    const alert = alertIn(timePassed(noticeIn(known), known) ?? assert.fail())
    assert.deepEqual(alert?.lacking, [
      'M-000001, oncall@one.example: its key ends at 2026-11-22T12:00Z',
      'M-000002, oncall@two.example: suspended',
    ])
    assert.deepEqual(alert?.outdated, ['M-000004, oncall@colleague.example'])
  })

  test('is not looked at for those whom it does not mean, who would come later, or for users', () => {
    const contacts = [{ ...ONE, revokedAt: NOW }, COLLEAGUE, { ...TWO, state: 'invited' as const }]
    const audience = { ...EVERYBODY, exclude: [ONE.id] }
    assert.deepEqual(lived({ contacts, notice: { audience } }).told, ['24 h: 1 of 1'])
    assert.deepEqual(lived({ contacts, notice: { to: 'users' } }).told, [])
  })

  test('that was scheduled an hour or a day ahead repeats nothing of its plan', () => {
    const from = (before: number) => ({ scheduledAt: later(SEND, -before) })
    const contacts = [{ ...ONE, revokedAt: NOW }, COLLEAGUE]
    assert.deepEqual(lived({ contacts, notice: from(HOUR) }).told, [])
    assert.deepEqual(lived({ contacts, notice: from(DAY) }).told, ['1 h: 1 of 2'])
    assert.deepEqual(lived({ notice: from(DAY) }).told, [])
  })

  test('that was missed while down is made up for once, with what holds then', () => {
    const known = { ...given({}), now: later(SEND, -30 * MINUTE) }
    const decision = timePassed(noticeIn(known), known) ?? assert.fail()
    assert.deepEqual([alertIn(decision)?.reached, alertIn(decision)?.of], [3, 3])
    const after = { ...known, ...fold(ownState(known), decision.events) }
    assert.equal(wakeAt(noticeIn(after), after.settings), undefined)
    // Down until after the instant: whether it goes is asked elsewhere, and this says nothing.
    const late = { ...known, now: later(SEND, HOUR) }
    const nothing = timePassed(noticeIn(late), late) ?? assert.fail()
    assert.deepEqual([nothing.mails.length, nothing.events.length], [0, 1])
    const passed = { ...late, ...fold(ownState(late), nothing.events) }
    assert.equal(wakeAt(noticeIn(passed), passed.settings), undefined)
  })

  test('begins anew with another instant, and ends when it is cancelled, held or gone', () => {
    const { known } = lived({}, later(SEND, -2 * HOUR))
    const moved = { ...noticeIn(known), sendAt: later(SEND, 10 * DAY), scheduledAt: known.now }
    assert.equal(wakeAt(moved, known.settings), later(moved.sendAt, -7 * DAY))
    for (const state of ['cancelled', 'released', 'held'] as const)
      assert.equal(wakeAt(aNotice({ sendAt: SEND, state }), known.settings), undefined)
  })

  test('is looked at without becoming another one: no plan and no copy is void by it', () => {
    const { known } = lived({})
    const { revision, version } = noticeIn(known)
    assert.deepEqual([revision, version], [4, 1])
  })

  test('tells of a case that is held or over, and of a server that would refuse it', () => {
    const at = { now: later(SEND, -HOUR) }
    const alertOf = (situation: Given) => {
      const known = { ...given(situation), ...at }
      return alertIn(timePassed(noticeIn(known), known) ?? assert.fail())
    }
    const held = { held: { at: NOW, reason: plaintext('Wait.'), told: 'fixing' } } as const
    assert.equal(alertOf({ theCase: held })?.stop, 'held')
    assert.equal(alertOf({ theCase: { embargo: { state: 'broken', disclose: NOW } } })?.stop, 'over')
    assert.match(alertOf({ changes: { serverTakes: 10_000 } })?.fault ?? '', /takes 10 kB/)
    assert.equal(alertOf({ changes: { serverTakes: 'any' } })?.fault, undefined)
  })
})
