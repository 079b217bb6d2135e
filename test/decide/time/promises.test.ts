// What people are told of clocks: the next promise, what a command met, moved or stopped, and what comes first.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import { timePassed } from '../../../src/decide/time/timed.ts'
import type { Case } from '../../../src/model/case.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { later, UNROUTED } from '../../../src/model/scalars.ts'
import { DAY, HOUR } from '../../../src/model/time.ts'
import { BARE_POLICY } from '../../support/bare-policy.ts'
import { ALICE, caseId, fresh, mail, NOW, signedText, snapshot } from '../given.ts'
import { C, CAROL, clock, contents, days, opened, sends, under } from '../governed.ts'
import { key, RIYA } from '../sent.ts'

test('news name the next promise that is not kept yet, in clear as well, and none when it is over', () => {
  const nextIn = (line: string, theCase: Case, at = NOW) => {
    const [news] = contents(sends(line, theCase, {}, { at }).decision, 'news')
    assert.ok(news, line)
    return news.next?.clock.name
  }
  const bare = { reporter: { address: RIYA, key: undefined } } as const
  const answered = { milestones: { received: NOW, conversation: NOW } }
  const planned = { milestones: { received: NOW, conversation: NOW, plan: NOW } }
  for (const contact of [{}, bare]) {
    assert.equal(nextIn(`take ${C}`, opened(contact)), 'conversation')
    assert.equal(nextIn(`take ${C}`, opened({ ...contact, ...answered })), 'plan')
    assert.equal(nextIn(`take ${C}`, opened({ ...contact, ...planned })), undefined)
    assert.equal(nextIn(`reject ${C} <<\nno\n.`, opened(contact)), undefined)
    assert.equal(nextIn(`take ${C}`, opened(contact), later(NOW, 3 * DAY + HOUR)), 'plan')
  }
  // What only this case is promised tells of it.
  assert.equal(nextIn(`accept ${C}`, opened(planned)), 'release')
  assert.equal(nextIn(`accept ${C}`, opened({ ...planned, ...bare })), undefined)
})

test('in clear no news tell by the next promise when a project upstream discloses, nor of a pause', () => {
  const yielding = [clock({ within: days(3), yields: ['upstream', 'slow'], text: 'we start a conversation' })]
  const bare = { reporter: { address: RIYA, key: undefined } } as const
  const upstream = [{ name: plaintext('libgate'), instant: later(NOW, 9 * DAY) }]
  const slowdowns = [{ from: NOW, until: later(NOW, DAY) }]
  for (const moved of [{ upstream }, { slowdowns }]) {
    const nextIn = (theCase: Case) =>
      contents(sends(`take ${C}`, theCase, { clocks: yielding }).decision, 'news').map(
        ({ next }) => next?.due,
      )
    assert.deepEqual(nextIn(opened({ ...moved, ...bare })), [undefined])
    assert.equal(nextIn(opened(moved)).length, 1)
    assert.notDeepEqual(nextIn(opened(moved)), [undefined])
    assert.deepEqual(nextIn(opened(bare)), [later(NOW, 3 * DAY)])
  }
})

test('a list leaves out cases that one only reported, or has not agreed yet to keep secret', () => {
  const { fingerprint: carol } = CAROL
  const theirs = opened({ sharedWith: 'maintainers' })
  const reported = opened({ id: caseId('500001'), reporter: { address: RIYA, key: { ...key('C') } } })
  const engineer = { ...CAROL, key: undefined, since: NOW }
  const invited = opened({ id: caseId('500002'), fixTeam: [engineer] })
  const terms = { fixTeam: { needs: ['terms'], terms: 'Tell nobody.' } } as const
  const cases = new Map([theirs, reported, invited].map(one => [one.id, one]))
  const authored = signedText('embargod acme\nlist\n', carol)
  const decision = decide(mail({ authored }), snapshot({ settings: under(terms), cases }), fresh)
  const [answer] = contents(decision, 'transcript')
  const text = answer?.results.map(one => one.text.open()).join('\n') ?? ''
  assert.match(text, /^C-482107/m)
  assert.doesNotMatch(text, /C-50000/)
})

test('a reply says which clocks it met and which is next', () => {
  const first = sends(`reply ${C} <<\nHello.\n.`, opened())
  assert.match(first.text, /That meets: conversation\. Next is plan, due 2026-11-25T12:00Z\./)
  const second = sends(`reply ${C} plan=yes <<\nSo.\n.`, first.after)
  assert.match(second.text, /That meets: plan\. Next is fix, due 2026-11-28T12:00Z\./)
  assert.doesNotMatch(sends(`reply ${C} <<\nAnd.\n.`, second.after).text, /meets/)
})

test('an upstream date and a tag say which clocks they move', () => {
  const upstream = [clock({ name: 'fix', until: 'fix-ready', within: days(7), yields: ['upstream'] })]
  const dated = sends(`upstream ${C} name=libgate date=2026-12-09T16:00Z`, opened(), { clocks: upstream })
  assert.match(dated.text, /Clocks: fix is due 2026-12-09T16:00Z, was 2026-11-28T12:00Z\./)
  const when = { severity: undefined, tags: ['integrity'], mitigation: undefined }
  const urgent = [clock({ name: 'fix', until: 'fix-ready', within: days(2), when })]
  assert.match(
    sends(`tag ${C} integrity`, opened(), { clocks: urgent }).text,
    /Clocks: fix is due 2026-11-23T12:00Z\./,
  )
})

const priorities = [
  {
    name: 'high',
    text: 'confidentiality first',
    when: { severity: undefined, tags: ['confidentiality'], mitigation: undefined },
  },
  {
    name: 'critical',
    text: 'critical',
    when: { severity: { atLeast: 9, below: undefined }, tags: [], mitigation: undefined },
  },
] as const

test('the first priority that fits is told where the case is, and orders the list', () => {
  const tagged = opened({
    tags: ['confidentiality'],
    severity: { version: '3.1', vector: 'CVSS:3.1/…', score: 9.8 },
  })
  assert.match(sends(`show ${C}`, tagged, { priorities }).text, /priority: confidentiality first/)
  assert.doesNotMatch(sends(`show ${C}`, opened(), { priorities }).text, /priority/)
  const early = opened({ id: caseId('100001'), milestones: { received: later(NOW, -2 * DAY) } })
  const late = opened({ id: caseId('100002') })
  const cases = new Map([late, tagged, early].map(one => [one.id, one]))
  const authored = signedText('embargod acme\nlist\n', ALICE.fingerprint)
  const decision = decide(mail({ authored }), snapshot({ settings: under({ priorities }), cases }), fresh)
  const [transcript] = contents(decision, 'transcript')
  const lines = transcript?.results[0]?.text.open().split('\n') ?? []
  assert.deepEqual(
    lines.map(line => line.slice(0, 8)),
    [C, 'C-100001', 'C-100002'],
  )
  assert.match(lines[0] ?? '', /conversation due 2026-11-24T12:00Z, priority high/)
  const now = later(NOW, 2 * DAY)
  const seen = snapshot({ now, settings: under({ priorities }), cases: new Map([[tagged.id, tagged]]) })
  const reminder = timePassed(tagged, seen)
  assert.equal(reminder && contents(reminder, 'reminder')[0]?.priority, 'confidentiality first')
})

test('show lists every clock with how it stands', () => {
  const theCase = opened({ milestones: { received: NOW, conversation: later(NOW, 4 * DAY) } })
  const { text } = sends(`show ${C}`, theCase, {}, { at: later(NOW, 5 * DAY) })
  assert.match(text, /clock conversation: met 2026-11-25T12:00Z, was due 2026-11-24T12:00Z/)
  assert.match(text, /clock plan: OVERDUE since 2026-11-25T12:00Z/)
  assert.match(text, /clock fix \(aim, for the team\): due 2026-11-28T12:00Z/)
  assert.match(text, /clock release: begins with: accepted/)
})

test('mitigate says whether it is straightforward, which clocks and embargoes may ask for', () => {
  const easy = clock({
    name: 'public',
    until: 'published',
    within: days(14),
    when: { severity: undefined, tags: [], mitigation: 'straightforward' },
  })
  const rules = { clocks: [easy] }
  const set = sends(`mitigate ${C} straightforward=yes <<\nTurn it off.\n.`, opened(), rules)
  assert.match(set.text, /straightforward\..*Clocks: public is due 2026-12-05T12:00Z/s)
  assert.equal(set.after.mitigation, 'straightforward')
  const back = sends(`mitigate ${C} straightforward=no <<\nTurn it off.\n.`, set.after, rules)
  assert.equal(back.after.mitigation, undefined)
  assert.match(sends(`mitigate ${C} straightforward=perhaps <<\nx\n.`, opened()).text, /E-SYNTAX/)
})

test('accepting shares with the maintainers where the policy says so', () => {
  const rule = { intake: { ...BARE_POLICY.intake, share: 'on-accept' } } as const
  const accepted = sends(`accept ${C}`, opened(), rule)
  assert.match(accepted.text, /It is shared with carol\./)
  assert.equal(accepted.after.sharedWith, 'maintainers')
  assert.deepEqual(
    accepted.decision.mails.filter(({ to }) => to === CAROL.address).map(({ content }) => content.kind),
    ['welcome'],
  )
  assert.equal(sends(`accept ${C}`, opened()).after.sharedWith, 'team')
  const unrouted = sends(`accept ${C}`, opened({ project: UNROUTED }), rule).after
  assert.equal(unrouted.sharedWith, 'team')
  const routed = sends(`route ${C} widget`, unrouted, rule)
  assert.match(routed.text, /It is shared with carol\./)
  assert.equal(routed.after.sharedWith, 'maintainers')
  assert.equal(sends(`route ${C} widget`, opened({ project: UNROUTED }), rule).after.sharedWith, 'team')
})

test('public says which clocks changed, by what the policy says of it', () => {
  const line = `public ${C} url=https://example.org/x`
  const at = later(NOW, HOUR)
  const asap = sends(line, opened(), { public: { effect: 'all-asap' } }, { at })
  assert.match(
    asap.text,
    /conversation is due 2026-11-21T13:00Z, was 2026-11-24T12:00Z; .*the embargo ends 2026-11-21T13:00Z/,
  )
  const [alarm] = contents(asap.decision, 'alert')
  assert.ok(alarm?.alert.kind === 'case-public' && alarm.alert.effect === 'all-asap')
  const now = sends(line, opened(), { public: { effect: 'disclose-now' } }, { at })
  assert.match(now.text, /Clocks: the embargo ends 2026-11-21T13:00Z, was 2026-12-12T12:00Z\./)
  assert.match(sends(line, opened(), {}, { at }).text, /By the policy no clock changes\./)
})

test('a hold stops no clock, and says so', () => {
  const held = sends(`hold ${C} <<\nWait.\n.`, opened())
  assert.match(held.text, /No clock stops/)
  const seen = { now: later(NOW, 2 * DAY), settings: under(), cases: new Map([[held.after.id, held.after]]) }
  const reminder = timePassed(held.after, snapshot(seen))
  assert.ok(reminder && contents(reminder, 'reminder').length > 0)
  const released = sends(`release ${C} <<\nGo on.\n.`, held.after)
  assert.match(released.text, /is released\./)
})

test('whoever triages reads the clocks of a new report', () => {
  const authored = {
    kind: 'unsigned',
    text: plaintext('It crashes.'),
    layout: 'fixed',
    encrypted: false,
  } as const
  const decision = decide(
    mail({ authored, addressed: { kind: 'security' } }),
    snapshot({ settings: under(), cases: new Map() }),
    fresh,
  )
  const [report] = contents(decision, 'report')
  assert.deepEqual(
    report?.clocks?.map(({ clock: { name }, due }) => [name, due]),
    [
      ['conversation', later(NOW, 3 * DAY)],
      ['plan', later(NOW, 4 * DAY)],
      ['fix', later(NOW, 7 * DAY)],
    ],
  )
})
