// Who hears of a date of disclosure, and what it means for notices, projects upstream and what is public.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Case } from '../../../src/model/case.ts'
import type { Decision } from '../../../src/model/decision.ts'
import { ALICE, aNotice, BOB, NOW } from '../given.ts'
import { C, held, keyed, RIYA } from '../sent.ts'

import { active, after, answerOf, at, extend, given, plan, sent, worldOf } from './embargo-world.ts'

suite('the reporter hears of a date', () => {
  const told = (decision: Decision) =>
    decision.mails.flatMap(({ to, content }) => (to === RIYA && content.kind === 'news' ? [content] : []))
  const date = at('2026-12-09T16:00Z')
  for (const [name, line, theCase, expected] of [
    ['that is proposed', plan('2026-12-09T16:00Z'), keyed, [{ at: date, standing: 'proposed', sequence: 0 }]],
    [
      'that is set',
      plan('2026-12-09T16:00Z'),
      { ...keyed, state: 'accepted' },
      [{ at: date, standing: 'active', sequence: 0 }],
    ],
    [
      'that an extension moves',
      extend('2026-12-09T16:00Z'),
      { ...keyed, ...active('2026-12-08T16:00Z') },
      [{ at: date, former: at('2026-12-08T16:00Z'), standing: 'active', sequence: 0 }],
    ],
    [
      'that was proposed and holds since the case is accepted, in one mail with that',
      `accept ${C}`,
      { ...keyed, embargo: { state: 'proposed', disclose: date } },
      [{ at: date, standing: 'active', sequence: 0 }],
    ],
    ['not while the case is held', plan('2026-12-09T16:00Z'), { ...keyed, ...held }, []],
    [
      'at the release, if it was set meanwhile',
      `release ${C} <<\nGo on.\n.`,
      { ...keyed, ...active('2026-12-09T16:00Z'), ...held, held: { ...held.held, told: 'accepted' } },
      [{ at: date, standing: 'active', sequence: 0 }],
    ],
    [
      'that is dropped with a case that ends',
      `reject ${C} <<\nNo.\n.`,
      { ...keyed, ...active('2026-12-09T16:00Z'), dateChanges: 1 },
      [{ at: date, standing: 'dropped', sequence: 1 }],
    ],
  ] as const)
    test(name, () => {
      const decision = sent(line, given(theCase as Partial<Case>), worldOf())
      assert.deepEqual(
        told(decision).map(one => one.date),
        expected,
      )
    })

  test('what they said of the date before is said of that; what they proposed stands', () => {
    const agreed = given({
      ...active('2026-12-08T16:00Z'),
      wishes: { ...given().wishes, position: { kind: 'agree' } },
    })
    assert.equal(after(sent(plan('2026-12-09T16:00Z'), agreed, worldOf()), agreed).wishes.position, undefined)
    const position = { kind: 'propose', instant: date } as const
    const proposed = given({ wishes: { ...given().wishes, position } })
    assert.deepEqual(
      after(sent(plan('2026-12-09T16:00Z'), proposed, worldOf()), proposed).wishes.position,
      position,
    )
  })
})

suite('early disclosure', () => {
  const notice = (date: string) => `notice ${C} stage=early-disclosure send=${date} <<\nAll of it.\n.`
  const slots = {
    hours: { from: '14:00', to: '17:00' },
    weekdays: [1, 2, 3],
    blackout: [],
    holidays: 'avoided',
  } as const
  for (const [name, line, theCase, embargo, status, text] of [
    [
      'happens in a slot',
      notice('2026-12-04T15:00Z'),
      {},
      {},
      'E-DATE',
      /is a Friday.*Send it with one of these instead:\nsend=2026-12-01T15:00Z .*\nsend=2026-12-02T15:00Z .*\nsend=2026-12-07T15:00Z/s,
    ],
    [
      'waits for a slot even if it were to go at once',
      notice('now'),
      {},
      {},
      'E-DATE',
      /is a .*Send it with one of these instead:\nsend=2026/s,
    ],
    ['is scheduled there', notice('2026-12-07T15:00Z'), {}, {}, 'wait', /goes at 2026-12-07T15:00Z/],
    [
      'comes before everybody reads of it',
      notice('2026-12-07T15:00Z'),
      active('2026-12-07T15:00Z'),
      {},
      'E-DATE',
      /is to be public at 2026-12-07T15:00Z, which is not after that\. Send it .*\nsend=2026-11-30T15:00Z .*\nsend=2026-12-01T15:00Z .*\nsend=2026-12-02T15:00Z/s,
    ],
    [
      'comes before the policy publishes',
      notice('2026-12-14T15:00Z'),
      {},
      { overrun: 'publish' },
      'E-DATE',
      /public at 2026-12-12T12:00Z/,
    ],
    [
      'comes too late for what is lifted',
      notice('2026-12-07T15:00Z'),
      { embargo: { state: 'lifted', disclose: NOW } },
      {},
      'E-STATE',
      /is lifted; publish it/,
    ],
  ] as const)
    test(name, () => {
      const {
        status: actual,
        text: shown,
        offered,
      } = answerOf(sent(line, given(theCase as Partial<Case>), worldOf(embargo, { slots })))
      assert.equal(actual, status, shown)
      assert.match(shown, text)
      if (status !== 'wait') assert.deepEqual(offered, [], 'no irreversible verb is ever offered')
    })

  test('keeps a date after it from being set before it', () => {
    const notices = new Map([[aNotice().id, aNotice({ sendAt: at('2026-12-09T16:00Z') })]])
    const { status, text } = answerOf(sent(plan('2026-12-09T16:00Z'), given(), worldOf(), { notices }))
    assert.equal(status, 'E-STATE')
    assert.match(text, /N-300001 about C-482107 is to go at that time or later; first send: cancel N-300001/)
    const later = sent(plan('2026-12-09T16:01Z'), given(), worldOf(), { notices })
    assert.equal(later.events.length, 1)
  })
})

suite('a project upstream', () => {
  const clock = { yields: ['upstream'] } as const
  for (const [name, embargo, theCase, text] of [
    [
      'moves what yields to it, and the team is told',
      clock,
      {},
      /Clocks: the embargo ends 2026-12-20T16:00Z, was 2026-12-12T12:00Z\.$/,
    ],
    ['moves nothing where the policy does not yield', {}, {}, /discloses at 2026-12-20T16:00Z\.$/],
    [
      'moves no date that people set, and says so',
      clock,
      active('2026-12-09T16:00Z'),
      /Our date is earlier, 2026-12-09T16:00Z; to wait for theirs, set another: plan or extend\.$/,
    ],
  ] as const)
    test(name, () => {
      const decision = sent(
        `upstream ${C} name=zlib date=2026-12-20T16:00Z`,
        given(theCase),
        worldOf(embargo),
      )
      assert.match(answerOf(decision).text, text)
      const change = decision.mails.find(({ to, content }) => to === BOB.address && content.kind === 'change')
      assert.equal(change?.content.kind, 'change')
      assert.match(change.content.lines[0]?.open() ?? '', text)
    })
})

test('an alarm that a case is public says what the policy makes of it', () => {
  for (const effect of ['all-asap', 'disclose-now', 'none'] as const) {
    const ours = worldOf({}, { public: { effect } })
    const { mails } = sent(`public ${C} url=https://example.org/x`, given(), ours)
    const alarms = mails.flatMap(({ content }) => (content.kind === 'alert' ? [content.alert] : []))
    assert.deepEqual(
      alarms,
      [ALICE, BOB].map(() => ({
        kind: 'case-public',
        case: C,
        effect,
      })),
    )
  }
})
