// Who is asked again for an answer, when and how often, what ends it, and what those who work on the case hear meanwhile.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { overview } from '../../../src/decide/time/foreseen.ts'
import { foresee } from '../../../src/decide/time/simulation.ts'
import type { Case } from '../../../src/model/case.ts'
import { evolveCase } from '../../../src/model/case-evolution.ts'
import type { Decision } from '../../../src/model/decision.ts'
import { SCHEDULER } from '../../../src/model/event.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { type Instant, instant, later } from '../../../src/model/scalars.ts'
import { ALICE, aNotice, BOB, NOW } from '../given.ts'
import {
  ALL_SENT,
  ANSWERS,
  copies,
  DAY,
  disclosed,
  HOUR,
  NOTICE,
  newer,
  passed,
  SENT,
  theCaseIn,
  WITHIN,
  wake,
} from '../sharing/answers-world.ts'
import {
  addressOf,
  by,
  CASE,
  type Given,
  given,
  LIST,
  mailsOf,
  type Name,
  PEOPLE,
  under,
} from '../sharing/sharing-world.ts'

const asked = (decision: Decision | undefined) =>
  decision === undefined
    ? []
    : mailsOf(decision, 'answer-wanted')
        .map(({ to }) => to)
        .toSorted()
const told = (decision: Decision | undefined) =>
  decision === undefined ? [] : mailsOf(decision, 'roll-up').map(({ to }) => to)
const those = (...names: readonly Name[]) => names.map(addressOf).toSorted()

const UNTIL = later(NOW, 20 * DAY)

/** All that time alone brings about until then, with the instants. */
function lived(situation: Given): readonly (readonly [Instant, Decision])[] {
  const found: (readonly [Instant, Decision])[] = []
  let theCase: Partial<Case> = theCaseIn(given(situation))
  for (let count = 0; count < 40; count += 1) {
    const before = { ...situation, theCase }
    const at = wake(given(before))
    if (at === undefined || at > UNTIL) return found
    const { decision, known } = passed(before, at)
    assert.ok(decision, 'woken for nothing')
    found.push([at, decision])
    theCase = theCaseIn(known)
  }
  assert.fail('it never ends')
}

suite('who said nothing', () => {
  test('is asked when the time is over, each contact with a copy, and those who work on the case hear it', () => {
    const situation = disclosed({
      theCase: { heard: [{ of: PEOPLE.four.distributor, at: later(SENT, HOUR) }] },
    })
    assert.equal(wake(given(situation)), WITHIN)
    const { decision } = passed(situation, WITHIN)
    assert.deepEqual(asked(decision), those('one', 'two', 'sister'))
    assert.deepEqual(told(decision), [ALICE.address, BOB.address])
    const [mail] = mailsOf(decision as Decision, 'answer-wanted')
    assert.equal(mail?.from, 'list')
    assert.equal(mail?.case, CASE)
    assert.match(mail?.offers?.[0]?.body ?? '', /^embargod acme\nack C-482107\n$/)
  })

  test('is asked again so often as the policy says, and then no more', () => {
    const times = lived(disclosed()).map(([at, one]) => [
      at,
      asked(one).length,
      mailsOf(one, 'roll-up')[0]?.content,
    ])
    assert.deepEqual(
      times.map(([at, count, content]) => [
        at,
        count,
        typeof content === 'object' && content.kind === 'roll-up' && content.asked,
      ]),
      [
        [WITHIN, 4, 'again'],
        [later(WITHIN, DAY), 4, 'again'],
        [later(WITHIN, 2 * DAY), 4, 'last'],
      ],
    )
  })

  test('is not asked twice for what was missed, nor after a start anew', () => {
    const late = later(WITHIN, DAY + HOUR)
    const { decision, known } = passed(disclosed(), late)
    assert.equal(asked(decision).length, 4)
    const next = disclosed({ theCase: theCaseIn(known) })
    assert.equal(wake(given(next)), later(WITHIN, 2 * DAY))
    assert.equal(passed(next, late).decision, undefined)
  })

  test('is not asked whom no copy reached, nor who is suspended', () => {
    const world = {
      copies: copies({
        one: 'held',
        two: 'failed',
        sister: 'sent',
        four: 'in-doubt',
        cut: 'sent',
        late: 'cancelled',
      }),
    }
    assert.deepEqual(asked(passed(disclosed({ world }), WITHIN).decision), those('sister'))
  })

  test('is let be by any word of any contact of theirs', () => {
    const ack = by('sister', `ack ${CASE}`, { ...disclosed(), now: later(SENT, DAY) })
    const theCase = ack.events.reduce<Case>(
      (one, event) => ('answerer' in event ? evolveCase(one, event) : one),
      theCaseIn(given(disclosed())),
    )
    assert.deepEqual(asked(passed(disclosed({ theCase }), WITHIN).decision), those('one', 'four'))
  })

  test('has not become silent because another date was set', () => {
    const agreed = {
      at: later(SENT, HOUR),
      actor: { kind: 'member', name: PEOPLE.one.id, fingerprint: PEOPLE.one.fingerprint },
      case: theCaseIn(given(disclosed())).id,
      kind: 'member-answered',
      answerer: PEOPLE.one.id,
      of: PEOPLE.one.distributor,
      answer: { kind: 'agree' },
    } as const
    const planned = {
      at: later(SENT, 2 * HOUR),
      actor: SCHEDULER,
      case: agreed.case,
      kind: 'disclosure-planned',
      disclose: later(NOW, 30 * DAY),
      reason: plaintext('Later.'),
    } as const
    const theCase = [agreed, planned].reduce<Case>(evolveCase, theCaseIn(given(disclosed())))
    assert.deepEqual(theCase.answers, [])
    assert.ok(!asked(passed(disclosed({ theCase }), WITHIN).decision).includes(addressOf('one')))
  })
})

suite('nobody is asked', () => {
  const none = (situation: Given) =>
    assert.deepEqual(
      lived(situation).flatMap(([, one]) => [...asked(one), ...told(one)]),
      [],
    )

  test('where the policy gives no time', () => {
    assert.equal(wake(given(disclosed({ settings: under(LIST) }))), undefined)
    none(disclosed({ settings: under(LIST) }))
  })

  for (const [what, theCase] of [
    ['was published', { state: 'published' }],
    ['was rejected', { state: 'rejected' }],
    ['is held', { held: { at: SENT, reason: plaintext('Wait.'), told: 'fixing' } }],
    ['has no embargo any more', { embargo: { state: 'lifted', disclose: later(NOW, 30 * DAY) } }],
    ['was broken', { embargo: { state: 'broken', disclose: later(NOW, 30 * DAY) } }],
    ['is to be public by then', { embargo: { state: 'active', disclose: WITHIN } }],
  ] as const)
    test(`of a case that ${what}`, () => none(disclosed({ theCase: theCase as Partial<Case> })))

  test('of a notice that was cancelled', () => {
    const cancelled = aNotice({ ...NOTICE, state: 'cancelled' })
    const world = { notices: new Map([[cancelled.id, cancelled]]) }
    none(disclosed({ world }))
  })

  test('who got their copy late has their time, too', () => {
    const four = copies({ four: 'sent' }).map(one => ({ ...one, at: later(SENT, 2 * DAY) }))
    const world = { copies: [...copies({ one: 'sent' }), ...four] }
    const all = lived(disclosed({ world })).map(([, one]) => asked(one))
    assert.deepEqual(all, [those('one'), those('one'), those('four', 'one')])
  })
})

test('a case that was held is asked about once it goes on', () => {
  const held = { at: SENT, reason: plaintext('Wait.'), told: 'fixing' as const }
  assert.equal(wake(given(disclosed({ theCase: { held } }))), undefined)
  const { decision } = passed(disclosed(), later(WITHIN, 5 * HOUR))
  assert.equal(asked(decision).length, 4)
})

test('with a newer notice the time begins anew, for who has it or an older one', () => {
  const at = later(WITHIN, 3 * DAY)
  const next = newer(at)
  const world = {
    notices: new Map([NOTICE, next].map(one => [one.id, one])),
    copies: [...ALL_SENT, ...copies({ one: 'sent', two: 'sent', sister: 'sent' }, next)],
  }
  const heard = [PEOPLE.one, PEOPLE.two].map(({ distributor: of }, i) => ({
    of,
    at: i === 0 ? SENT : later(at, HOUR),
  }))
  const asks = lived(disclosed({ theCase: { toldAt: at, heard }, world }))
  assert.deepEqual(
    asks.map(([when, one]) => [when, asked(one)]),
    [0, 1, 2].map(day => [later(at, (3 + day) * DAY), those('one', 'four')]),
  )
  const [, first] = asks[0] ?? []
  const notices = mailsOf(first as Decision, 'answer-wanted').map(({ to, content }) => [
    to,
    content.kind === 'answer-wanted' && content.notice,
  ])
  assert.deepEqual(Object.fromEntries(notices), {
    [addressOf('one')]: next.id,
    [addressOf('four')]: NOTICE.id,
  })
})

test('to what was sent to users nobody answers', () => {
  const sent = aNotice({ ...NOTICE, to: 'users' })
  const released = { at: SENT, actor: SCHEDULER, kind: 'notice-went-out', stage: 'x', to: 'users' } as const
  const theCase = theCaseIn(given(disclosed({ theCase: { toldAt: undefined } })))
  const after = evolveCase(theCase, { ...released, case: theCase.id })
  assert.equal(after.toldAt, undefined)
  assert.deepEqual(lived(disclosed({ theCase: after, world: { notices: new Map([[sent.id, sent]]) } })), [])
})

test('what will be asked is foreseen, of a notice that waits, too', () => {
  const waiting = aNotice({ sendAt: later(NOW, DAY) })
  const known = given(
    disclosed({
      theCase: { toldAt: undefined, milestones: {} },
      world: { notices: new Map([[waiting.id, waiting]]), copies: [] },
    }),
  )
  const lines = overview(foresee(known, instant(NOW + 30 * DAY), 1_000))
    .split('\n')
    .filter(line => /answer-wanted|roll-up/.test(line))
    .map(line => line.slice(0, 32).trim())
  const { most } = ANSWERS
  assert.deepEqual(lines.filter(line => line.includes('answer-wanted')).length, most)
  assert.deepEqual(lines.slice(0, 2), [
    '2026-11-25T12:00Z  answer-wanted',
    '2026-11-25T12:00Z  roll-up C-482',
  ])
})
