// What applicants and admins can ask and do about requests to join by command, and what each is told.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import { lapse } from '../../../src/decide/time/lapse.ts'
import { timePassed } from '../../../src/decide/time/timed.ts'
import type { Case } from '../../../src/model/case.ts'
import type { Decision, Snapshot } from '../../../src/model/decision.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { type Fingerprint, inboundId, instant, parseContactId, UNROUTED } from '../../../src/model/scalars.ts'
import { DAY } from '../../../src/model/time.ts'
import { distributorId } from '../../support/bare-contact.ts'
import { BARE_MEMBERSHIP } from '../../support/bare-membership.ts'
import { BARE_NOTICES } from '../../support/bare-policy.ts'
import {
  ALICE,
  aCase,
  address,
  contact,
  fingerprint,
  fresh,
  mail,
  NOW,
  settings,
  signedText,
  sure,
} from '../given.ts'
import { key, RIYA } from '../sent.ts'
import {
  A,
  after,
  anApplication,
  contentTo,
  FIRST,
  keyOf,
  lists,
  VERA,
  VERAS_KEY,
  world,
} from './applicants.ts'

const answers = {
  organisation: plaintext('Vendor\nembargod acme\napprove A-771234'),
  name: plaintext('Vera'),
  criteria: { 0: plaintext('We ship it.\nembargod acme\nspam A-771234') },
}
const theirs = anApplication({ key: keyOf(VERAS_KEY), answers })

const sends = (line: string, by: Fingerprint, seen: Snapshot): Decision =>
  decide(mail({ authored: signedText(`embargod acme\n${line}\n`, by) }), seen, fresh)

/** A list whose first members are there. */
const VOUCH = {
  count: 1,
  covers: 'person',
  perYear: undefined,
  after: undefined,
  bootstrap: undefined,
} as const
const grown = lists({ vouch: VOUCH })

function told(decision: Decision, to: string = ALICE.address) {
  const content = contentTo(decision, to)
  assert.equal(content?.kind, 'transcript')
  const [result] = content.results
  assert.ok(result)
  return { code: result.code ?? result.status, text: result.text.open() }
}

suite('status', () => {
  test('tells every step, and what is missing, to the key of the request alone', () => {
    const seen = world({ settings: grown }, theirs)
    for (const line of ['status', `status ${A}`]) {
      const { code, text } = told(sends(line, VERAS_KEY, seen), VERA)
      assert.equal(code, 'ok')
      for (const step of [
        /waits for what is missing/,
        /^answers: missing: an answer to 2$/m,
        /^address and key: not proven yet$/m,
        /^terms: version 1 not accepted yet$/m,
        /^vouches: 0 of 1$/m,
      ])
        assert.match(text, step)
      assert.doesNotMatch(text, /embargod|We ship|Vendor/)
    }
  })

  test('asks for no vouches while too few are on the list to give any', () => {
    const proven = { at: NOW, inbound: inboundId(2) }
    const { sha256 } = BARE_MEMBERSHIP.terms
    const acceptance = { version: '1', sha256, at: NOW, how: 'implied', inbound: inboundId(2) } as const
    const criteria = { ...answers.criteria, 1: plaintext('Many.') }
    const whole = anApplication({ ...theirs, answers: { ...answers, criteria }, proven, acceptance })
    const { text } = told(sends('status', VERAS_KEY, world({}, whole)), VERA)
    assert.match(text, /waits for the team/)
    assert.doesNotMatch(text, /vouches|objections/)
    assert.match(
      told(sends('status', VERAS_KEY, world({ settings: grown }, whole)), VERA).text,
      /what is missing/,
    )
  })

  test('of another one is answered as of one that does not exist', () => {
    const other = anApplication({
      id: FIRST,
      key: keyOf(fingerprint('9')),
      address: address('eve@evil.example'),
    })
    const both = world({ applications: new Map([theirs, other].map(one => [one.id, one])) })
    const one = world({}, theirs)
    for (const verb of ['status', 'withdraw'])
      assert.deepEqual(
        told(sends(`${verb} ${FIRST}`, VERAS_KEY, both), VERA),
        told(sends(`${verb} ${FIRST}`, VERAS_KEY, one), VERA),
      )
    assert.equal(told(sends(`status ${FIRST}`, VERAS_KEY, both), VERA).code, 'E-UNKNOWN')
  })

  test('tells when the policy lets the team decide and others object', () => {
    const settings = lists({
      vouch: VOUCH,
      review: {
        within: { count: 14, unit: 'day' },
        weekly: undefined,
        lapse: { count: 90, unit: 'day' },
        objection: { count: 7, unit: 'day' },
        quorum: 0,
        again: undefined,
      },
    })
    const text = (completeAt: typeof NOW | undefined) =>
      told(sends('status', VERAS_KEY, world({ settings }, { ...theirs, completeAt })), VERA).text
    assert.match(
      text(undefined),
      /time for objections: begins when nothing is missing\n.*decide by 2026-12-05T12:00Z/,
    )
    assert.match(text(NOW), /time for objections: until 2026-11-28T12:00Z/)
  })
})

suite('withdraw', () => {
  test('ends the request, tells the team, and is the applicant’s alone', () => {
    const seen = world({}, theirs)
    const decision = sends(`withdraw ${A}`, VERAS_KEY, seen)
    const one = after(decision, seen).get(A)
    assert.deepEqual([one?.state, one?.end?.by], ['withdrawn', A])
    const content = contentTo(decision, ALICE.address)
    assert.match(content?.kind === 'change' ? (content.lines[0]?.open() ?? '') : '', /^A-771234 is withdrawn/)
    assert.equal(sends(`withdraw ${A}`, ALICE.fingerprint, seen).reason, 'E-ROLE')
  })

  test('by an unsigned mail changes nothing', () => {
    const seen = world({}, anApplication({ ...theirs, proven: { at: NOW, inbound: inboundId(2) } }))
    const unsigned = {
      kind: 'unsigned',
      text: plaintext(`withdraw ${A}\n`),
      layout: 'fixed',
      encrypted: false,
    } as const
    const decision = decide(
      mail({ from: VERA, authored: unsigned, addressed: { kind: 'application', application: A } }),
      seen,
      fresh,
    )
    assert.deepEqual(decision.events, [])
  })
})

suite('admins', () => {
  test('list what waits with what it lacks, and all on request', () => {
    const ended = anApplication({ id: FIRST, state: 'declined' })
    const seen = world({
      settings: grown,
      applications: new Map([theirs, ended].map(one => [one.id, one])),
    })
    const open = told(sends('applications', ALICE.fingerprint, seen)).text
    assert.match(
      open,
      /^A-771234 {2}widget {2}vera@vendor\.example {2}2026-11-21T12:00Z {2}lacks an answer to 2, the proof of address and key, the acceptance of the terms, vouches \(0 of 1\)\n\| Vendor\n\| embargod acme\n\| approve A-771234$/,
    )
    assert.match(told(sends('applications all=yes', ALICE.fingerprint, seen)).text, /A-770000 .*was declined/)
    assert.equal(
      told(sends('applications project=gadget', ALICE.fingerprint, seen)).text,
      'There is no project gadget; the configuration has widget.',
    )
    const none = world({ settings: settings() })
    const policy = { ...settings().defaultPolicy, notices: BARE_NOTICES }
    const unlisted = settings({ projects: settings().projects.map(one => ({ ...one, policy })) })
    assert.equal(
      told(sends('applications project=widget', ALICE.fingerprint, none)).text,
      `${settings().defaultPolicy.displayName} has no distributors list that one can join.`,
    )
    assert.equal(
      told(sends('roster widget', ALICE.fingerprint, { ...none, distributors: [], settings: unlisted })).text,
      `${settings().defaultPolicy.displayName} has no distributors list.`,
    )
  })

  test('see all that was said, each line behind a bar', () => {
    const one = anApplication({
      ...theirs,
      address: address('oncall@0ne.example'),
      vouches: [
        {
          contact: sure(parseContactId('M-000002')),
          distributor: distributorId('000002'),
          fingerprint: VERAS_KEY,
          at: NOW,
          inbound: inboundId(4),
          text: plaintext('Good people.\ntake C-482107'),
        },
      ],
    })
    const { text } = told(sends(`show ${A}`, ALICE.fingerprint, world({}, one)))
    for (const line of [
      /^take care: The address looks like that of M-000001, and is another\.$/m,
      /^1\. Be an active distributor of Widget\.\n\| We ship it\.\n\| embargod acme\n\| spam A-771234$/m,
      /^vouched for by M-000002 of D-000002, 2026-11-21T12:00Z:\n\| Good people\.\n\| take C-482107$/m,
      /^mails: 9$/m,
    ])
      assert.match(text, line)
    assert.doesNotMatch(text, /^(?:embargod|spam|take) [A-Za-z]-/m)
    assert.equal(told(sends('show A-000001', ALICE.fingerprint, world())).code, 'E-UNKNOWN')
  })

  test('close what is spam without a word', () => {
    const seen = world({}, theirs)
    const decision = sends(`spam ${A}`, ALICE.fingerprint, seen)
    assert.equal(after(decision, seen).get(A)?.state, 'spam')
    assert.equal(contentTo(decision, VERA), undefined)
    assert.equal(
      told(sends(`spam ${A}`, ALICE.fingerprint, world({}, { ...theirs, state: 'spam' }))).code,
      'noop',
    )
    assert.equal(
      told(sends(`spam ${A}`, ALICE.fingerprint, world({}, { ...theirs, state: 'approved' }))).code,
      'E-STATE',
    )
    assert.equal(told(sends(`spam ${A} C-482107`, ALICE.fingerprint, seen)).code, 'E-SYNTAX')
  })
})

suite('a report that is a request to join', () => {
  const reported = (changes: Partial<Case> = {}) =>
    aCase({
      reporter: { address: RIYA, key: key('7') },
      thread: [{ inbound: inboundId(5), at: NOW, from: 'reporter' }],
      ...changes,
    })
  const LINE = 'reclassify C-482107 as=application'
  const seen = (one: Case, changes: Partial<Snapshot> = {}) =>
    world({ cases: new Map([[one.id, one]]), ...changes })

  test('becomes one by an admin’s word, and its writer is asked for the answers', () => {
    const around = seen(reported())
    const decision = sends(LINE, ALICE.fingerprint, around)
    const one = after(decision, around).get(FIRST)
    assert.deepEqual([one?.address, one?.key?.fingerprint, one?.thread], [RIYA, fingerprint('7'), [5]])
    assert.equal(contentTo(decision, RIYA)?.kind, 'application-answer')
    assert.match(told(decision).text, /It is A-770000 now/)
  })

  test('joins one that waits, and needs a project and an address', () => {
    const waiting = anApplication({ address: RIYA })
    const joined = sends(LINE, ALICE.fingerprint, seen(reported(), { applications: new Map([[A, waiting]]) }))
    assert.match(told(joined).text, /A-771234 of the same mailbox waits already/)
    assert.equal(contentTo(joined, RIYA), undefined)
    assert.match(
      told(sends(LINE, ALICE.fingerprint, seen(reported({ project: UNROUTED })))).text,
      /route C-482107/,
    )
    const nobody = reported({ reporter: { address: undefined, key: undefined } })
    assert.match(told(sends(LINE, ALICE.fingerprint, seen(nobody))).text, /reporter C-482107 address=/)
  })

  test('is offered as one where the policy has requests come in there', () => {
    const extract = {
      contentFound: [],
      cveIds: [],
      cvssVectors: [],
      versions: [],
      requestedDate: undefined,
      requestedAt: undefined,
      claimsPublic: 'no',
      terms: [],
    } as const
    const offersIn = (requests: 'security' | 'distributors', asks: { readonly asksToJoin?: 'yes' }) => {
      const given = mail({
        authored: { kind: 'unsigned', text: plaintext('Hello.\n'), layout: 'fixed', encrypted: false },
        addressed: { kind: 'security' },
        arrival: { extract: { ...extract, ...asks } },
      })
      const { mails } = decide(given, world({ settings: lists({ requests }) }), fresh)
      return mails.flatMap(({ offers = [] }) => offers).filter(({ body }) => body.includes('as=application'))
    }
    assert.equal(offersIn('security', { asksToJoin: 'yes' }).length, 2)
    assert.equal(offersIn('security', {}).length, 0)
    assert.equal(offersIn('distributors', { asksToJoin: 'yes' }).length, 0)
  })
})

suite('a request that nobody completes', () => {
  const settings = lists()
  const at = (days: number) => instant(NOW + days * DAY)
  const passes = (one: typeof theirs, days: number) => {
    const seen = world({ settings, now: at(days) }, one)
    const decision = timePassed(one, seen)
    return { decision, one: decision && after(decision, seen).get(A) }
  }

  test('is reminded once after a third of its time, and ends with how to begin again', () => {
    assert.equal(lapse.nextAt(theirs, settings), at(30))
    const { decision, one } = passes(theirs, 30)
    const content = decision && contentTo(decision, VERA)
    assert.deepEqual(content?.kind === 'application-answer' && [content.occasion, content.endsAt], [
      'reminded',
      at(90),
    ])
    assert.equal(one?.heardAt, NOW)
    assert.equal(lapse.nextAt(sure(one), settings), at(90))
    const ended = passes(sure(one), 90)
    assert.equal(ended.one?.state, 'lapsed')
    const last = ended.decision && contentTo(ended.decision, VERA)
    assert.equal(last?.kind === 'application-answer' && last.occasion, 'lapsed')
    assert.equal(ended.decision && contentTo(ended.decision, ALICE.address)?.kind, 'change')
    assert.equal(lapse.nextAt(sure(ended.one), settings), undefined)
  })

  test('after a long stop ends at once, and is told so once', () => {
    const { decision, one } = passes(theirs, 200)
    assert.equal(one?.state, 'lapsed')
    assert.equal(decision?.mails.filter(({ to }) => to === VERA).length, 1)
  })

  test('any word of theirs begins the time anew', () => {
    const heard = { ...theirs, heardAt: at(60), reminded: { lapse: { due: at(90), upTo: at(30) } } }
    assert.equal(lapse.nextAt(heard, settings), at(90))
    assert.equal(passes(heard, 90).one?.state, 'open')
    assert.equal(passes(heard, 150).one?.state, 'lapsed')
  })

  test('and of which nothing was understood ends without a further mail', () => {
    const silent = anApplication()
    assert.equal(lapse.nextAt(silent, settings), at(90))
    const { decision, one } = passes(silent, 90)
    assert.equal(one?.state, 'lapsed')
    assert.equal(decision && contentTo(decision, VERA), undefined)
  })

  test('that lacks nothing waits for the team alone', () => {
    const complete = anApplication({
      key: keyOf(VERAS_KEY),
      answers: { ...answers, criteria: { 0: plaintext('x'), 1: plaintext('y') } },
      proven: { at: NOW, inbound: inboundId(2) },
      acceptance: {
        version: '1',
        sha256: sure(lists().projects[0]?.policy.membership).terms.sha256,
        at: NOW,
        how: 'implied',
        inbound: undefined,
      },
    })
    const free = lists({ vouch: undefined })
    assert.equal(lapse.nextAt(complete, free), undefined)
    assert.equal(lapse.nextAt(complete, settings), at(30))
  })
})

test('a contact who is on the list is told of as such to admins alone', () => {
  const seen = world({ contacts: [{ ...contact('one', '1'), address: VERA }] }, theirs)
  assert.match(told(sends(`show ${A}`, ALICE.fingerprint, seen)).text, /reaches the mailbox of M-000001/)
  assert.doesNotMatch(told(sends('status', VERAS_KEY, seen), VERA).text, /M-0/)
})
