// What members answer and what they think of the fix: one voice an organisation, who reads it, what is refused and how;
// and a signed answer to a notice, which is the same.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import { copyFor } from '../../../src/decide/notices/release.ts'
import { changesByPeople } from '../../../src/model/case.ts'
import type { Decision, Snapshot } from '../../../src/model/decision.ts'
import type { OpenedMail } from '../../../src/model/mail.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { type Fingerprint, instant, later } from '../../../src/model/scalars.ts'
import {
  ALICE,
  aNotice,
  BOB,
  caseId,
  fingerprint,
  fresh,
  type Given as MailGiven,
  mail,
  NOW,
  noticeId,
  signature,
  signedText,
  unsignedText,
} from '../given.ts'
import { ALL_SENT, copies, DAY, disclosed, NOTICE, newer, SENT, since, theCaseIn } from './answers-world.ts'
import {
  addressOf,
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
  under,
} from './sharing-world.ts'

const ERIN = { name: 'erin', address: addressOf('late'), fingerprint: fingerprint('E') }
const FEEDBACK = `feedback ${CASE} <<\nOn arm64 it fails.\n.`

const status = (decision: Decision) => resultOf(decision)[0]
const answers = ({ events }: Decision) =>
  events.flatMap(event => (event.kind === 'member-answered' ? [event.answer] : []))

/** One answer after the other, each of its own mail. */
function says(lines: readonly (readonly [Name, string])[], situation: Given = disclosed()) {
  let known = given(situation)
  const decisions: Decision[] = []
  for (const [name, line] of lines) {
    const decision = by(name, line, { ...situation, theCase: theCaseIn(known) })
    decisions.push(decision)
    known = since(known, decision)
  }
  return { decisions, theCase: theCaseIn(known), known }
}

suite('an answer', () => {
  for (const [line, answer, phrase] of [
    [`ack ${CASE}`, { kind: 'ack' }, 'looks at it'],
    ['ack N-300001', { kind: 'ack' }, 'looks at it'],
    [`affected ${CASE} yes`, { kind: 'affected', as: 'yes' }, 'is affected'],
    [`affected ${CASE} NO`, { kind: 'affected', as: 'no' }, 'is not affected'],
    [`affected ${CASE} unknown`, { kind: 'affected', as: 'unknown' }, 'does not know yet'],
    [`ready ${CASE}`, { kind: 'ready', version: undefined, url: undefined }, 'has its fix ready'],
  ] as const)
    test(`${line} is kept, and only those who work on the case are said to read it`, () => {
      const decision = by('one', line, disclosed())
      assert.deepEqual(answers(decision), [answer])
      assert.match(resultOf(decision)[1], new RegExp(phrase))
      assert.match(resultOf(decision)[1], /Only those who work on C-482107 read it\.$/)
      // The roll-up tells of it; a mail for each of 500 would drown the team.
      assert.deepEqual(
        decision.mails.map(({ to }) => to),
        [addressOf('one')],
      )
    })

  test('of a fix keeps its version and where it will be', () => {
    const [answer] = answers(by('one', `ready ${CASE} version=1.4-2 url=https://one.example/a`, disclosed()))
    assert.equal(answer?.kind === 'ready' && answer.version?.open(), '1.4-2')
    assert.equal(answer?.kind === 'ready' && answer.url?.open(), 'https://one.example/a')
  })

  for (const line of [
    `affected ${CASE}`,
    `affected ${CASE} maybe`,
    `ready ${CASE} version=""`,
    `ready ${CASE} version=${'1'.repeat(101)}`,
    `ack ${CASE} now`,
    'ack',
    'ack A-771234',
    `feedback ${CASE}`,
    `feedback ${CASE} <<\n${'x'.repeat(20_001)}\n.`,
  ])
    test(`${line.split('\n', 1)[0]} is refused with what to send, of ${line.length} characters`, () => {
      const [code, text] = resultOf(by('one', line, disclosed()))
      assert.equal(code, 'E-SYNTAX')
      assert.match(text, /; send: (?:ack|affected|ready|feedback) C-/)
    })

  test('said again is no change, and another one stands in its place', () => {
    const { decisions, theCase } = says([
      ['one', `affected ${CASE} yes`],
      ['one', `affected ${CASE} yes`],
      ['one', `affected ${CASE} no`],
      ['one', `ready ${CASE}`],
    ])
    assert.deepEqual(decisions.map(status), ['ok', 'noop', 'ok', 'ok'])
    assert.match(resultOf(decisions[2] as Decision)[1], /in place of what it said before/)
    assert.deepEqual(
      theCase.answers.map(({ answer }) => answer.kind),
      ['affected', 'ready'],
    )
  })

  test('is that of the organisation, whoever of its contacts gave it', () => {
    const { decisions, theCase } = says([
      ['two', `affected ${CASE} yes`],
      ['sister', `affected ${CASE} yes`],
      ['sister', `affected ${CASE} no`],
      ['one', `affected ${CASE} yes`],
    ])
    assert.deepEqual(decisions.map(status), ['ok', 'noop', 'ok', 'ok'])
    assert.deepEqual(
      theCase.answers.map(({ of, answerer }) => [of, answerer]),
      [
        [PEOPLE.two.distributor, PEOPLE.sister.id],
        [PEOPLE.one.distributor, PEOPLE.one.id],
      ],
    )
  })

  test('counts again for a notice that went to them since, and for no other', () => {
    const { known } = says([['one', `ack ${CASE}`]])
    const next = newer(later(NOW, DAY))
    const notices = new Map([NOTICE, next].map(one => [one.id, one]))
    const again = (to: Parameters<typeof copies>[0]) =>
      by('one', `ack ${CASE}`, {
        ...disclosed({
          theCase: { ...theCaseIn(known), toldAt: later(NOW, DAY) },
          world: { notices, copies: [...ALL_SENT, ...copies(to, next)] },
        }),
        now: later(NOW, 2 * DAY),
      })
    assert.equal(status(again({ one: 'sent' })), 'ok')
    // Else the answer would tell them of a notice that is not for them.
    assert.equal(status(again({ two: 'sent' })), 'noop')
  })

  test('is no change by people: a plan that waits stays valid', () => {
    const before = theCaseIn(given(disclosed()))
    const { theCase } = says([
      ['one', `ack ${CASE}`],
      ['two', FEEDBACK],
    ])
    assert.equal(changesByPeople(theCase), changesByPeople(before))
  })

  for (const [what, state, words] of [
    ['published', 'published', /is public, so that nothing more is needed of you: thank you/],
    ['closed', 'closed', /is public, so that nothing more is needed of you: thank you/],
    ['rejected', 'rejected', /has ended, .* stays closed/],
  ] as const)
    for (const line of [`ack ${CASE}`, FEEDBACK])
      test(`${line.split(' ', 1)[0]} is refused kindly once the case is ${what}`, () => {
        const [code, text] = resultOf(by('one', line, disclosed({ theCase: { state } })))
        assert.equal(code, 'E-STATE')
        assert.match(text, words)
      })

  test('of who is suspended is refused with what ends that, and alarms nobody', () => {
    const cut = { ...PEOPLE.cut, suspended: { at: SENT, why: 'attestation' as const } }
    const world = {
      contacts: [...Object.values(PEOPLE).filter(one => one.id !== cut.id), cut] as Snapshot['contacts'],
    }
    const decision = by('cut', `ack ${CASE}`, disclosed({ world }))
    assert.equal(status(decision), 'E-STATE')
    assert.match(resultOf(decision)[1], /^You get no notices since 2026-11-17T12:00Z, .* send: my$/)
    assert.deepEqual(mailsOf(decision, 'alert'), [])
  })

  test('while the case is held is taken, too', () => {
    const held = { at: SENT, reason: plaintext('Wait.'), told: 'fixing' as const }
    assert.equal(status(by('one', `ack ${CASE}`, disclosed({ theCase: { held } }))), 'ok')
  })

  test('of who was not told reads as of a case or notice that is not there', () => {
    assert.deepEqual(resultOf(by('late', `ack ${CASE}`, disclosed())), [
      'E-UNKNOWN',
      'There is no case C-482107; check the number.',
    ])
    const other = aNotice({ id: noticeId('300009'), state: 'released' })
    const world = { notices: new Map([NOTICE, other].map(one => [one.id, one])) }
    for (const id of ['N-300009', 'N-300008'])
      assert.deepEqual(resultOf(by('one', `ack ${id}`, disclosed({ world }))), [
        'E-UNKNOWN',
        `There is no notice ${id}; check the number.`,
      ])
  })

  test('of a notice that waits for its instant reads so, too, though a copy is made', () => {
    const notice = aNotice({ id: noticeId('300009'), state: 'scheduled' })
    const world = {
      notices: new Map([NOTICE, notice].map(one => [one.id, one])),
      copies: copies({ one: 'ready', late: 'ready' }, notice),
    }
    for (const name of ['one', 'late'] as const)
      assert.deepEqual(resultOf(by(name, 'ack N-300009', disclosed({ world }))), [
        'E-UNKNOWN',
        'There is no notice N-300009; check the number.',
      ])
  })

  test('is offered in each copy by one tap, the same to all', () => {
    const { settings } = given(disclosed())
    const [one, four] = [PEOPLE.one, PEOPLE.four].map(
      contact => copyFor(NOTICE, contact, undefined, settings).offers,
    )
    assert.deepEqual(one, four)
    assert.deepEqual(
      one?.map(({ body }) => body.split('\n')[1]),
      [`ack ${CASE}`, `affected ${CASE} yes`, `affected ${CASE} no`, `ready ${CASE}`, `feedback ${CASE} <<`],
    )
  })
})

suite('feedback', () => {
  const fixTeam = [
    {
      ...ERIN,
      key: { fingerprint: ERIN.fingerprint, certificate: Buffer.of(1), keyIds: [] },
      since: instant(0),
    },
  ]

  test('reaches those who work on the case, and neither its reporter nor another member', () => {
    const decision = by('one', FEEDBACK, disclosed({ theCase: { fixTeam } }))
    assert.deepEqual(
      mailsOf(decision, 'feedback').map(({ to, content }) => [
        to,
        content.kind === 'feedback' && content.contributor.organisation?.open(),
      ]),
      [
        [ALICE.address, 'one'],
        [BOB.address, 'one'],
        [ERIN.address, undefined],
      ],
    )
    assert.equal(decision.mails.length, 4)
  })

  test('is kept, and shown by the number of who gave it', () => {
    const { theCase } = says([['one', FEEDBACK]])
    const [, text] = resultOf(byAdmin(`show ${CASE}`, disclosed({ theCase })))
    assert.match(text, /^feedback by M-000001, 2026-11-21T12:00Z:\n\| On arm64 it fails\.$/m)
    assert.match(text, /^D-000001 one: feedback: 1$/m)
  })

  test('said twice is no change, and after ten in a day the next waits', () => {
    const again = says([
      ['one', FEEDBACK],
      ['one', FEEDBACK],
    ])
    assert.deepEqual(again.decisions.map(status), ['ok', 'noop'])
    const many = Array.from({ length: 11 }, (_, i) => ['one', `feedback ${CASE} <<\n${i}\n.`] as const)
    const { decisions } = says(many)
    assert.deepEqual(decisions.map(status), [...Array<string>(10).fill('ok'), 'E-STATE'])
  })
})

suite('a signed answer to a notice', () => {
  const part = (key: Fingerprint | undefined): OpenedMail['parts'][number] => ({
    mediaType: 'text/plain',
    disposition: 'inline',
    fileName: undefined,
    text: plaintext('On arm64 it fails.'),
    octets: Buffer.of(1),
    sha256: NOTICE_SHA,
    encrypted: true,
    signature: key === undefined ? { kind: 'none' } : { kind: 'good', signature: signature(key) },
  })
  const NOTICE_SHA = '0'.repeat(64) as OpenedMail['parts'][number]['sha256']

  function answered(
    key: Fingerprint | undefined,
    {
      situation = disclosed(),
      created = NOW,
      ...rest
    }: Partial<MailGiven> & { readonly situation?: Given; readonly created?: typeof NOW } = {},
  ): { readonly decision: Decision; readonly known: Snapshot } {
    const known = { ...given(situation), threadCase: caseId('482107') }
    const author = key && signature(key, created)
    const input = mail({
      authored:
        key === undefined
          ? unsignedText('On arm64 it fails.')
          : signedText('On arm64 it fails.', key, created),
      addressed: { kind: 'security' },
      from: 'someone@one.example',
      mail: { author, parts: [part(key)] },
      ...rest,
    })
    return { decision: decide(input, known, fresh), known }
  }

  const writer = ({ events }: Decision) =>
    events.flatMap(event => (event.kind === 'case-followed-up' ? [event.from] : []))
  const ONE = PEOPLE.one.fingerprint

  test('is their feedback, named to the admins and to nobody else', () => {
    const { decision, known } = answered(ONE, { situation: disclosed({ theCase: { sharedWith: 'team' } }) })
    assert.equal(decision.outcome, 'follow-up')
    assert.deepEqual(writer(decision), ['member'])
    assert.deepEqual(
      decision.mails.map(({ to, content }) => [
        to,
        content.kind === 'report' && [content.member?.contact, content.member?.organisation?.open()],
      ]),
      [ALICE, BOB].map(one => [one.address, [PEOPLE.one.id, 'one']]),
    )
    const after = theCaseIn(since(known, decision))
    assert.deepEqual(
      after.feedback.map(({ contributor, text }) => [contributor, text]),
      [[PEOPLE.one.id, undefined]],
    )
    assert.equal(after.thread.length, 1)
    assert.equal(changesByPeople(after), changesByPeople(theCaseIn(known)))
    assert.ok(decision.oneShot)
  })

  for (const addressed of [
    { kind: 'security' },
    { kind: 'case', case: caseId('482107') },
    { kind: 'command' },
  ] as const)
    test(`is that at the ${addressed.kind} address`, () => {
      assert.deepEqual(writer(answered(ONE, { addressed }).decision), ['member'])
    })

  test('by the key of its reporter is of the reporter', () => {
    const key = { fingerprint: ONE, certificate: Buffer.of(1), keyIds: [] }
    const reporter = { address: addressOf('one'), key }
    assert.deepEqual(writer(answered(ONE, { situation: disclosed({ theCase: { reporter } }) }).decision), [
      'reporter',
    ])
  })

  test('is offered no answer to the reporter', () => {
    const { decision } = answered(ONE)
    const bodies = decision.mails.flatMap(({ offers = [] }) => offers.map(({ body }) => body))
    assert.ok(bodies.length > 0)
    assert.ok(!bodies.some(body => body.includes('\nreply ')))
  })

  for (const [what, key, more] of [
    ['without a signature', undefined, {}],
    ['by a key that nobody knows', fingerprint('7'), {}],
    ['by a member who was not told', PEOPLE.late.fingerprint, {}],
    ['by one who is suspended', PEOPLE.cut.fingerprint, {}],
    ['signed too long ago', ONE, { created: later(NOW, -3 * DAY) }],
    ['signed in the future', ONE, { created: later(NOW, DAY) }],
    [
      'with a file beside the signature',
      ONE,
      { mail: { author: signature(ONE), parts: [part(ONE), part(undefined)] } },
    ],
  ] as const)
    test(`${what} is another sender's, and no feedback`, () => {
      const { decision } = answered(key, more)
      assert.deepEqual(writer(decision), ['other'])
      assert.deepEqual(
        decision.events.map(({ kind }) => kind),
        ['case-followed-up'],
      )
      // Whoever writes learns nothing by it (threats.md C15).
      assert.deepEqual(
        decision.mails.map(({ to }) => to),
        [ALICE.address, BOB.address],
      )
    })

  test('that came before is told to nobody but its owner', () => {
    const { decision } = answered(ONE, { situation: disclosed({ world: { signature: 'used' } }) })
    assert.deepEqual([decision.outcome, decision.reason, decision.events], ['refused', 'E-REPLAY', []])
    assert.deepEqual(decision.mails, [])
    const named = answered(ONE, {
      situation: disclosed({ world: { signature: 'used' } }),
      from: addressOf('one'),
    })
    assert.deepEqual(
      named.decision.mails.map(({ to }) => to),
      [addressOf('one')],
    )
  })

  test('brings no key for the reporter', () => {
    const offered = [
      { place: 'outer', octets: Buffer.of(7), fingerprint: fingerprint('7'), keyIds: [], encryptable: true },
    ] as const
    const { decision } = answered(ONE, { mail: { author: signature(ONE), parts: [part(ONE)], offered } })
    assert.ok(!decision.events.some(({ kind }) => kind === 'key-offered'))
  })
})

suite('what all have said', () => {
  const rows = (situation: Given) =>
    resultOf(byAdmin(`show ${CASE}`, situation))[1]
      .split('\n')
      .filter(line => /^(?:D-|organisations| {2}\|)/.test(line))

  test('stands in the answer to show: who has no copy first, then who is silent', () => {
    const { theCase } = says([
      ['one', `affected ${CASE} yes`],
      ['one', `ready ${CASE} version=1.4`],
    ])
    const world = {
      copies: copies({ one: 'sent', two: 'failed', sister: 'sent', four: 'held', late: 'in-doubt' }),
    }
    assert.deepEqual(rows(disclosed({ theCase, world })), [
      'organisations told: 4, silent: 1',
      'D-000004 four: copy held',
      'D-000006 late: copy in doubt',
      'D-000002 two: SILENT since 2026-11-17T12:00Z',
      'D-000001 one: is affected; has its fix ready',
      '  | 1.4',
    ])
  })

  test('a copy that counted as sent after a restore is in doubt, not dropped', () => {
    const [copy] = copies({ one: 'sent' })
    assert.ok(copy)
    const world = { copies: [{ ...copy, state: 'dropped', why: 'restored' } as const] }
    assert.deepEqual(rows(disclosed({ world })), [
      'organisations told: 1, silent: 0',
      'D-000001 one: copy in doubt',
    ])
  })

  test('is without names for who is no admin', () => {
    const fixTeam = [
      {
        ...ERIN,
        key: { fingerprint: ERIN.fingerprint, certificate: Buffer.of(1), keyIds: [] },
        since: instant(0),
      },
    ]
    const known = given(disclosed({ theCase: { fixTeam } }))
    const input = mail({ authored: signedText(`embargod acme\nshow ${CASE}\n`, ERIN.fingerprint) })
    const [, text] = resultOf(decide(input, known, fresh))
    assert.match(text, /^D-000001: SILENT since/m)
    assert.doesNotMatch(text, /D-000001 one/)
  })

  test('is mailed to those who work on the case when the last one answers, once', () => {
    const { decisions } = says([
      ['one', `ack ${CASE}`],
      ['sister', FEEDBACK],
      ['four', `contribute ${CASE} task=test <<\nAll pass.\n.`],
      ['four', `ack ${CASE}`],
    ])
    assert.deepEqual(
      decisions.map(one => mailsOf(one, 'roll-up').map(({ to }) => to)),
      [[], [], [ALICE.address, BOB.address], []],
    )
    const { content } = mailsOf(decisions[2] as Decision, 'roll-up')[0] ?? {}
    assert.ok(content?.kind === 'roll-up')
    assert.deepEqual([content.told, content.silent, content.asked], [3, 0, 'nobody'])
  })

  test('is not all while copies still go out, or may not have arrived', () => {
    for (const four of ['ready', 'sending', 'in-doubt'] as const) {
      const world = { copies: copies({ one: 'sent', four }) }
      assert.deepEqual(mailsOf(by('one', `ack ${CASE}`, disclosed({ world })), 'roll-up'), [], four)
    }
    const world = { copies: copies({ one: 'sent', four: 'held' }) }
    const [mail] = mailsOf(by('one', `ack ${CASE}`, disclosed({ world })), 'roll-up')
    assert.match(JSON.stringify(mail?.content), /"told":1,"silent":0/)
  })

  test('of a case of which no notice went out there is nothing', () => {
    assert.deepEqual(rows({ theCase: {}, settings: under(LIST) }), [])
  })
})

suite('a member who asks what is held of them', () => {
  test('reads what their organisation said, and what is still wanted', () => {
    const { theCase } = says([['one', `affected ${CASE} yes`]])
    assert.match(
      resultOf(by('one', 'my', disclosed({ theCase })))[1],
      /^Of C-482107 you said that your organisation is affected\.$/m,
    )
    assert.match(
      resultOf(by('two', 'my', disclosed({ theCase })))[1],
      /^Of C-482107 an answer is still wanted; one is enough: ack C-482107$/m,
    )
    assert.doesNotMatch(resultOf(by('one', 'my', disclosed({ theCase })))[1], /still wanted/)
  })
})
