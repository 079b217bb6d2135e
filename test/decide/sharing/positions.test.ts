// What members say of the date of a case that they were told of, how it is counted, and who reads it. "A public disclosure
// date is negotiated by the team, the bug submitter, and the distributors list"; the team holds the final say.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { endingOf } from '../../../src/decide/membership/ending.ts'
import { listAgrees, withAgreements } from '../../../src/decide/sharing/tally.ts'
import type { Case } from '../../../src/model/case.ts'
import { changesByPeople } from '../../../src/model/case.ts'
import type { Decision, NoticeCopy, Snapshot } from '../../../src/model/decision.ts'
import { OPERATOR } from '../../../src/model/event.ts'
import type { Notice } from '../../../src/model/notice.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { type Instant, instant, later } from '../../../src/model/scalars.ts'
import type { Settings } from '../../../src/model/settings.ts'
import { HOUR, MINUTE } from '../../../src/model/time.ts'
import { BARE_NOTICE } from '../../support/bare-notice.ts'
import { ALICE, aCase, address, BOB, fingerprint, NOW, noticeId } from '../given.ts'
import { key } from '../sent.ts'
import {
  addressOf,
  after,
  by,
  byAdmin,
  CASE,
  type Given,
  given,
  LIST,
  mailsOf,
  type Name,
  PEOPLE,
  resultOf,
  signedBy,
  under,
} from './sharing-world.ts'

const at = (text: string): Instant => instant(Temporal.Instant.from(text).epochMilliseconds)
const DATE = at('2026-12-09T16:00Z')
const ERIN = {
  name: 'erin',
  address: address('erin@research.example'),
  fingerprint: fingerprint('E'),
  key: key('E'),
  since: NOW,
}
const dated: Partial<Case> = {
  embargo: { state: 'active', disclose: DATE, set: { at: NOW, why: plaintext('x') } },
  fixTeam: [ERIN],
}
const PROPOSE = `propose ${CASE} date=2026-12-16T16:00Z`
const OBJECT = `object ${CASE} <<\nOur build farm is down.\n.`
const OBJECT_AGAIN = OBJECT.replace('down', 'still down')

const requiring = (agreement: 'most' | 'all'): Settings => {
  const rules = under(LIST)
  return {
    ...rules,
    projects: rules.projects.map(one => ({
      ...one,
      policy: { ...one.policy, notices: { ...one.policy.notices, agreement } },
    })),
  }
}

const withMaximum = ((rules: Settings): Settings => ({
  ...rules,
  projects: rules.projects.map(one => ({
    ...one,
    policy: { ...one.policy, embargo: { ...one.policy.embargo, overrun: 'block', quorumBeyond: 0 } },
  })),
}))(under(LIST))

/** What they say one after the other, an hour apart; the decisions, and the case after them. */
function spoken(
  lines: readonly (readonly [who: Name | 'alice', line: string])[],
  given: Given = {},
): { readonly decisions: readonly Decision[]; readonly theCase: Case } {
  const decisions: Decision[] = []
  const start = { ...dated, ...given.theCase }
  for (const [who, line] of lines) {
    const situation = {
      ...given,
      theCase: after(decisions, start),
      now: later(NOW, (decisions.length + 1) * HOUR),
    }
    decisions.push(who === 'alice' ? byAdmin(line, situation) : by(who, line, situation))
  }
  return { decisions, theCase: after(decisions, start) }
}

const RELEASED: Notice = {
  ...BARE_NOTICE,
  id: noticeId('300001'),
  case: aCase().id,
  project: PEOPLE.one.project,
  revision: 1,
  stage: 'early',
  sendAt: NOW,
  text: plaintext('x'),
  attachments: [],
  state: 'released',
}
const WAITING: NoticeCopy = {
  case: aCase().id,
  notice: RELEASED.id,
  contact: PEOPLE.four.id,
  to: PEOPLE.four.address,
  copy: 1,
  state: 'ready',
  doubt: 'none',
  why: undefined,
  lastCode: undefined,
  lastStatus: undefined,
  at: undefined,
  subkey: undefined,
}

const said = ({ answers }: Case) => answers.map(({ of, answer }) => [of, answer.kind])
const admins = [ALICE.address, BOB.address]

suite('a member who was told speaks for their organisation', () => {
  for (const [name, line, kind, text] of [
    [
      'agrees',
      `agree ${CASE}`,
      'agree',
      /^Your organisation agrees: C-482107 is to be public at 2026-12-09T16:00Z/,
    ],
    [
      'objects',
      `object ${CASE}`,
      'object',
      /objects to the date of C-482107\.\nThe team reads it now, and decides\. Until you hear of another date, 2026-12-09T16:00Z holds\.$/,
    ],
    ['objects and says why', OBJECT, 'object', /objects to the date/],
    ['proposes another', PROPOSE, 'propose', /proposes 2026-12-16T16:00Z for C-482107\./],
    [
      'proposes the very date, which is agreeing',
      `propose ${CASE} date=2026-12-09T16:00Z`,
      'agree',
      /agrees/,
    ],
  ] as const)
    test(name, () => {
      const decision = by('one', line, { theCase: dated })
      const [status, words] = resultOf(decision)
      assert.equal(status, 'ok', words)
      assert.match(words, text)
      assert.deepEqual(said(after([decision], dated)), [['D-000001', kind]])
      assert.deepEqual(mailsOf(decision, 'change'), [], 'in the words of a mail of its own, or not at all')
      assert.equal(mailsOf(decision, 'date-tally').length, kind === 'agree' ? 0 : 2)
    })

  test('once: the same again changes nothing, nor does it from a colleague', () => {
    const { decisions, theCase } = spoken([
      ['two', OBJECT],
      ['two', OBJECT],
      ['sister', OBJECT],
    ])
    assert.deepEqual(
      decisions.map(one => resultOf(one)[0]),
      ['ok', 'noop', 'noop'],
    )
    assert.equal(theCase.answers.length, 1)
  })

  test('with one voice: the last word of any of its contacts counts', () => {
    const { theCase } = spoken([
      ['two', OBJECT],
      ['sister', `agree ${CASE}`],
    ])
    assert.deepEqual(
      theCase.answers.map(({ answerer, answer }) => [answerer, answer.kind]),
      [['M-000003', 'agree']],
    )
  })

  const refused: readonly (readonly [string, Name, string, Given, string, RegExp])[] = [
    [
      'of no date they cannot agree',
      'one',
      `agree ${CASE}`,
      { theCase: { embargo: aCase().embargo } },
      'E-STATE',
      /no date yet; to name one send: propose C-482107 date=/,
    ],
    ['nor object', 'one', OBJECT, { theCase: { embargo: aCase().embargo } }, 'E-STATE', /no date yet/],
    [
      'nor when the embargo is over',
      'one',
      PROPOSE,
      { theCase: { embargo: { state: 'lifted', disclose: DATE } } },
      'E-STATE',
      /no date any more/,
    ],
    [
      'nor when it is broken',
      'one',
      PROPOSE,
      { theCase: { embargo: { state: 'broken', disclose: DATE } } },
      'E-STATE',
      /no date any more/,
    ],
    [
      'nor when it is published',
      'one',
      `agree ${CASE}`,
      { theCase: { ...dated, state: 'published' } },
      'E-STATE',
      /no date any more/,
    ],
    [
      'nor when it ended otherwise',
      'one',
      `agree ${CASE}`,
      { theCase: { ...dated, state: 'rejected' } },
      'E-STATE',
      /no date any more/,
    ],
    [
      'who was not told knows of no such case',
      'late',
      `agree ${CASE}`,
      { theCase: dated },
      'E-UNKNOWN',
      /^There is no case C-482107; check the number\.$/,
    ],
    [
      'who is suspended says nothing',
      'cut',
      `agree ${CASE}`,
      { theCase: dated },
      'E-ROLE',
      /may not send agree/,
    ],
    [
      'a date that is past is none',
      'one',
      `propose ${CASE} date=2026-01-09T16:00Z`,
      { theCase: dated },
      'E-DATE',
      /is past/,
    ],
    [
      'nor is one without a zone',
      'one',
      `propose ${CASE} date=2026-12-09`,
      { theCase: dated },
      'E-DATE',
      /write it as/,
    ],
  ]
  for (const [name, who, line, given, status, text] of refused)
    test(name, () => {
      const decision = by(who, line, given)
      const [actual, words] = resultOf(decision)
      assert.equal(actual, status, words)
      assert.match(words, text)
      assert.deepEqual(decision.events, [])
    })

  test('a date before there is one can be proposed, and however late in the view of the policy', () => {
    const none = { embargo: aCase().embargo }
    const decision = by('one', `propose ${CASE} date=2027-06-09T16:00Z`, { theCase: none })
    assert.match(
      resultOf(decision)[1],
      /proposes 2027-06-09T16:00Z for C-482107\.\nThe team reads it now, and decides\.$/,
    )
  })

  test('one outside the slots of the policy is answered with the nearest in them, ready to send', () => {
    const rules = under(LIST)
    const slots = {
      hours: { from: '14:00', to: '17:00' },
      weekdays: [1, 2, 3],
      blackout: [],
      holidays: 'avoided',
    } as const
    const projects = rules.projects.map(one => ({ ...one, policy: { ...one.policy, slots } }))
    const decision = by('one', `propose ${CASE} date=2026-12-11T15:00Z`, {
      theCase: dated,
      settings: { ...rules, projects },
    })
    const [status, words] = resultOf(decision)
    assert.equal(status, 'E-DATE')
    assert.match(
      words,
      /is a Friday[\s\S]*\ndate=2026-12-08T15:00Z .*\ndate=2026-12-09T15:00Z .*\ndate=2026-12-14T15:00Z /,
    )
    const [answer] = mailsOf(decision, 'transcript')
    assert.equal(answer?.content.kind, 'transcript')
    assert.deepEqual(
      answer.content.suggestions.map(({ body }) => body),
      ['2026-12-08T15:00Z', '2026-12-09T15:00Z', '2026-12-14T15:00Z'].map(
        date => `embargod acme\npropose ${CASE} date=${date}\n`,
      ),
    )
  })

  test('who keeps objecting is heard every ten minutes, and can agree at any time', () => {
    const first = by('two', OBJECT, { theCase: dated })
    const soon = { theCase: after([first], dated), now: later(NOW, 9 * MINUTE) }
    assert.match(
      resultOf(by('sister', OBJECT_AGAIN, soon))[1],
      /M-000002 of your organisation spoke .* after 2026-11-21T12:10Z/,
    )
    assert.equal(resultOf(by('two', `agree ${CASE}`, soon))[0], 'ok')
    assert.equal(resultOf(by('two', OBJECT_AGAIN, { ...soon, now: later(NOW, 10 * MINUTE) }))[0], 'ok')
  })

  test('who objects may propose another date at once, once', () => {
    const first = by('two', OBJECT, { theCase: dated })
    const objected = after([first], dated)
    const proposing = by('two', PROPOSE, { theCase: objected })
    const [status, words] = resultOf(proposing)
    assert.equal(status, 'ok')
    assert.match(words, /takes the place of the objection/)
    const proposed = { theCase: after([proposing], objected), now: later(NOW, 9 * MINUTE) }
    for (const line of [OBJECT, PROPOSE.replace('-16T', '-17T')])
      assert.equal(resultOf(by('two', line, proposed))[0], 'E-STATE', line)
  })

  test('nor does agreeing in between let them object more often', () => {
    const agreed = by('two', `agree ${CASE}`, { theCase: dated })
    const soon = { theCase: after([agreed], dated), now: later(NOW, 9 * MINUTE) }
    const [status, words] = resultOf(by('two', OBJECT, soon))
    assert.deepEqual([status, mailsOf(by('two', OBJECT, soon), 'date-tally').length], ['E-STATE', 0])
    assert.match(words, /send it again after 2026-11-21T12:10Z/)
    assert.equal(resultOf(by('two', OBJECT, { ...soon, now: later(NOW, 10 * MINUTE) }))[0], 'ok')
  })

  test('the reporter who is a member, too, speaks as the reporter', () => {
    const reporter = { address: addressOf('one'), key: key('1') }
    const decision = by('one', `agree ${CASE}`, { theCase: { ...dated, reporter } })
    assert.deepEqual(
      decision.events.map(({ kind }) => kind),
      ['reporter-said'],
    )
  })

  test('the first who has a copy does not agree for all to whom one is on its way', () => {
    const agreeing = (world: Partial<Snapshot>) =>
      by('one', `agree ${CASE}`, { theCase: dated, told: ['one'], world }).events.map(({ kind }) => kind)
    const sending = (state: 'released' | 'scheduled') => ({
      notices: new Map([[RELEASED.id, { ...RELEASED, state }]]),
      copies: [WAITING],
    })
    assert.deepEqual(agreeing({}), ['member-answered', 'date-agreed'])
    assert.deepEqual(agreeing(sending('released')), ['member-answered'])
    assert.deepEqual(agreeing(sending('scheduled')), ['member-answered', 'date-agreed'])
  })

  test('whoever has left agrees to nothing any more', () => {
    const before = after([by('sister', `agree ${CASE}`, { theCase: dated })], dated)
    const kinds = (contacts: Snapshot['contacts']) =>
      by('one', `agree ${CASE}`, { theCase: before, world: { contacts } }).events.map(({ kind }) => kind)
    const all = Object.values(PEOPLE)
    assert.deepEqual(kinds(all), ['member-answered', 'date-agreed'])
    const gone = all.map(one => (one === PEOPLE.sister ? { ...one, state: 'removed' as const } : one))
    assert.deepEqual(kinds(gone), ['member-answered'])
  })

  test('a held case hears them', () => {
    const held = { at: NOW, reason: plaintext('x'), told: 'fixing' } as const
    assert.equal(resultOf(by('one', `agree ${CASE}`, { theCase: { ...dated, held } }))[0], 'ok')
  })

  test('none of it voids a plan that waits for a confirmation', () => {
    const before = after([], dated)
    const { theCase } = spoken([
      ['one', `agree ${CASE}`],
      ['two', `agree ${CASE}`],
      ['four', OBJECT],
    ])
    assert.ok(theCase.revision > before.revision)
    assert.equal(changesByPeople(theCase), changesByPeople(before))
  })
})

suite('what is in the way of the date every admin reads at once', () => {
  test('with the tally, the reporter beside it, and who it is; words of theirs in a part of their own', () => {
    const wishes = { ...aCase().wishes, position: { kind: 'agree' } } as const
    const { decisions } = spoken(
      [
        ['one', `agree ${CASE}`],
        ['two', OBJECT],
      ],
      { theCase: { ...dated, wishes } },
    )
    const mails = mailsOf(decisions[1] ?? assert.fail(), 'date-tally')
    assert.deepEqual(
      mails.map(({ to }) => to),
      admins,
    )
    const [first] = mails
    assert.equal(first?.content.kind, 'date-tally')
    const { tally, reporter, said: voice } = first.content
    assert.deepEqual(tally.agree, ['M-000001'])
    assert.deepEqual(
      tally.object.map(one => one.by),
      ['M-000002'],
    )
    assert.equal(tally.of, 3, 'of the organisations told, the suspended one is none now')
    assert.deepEqual(reporter, { kind: 'agree' })
    assert.deepEqual([voice?.by.contact, voice?.by.organisation?.open()], ['M-000002', 'two'])
  })

  test('a proposed date is taken with one tap, if the policy takes it', () => {
    const offered = (line: string) =>
      mailsOf(by('one', line, { theCase: dated, settings: withMaximum }), 'date-tally')[0]?.offers?.map(
        ({ body }) => body,
      )
    const taken = `embargod acme\nplan ${CASE} disclose=2026-12-10T16:00Z <<\n\n.\n`
    assert.ok(offered(`propose ${CASE} date=2026-12-10T16:00Z`)?.includes(taken))
    assert.ok(offered(PROPOSE)?.every(body => !body.includes('plan')))
  })
})

suite('the date is the list’s once enough of it agree and none objects', () => {
  const agreed = ({ embargo }: Case) => embargo.agreed && [embargo.agreed.agreed, embargo.agreed.of]
  const one = ['one', `agree ${CASE}`] as const
  const two = ['two', `agree ${CASE}`] as const
  const four = ['four', `agree ${CASE}`] as const
  for (const [name, rule, lines, expected] of [
    ['one of three is not most', 'most', [one], undefined],
    ['two of three are', 'most', [one, two], [2, 3]],
    ['two contacts of one organisation are one', 'most', [two, ['sister', `agree ${CASE}`]], undefined],
    ['two of three are not all', 'all', [one, two], undefined],
    ['three of three are', 'all', [one, two, four], [3, 3]],
    ['an objection is in its way', 'most', [['four', OBJECT], one, two], undefined],
    ['until whoever objected agrees', 'most', [['four', OBJECT], one, two, four], [3, 3]],
    ['another proposal is not', 'most', [['four', PROPOSE], one, two], [2, 3]],
    ['once it is, a later objection does not undo it', 'most', [one, two, ['four', OBJECT]], [2, 3]],
  ] as const)
    test(name, () => {
      const { theCase, decisions } = spoken(lines, { settings: requiring(rule) })
      assert.deepEqual(agreed(theCase), expected)
      const tipped = decisions.flatMap(({ events }) => events.filter(({ kind }) => kind === 'date-agreed'))
      assert.equal(tipped.length, expected === undefined ? 0 : 1)
    })

  test('all who work on the case read it, once', () => {
    const { decisions } = spoken([one, two, four])
    assert.deepEqual(
      decisions.map(decision => mailsOf(decision, 'date-tally').map(({ to }) => to)),
      [[], [...admins, ERIN.address], []],
    )
  })

  test('another date empties the tally; who proposed just that agrees to it', () => {
    const { theCase, decisions } = spoken([
      one,
      ['two', `propose ${CASE} date=2026-12-10T16:00Z`],
      ['four', `propose ${CASE} date=2026-12-10T16:00Z`],
      ['alice', `plan ${CASE} disclose=2026-12-10T16:00Z <<\nAs they propose.\n.`],
    ])
    assert.deepEqual(said(theCase), [
      ['D-000002', 'propose'],
      ['D-000004', 'propose'],
    ])
    assert.deepEqual(agreed(theCase), [2, 3], 'two of three proposed it')
    const news = mailsOf(decisions[3] ?? assert.fail(), 'disclosure-date').flatMap(({ content }) =>
      content.kind === 'disclosure-date' && content.reader === 'insider'
        ? [content.agreed?.agreed, content.agreed?.of]
        : [],
    )
    assert.deepEqual(news, [2, 3, 2, 3, 2, 3])
  })

  test('who becomes told later does not undo it', () => {
    const { theCase } = spoken([one, two])
    const shown = byAdmin(`show ${CASE}`, { theCase, told: ['one', 'two', 'sister', 'four', 'late'] })
    const [, words] = resultOf(shown)
    assert.match(words, /\ndate agreed by the list: 2 of 3, 2026-11-21T14:00Z\n/)
    assert.match(words, /\nof the date, organisations: 2 agree, 0 object, 0 propose another, 2 silent\n/)
  })

  test('of a later date it says nothing', () => {
    const { theCase } = spoken([one, two, ['alice', `plan ${CASE} disclose=2026-12-10T16:00Z <<\nLater.\n.`]])
    assert.equal(agreed(theCase), undefined)
    assert.deepEqual(said(theCase), [])
  })
})

suite('when an organisation goes off the list', () => {
  const agreeing = [
    ['one', `agree ${CASE}`],
    ['two', `agree ${CASE}`],
  ] as const
  const gone = (lines: Parameters<typeof spoken>[0], who: Name) => {
    const settings = requiring('all')
    const before = given({ theCase: spoken(lines, { settings }).theCase, settings })
    const events = endingOf([PEOPLE[who]], undefined, 'left', undefined, { now: NOW, actor: OPERATOR })
    const decision = { ...by('four', 'my'), events, mails: [] }
    const { events: all, mails } = withAgreements(decision, before)
    const agreed = all.flatMap(one => (one.kind === 'date-agreed' ? [[one.agreed, one.of]] : []))
    return { agreed, told: mails.map(({ to }) => to) }
  }

  test('and was the only one that had said nothing, those who stay agree, and who works on the case reads it', () => {
    const { agreed, told } = gone(agreeing, 'four')
    assert.deepEqual(agreed, [[2, 2]])
    assert.deepEqual(told, [ALICE.address, BOB.address, ERIN.address])
  })

  test('nothing follows where somebody still says nothing, nor from taking away who objects', () => {
    assert.deepEqual(gone(agreeing.slice(0, 1), 'four').agreed, [])
    assert.deepEqual(gone([...agreeing, ['four', OBJECT]], 'four').agreed, [])
  })
})

suite('when a copy that was on its way reaches nobody', () => {
  const settings = requiring('all')
  const told: readonly Name[] = ['one', 'two', 'sister']
  const released = (copy: Partial<NoticeCopy>) => ({
    notices: new Map([[RELEASED.id, RELEASED]]),
    copies: [{ ...WAITING, ...copy }],
  })
  const { theCase } = spoken(
    [
      ['one', `agree ${CASE}`],
      ['two', `agree ${CASE}`],
    ],
    { settings, told, world: released({}) },
  )
  const agreedOf = (events: Decision['events'] = []) =>
    events.flatMap(event => (event.kind === 'date-agreed' ? [[event.agreed, event.of]] : []))

  test('those who have theirs agree, once it is refused or held', () => {
    const outcome = (copy: Partial<NoticeCopy>) =>
      listAgrees(aCase().id, given({ theCase, settings, told, world: released(copy) }))
    assert.equal(outcome({}), undefined, 'it may still arrive')
    assert.deepEqual(agreedOf(outcome({ state: 'held', why: 'expired-key' })?.events), [[2, 2]])
    const refused = outcome({ state: 'failed', lastCode: 550 })
    assert.deepEqual(agreedOf(refused?.events), [[2, 2]])
    assert.deepEqual(
      refused?.mails.map(({ to }) => to),
      [ALICE.address, BOB.address, ERIN.address],
    )
    const agreed = after([refused ?? assert.fail()], theCase)
    assert.equal(
      listAgrees(
        aCase().id,
        given({ theCase: agreed, settings, told, world: released({ state: 'failed' }) }),
      ),
      undefined,
    )
  })

  test('and once its notice is cancelled', () => {
    const stopped = byAdmin(`cancel ${RELEASED.id}`, { theCase, settings, told, world: released({}) })
    assert.deepEqual(agreedOf(stopped.events), [[2, 2]])
  })
})

test('a stranger’s key is answered as for a case that nobody told them of', () => {
  assert.equal(signedBy(fingerprint('F'), `agree ${CASE}`, { theCase: dated }).outcome, 'refused')
})
