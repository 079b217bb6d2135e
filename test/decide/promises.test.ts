// What people are told of clocks: the next promise, what a command met, moved or stopped, and what comes first.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import { timePassed } from '../../src/decide/timed.ts'
import type { Case } from '../../src/model/case.ts'
import { evolveCase } from '../../src/model/case-evolution.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { Content } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import type { Clock, Policy } from '../../src/model/policy.ts'
import { type Instant, later, UNROUTED } from '../../src/model/scalars.ts'
import { DAY, HOUR } from '../../src/model/time.ts'
import { BARE_CLOCK, BARE_POLICY } from '../support/bare-policy.ts'
import {
  ALICE,
  aCase,
  address,
  BOB,
  caseId,
  fingerprint,
  fresh,
  mail,
  NOW,
  settings,
  signedText,
  snapshot,
} from './given.ts'
import { key, RIYA } from './sent.ts'

const C = 'C-482107'
const clock = (changes: Partial<Clock>): Clock => ({ ...BARE_CLOCK, ...changes })
const days = (count: number) => ({ count, unit: 'day' }) as const
const policy: Policy = {
  ...BARE_POLICY,
  clocks: [
    clock({ within: days(3), text: 'we start a conversation with you' }),
    clock({ name: 'plan', until: 'plan', within: days(4), text: 'we send you a plan' }),
    clock({ name: 'fix', kind: 'aim', until: 'fix-ready', within: days(7), yields: ['slow'], told: 'team' }),
    clock({ name: 'release', start: 'accepted', until: 'published', within: days(20), text: 'we publish' }),
  ],
}
type Changes = Partial<Policy>
const CAROL = { name: 'carol', address: address('carol@team.example'), fingerprint: fingerprint('C') }
const under = (changes: Changes = {}) =>
  settings({
    projects: settings().projects.map(one => ({
      ...one,
      policy: { ...policy, ...changes },
      maintainers: [CAROL],
    })),
  })

const opened = (changes: Partial<Case> = {}): Case =>
  aCase({ milestones: { received: NOW }, reporter: { address: RIYA, key: key('7') }, ...changes })

type Sent = { readonly decision: Decision; readonly text: string; readonly after: Case }

function sends(
  line: string,
  theCase: Case,
  changes: Changes = {},
  { by = ALICE.fingerprint, at = NOW }: { by?: typeof ALICE.fingerprint; at?: Instant } = {},
): Sent {
  const seen = { now: at, settings: under(changes), cases: new Map([[theCase.id, theCase]]) }
  const authored = signedText(`embargod acme\n${line}\n`, by, at)
  const decision = decide(mail({ authored, receivedAt: at }), snapshot(seen), fresh)
  const after = decision.events.reduce<Case>(
    (one, event) => ('case' in event && !('notice' in event) ? evolveCase(one, event) : one),
    theCase,
  )
  const [transcript] = contents(decision, 'transcript')
  const results = transcript?.results.map(({ code, text }) => `${code ?? ''} ${text.open()}`) ?? []
  return { decision, text: results.join('\n'), after }
}

const contents = <K extends Content['kind']>({ mails }: Decision, kind: K) =>
  mails.flatMap(({ content }) => (content.kind === kind ? [content as Extract<Content, { kind: K }>] : []))

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

test('a reply says which clocks it met and which is next', () => {
  const first = sends(`reply ${C} <<\nHello.\n.`, opened())
  assert.match(first.text, /That meets: conversation\. Next is plan, due 2026-11-25T12:00Z\./)
  const second = sends(`reply ${C} plan=yes <<\nSo.\n.`, first.after)
  assert.match(second.text, /That meets: plan\. Next is fix, due 2026-11-28T12:00Z\./)
  assert.doesNotMatch(sends(`reply ${C} <<\nAnd.\n.`, second.after).text, /meets/)
})

test('slow stops the clocks that yield to it, tells all who work on it, and ends with the time added', () => {
  const theCase = opened({
    state: 'accepted',
    severity: { version: '3.1', vector: 'x', score: 3.1 },
    sharedWith: 'maintainers',
  })
  const rule = { slow: { below: 4, text: 'Below 4.0 it may take longer.' } }
  const slowed = sends(`slow ${C} <<\nHolidays.\n.`, theCase, rule)
  assert.match(slowed.text, /Clocks: fix stands still\./)
  const told = slowed.decision.mails.filter(({ content }) => content.kind === 'change')
  assert.deepEqual(
    told.map(({ to }) => to),
    [BOB.address, CAROL.address],
  )
  const [change] = contents(slowed.decision, 'change')
  assert.match(change?.lines.map(one => one.open()).join('\n') ?? '', /Below 4\.0.*\nHolidays\./s)
  assert.equal(slowed.decision.change, undefined)
  const on = sends(`slow ${C} off`, slowed.after, rule, { at: later(NOW, 2 * DAY) })
  assert.match(on.text, /slowed down no more\.\nClocks: fix is due 2026-11-30T12:00Z\./)
  assert.match(sends(`slow ${C} off`, on.after, rule).text, /not slowed down/)
  assert.match(sends(`slow ${C} on`, on.after, rule).text, /E-SYNTAX/)
})

test('a matter that is public goes on, slowed down or not', () => {
  const theCase = opened({ slowed: { at: NOW, reason: plaintext('Holidays.') } })
  const rules = { public: { effect: 'all-asap' } } as const
  const { text } = sends(`public ${C} url=https://example.org/x`, theCase, rules)
  assert.match(text, /fix is due 2026-11-21T12:00Z/)
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

test('slow is refused where the policy does not allow it, with what to send instead', () => {
  const rated = (score: number) => opened({ severity: { version: '3.1', vector: 'x', score } })
  const rule = { slow: { below: 4, text: 'x' } }
  const line = `slow ${C} <<\nHolidays.\n.`
  assert.match(
    sends(line, rated(1), { slow: undefined }).text,
    /E-POLICY .* lets no fix be slowed down\. .*extend C-482107/,
  )
  assert.match(
    sends(line, opened(), rule).text,
    /E-POLICY .* below CVSS 4\.0 only; first: severity C-482107 cvss=/,
  )
  assert.match(sends(line, rated(4), rule).text, /E-POLICY .*rated 4\.0.*extend C-482107/)
  assert.doesNotMatch(sends(line, rated(3.9), rule).text, /E-/)
  assert.doesNotMatch(sends(line, rated(9.8), { slow: { below: undefined, text: 'x' } }).text, /E-/)
})

const V31 = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'
const V40 = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N'

test('a vector of another version is refused, with the versions that are taken', () => {
  const only3 = { severity: { versions: ['3.0', '3.1'], decidedBy: 'team' } } as const
  for (const verb of ['severity', 'propose-severity']) {
    assert.match(
      sends(`${verb} ${C} cvss=${V40}`, opened(), only3).text,
      /E-POLICY .*takes CVSS 3\.0 or 3\.1, not 4\.0/,
    )
    assert.equal(sends(`${verb} ${C} cvss=${V31}`, opened(), only3).decision.outcome, 'command')
    assert.equal(sends(`${verb} ${C} cvss=${V40}`, opened()).decision.outcome, 'command')
  }
})

test('where the lead decides, no other admin does; where nobody leads any admin does', () => {
  const theirs = { severity: { versions: ['3.1'], decidedBy: 'lead' } } as const
  const line = `severity ${C} cvss=${V31}`
  assert.match(
    sends(line, opened({ lead: 'bob' }), theirs).text,
    /E-POLICY .*the lead decides, who is bob.*propose-severity/,
  )
  assert.equal(sends(line, opened({ lead: 'alice' }), theirs).decision.outcome, 'command')
  assert.equal(sends(line, opened(), theirs).decision.outcome, 'command')
  const carolLeads = opened({ lead: 'carol', sharedWith: 'maintainers' })
  const byCarol = { by: CAROL.fingerprint }
  assert.equal(sends(line, carolLeads, theirs, byCarol).decision.outcome, 'command')
  assert.match(sends(line, carolLeads, {}, byCarol).text, /E-ROLE An admin decides/)
  assert.match(
    sends(`propose-severity ${C} cvss=${V31}`, opened({ lead: 'bob' }), theirs).text,
    /bob decides/,
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
  const tagged = opened({ tags: ['confidentiality'], severity: { version: '3.1', vector: V31, score: 9.8 } })
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
  assert.match(text, /clock fix \(aim\): due 2026-11-28T12:00Z/)
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
  const rule = { intake: { ...policy.intake, share: 'on-accept' } } as const
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
  assert.ok(alarm?.alert.kind === 'case-public' && (alarm.alert.changed?.length ?? 0) === 4)
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

test('a reminder offers first what ends that which is due, to whoever may send it', () => {
  const rows: readonly [Partial<Clock>, Partial<Case>, string][] = [
    [{ until: 'conversation' }, {}, `reply ${C} <<`],
    [{ until: 'plan' }, {}, `reply ${C} plan=yes <<`],
    [{ until: 'plan' }, { reporter: { address: RIYA, key: undefined } }, `reply ${C} plan=yes clear=yes <<`],
    [
      { until: 'plan' },
      { reporter: { address: RIYA, key: undefined }, protection: 'encrypted' },
      `ask-key ${C}`,
    ],
    [{ until: 'decided' }, {}, `accept ${C}`],
    [{ until: 'severity' }, {}, `severity ${C} cvss=CVSS:4.0/…`],
    [{ until: 'communication' }, {}, `comms ${C} <<`],
    [{ until: 'mitigation' }, {}, `mitigate ${C} <<`],
    [{ until: 'fix-team' }, { state: 'accepted' }, `assign ${C} fix=…`],
    [{ until: 'fix-ready' }, { state: 'accepted' }, `fix-ready ${C} tested="" lgtm=""`],
    [{ until: 'cve' }, {}, `cve ${C} request`],
    [{ until: 'lead' }, {}, `take ${C}`],
    [{ until: 'published', after: 'fix-ready' }, { state: 'fixing' }, `fix-ready ${C} tested="" lgtm=""`],
  ]
  for (const [changes, theCase, wanted] of rows) {
    const rules = { clocks: [clock({ within: days(1), ...changes })] }
    const one = opened(theCase)
    const seen = { now: later(NOW, 2 * DAY), settings: under(rules), cases: new Map([[one.id, one]]) }
    const [order] = timePassed(one, snapshot(seen))?.mails ?? []
    const [first] = order?.offers ?? []
    assert.equal(first?.body.split('\n')[1], wanted)
    // What is left to fill in is refused until it is.
    if (/…|<<|""/.test(wanted))
      assert.equal(
        sends(first?.body.split('\n').slice(1).join('\n') ?? '', one, rules).decision.outcome,
        'refused',
      )
  }
})

test('the embargo offers to extend it', () => {
  const one = opened()
  const seen = { now: later(NOW, 21 * DAY), settings: under({ clocks: [] }), cases: new Map([[one.id, one]]) }
  const [order] = timePassed(one, snapshot(seen))?.mails ?? []
  assert.equal(order?.offers?.[0]?.body, `embargod acme\nextend ${C} until=… <<\n\n.\n`)
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
