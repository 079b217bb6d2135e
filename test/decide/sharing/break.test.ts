// An embargo that somebody did not keep, broken by one admin: what stops, who hears what, what the team has to do, and
// that nothing stands in its way.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import { isOfCase } from '../../../src/decide/known.ts'
import { timePassed, wakeAt } from '../../../src/decide/time/timed.ts'
import type { Case } from '../../../src/model/case.ts'
import { evolveCase } from '../../../src/model/case-evolution.ts'
import type { Decision, NoticeCopy } from '../../../src/model/decision.ts'
import { evolveIncident, type Incident } from '../../../src/model/incident.ts'
import type { IncidentEvent } from '../../../src/model/member-event.ts'
import type { Notice } from '../../../src/model/notice.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { type Instant, inboundId, later, parseIncidentId } from '../../../src/model/scalars.ts'
import { DAY, HOUR, MINUTE } from '../../../src/model/time.ts'
import { ALICE, aNotice, BOB, caseId, fresh, NOW, noticeId, settings, snapshot, sure } from '../given.ts'
import { keyed, RIYA } from '../sent.ts'
import {
  after,
  by,
  byAdmin,
  CASE,
  type Given,
  LIST,
  mailsOf,
  PEOPLE,
  resultOf,
  under,
} from './sharing-world.ts'

const TEAM = [ALICE.address, BOB.address]
const DATE = later(NOW, 5 * DAY)
const AGREED: Partial<Case> = {
  ...keyed,
  state: 'fixing',
  embargo: { state: 'active', disclose: DATE, set: { at: NOW, why: undefined } },
}
const LATE = later(NOW, 37 * MINUTE)
const BREAK = `break ${CASE} <<\nThe patch is on a list.\n.`
const breaking = (situation: Given = {}): Decision =>
  byAdmin(BREAK, { theCase: AGREED, now: LATE, ...situation })
const kinds = ({ events }: Decision) => events.map(({ kind }) => kind)
const readers = (decision: Decision, kind: Parameters<typeof mailsOf>[1]) =>
  mailsOf(decision, kind).map(({ to }) => to)
const OVER = { at: DATE, standing: 'broken', sequence: 0 } as const

const noticed = (id: string, changes: Partial<Notice>): Notice => aNotice({ id: noticeId(id), ...changes })
const copied = (id: string, state: NoticeCopy['state'], of: keyof typeof PEOPLE): NoticeCopy => ({
  case: caseId('482107'),
  notice: noticeId(id),
  contact: PEOPLE[of].id,
  to: PEOPLE[of].address,
  state,
  doubt: 'none',
  at: state === 'sent' ? NOW : undefined,
  subkey: undefined,
  copy: 1,
  why: undefined,
  lastCode: undefined,
  lastStatus: undefined,
})

suite('break', () => {
  test('by one admin, unconfirmed: it is over now, and due', () => {
    const decision = breaking()
    assert.deepEqual([decision.outcome, decision.plan], ['command', undefined])
    const { embargo } = after([decision], AGREED)
    assert.deepEqual([embargo.state, embargo.set?.at, embargo.doubted], ['broken', LATE, undefined])
  })

  for (const [what, theCase] of [
    ['that nobody accepted', { state: 'new' }],
    ['without a date', { state: 'fixing' }],
    ['that is held', { ...AGREED, held: { at: NOW, reason: plaintext('x'), told: 'fixing' } }],
    ['that is public', { ...AGREED, public: { at: NOW, url: plaintext('https://example.org') } }],
    ['that is slowed down', { ...AGREED, slowed: { at: NOW, reason: plaintext('x') } }],
  ] satisfies readonly (readonly [string, Partial<Case>])[])
    test(`also of a case ${what}`, () =>
      assert.equal(after([breaking({ theCase })], theCase).embargo.state, 'broken'))

  test('whatever number of others the instance wants for what cannot be undone', () => {
    const rules = { ...under(LIST), quorum: 1 }
    assert.equal(after([breaking({ settings: rules })], AGREED).embargo.state, 'broken')
  })

  test('by the operator, while no admin can sign', () => {
    const request = { kind: 'command', text: plaintext(`embargod acme\n${BREAK}\n`) } as const
    const cases = new Map([[caseId('482107'), after([], AGREED)]])
    const decision = decide(
      { kind: 'operator', inbound: inboundId(1), receivedAt: NOW, request },
      snapshot({ settings: under(LIST), cases }),
      fresh,
    )
    assert.ok(kinds(decision).includes('embargo-broken'))
    assert.deepEqual(readers(decision, 'embargo-broken'), TEAM)
  })

  for (const [what, theCase, status] of [
    ['that is broken already', { embargo: { state: 'broken', disclose: undefined } }, 'noop'],
    ['that is lifted', { embargo: { state: 'lifted', disclose: NOW } }, 'noop'],
    ['that is published', { state: 'published' }, 'E-STATE'],
    ['that was rejected', { state: 'rejected' }, 'E-STATE'],
  ] satisfies readonly (readonly [string, Partial<Case>, string])[])
    test(`of a case ${what} nothing changes, and nobody is told`, () => {
      const decision = breaking({ theCase: { ...AGREED, ...theCase } })
      assert.deepEqual([resultOf(decision)[0], decision.events, decision.mails.length], [status, [], 1])
    })

  for (const [what, line, code] of [
    ['without a reason', `break ${CASE}`, 'E-SYNTAX'],
    ['beside what has to be confirmed', `remove M-000001 <<\nNo.\n.\n${BREAK}`, 'E-SYNTAX'],
    ['by a member', '', 'E-ROLE'],
  ] as const)
    test(`${what} it is refused`, () => {
      const decision = code === 'E-ROLE' ? by('one', BREAK) : byAdmin(line, { theCase: AGREED })
      const codes = mailsOf(decision, 'transcript').flatMap(({ content }) =>
        content.kind === 'transcript' ? content.results.map(one => one.code) : [],
      )
      assert.ok(codes.includes(code), codes.join())
      assert.deepEqual(decision.events, [])
    })
})

suite('what was to go to members', () => {
  const notices = [
    noticed('300001', { state: 'released', releasedAt: NOW }),
    noticed('300002', { state: 'released', releasedAt: NOW }),
    noticed('300003', { state: 'scheduled' }),
    noticed('300004', { state: 'held' }),
    noticed('300005', { state: 'cancelled' }),
    noticed('300006', { state: 'scheduled', case: caseId('555555') }),
  ]
  const copies = [
    copied('300001', 'sent', 'one'),
    copied('300002', 'held', 'two'),
    copied('300002', 'ready', 'four'),
    copied('300003', 'ready', 'one'),
  ]
  const decision = breaking({ world: { notices: new Map(notices.map(one => [one.id, one])), copies } })

  test('stops: what is scheduled or held, and of what went the copies that are still here', () => {
    const cancelled = decision.events.flatMap(event =>
      event.kind === 'notice-cancelled' ? event.notice : [],
    )
    assert.deepEqual(cancelled, ['N-300002', 'N-300003', 'N-300004'])
    assert.match(resultOf(decision)[1], /^Stopped: N-300002, N-300003, N-300004; 3 copies stay here\.$/m)
  })

  test('and the answer says how long the first notice is out', () =>
    assert.match(resultOf(decision)[1], /is over, 37 minutes after the first notice\./))
})

suite('who hears of it', () => {
  test('the contacts who were told and are on the list, from the list, without who or why', () => {
    const decision = breaking({ told: ['one', 'two', 'cut'] })
    const mails = mailsOf(decision, 'embargo-over')
    assert.deepEqual(
      mails.map(({ to, from, case: about }) => [to, from, about]),
      [PEOPLE.one, PEOPLE.two].map(({ address }) => [address, 'list', CASE]),
    )
    for (const { content } of mails)
      assert.deepEqual(content, { kind: 'embargo-over', at: LATE, date: OVER, public: 'no' })
  })

  test('the reporter, and that it is over', () => {
    const [news, second] = mailsOf(breaking(), 'news')
    assert.deepEqual([news?.to, second], [RIYA, undefined])
    assert.equal(news?.content.kind, 'news')
    assert.deepEqual(news.content.date, { at: LATE, standing: 'broken', sequence: 0 })
  })

  test('every admin, once, with why, who knows, and what there is to do', () => {
    const decision = breaking({ world: { copies: [copied('300001', 'sent', 'two')] } })
    assert.deepEqual(readers(decision, 'embargo-broken'), TEAM)
    assert.deepEqual(mailsOf(decision, 'change'), [])
    for (const { content } of mailsOf(decision, 'embargo-broken')) {
      assert.equal(content.kind, 'embargo-broken')
      assert.match(content.who.open(), /^- M-000002, two$/m)
      assert.match(content.reason.open(), /on a list/)
      assert.deepEqual([content.members, content.retrospective], [4, 'held'])
    }
  })

  const held = { ...AGREED, held: { at: NOW, reason: plaintext('Wait.'), told: 'fixing' as const } }
  test('of a held case nobody outside, before its release', () => {
    const decision = breaking({ theCase: held })
    assert.deepEqual([readers(decision, 'embargo-over'), readers(decision, 'news')], [[], []])
    assert.match(resultOf(decision)[1], /^It is held: members hear of it when it is released\.$/m)
    const broken = after([decision], held)
    const released = byAdmin(`release ${CASE} <<\nGo.\n.`, { theCase: broken, now: later(LATE, HOUR) })
    assert.deepEqual([readers(released, 'embargo-over').length, readers(released, 'news')], [4, [RIYA]])
  })

  test('and at a later hold and release nobody again', () => {
    const broken = after([breaking()], AGREED)
    const now = later(LATE, HOUR)
    const holding = after([byAdmin(`hold ${CASE} <<\nWait.\n.`, { theCase: broken, now })], broken)
    const released = byAdmin(`release ${CASE} <<\nGo.\n.`, { theCase: holding, now })
    assert.deepEqual([readers(released, 'embargo-over'), readers(released, 'news')], [[], []])
  })
})

suite('the team looks back', () => {
  const L = sure(parseIncidentId('L-500000'))
  const leak = `leak ${CASE} <<\nIt is out.\n.`
  const first = by('one', leak, { theCase: AGREED })
  const incident = (decision: Decision): Incident =>
    evolveIncident(undefined, decision.events.find(event => 'incident' in event) as IncidentEvent)
  const doubting = after([first], AGREED)

  test('in the incident that is open, and the time counts from when word came', () => {
    const world = { incidents: new Map([[L, incident(first)]]) }
    const decision = breaking({ theCase: doubting, world })
    assert.ok(!kinds(decision).includes('incident-opened'))
    assert.match(resultOf(decision)[1], /is over, 37 minutes after word came\./)
    assert.match(resultOf(decision)[1], /^Find out what got out, and note it: L-500000\.$/m)
    const [broken] = decision.events
    assert.ok(broken?.kind === 'embargo-broken' && broken.since === NOW)
  })

  for (const [retrospective, opened] of [
    ['held', ['incident-opened']],
    ['none', []],
  ] as const)
    test(`else in a new one, where the policy wants that: ${retrospective}`, () => {
      const rules = under(LIST, { leak: { strikes: 2, removal: 'removed', retrospective } })
      const decision = breaking({ settings: rules })
      assert.deepEqual(kinds(decision).slice(1), opened)
      assert.deepEqual(mailsOf(decision, 'leak'), [])
    })

  test('a project without a list has none', () =>
    assert.deepEqual(kinds(breaking({ settings: settings() })), ['embargo-broken']))
})

test('until it is published every admin is reminded, each four hours for a day and then daily', () => {
  const rules = under(LIST)
  let current = { ...after([breaking({ settings: rules })], AGREED), lead: 'bob' }
  const hours: number[] = []
  for (let wakes = 0; wakes < 9; wakes += 1) {
    const now: Instant = wakeAt(current, rules) ?? NOW
    const decision = timePassed(
      current,
      snapshot({ now, settings: rules, cases: new Map([[current.id, current]]) }),
    )
    assert.ok(decision)
    assert.deepEqual(
      decision.mails.map(({ to }) => to),
      TEAM,
    )
    current = decision.events
      .filter(isOfCase)
      .reduce<typeof current>((one, event) => ({ ...evolveCase(one, event), lead: 'bob' }), current)
    hours.push((now - LATE) / HOUR)
  }
  assert.deepEqual(hours, [4, 8, 12, 16, 20, 24, 48, 72, 96])
})

test('a broken embargo takes no date and no notice any more, and its case says so', () => {
  const theCase = after([breaking()], AGREED)
  for (const line of [
    `plan ${CASE} disclose=2026-12-09T16:00Z <<\nx\n.`,
    `extend ${CASE} until=2026-12-09T16:00Z <<\nx\n.`,
    `notice ${CASE} stage=early-disclosure send=2026-11-24T16:00Z <<\nx\n.`,
  ])
    assert.match(resultOf(byAdmin(line, { theCase }))[1], /is broken; publish it/, line)
  const wishes = { ...theCase.wishes, position: { kind: 'propose' as const, instant: DATE } }
  for (const { offers = [] } of byAdmin(`note ${CASE} <<\nx\n.`, { theCase: { ...theCase, wishes } }).mails)
    assert.ok(offers.every(({ body }) => !/^(?:plan|extend|break|continue) /m.test(body)))
  assert.match(
    resultOf(byAdmin(`show ${CASE}`, { theCase }))[1],
    /^EMBARGO BROKEN since 2026-11-21T12:37Z, was to be public: /m,
  )
  assert.match(
    resultOf(byAdmin('list', { theCase }))[1],
    /OVERDUE since 2026-11-21T12:37Z|embargo due 2026-11-21T12:37Z/,
  )
  assert.match(resultOf(byAdmin('stats', { theCase }))[1], /^ {2}embargo broken: 1$/m)
})
