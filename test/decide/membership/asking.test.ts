// What the team and the members say of a request to join before it is decided on: it is circulated, objected to, declined.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Application } from '../../../src/model/application.ts'
import type { Snapshot } from '../../../src/model/decision.ts'
import { type Fingerprint, later } from '../../../src/model/scalars.ts'
import { DAY } from '../../../src/model/time.ts'
import { ALICE, aCase, address, BOB, fingerprint, NOW } from '../given.ts'
import {
  A,
  ANN,
  answer,
  kinds,
  left,
  mailsOf,
  member,
  organisation,
  ruled,
  signed,
  vouchOf,
  withRequest,
  world,
} from './joining.ts'

const ONE = fingerprint('1')
const WEEK = { count: 7, unit: 'day' } as const
const open = (changes: Partial<Application> = {}): Partial<Snapshot> => ({
  settings: ruled({ review: { objection: WEEK } }),
  ...withRequest({ circulatedAt: later(NOW, -DAY), ...changes }),
})

suite('circulate', () => {
  test('asks every active contact, each under their own key, and nobody twice', () => {
    const given = world({
      contacts: [
        member('1'),
        member('2', { state: 'suspended' }),
        member('3', { state: 'left' }),
        member('4'),
      ],
    })
    const decision = signed(`circulate ${A}`, ALICE.fingerprint, given)
    assert.deepEqual(kinds(decision), ['application-circulated'])
    const asked = mailsOf(decision, 'application-circulated')
    assert.deepEqual(
      asked.map(({ to, encryptTo, offers }) => [to, encryptTo, offers?.map(({ body }) => body)]),
      ['1', '4'].map(number => [
        member(number).address,
        { kind: 'enrolled', fingerprint: fingerprint(number) },
        [`embargod acme\nvouch ${A} for=${ANN} <<\n\n.\n`],
      ]),
    )
  })

  test('says until when objections may come, where they may', () => {
    const given = world({ ...open({ circulatedAt: undefined, completeAt: NOW, vouches: [vouchOf('1')] }) })
    const [asked] = mailsOf(signed(`circulate ${A}`, ALICE.fingerprint, given), 'application-circulated')
    assert.deepEqual(asked?.content.objections, { until: later(NOW, 7 * DAY) })
    assert.deepEqual(
      asked.offers?.map(({ body }) => body.split('\n')[1]?.split(' ')[0]),
      ['vouch', 'object'],
    )
  })

  test('again only if an admin says so', () => {
    const given = world(withRequest({ circulatedAt: later(NOW, -DAY) }))
    const once = signed(`circulate ${A}`, ALICE.fingerprint, given)
    assert.deepEqual([once.events, mailsOf(once, 'application-circulated')], [[], []])
    assert.match(answer(once, given, ALICE.fingerprint).text, /again=yes/)
    const again = signed(`circulate ${A} again=yes`, ALICE.fingerprint, given)
    assert.equal(mailsOf(again, 'application-circulated').length, 3)
  })

  const refused: readonly [string, Partial<Snapshot>, string, RegExp][] = [
    ['nobody proved to have written it', withRequest({ proven: undefined }), 'E-STATE', /not proven/],
    ['nobody is on the list', { contacts: [], distributors: [] }, 'E-STATE', /send: found/],
    ['nobody is there to ask', { contacts: [] }, 'E-STATE', /send: approve/],
    ['it is over', withRequest({ state: 'withdrawn' }), 'E-STATE', /ended as withdrawn/],
    ['it is not there', { applications: new Map() }, 'E-UNKNOWN', /no application/],
  ]
  for (const [name, changes, code, says] of refused)
    test(`is refused where ${name}`, () => {
      const given = world(changes)
      const decision = signed(`circulate ${A}`, ALICE.fingerprint, given)
      assert.equal(answer(decision, given, ALICE.fingerprint).code, code)
      assert.match(answer(decision, given, ALICE.fingerprint).text, says)
      assert.deepEqual([decision.events, mailsOf(decision, 'application-circulated')], [[], []])
    })

  test('is no member’s to send', () => {
    const given = world()
    assert.equal(answer(signed(`circulate ${A}`, ONE, given), given, ONE).code, 'E-ROLE')
  })
})

suite('object', () => {
  const line = `object ${A} <<\nThey leaked in May.\n.`
  const objections = (given: Snapshot, by: Fingerprint) =>
    left(given, signed(line, by, given))
      .applications.get(A)
      ?.objections.map(({ by: who }) => who)

  test('by a member who was asked is kept, told to the admins with its reason, and decides nothing', () => {
    const given = world(open())
    const decision = signed(line, ONE, given)
    assert.deepEqual(objections(given, ONE), ['M-000001'])
    assert.equal(left(given, decision).applications.get(A)?.state, 'open')
    const told = mailsOf(decision, 'application-review')
    assert.deepEqual(
      told.map(({ to, content }) => [
        to,
        content.occasion,
        content.standing.application.objections.at(-1)?.reason.open(),
      ]),
      [ALICE, BOB].map(({ address: to }) => [to, 'objected', 'They leaked in May.']),
    )
  })

  test('by an admin is told to the others', () => {
    const given = world(open({ circulatedAt: undefined }))
    assert.deepEqual(objections(given, ALICE.fingerprint), ['alice'])
    const told = mailsOf(signed(line, ALICE.fingerprint, given), 'application-review')
    assert.deepEqual(
      told.map(({ to }) => to),
      [BOB.address],
    )
  })

  test('takes back the objector’s own vouch', () => {
    const given = world(open({ vouches: [vouchOf('1'), vouchOf('2')], completeAt: NOW }))
    const after = left(given, signed(line, ONE, given)).applications.get(A)
    assert.deepEqual(
      after?.vouches.map(({ contact }) => contact),
      ['M-000002'],
    )
  })

  const refused: readonly [string, Partial<Snapshot>, string][] = [
    ['the members were not asked', open({ circulatedAt: undefined }), 'E-UNKNOWN'],
    [
      'the time for it is over',
      open({ vouches: [vouchOf('2')], completeAt: later(NOW, -7 * DAY) }),
      'E-STATE',
    ],
    ['it is decided', open({ state: 'declined' }), 'E-STATE'],
    ['the policy has no time for it', { ...open(), settings: ruled() }, 'E-POLICY'],
    [
      'they are of another list',
      { ...open(), contacts: [member('1', { project: 'other' as Application['project'] })] },
      'E-UNKNOWN',
    ],
  ]
  for (const [name, changes, code] of refused)
    test(`of a member is refused where ${name}`, () => {
      const given = world(changes)
      const decision = signed(line, ONE, given)
      assert.equal(answer(decision, given, ONE).code, code)
      assert.deepEqual(decision.events, [])
    })

  test('to a date is not theirs who know of no case, whoever else may object to applications', () => {
    const given = world({ cases: new Map([[aCase().id, aCase()]]) })
    for (const [by, code] of [
      [ONE, 'E-UNKNOWN'],
      [ALICE.fingerprint, 'E-ROLE'],
    ] as const)
      assert.equal(answer(signed('object C-482107', by, given), given, by).code, code)
  })
})

suite('decline', () => {
  const line = `decline ${A} <<\nYou ship to nobody but yourselves.\n.`

  test('ends it, and whoever asked reads why and when to ask again', () => {
    const given = world({ settings: ruled({ review: { again: { count: 90, unit: 'day' } } }) })
    const decision = signed(line, ALICE.fingerprint, given)
    const after = left(given, decision).applications.get(A)
    assert.deepEqual(
      [after?.state, after?.end?.by, after?.end?.reason?.open()],
      ['declined', 'alice', 'You ship to nobody but yourselves.'],
    )
    const [letter] = mailsOf(decision, 'application-declined')
    assert.deepEqual(
      [letter?.to, letter?.encryptTo.kind, letter?.application, letter?.content.reason.open()],
      [address('ann@vendor.example'), 'offered', A, 'You ship to nobody but yourselves.'],
    )
    assert.equal(letter?.content.again, later(NOW, 90 * DAY))
  })

  test('says nothing in clear unless it may', () => {
    const given = world(withRequest({ key: undefined, proven: undefined }))
    const decision = signed(line, ALICE.fingerprint, given)
    assert.match(answer(decision, given, ALICE.fingerprint).text, /decline A-771234 clear=yes/)
    assert.deepEqual([decision.events, mailsOf(decision, 'application-declined')], [[], []])
    const clear = signed(line.replace('<<', 'clear=yes <<'), ALICE.fingerprint, given)
    assert.equal(mailsOf(clear, 'application-declined')[0]?.encryptTo.kind, 'nobody')
  })

  test('a second time changes nothing, and what is approved is not declined', () => {
    for (const [state, code] of [
      ['declined', 'noop'],
      ['approved', 'E-STATE'],
    ] as const) {
      const given = world(withRequest({ state }))
      const decision = signed(line, ALICE.fingerprint, given)
      assert.equal(answer(decision, given, ALICE.fingerprint).code, code)
      assert.deepEqual([decision.events, mailsOf(decision, 'application-declined')], [[], []])
    }
  })

  test('works where the policy lets nobody in any more', () => {
    const given = world()
    const closed = {
      ...given,
      settings: {
        ...given.settings,
        projects: given.settings.projects.map(one => ({
          ...one,
          policy: { ...one.policy, membership: undefined },
        })),
      },
    }
    assert.deepEqual(kinds(signed(line, ALICE.fingerprint, closed)), ['application-ended'])
  })
})

test('what nothing is missing in is completed once, with whatever touches it next', () => {
  const given = world({
    ...withRequest({ vouches: [vouchOf('1')] }),
    distributors: [organisation('1'), organisation('2'), organisation('3')],
  })
  const decision = signed(`circulate ${A}`, ALICE.fingerprint, given)
  assert.deepEqual(kinds(decision), ['application-circulated', 'application-completed'])
  const again = { ...given, ...left(given, decision) }
  assert.deepEqual(kinds(signed(`circulate ${A} again=yes`, ALICE.fingerprint, again)), [
    'application-circulated',
  ])
})
