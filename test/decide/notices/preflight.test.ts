// Whom a notice would reach: one judgement, asked by preflight and by the plan of a notice (threats.md H09, K01, C10).
import assert from 'node:assert/strict'
import { describe, suite, test } from 'node:test'
import { preflight } from '../../../src/decide/notices/preflight.ts'
import { planLines, preflightFault } from '../../../src/decide/notices/preflight-words.ts'
import type { Contact, NextKey } from '../../../src/model/contact.ts'
import type { Snapshot } from '../../../src/model/decision.ts'
import { EVERYBODY } from '../../../src/model/notice.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import type { Policy } from '../../../src/model/policy.ts'
import { type Instant, instant, later } from '../../../src/model/scalars.ts'
import type { LargestMail, Settings } from '../../../src/model/settings.ts'
import { DAY, HOUR } from '../../../src/model/time.ts'
import { BARE_POLICY } from '../../support/bare-policy.ts'
import { ALICE, aCase, aNotice, caseId, NOW, noticeId } from '../given.ts'
import {
  COLLEAGUE,
  keyOf,
  MEMBERSHIP,
  membersWith,
  NEW,
  ONE,
  organisation,
  resultOf,
  signed,
  TWO,
  world,
} from '../members.ts'

const SEND = later(NOW, 7 * DAY)
const before = instant(SEND - 1)
const flight = { project: ONE.project, audience: EVERYBODY, sendAt: SEND, content: undefined }

const STRANGE_TERMS = { ...ONE.acceptance, sha256: 'ef'.repeat(32) } as Contact['acceptance']

const nextKey = (effectiveAt: Instant | undefined, encryptsUntil?: Instant): NextKey => ({
  key: { ...keyOf(NEW), encryptsUntil },
  by: 'change',
  askedAt: NOW,
  token: 'abcdefghij234567',
  provenAt: NOW,
  effectiveAt,
})

const suspended = (until: Instant | undefined): Partial<Contact> => ({
  state: 'suspended',
  suspended: { why: 'admin', at: NOW, by: 'alice', until, reason: undefined },
})

/** What becomes of the one contact. */
const CASES: readonly (readonly [name: string, given: Partial<Contact>, becomes: string])[] = [
  ['whose key has no end', {}, 'reached'],
  ['whose key ends a millisecond after the instant', { encryptsUntil: instant(SEND + 1) }, 'reached'],
  ['whose key ends at the instant', { encryptsUntil: SEND }, 'blind ends'],
  ['whose key has ended', { encryptsUntil: instant(NOW - DAY) }, 'blind ends'],
  ['who revoked the key', { revokedAt: NOW }, 'blind revoked'],
  [
    'whose next key takes over in time',
    { encryptsUntil: before, nextKey: nextKey(later(NOW, DAY)) },
    'reached',
  ],
  [
    'whose next key takes over too late',
    { encryptsUntil: before, nextKey: nextKey(instant(SEND + 1)) },
    'blind ends',
  ],
  ['whose next key is not proven', { encryptsUntil: before, nextKey: nextKey(undefined) }, 'blind ends'],
  [
    'whose next key ends before the instant',
    { nextKey: nextKey(later(NOW, DAY), later(NOW, 2 * DAY)) },
    'blind ends',
  ],
  [
    'who asked for another key and revoked the old one: a thief may have asked',
    { revokedAt: NOW, nextKey: nextKey(later(NOW, DAY)) },
    'blind revoked',
  ],
  [
    'whose new key the team has verified after they revoked the old one',
    { revokedAt: NOW, nextKey: { ...nextKey(later(NOW, DAY)), by: 'rekey' } },
    'reached',
  ],
  ['suspended', suspended(undefined), 'absent suspended'],
  ['suspended until before the instant', suspended(before), 'reached'],
  ['suspended until after it', suspended(instant(SEND + 1)), 'absent suspended'],
  ['invited', { state: 'invited' }, 'absent invited'],
  ['cooling until before the instant', { state: 'cooling', activeAt: before }, 'reached'],
  ['cooling until after it', { state: 'cooling', activeAt: instant(SEND + 1) }, 'absent cooling'],
  ['gone', { state: 'left' }, 'nothing'],
  ['removed', { state: 'removed' }, 'nothing'],
  ['who accepted other terms', { acceptance: STRANGE_TERMS }, 'reached, other terms'],
  ['who accepted none', { acceptance: undefined }, 'absent unaccepted'],
]

function becameOf(given: Partial<Contact>, settings: Settings = membersWith()): string {
  const found = preflight(flight, world({ settings, contacts: [{ ...ONE, ...given }] }))
  const [blind] = found.blind
  const [absent] = found.absent
  if (blind !== undefined) return `blind ${blind.why.kind}`
  if (absent !== undefined) return `absent ${absent.why.kind}`
  if (found.reached.length === 0) return 'nothing'
  return found.outdated.length === 0 ? 'reached' : 'reached, other terms'
}

suite('a contact', () => {
  for (const [name, given, becomes] of CASES)
    test(`${name}: ${becomes}`, () => assert.equal(becameOf(given), becomes))

  test('asked for new terms is lost where the policy suspends the silent before the instant', () => {
    const asked = (by: Instant) => ({
      acceptance: STRANGE_TERMS,
      asked: { sha256: MEMBERSHIP.terms.sha256, at: NOW, by },
    })
    const rule = (silent: 'suspend' | 'keep') =>
      membersWith({ reacceptance: { ...MEMBERSHIP.reacceptance, silent } })
    assert.equal(becameOf(asked(before), rule('suspend')), 'absent terms')
    assert.equal(becameOf(asked(instant(SEND + 1)), rule('suspend')), 'reached, other terms')
    assert.equal(becameOf(asked(before), rule('keep')), 'reached, other terms')
  })

  test('of another project, or whom the audience does not mean, is not looked at', () => {
    const blind = { ...ONE, revokedAt: NOW }
    const found = (audience: typeof EVERYBODY) =>
      preflight({ ...flight, audience }, world({ contacts: [blind, COLLEAGUE, TWO] }))
    assert.equal(found(EVERYBODY).blind.length, 1)
    assert.equal(found({ ...EVERYBODY, exclude: [ONE.id] }).blind.length, 0)
    assert.equal(found({ ...EVERYBODY, exclude: [ONE.distributor] }).reached.length, 1)
    const classed = { ...organisation(TWO), class: 'cloud' }
    const one = preflight(
      { ...flight, audience: { ...EVERYBODY, classes: ['cloud'] } },
      world({ contacts: [blind, TWO], distributors: [organisation(ONE), classed] }),
    )
    assert.deepEqual([one.blind.length, one.reached.map(({ id }) => id)], [0, [TWO.id]])
  })
})

const withPolicy = (notices: Partial<Policy['notices']>, changes: Partial<Settings> = {}): Settings => {
  const rules = membersWith()
  const policy: Policy = {
    ...BARE_POLICY,
    membership: MEMBERSHIP,
    notices: {
      ...BARE_POLICY.notices,
      stages: [
        {
          name: 'early-disclosure',
          text: 'early word',
          to: 'distributors',
          decidedBy: 'team',
          when: undefined,
          quorum: 0,
          patches: 'allowed',
          may: [],
        },
      ],
      ...notices,
    },
  }
  return { ...rules, ...changes, projects: rules.projects.map(one => ({ ...one, policy })) }
}

const THE_CASE = caseId('482107')
const given = (changes: Partial<Snapshot> = {}): Snapshot =>
  world({
    settings: withPolicy({}),
    cases: new Map([[THE_CASE, aCase({ state: 'fixing' })]]),
    contacts: [ONE, COLLEAGUE, TWO],
    ...changes,
  })
const NOTICE = `notice C-482107 stage=early-disclosure send=2026-11-28T12:00Z <<\nAll of it.\n.`
const BLIND: Contact = { ...ONE, encryptsUntil: later(NOW, DAY) }

describe('the plan of a notice', () => {
  test('names who would be blind, and is refused by name where the policy says so', () => {
    const contacts = [BLIND, COLLEAGUE, TWO]
    const warned = resultOf(signed(NOTICE, ALICE.fingerprint, given({ contacts })))
    assert.equal(warned.status, 'wait')
    assert.match(
      warned.text,
      /Blind: [\s\S]*M-000001, oncall@one\.example: its key ends at 2026-11-22T12:00Z/,
    )
    const settings = withPolicy({ blind: 'block' })
    const blocked = resultOf(signed(NOTICE, ALICE.fingerprint, given({ contacts, settings })))
    assert.equal(blocked.status, 'E-KEY')
    assert.match(blocked.text, /M-000001, oncall@one\.example: its key ends at/)
    assert.match(blocked.text, /exclude=M-000001$/)
    const good = resultOf(signed(NOTICE, ALICE.fingerprint, given({ settings })))
    assert.equal(good.status, 'wait')
    assert.doesNotMatch(good.text, /Blind/)
  })

  test('is refused while a copy is larger than the server takes, and says what is not known', () => {
    const planned = (serverTakes: LargestMail | undefined) =>
      resultOf(signed(NOTICE, ALICE.fingerprint, given({ serverTakes })))
    const refused = planned(20_000)
    assert.equal(refused.status, 'E-POLICY')
    assert.match(
      refused.text,
      /A copy has up to \d+ kB, and the submission server takes 20 kB\. Leave files out/,
    )
    for (const takes of [undefined, 'any', 10_485_760] as const)
      assert.doesNotMatch(
        planned(takes).text,
        /submission server/,
        'of what any server takes nothing is said',
      )
    const content = { text: plaintext('All of it.'), attachments: [{ size: 4_000_000 }] }
    const said = (serverTakes: LargestMail | undefined) =>
      planLines(preflight({ ...flight, content }, world()), { settings: membersWith(), serverTakes }).join(
        '\n',
      )
    assert.match(said(undefined), /up to 7\.6 MB; what the submission server takes is not known yet/)
    assert.match(said('any'), /names no limit/)
    assert.match(said(10_485_760), /A copy has up to 7\.6 MB; the submission server takes 10\.5 MB\./)
  })

  test('says when the last copy leaves, where that is not at once', () => {
    const planned = (mailsPerMinute: number) => {
      const settings = withPolicy({}, { mailsPerMinute })
      return resultOf(signed(NOTICE, ALICE.fingerprint, given({ settings }))).text
    }
    assert.doesNotMatch(planned(100_000), /smtp\.maxPerMinute/)
    assert.match(
      planned(1),
      /At 1 mails a minute \(smtp\.maxPerMinute\) the last copy leaves at 2026-11-28T12:02Z; none leaves early/,
    )
  })

  test('of five hundred names a hundred of the blind', () => {
    const many = Array.from({ length: 500 }, () => BLIND)
    const found = preflight(flight, world({ contacts: many }))
    const text = planLines(found, world()).join('\n')
    assert.match(text, /and 400 more/)
    assert.equal(preflightFault(found, flight, world()), undefined)
  })
})

describe('preflight', () => {
  const answer = (line: string, changes: Partial<Snapshot> = {}) => {
    const decision = signed(line, ALICE.fingerprint, given(changes))
    assert.deepEqual(decision.events, [])
    return resultOf(decision)
  }
  const N = noticeId('300001')
  const holding = (changes: Parameters<typeof aNotice>[0]) =>
    ({ notices: new Map([[N, aNotice({ sendAt: SEND, ...changes })]]) }) as const

  test('of a case looks at a notice to everybody now, or at send=', () => {
    const now = answer('preflight C-482107')
    assert.equal(now.status, 'ok')
    assert.match(
      now.text,
      /^A notice about C-482107 at 2026-11-21T12:00Z reaches 3 of 3 contacts on the list\./,
    )
    assert.doesNotMatch(now.text, /octets|kB/)
    const contacts = [BLIND, COLLEAGUE, { ...TWO, ...suspended(undefined) }]
    const then = answer('preflight C-482107 send=2026-11-28T12:00Z', { contacts })
    assert.match(then.text, /reaches 1 of 2 contacts/)
    assert.match(
      then.text,
      /Blind:[\s\S]*M-000001[\s\S]*Meant, and not on the list[\s\S]*M-000002[^\n]*suspended/,
    )
    assert.equal(answer('preflight C-482107', { contacts }).text.includes('Blind'), false)
    const unbound = answer('preflight C-482107', { contacts: [ONE, { ...TWO, acceptance: undefined }] })
    assert.match(unbound.text, /reaches 1 of 2 contacts[\s\S]*M-000002[^\n]*: has accepted no embargo policy/)
  })

  test('of a notice looks at its own audience, text and instant', () => {
    const one = answer('preflight N-300001', holding({ audience: { ...EVERYBODY, exclude: [TWO.id] } }))
    assert.match(one.text, /^N-300001 about C-482107 at 2026-11-28T12:00Z reaches 2 of 2/)
    const text = plaintext('a'.repeat(1_000_000))
    assert.match(answer('preflight N-300001', holding({ text })).text, /up to 1\.9 MB/)
  })

  test('tells what keeps it from going', () => {
    const settings = withPolicy({ blind: 'block' })
    const cases: readonly (readonly [Partial<Snapshot>, RegExp])[] = [
      [
        { settings, contacts: [{ ...ONE, revokedAt: NOW }] },
        /The policy refuses a notice while anybody is blind/,
      ],
      [
        {
          cases: new Map([
            [THE_CASE, aCase({ state: 'fixing', embargo: { state: 'active', disclose: SEND } })],
          ]),
        },
        /C-482107 is to be public at 2026-11-28T12:00Z/,
      ],
      [
        { cases: new Map([[THE_CASE, aCase({ embargo: { state: 'lifted', disclose: NOW } })]]) },
        /The embargo of C-482107 is lifted/,
      ],
      [{ cases: new Map([[THE_CASE, aCase({ state: 'closed' })]]) }, /ended as closed/],
      [{ serverTakes: 30_000, ...holding({}) }, /takes 30 kB/],
    ]
    for (const [changes, expected] of cases)
      assert.match(answer('preflight N-300001', { ...holding({}), ...changes }).text, expected)
  })

  test('is refused of what there is not, has gone, or is in clear', () => {
    for (const [line, changes, code] of [
      ['preflight N-300009', {}, 'E-UNKNOWN'],
      ['preflight C-482108', {}, 'E-UNKNOWN'],
      ['preflight', {}, 'E-SYNTAX'],
      ['preflight M-000001', {}, 'E-SYNTAX'],
      ['preflight C-482107 send=2026-11-20T12:00Z', {}, 'E-DATE'],
      ['preflight N-300001', holding({ state: 'released' }), 'E-STATE'],
      ['preflight N-300001', holding({ state: 'cancelled' }), 'E-STATE'],
      ['preflight N-300001', holding({ to: 'users' }), 'E-STATE'],
    ] as const)
      assert.equal(answer(line, changes).status, code, line)
  })

  test('of a notice whose instant is past looks at now', () => {
    const text = answer('preflight N-300001', {
      ...holding({ sendAt: later(NOW, -HOUR), state: 'held' }),
    }).text
    assert.match(text, /2026-11-21T12:00Z/)
  })
})
