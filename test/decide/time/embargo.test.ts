// Dates of disclosure as admins set them: which ones the policy takes, who must confirm them, what is offered
// instead, what becomes of the embargo, and who hears of it.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import { offersFor } from '../../../src/decide/offers.ts'
import type { Case } from '../../../src/model/case.ts'
import type { CaseEvent } from '../../../src/model/case-event.ts'
import { evolveCase } from '../../../src/model/case-evolution.ts'
import type { Decision, PendingPlan, Snapshot } from '../../../src/model/decision.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import type { Embargo, Policy } from '../../../src/model/policy.ts'
import { type Instant, instant } from '../../../src/model/scalars.ts'
import type { Admin, Settings } from '../../../src/model/settings.ts'
import { formatInstant } from '../../../src/model/time.ts'
import { BARE_POLICY } from '../../support/bare-policy.ts'
import {
  ALICE,
  aCase,
  address,
  aNotice,
  BOB,
  fingerprint,
  fresh,
  mail,
  NOTHING_FOUND,
  NOW,
  settings,
  signedText,
  snapshot,
  unsignedText,
} from '../given.ts'
import { C, held, keyed, RIYA } from '../sent.ts'

const CAROL = { name: 'carol', address: address('carol@team.example'), fingerprint: fingerprint('C') }
const at = (text: string): Instant => instant(Temporal.Instant.from(text).epochMilliseconds)

/** Of a report on 21 November: 12 December at the latest. */
const REASONS = [
  { name: 'not-tested', text: 'the solution is not well-tested' },
  { name: 'distributors', text: 'distributor coordination' },
] as const
const LATEST = '2026-12-12T12:00Z'

function worldOf(
  embargo: Partial<Embargo> = {},
  { admins = [ALICE, BOB], ...policy }: Partial<Policy> & { readonly admins?: readonly Admin[] } = {},
): Settings {
  const ours = { ...BARE_POLICY, ...policy, embargo: { ...BARE_POLICY.embargo, ...embargo } }
  return settings({
    admins,
    defaultPolicy: ours,
    projects: settings().projects.map(one => ({ ...one, policy: ours })),
  })
}

const given = (changes: Partial<Case> = {}): Case => aCase({ milestones: { received: NOW }, ...changes })

function sent(
  line: string,
  theCase: Case,
  ours: Settings,
  changes: Partial<Snapshot> = {},
  by = ALICE,
): Decision {
  const text = line.startsWith('confirm') ? line : `embargod acme\n${line}\n`
  const world = snapshot({ settings: ours, cases: new Map([[theCase.id, theCase]]), ...changes })
  return decide(mail({ authored: signedText(text, by.fingerprint) }), world, fresh)
}

function answerOf({ mails }: Decision, to = ALICE.address) {
  const order = mails.find(one => one.to === to && one.content.kind === 'transcript')
  assert.equal(order?.content.kind, 'transcript')
  const { results, suggestions } = order.content
  const [result] = results
  assert.ok(result)
  return {
    status: result.code ?? result.status,
    text: result.text.open(),
    offered: suggestions.map(({ body }) => body),
  }
}

const after = (decision: Decision, before: Case): Case =>
  decision.events.reduce<Case>((one, event) => evolveCase(one, event as CaseEvent), before)

const plan = (date: string) => `plan ${C} disclose=${date} <<\nAs agreed.\n.`
const extend = (date: string, reason?: string) =>
  `extend ${C} until=${date}${reason === undefined ? '' : ` reason=${reason}`} <<\nNot yet.\n.`

type Row = readonly [
  name: string,
  line: string,
  embargo: Partial<Embargo>,
  theCase: Partial<Case>,
  status: string,
  text: RegExp,
  becomes?: string,
]

const active = (disclose: string): Partial<Case> => ({
  state: 'accepted',
  embargo: { state: 'active', disclose: at(disclose), set: { at: NOW, why: plaintext('x') } },
})

const rows: readonly Row[] = [
  [
    'of a case that is not accepted yet is a proposal',
    plan('2026-12-09T16:00Z'),
    {},
    {},
    'ok',
    /^C-482107 is to be public at 2026-12-09T16:00Z\. That is a proposal until the case is accepted\.\nThe reporter has no key/,
    'proposed 2026-12-09T16:00Z',
  ],
  [
    'of an accepted case is its date',
    plan('2026-12-09T16:00Z'),
    {},
    { state: 'accepted' },
    'ok',
    /^C-482107 is to be public at 2026-12-09T16:00Z\.\nThe reporter/,
    'active 2026-12-09T16:00Z',
  ],
  [
    'in place of another says which it was',
    plan('2026-12-10T16:00Z'),
    {},
    active('2026-12-09T16:00Z'),
    'ok',
    /at 2026-12-10T16:00Z\. It was to be at 2026-12-09T16:00Z\./,
    'active 2026-12-10T16:00Z',
  ],
  [
    'that is set already changes nothing',
    plan('2026-12-09T16:00Z'),
    {},
    active('2026-12-09T16:00Z'),
    'noop',
    /already/,
  ],
  ['may be the latest', plan(LATEST), {}, { state: 'accepted' }, 'ok', /public at 2026-12-12T12:00Z\.\n/],
  ['has to lie ahead', plan('2026-11-21T12:00Z'), {}, {}, 'E-DATE', /is past/],
  ['needs a zone', plan('2026-12-09T16:00'), {}, {}, 'E-DATE', /lacks a zone/],
  ['needs a reason', `plan ${C} disclose=2026-12-09T16:00Z`, {}, {}, 'E-SYNTAX', /text is missing/],
  ['needs to be there', `plan ${C} <<\nx\n.`, {}, {}, 'E-SYNTAX', /disclose= is missing/],
  [
    'is for what is not public yet',
    plan('2026-12-09T16:00Z'),
    {},
    { state: 'published' },
    'E-STATE',
    /is published/,
  ],
  [
    'comes too late where the embargo is lifted',
    plan('2026-12-09T16:00Z'),
    {},
    { state: 'accepted', embargo: { state: 'lifted', disclose: NOW } },
    'E-STATE',
    /is lifted; publish it/,
  ],
  [
    'beyond the maximum is taken with a warning where the policy warns',
    plan('2026-12-14T16:00Z'),
    { overrun: 'warn' },
    { state: 'accepted' },
    'ok',
    /at 2026-12-14T16:00Z\. That is after 2026-12-12T12:00Z, the latest that the policy allows\./,
    'active 2026-12-14T16:00Z',
  ],
  [
    'beyond the maximum is refused where the policy blocks it',
    plan('2026-12-14T16:00Z'),
    { overrun: 'block' },
    { state: 'accepted' },
    'E-POLICY',
    /allows 2026-12-12T12:00Z at the latest and takes no later date\.\nSend one of these instead:\ndisclose=2026-12-10T12:00Z \(Thu 10 Dec 2026, 12:00 UTC\)\ndisclose=2026-12-11T12:00Z .*\ndisclose=2026-12-12T12:00Z/,
  ],
  [
    'beyond the maximum is refused where the policy publishes then',
    plan('2026-12-14T16:00Z'),
    { overrun: 'publish' },
    { state: 'accepted' },
    'E-POLICY',
    /at the latest and is published then\.\nSend one of these/,
  ],
  [
    'beyond the maximum is an extension where the policy names reasons',
    plan('2026-12-14T16:00Z'),
    { reasons: REASONS },
    { state: 'accepted' },
    'E-POLICY',
    /an extension, for one of its reasons\.\nSend one of these instead:\nextend C-482107 until=2026-12-14T16:00Z reason=not-tested\nextend C-482107 until=2026-12-14T16:00Z reason=distributors/,
  ],
  [
    'within an extension is taken',
    plan('2026-12-14T16:00Z'),
    { overrun: 'block' },
    { ...active('2026-12-09T16:00Z'), extended: { until: at('2026-12-20T12:00Z'), reason: plaintext('x') } },
    'ok',
    /at 2026-12-14T16:00Z/,
    'active 2026-12-14T16:00Z',
  ],
  [
    'may wait for upstream where the policy yields to that',
    plan('2026-12-14T16:00Z'),
    { overrun: 'block', yields: ['upstream'] },
    { state: 'accepted', upstream: [{ name: plaintext('zlib'), instant: at('2026-12-14T16:00Z') }] },
    'ok',
    /at 2026-12-14T16:00Z\.\n/,
    'active 2026-12-14T16:00Z',
  ],
  [
    'earlier than upstream says so',
    plan('2026-12-09T16:00Z'),
    {},
    { state: 'accepted', upstream: [{ name: plaintext('zlib'), instant: at('2026-12-14T16:00Z') }] },
    'ok',
    /A project upstream discloses later, at 2026-12-14T16:00Z\./,
  ],
  [
    'counts before what the maximum counts from has come, as if that came now',
    plan('2026-12-09T16:00Z'),
    { start: 'accepted', overrun: 'block' },
    {},
    'ok',
    /at 2026-12-09T16:00Z/,
    'proposed 2026-12-09T16:00Z',
  ],
  [
    'beyond that is refused until it has come',
    plan('2027-12-09T16:00Z'),
    { start: 'accepted', overrun: 'block' },
    {},
    'E-POLICY',
    /^Counted from now, the policy allows 2026-12-12T12:00Z at the latest and takes no later date\./,
  ],
  [
    'of a held case is not told',
    plan('2026-12-09T16:00Z'),
    {},
    held,
    'ok',
    /It is held: the reporter hears of it when it is released\./,
  ],
]

const extensions: readonly Row[] = [
  [
    'moves the date, and is a proposal as long as that is one',
    extend('2026-12-20T16:00Z'),
    {},
    {},
    'ok',
    /public at 2026-12-20T16:00Z\. That is a proposal .* That is after 2026-12-12T12:00Z/,
    'proposed 2026-12-20T16:00Z',
  ],
  [
    'within the maximum needs no confirmation',
    extend('2026-12-10T16:00Z'),
    { overrun: 'block', quorumBeyond: 1 },
    active('2026-12-09T16:00Z'),
    'ok',
    /at 2026-12-10T16:00Z\. It was to be at 2026-12-09T16:00Z\.\n/,
    'active 2026-12-10T16:00Z',
  ],
  [
    'lasts longer',
    extend('2026-12-09T16:00Z'),
    {},
    active('2026-12-09T16:00Z'),
    'E-DATE',
    /lasts until 2026-12-09T16:00Z as it is; for an earlier date send: plan C-482107 disclose=2026-12-09T16:00Z/,
  ],
  [
    'of nothing is a plan',
    extend('2026-12-09T16:00Z'),
    { start: 'accepted' },
    {},
    'E-STATE',
    /has no date yet; send instead: plan/,
  ],
  [
    'for a reason of the policy',
    extend('2026-12-20T16:00Z', 'not-tested'),
    { reasons: REASONS },
    { state: 'accepted' },
    'ok',
    /at 2026-12-20T16:00Z/,
    'active 2026-12-20T16:00Z',
  ],
  [
    'for another reason is refused with those there are',
    extend('2026-12-20T16:00Z', 'holidays'),
    { reasons: REASONS },
    {},
    'E-POLICY',
    /one of the policy's: not-tested \(the solution is not well-tested\), distributors \(distributor coordination\)\./,
  ],
  [
    'without a reason, too',
    extend('2026-12-20T16:00Z'),
    { reasons: REASONS },
    {},
    'E-POLICY',
    /one of the policy's: not-tested/,
  ],
  [
    'names no reason where the policy has none',
    extend('2026-12-20T16:00Z', 'holidays'),
    {},
    {},
    'E-POLICY',
    /names no reasons; leave reason= out/,
  ],
  ['is blocked', extend('2026-12-20T16:00Z'), { overrun: 'block' }, {}, 'E-POLICY', /takes no later date/],
  ['is too late', extend('2026-12-20T16:00Z'), { overrun: 'publish' }, {}, 'E-POLICY', /is published then/],
]

for (const [suiteName, table] of [
  ['a date of disclosure', rows],
  ['a longer embargo', extensions],
] as const)
  suite(suiteName, () => {
    for (const [name, line, embargo, theCase, status, text, becomes] of table)
      test(name, () => {
        const before = given(theCase)
        const decision = sent(line, before, worldOf(embargo))
        const answer = answerOf(decision)
        assert.equal(answer.status, status, answer.text)
        assert.match(answer.text, text)
        assert.equal(decision.events.length, status === 'ok' ? 1 : 0)
        if (becomes === undefined) return
        const { state, disclose } = after(decision, before).embargo
        assert.equal(`${state} ${disclose && formatInstant(disclose)}`, becomes)
      })
  })

test('every good date, and every reason, comes back ready to be signed, with what was written', () => {
  const slots = { hours: undefined, weekdays: [1, 2, 3, 4], blackout: [], holidays: 'avoided' } as const
  const ours = worldOf({}, { slots })
  const { status, text, offered } = answerOf(sent(plan('2026-12-05T16:00Z'), given(), ours))
  assert.equal(status, 'E-DATE')
  assert.match(
    text,
    /^Sat 5 Dec 2026, 16:00 UTC is a Saturday; the policy discloses on Monday, .*\nSend one of these/,
  )
  assert.deepEqual(
    offered,
    ['2026-12-02', '2026-12-03', '2026-12-07'].map(
      day => `embargod acme\nplan C-482107 disclose=${day}T16:00Z <<\nAs agreed.\n.\n`,
    ),
  )
  for (const body of offered) {
    const again = sent(body.replace('embargod acme\n', ''), given(), ours)
    assert.deepEqual(
      again.events.map(({ kind }) => kind),
      ['disclosure-planned'],
    )
  }
  const because = answerOf(sent(extend('2026-12-20T16:00Z'), given(), worldOf({ reasons: REASONS }))).offered
  assert.deepEqual(
    because,
    REASONS.map(
      ({ name }) => `embargod acme\nextend C-482107 until=2026-12-20T16:00Z reason=${name} <<\nNot yet.\n.\n`,
    ),
  )
})

test('whatever is offered in place of a date is taken, at once or once it is confirmed', () => {
  const slots = {
    hours: { from: '14:00', to: '17:00' },
    weekdays: [1, 2, 3],
    blackout: [{ from: '2026-12-14', to: '2026-12-16', why: 'a conference' }],
    holidays: 'avoided',
  } as const
  let offered = 0
  for (const overrun of ['warn', 'block', 'publish'] as const)
    for (const reasons of [[], REASONS])
      for (const quorumBeyond of [0, 1])
        for (const theCase of [given(), given(active('2026-12-08T15:00Z'))])
          for (const day of ['2026-12-05', '2026-12-12', '2026-12-15'])
            for (const line of [plan(`${day}T20:00Z`), extend(`${day}T20:00Z`, 'distributors')]) {
              const ours = worldOf({ overrun, reasons, quorumBeyond }, { slots })
              const answer = answerOf(sent(line, theCase, ours))
              if (!answer.status.startsWith('E-')) continue
              for (const body of answer.offered) {
                offered += 1
                const again = sent(body.replace('embargod acme\n', ''), theCase, ours)
                assert.match(again.reason, /^(?:carried-out|waits-for-confirmation)$/, `${line}\n${body}`)
              }
            }
  assert.ok(offered > 100, `${offered}`)
})

test('of a bad instant they hear before they hear of a bad reason', () => {
  const slots = { hours: undefined, weekdays: [1], blackout: [], holidays: 'avoided' } as const
  const ours = worldOf({ reasons: REASONS }, { slots })
  const first = answerOf(sent(extend('2026-12-15T12:00Z', 'holidays'), given(), ours))
  assert.deepEqual([first.status, first.offered.length], ['E-DATE', 3])
  const [body = ''] = first.offered
  const second = answerOf(sent(body.replace('embargod acme\n', ''), given(), ours))
  assert.deepEqual([second.status, second.offered.length], ['E-POLICY', 2])
})

test('what was written is offered whole, whatever line would end it', () => {
  const slots = { hours: undefined, weekdays: [1], blackout: [], holidays: 'avoided' } as const
  const line = `plan ${C} disclose=2026-12-05T16:00Z <<SO\nAs\n.\nagreed END1\nend1\nSO`
  const [body] = answerOf(sent(line, given(), worldOf({}, { slots }))).offered
  assert.match(body ?? '', / <<END2\nAs\n\.\nagreed END1\nend1\nEND2\n$/)
})

suite('a date beyond the maximum', () => {
  const beyond = { quorumBeyond: 1, overrun: 'block' } as const
  const pendingOf = (decision: Decision): PendingPlan => {
    assert.equal(decision.plan?.kind, 'issued')
    return decision.plan.plan
  }
  for (const line of [plan('2026-12-14T16:00Z'), extend('2026-12-14T16:00Z')])
    test(`waits for another person to confirm it: ${line.slice(0, 6)}`, () => {
      const ours = worldOf(beyond)
      const theCase = given({ state: 'accepted' })
      const asked = sent(line, theCase, ours)
      assert.deepEqual([asked.events, asked.reason], [[], 'waits-for-confirmation'])
      assert.match(
        answerOf(asked).text,
        /^Nothing has happened yet\. 1 other of the team must send by 2026-11-24T12:00Z/,
      )
      assert.deepEqual(answerOf(asked).offered, [])
      assert.match(
        answerOf(asked, BOB.address).text,
        /^alice asks for it.*\nWhy:\n\| (?:As agreed|Not yet)\.$/s,
      )
      const changes = { pending: pendingOf(asked) }
      const mine = sent(`confirm acme ${fresh.token}\n`, theCase, ours, changes)
      assert.deepEqual([mine.reason, mine.events], ['E-QUORUM', []])
      const theirs = sent(`confirm acme ${fresh.token}\n`, theCase, ours, changes, BOB)
      assert.deepEqual([theirs.reason, theirs.events.length], ['carried-out', 1])
      assert.equal(theirs.events[0]?.actor.name, 'alice')
      assert.ok(theirs.mails.some(({ to, content }) => to === RIYA && content.kind === 'news'))
    })

  test('is none where the policy names no longest time, extended or not', () => {
    const endless = worldOf({ maximum: undefined })
    const longer = sent(extend('2027-03-01T16:00Z'), given(active('2026-12-09T16:00Z')), endless)
    const extended = after(longer, given(active('2026-12-09T16:00Z')))
    const later = answerOf(sent(plan('2027-06-01T16:00Z'), extended, endless))
    assert.equal(later.status, 'ok')
    assert.doesNotMatch(later.text, /allows/)
  })

  test('waits for no more persons than there are', () => {
    const three = worldOf({ quorumBeyond: 5 }, { admins: [ALICE, BOB, CAROL] })
    assert.match(
      answerOf(sent(plan('2026-12-14T16:00Z'), given(), three)).text,
      /2 others of the team must send/,
    )
    const alone = { admins: [ALICE] }
    const warned = sent(plan('2026-12-14T16:00Z'), given(), worldOf({ quorumBeyond: 5 }, alone))
    assert.equal(warned.events.length, 1)
    const blocked = sent(plan('2026-12-14T16:00Z'), given(), worldOf(beyond, alone))
    assert.equal(answerOf(blocked).status, 'E-POLICY')
  })

  test('waits for others before that begins which it is counted from, too, and no reason gets round that', () => {
    const late = { ...beyond, start: 'accepted', overrun: 'warn' } as const
    const early = given({ milestones: { received: NOW } })
    assert.equal(sent(plan('2026-12-12T12:00Z'), early, worldOf(late)).events.length, 1)
    for (const line of [plan('2027-12-01T16:00Z'), plan('2026-12-12T12:01Z')])
      assert.equal(sent(line, early, worldOf(late)).reason, 'waits-for-confirmation')
    const dated = { ...early, ...active('2026-12-09T16:00Z'), state: 'new' as const }
    assert.equal(sent(extend('2027-12-01T16:00Z'), dated, worldOf(late)).reason, 'waits-for-confirmation')
    const block = worldOf({ start: 'accepted', overrun: 'block' })
    assert.equal(answerOf(sent(plan('2027-12-01T16:00Z'), early, block)).status, 'E-POLICY')
  })

  test('is confirmed until it would lie in the past, and no longer', () => {
    const soon = worldOf({ ...beyond, maximum: { count: 1, unit: 'hour' } })
    const asked = sent(plan('2026-11-21T14:00Z'), given(), soon)
    assert.equal(pendingOf(asked).expiresAt, at('2026-11-21T14:00Z'))
  })

  test('makes all else in its mail wait; what waits anyway asks for as many as either does', () => {
    const both = `accept ${C}\n${plan('2026-12-14T16:00Z')}`
    assert.deepEqual(sent(both, given(), worldOf(beyond)).events, [])
    const notice = `notice ${C} stage=early-disclosure send=2026-12-09T16:00Z <<\nAll.\n.\n${plan('2026-12-14T16:00Z')}`
    const ours = { ...worldOf({ quorumBeyond: 1 }, { admins: [ALICE, BOB, CAROL] }), quorum: 2 }
    assert.match(answerOf(sent(notice, given(), ours)).text, /2 others of the team/)
  })

  test('takes no command with it whose file would be gone by then, wherever that stands', () => {
    const file = `reporter ${C} key=${'7'.repeat(40)} att:riya.asc`
    for (const both of [`${file}\n${plan('2026-12-14T16:00Z')}`, `${plan('2026-12-14T16:00Z')}\n${file}`]) {
      const decision = sent(both, given(), worldOf(beyond))
      assert.deepEqual([decision.reason, decision.plan], ['E-SYNTAX', undefined])
      const results = decision.mails.flatMap(({ content }) =>
        content.kind === 'transcript' ? content.results : [],
      )
      assert.ok(results.some(({ text }) => /reporter with its file cannot wait with it/.test(text.open())))
    }
  })

  test('is dry-run without asking anybody', () => {
    const decision = decide(
      mail({
        authored: signedText(`embargod acme dry-run\n${plan('2026-12-14T16:00Z')}\n`, ALICE.fingerprint),
      }),
      snapshot({ settings: worldOf(beyond), cases: new Map([[given().id, given()]]) }),
      fresh,
    )
    assert.deepEqual([decision.reason, decision.plan], ['dry-run', undefined])
  })
})

suite('the reporter hears of a date', () => {
  const told = (decision: Decision) =>
    decision.mails.flatMap(({ to, content }) => (to === RIYA && content.kind === 'news' ? [content] : []))
  const date = at('2026-12-09T16:00Z')
  for (const [name, line, theCase, expected] of [
    ['that is proposed', plan('2026-12-09T16:00Z'), keyed, [{ at: date, standing: 'proposed' }]],
    [
      'that is set',
      plan('2026-12-09T16:00Z'),
      { ...keyed, state: 'accepted' },
      [{ at: date, standing: 'active' }],
    ],
    [
      'that an extension moves',
      extend('2026-12-09T16:00Z'),
      { ...keyed, ...active('2026-12-08T16:00Z') },
      [{ at: date, former: at('2026-12-08T16:00Z'), standing: 'active' }],
    ],
    [
      'that was proposed and holds since the case is accepted, in one mail with that',
      `accept ${C}`,
      { ...keyed, embargo: { state: 'proposed', disclose: date } },
      [{ at: date, standing: 'active' }],
    ],
    ['not while the case is held', plan('2026-12-09T16:00Z'), { ...keyed, ...held }, []],
    [
      'at the release, if it was set meanwhile',
      `release ${C} <<\nGo on.\n.`,
      { ...keyed, ...active('2026-12-09T16:00Z'), ...held, held: { ...held.held, told: 'accepted' } },
      [{ at: date, standing: 'active' }],
    ],
    [
      'not of a case that ends',
      `reject ${C} <<\nNo.\n.`,
      { ...keyed, ...active('2026-12-09T16:00Z') },
      [undefined],
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

suite('a date is offered ready to send', () => {
  const slots = {
    hours: { from: '14:00', to: '17:00' },
    weekdays: [1, 2, 3],
    blackout: [],
    holidays: 'avoided',
  } as const
  const ten = { preferred: { count: 10, unit: 'day' } } as const
  const linesFor = (theCase: Case, ours: Settings, now = NOW) =>
    offersFor(theCase, { who: ALICE.fingerprint, name: 'alice' }, ours, 'asked', now)
      .map(({ body }) => body.split('\n')[1] ?? '')
      .filter(line => /^(?:plan|extend) /.test(line))
  const accepted = given({ state: 'accepted' })
  const late = at('2026-12-20T12:00Z')
  const proposing = (date: string): Case => ({
    ...accepted,
    wishes: { ...accepted.wishes, position: { kind: 'propose', instant: at(date) } },
  })
  for (const [name, theCase, ours, lines, now] of [
    ['none before it is accepted', given(), worldOf(), []],
    [
      'the one that the policy prefers',
      accepted,
      worldOf(ten),
      ['plan C-482107 disclose=2026-12-01T12:00Z <<'],
    ],
    ['moved into a slot', accepted, worldOf(ten, { slots }), ['plan C-482107 disclose=2026-12-01T14:00Z <<']],
    [
      'else the latest that the policy allows',
      accepted,
      worldOf(),
      ['plan C-482107 disclose=2026-12-12T12:00Z <<'],
    ],
    [
      'in a slot before that',
      accepted,
      worldOf({}, { slots }),
      ['plan C-482107 disclose=2026-12-09T16:00Z <<'],
    ],
    [
      'none that has passed, but a longer one',
      accepted,
      worldOf(),
      ['extend C-482107 until=2026-12-27T12:00Z <<'],
      late,
    ],
    [
      'what the reporter proposes before that',
      proposing('2026-12-08T15:00Z'),
      worldOf(ten, { slots }),
      ['plan C-482107 disclose=2026-12-08T15:00Z <<', 'plan C-482107 disclose=2026-12-01T14:00Z <<'],
    ],
    [
      'but not where the policy does not take it',
      proposing('2026-12-08T18:00Z'),
      worldOf(ten, { slots }),
      ['plan C-482107 disclose=2026-12-01T14:00Z <<'],
    ],
    [
      'no earlier than upstream, where it yields to that',
      { ...accepted, upstream: [{ name: plaintext('zlib'), instant: at('2026-12-15T12:00Z') }] },
      worldOf({ ...ten, yields: ['upstream'] }),
      ['plan C-482107 disclose=2026-12-15T12:00Z <<'],
    ],
    ['a longer one not before the end is near', given(active('2026-12-09T16:00Z')), worldOf(), []],
    [
      'a longer one when it is, for the one reason of the policy',
      given(active('2026-11-27T16:00Z')),
      worldOf({ reasons: REASONS.slice(0, 1) }),
      ['extend C-482107 until=2026-12-04T16:00Z reason=not-tested <<'],
    ],
    [
      'a longer one when it is, without choosing among several reasons',
      given(active('2026-11-27T16:00Z')),
      worldOf({ reasons: REASONS }),
      ['extend C-482107 until=2026-12-04T16:00Z <<'],
    ],
    [
      'a week from now when it is over',
      given(active('2026-12-09T16:00Z')),
      worldOf(),
      ['extend C-482107 until=2026-12-27T12:00Z <<'],
      late,
    ],
    [
      'none beyond what is never taken',
      given(active(LATEST)),
      worldOf({ overrun: 'publish' }),
      [],
      at('2026-12-10T12:00Z'),
    ],
    [
      'none when it is lifted',
      given({ ...active(LATEST), embargo: { state: 'lifted', disclose: NOW } }),
      worldOf(),
      [],
    ],
  ] as const)
    test(name, () => assert.deepEqual(linesFor(theCase, ours, now), lines))

  test('and is taken as it stands, unless a reason is to be chosen', () => {
    const policies = [
      {},
      ten,
      { reasons: REASONS.slice(0, 1) },
      { overrun: 'block' },
      { overrun: 'publish' },
      { quorumBeyond: 1 },
    ] as const
    const cases = [
      accepted,
      proposing('2026-12-08T15:00Z'),
      given(active('2026-11-24T15:00Z')),
      given(active('2026-12-10T15:00Z')),
    ]
    let offered = 0
    for (const embargo of policies)
      for (const theCase of cases)
        for (const ours of [worldOf(embargo), worldOf(embargo, { slots })])
          for (const now of [NOW, at('2026-12-08T20:00Z'), late])
            for (const line of linesFor(theCase, ours, now)) {
              offered += 1
              const text = `embargod acme\n${line}\nwords\n.\n`
              const world = snapshot({ now, settings: ours, cases: new Map([[theCase.id, theCase]]) })
              const input = mail({ authored: signedText(text, ALICE.fingerprint, now), receivedAt: now })
              assert.match(
                decide(input, world, fresh).reason,
                /^(?:carried-out|waits-for-confirmation)$/,
                line,
              )
            }
    assert.ok(offered > 50)
  })

  test('to a reporter who asks for one that is too late', () => {
    const extract = {
      ...NOTHING_FOUND,
      requestedDate: plaintext('March 2027'),
      requestedAt: at('2027-03-01T00:00Z'),
    }
    const input = mail({
      authored: unsignedText('It crashes.'),
      addressed: { kind: 'security' },
      arrival: { extract },
    })
    const { mails } = decide(input, snapshot({ settings: worldOf(ten, { slots }) }), fresh)
    const reports = mails.flatMap(({ content }) => (content.kind === 'report' ? [content] : []))
    assert.deepEqual(
      reports.map(({ proposal }) => proposal && formatInstant(proposal)),
      ['2026-12-01T14:00Z', '2026-12-01T14:00Z'],
    )
  })
})
