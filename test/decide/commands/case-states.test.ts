// Which command leads from which state to which, who hears of it, and what stands in its way.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import type { Case, CaseState } from '../../../src/model/case.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { inboundId, later } from '../../../src/model/scalars.ts'
import { DAY } from '../../../src/model/time.ts'
import {
  ALICE,
  aCase,
  address,
  aNotice,
  BOB,
  caseId,
  fingerprint,
  fresh,
  mail,
  NOW,
  noticeId,
  signedText,
  snapshot,
} from '../given.ts'
import { after, asAdmin, casesOf, said, verdict } from './commanding.ts'

const C = 'C-482107'
const OTHER = aCase({ id: caseId('555555'), state: 'accepted', lead: 'bob' })
const NEWS = 'riya@research.example news'
const ended = (from: CaseState, told: 'reporter' | 'nobody' = 'nobody') => ({
  at: NOW,
  from,
  reason: undefined,
  told,
})
const spammed: Partial<Case> = { state: 'spam', ended: ended('triaged') }
const held = { at: NOW, reason: plaintext('wait'), told: 'new' } as const
const keyed = {
  reporter: {
    address: address('riya@research.example'),
    key: { fingerprint: fingerprint('1'), certificate: new Uint8Array(), keyIds: [] },
  },
}
const withNotice = (state: 'scheduled' | 'released') => {
  const notice = aNotice({ id: noticeId('300009'), state })
  return { notices: new Map([[notice.id, notice]]) }
}

suite('a command leads to a state, and the reporter hears of it', () => {
  for (const [text, start, state, mails] of [
    [`take ${C}`, {}, 'triaged', [NEWS]],
    [`take ${C}`, { state: 'accepted' }, 'accepted', []],
    [`take ${C}\naccept ${C}`, {}, 'accepted', [NEWS]],
    [`accept ${C}`, { state: 'triaged' }, 'accepted', [NEWS]],
    [`assign ${C} lead=bob`, {}, 'triaged', [NEWS, `${BOB.address} welcome`]],
    [`assign ${C} fix=bob`, { state: 'accepted' }, 'fixing', [NEWS]],
    [`reject ${C} <<\nno\n.`, {}, 'rejected', [NEWS]],
    [`reject ${C} as=spam <<\nno\n.`, {}, 'spam', []],
    [`spam ${C}`, { state: 'triaged' }, 'spam', []],
    [`ham ${C}`, spammed, 'triaged', []],
    [`merge ${C} into=C-555555`, {}, 'duplicate', [NEWS]],
    [`reclassify ${C} as=not-security`, {}, 'not-security', [NEWS]],
    [`reclassify ${C} as=application`, {}, 'internal', []],
    [`reclassify ${C} as=automatic`, {}, 'internal', []],
    [`reclassify ${C} as=report`, { state: 'internal', ended: ended('new') }, 'new', []],
    [
      `reclassify ${C} as=report`,
      { state: 'rejected', ended: ended('triaged', 'reporter') },
      'triaged',
      [NEWS],
    ],
    [`close ${C}`, { state: 'published' }, 'closed', [NEWS]],
    [`close ${C} as=internal`, { state: 'triaged' }, 'internal', [NEWS]],
    [`accept ${C}`, { held }, 'accepted', []],
    [`release ${C} <<\ngo\n.`, { held, state: 'accepted' }, 'accepted', [NEWS]],
    [`release ${C} <<\ngo\n.`, { held }, 'new', []],
    [`accept ${C}\nspam ${C}\nham ${C}`, {}, 'accepted', [NEWS]],
  ] as const)
    test(`${text.replaceAll('\n', '; ')} from ${'state' in start ? start.state : 'new'}`, () => {
      const outcome = after(text, start, casesOf(aCase(start), OTHER))
      assert.ok(!verdict(outcome).includes('E-'), said(outcome))
      assert.deepEqual([outcome.theCase.state, outcome.mails], [state, mails])
    })

  test('nobody without an address hears anything', () => {
    assert.deepEqual(after(`accept ${C}`, { reporter: { address: undefined, key: undefined } }).mails, [])
  })

  test('the reason goes along only where it is encrypted', () => {
    const reasons = [keyed, {}].map(start => {
      const news = after(`reject ${C} <<\nit is so\n.`, start).decision.mails[0]?.content
      assert.equal(news?.kind, 'news')
      return news.reason?.open()
    })
    assert.deepEqual(reasons, ['it is so', undefined])
  })

  test('a merged case tells nothing of the other', () => {
    const { decision } = after(`merge ${C} into=C-555555`, keyed, casesOf(aCase(keyed), OTHER))
    const news = decision.mails.find(order => order.content.kind === 'news')
    assert.deepEqual(news?.content, { kind: 'news', state: 'duplicate', reason: undefined })
    assert.equal(news?.case, C)
  })
})

suite('a command that changes nothing says so', () => {
  for (const [text, start] of [
    [`take ${C}`, { lead: 'alice' }],
    [`accept ${C}`, { state: 'fixing' }],
    [`spam ${C}`, spammed],
    [`ham ${C}`, {}],
    [`merge ${C} into=C-555555`, { state: 'duplicate', mergedInto: caseId('555555') }],
    [`reclassify ${C} as=report`, {}],
    [
      `reclassify ${C} as=application`,
      { state: 'internal', ended: { ...ended('new'), reason: plaintext('application') } },
    ],
    [`close ${C}`, { state: 'closed' }],
    [`close ${C} as=internal`, { state: 'internal', ended: ended('new') }],
    [`hold ${C} <<\nwait\n.`, { held }],
    [`release ${C} <<\ngo\n.`, {}],
    [`public ${C} url=https://x.example/`, { public: { at: NOW, url: plaintext('https://x.example/') } }],
    [`ask-private ${C}`, { awaits: { at: NOW, about: 'private' } }],
    [`assign ${C} off=carol`, {}],
    [`share ${C} with=maintainers`, { sharedWith: 'maintainers' }],
    [`route ${C} widget`, {}],
    [`accept-lead ${C}`, { lead: 'alice' }],
    ['spam from=nobody@nowhere.example', {}],
  ] as const)
    test(text.replaceAll('\n', '; '), () => {
      const outcome = after(text, start, casesOf(aCase(start), OTHER))
      assert.deepEqual(
        [verdict(outcome), outcome.decision.events, outcome.mails],
        ['noop', [], []],
        said(outcome),
      )
    })
})

suite('a command that does not fit is refused, and says what to send instead', () => {
  for (const [text, start, code, says] of [
    [`accept ${C}`, { state: 'rejected' }, 'E-STATE', /show C-482107/],
    [`spam ${C}`, { state: 'published' }, 'E-STATE', /close C-482107/],
    [`reject ${C} <<\nno\n.`, { state: 'published' }, 'E-STATE', /close C-482107/],
    [`ham ${C}`, { state: 'rejected', ended: ended('new') }, 'E-STATE', /reclassify C-482107 as=report/],
    [`merge ${C} into=${C}`, {}, 'E-STATE', /into itself/],
    [`merge ${C} into=C-999999`, {}, 'E-UNKNOWN', /There is no case C-999999/],
    [
      'merge C-555555 into=C-482107',
      { project: 'other' as Case['project'] },
      'E-STATE',
      /route C-555555 other/,
    ],
    [`merge ${C} into=C-555555`, { state: 'spam', ended: ended('new') }, 'E-STATE', /ended as spam/],
    [`close ${C}`, { state: 'accepted' }, 'E-STATE', /close C-482107 as=internal/],
    [`close ${C}`, { state: 'published', held }, 'E-STATE', /release C-482107/],
    [
      `close ${C} as=internal`,
      { public: { at: NOW, url: plaintext('https://x.example') } },
      'E-STATE',
      /is public/,
    ],
    [`reclassify ${C} as=report`, { state: 'closed' }, 'E-STATE', /open from=/],
    [`reclassify ${C} as=poetry`, {}, 'E-SYNTAX', /as= is one of/],
    [`public ${C} url=javascript:alert(1)`, {}, 'E-SYNTAX', /url= is where/],
    [`hold ${C}`, {}, 'E-SYNTAX', /the text is missing/],
    [`reply ${C} clear=yes <<\nhello\n.`, { held }, 'E-STATE', /release/],
    [`need-info ${C} clear=yes <<\nhello?\n.`, { held }, 'E-STATE', /release/],
    [`need-info ${C} <<\nhello?\n.`, {}, 'E-KEY', /need-info C-482107 clear=yes/],
    [
      `notice ${C} stage=early-disclosure send=2026-12-09T16:00Z <<\nx\n.`,
      { held },
      'E-STATE',
      /release C-482107/,
    ],
    [`spam ${C} from=riya@research.example`, {}, 'E-SYNTAX', /not both/],
    [`accept ${C} expect=7`, {}, 'E-STATE', /revision 1, not 7/],
    [`accept-lead ${C}`, {}, 'E-STATE', /assign C-482107 lead=alice/],
    [`route ${C} nowhere`, {}, 'E-UNKNOWN', /widget, other/],
    [`list state=odd`, {}, 'E-SYNTAX', /state= is one of/],
  ] as const)
    test(text.replaceAll('\n', '; '), () => {
      const outcome = after(text, start, casesOf(aCase(start), OTHER))
      assert.deepEqual([verdict(outcome), outcome.decision.events], [code, []], said(outcome))
      assert.match(said(outcome), says)
    })

  for (const text of [
    `reject ${C} <<\nno\n.`,
    `spam ${C}`,
    `merge ${C} into=C-555555`,
    `reclassify ${C} as=automatic`,
    `close ${C} as=internal`,
    `route ${C} other`,
  ])
    test(`${text.split(' ', 1)[0]} while a notice is scheduled names it`, () => {
      const outcome = after(text, {}, { ...casesOf(aCase(), OTHER), ...withNotice('scheduled') })
      assert.deepEqual([verdict(outcome), outcome.decision.events], ['E-STATE', []])
      assert.match(said(outcome), /cancel N-300009/)
    })
})

suite('hold', () => {
  test('stops scheduled notices, and says which it cannot', () => {
    const stopped = after(`hold ${C} <<\nwait\n.`, {}, withNotice('scheduled'))
    assert.deepEqual(
      stopped.decision.events.map(event => event.kind),
      ['case-held', 'notice-held'],
    )
    assert.match(said(after(`hold ${C} <<\nwait\n.`, {}, withNotice('released'))), /cancel N-300009/)
  })

  test('is told to the others of the team', () => {
    const change = after(`hold ${C} <<\nwait\n.`).decision.mails.find(one => one.content.kind === 'change')
    assert.equal(change?.to, BOB.address)
  })

  test('is a brake: it counts however old its signature is', () => {
    const authored = (text: string) =>
      signedText(`embargod acme\n${text} ${C} <<\nwait\n.`, ALICE.fingerprint, later(NOW, -90 * DAY))
    const kinds = ['hold', 'release'].map(verb => {
      const { events } = decide(
        mail({ authored: authored(verb) }),
        snapshot(casesOf(aCase({ ...(verb === 'hold' ? {} : { held }) }))),
        fresh,
      )
      return events.map(event => event.kind)
    })
    assert.deepEqual(kinds, [['case-held'], []])
  })

  test('lets constant mail through', () => {
    assert.deepEqual(after(`ask-private ${C}`, { held }).mails, ['riya@research.example request'])
  })
})

suite('spam', () => {
  test('closes many at once, by number', () => {
    const all = Array.from({ length: 30 }, (_, at) => aCase({ id: caseId(String(100_000 + at)) }))
    const outcome = asAdmin(`spam ${all.map(one => one.id).join(' ')}`, casesOf(...all))
    assert.equal(outcome.decision.events.length, 30)
    assert.deepEqual(outcome.mails, [])
    assert.match(said(outcome), /C-100019 and 10 more are closed as spam/)
  })

  test('by its sender leaves alone what was triaged, and other senders', () => {
    const mine = aCase()
    const triaged = aCase({ id: caseId('111111'), state: 'triaged' })
    const others = aCase({
      id: caseId('222222'),
      reporter: { address: address('x@y.example'), key: undefined },
    })
    const outcome = asAdmin('spam from=RIYA@research.example', casesOf(mine, triaged, others))
    assert.deepEqual(
      outcome.decision.events.map(event => 'case' in event && event.case),
      [mine.id],
    )
    assert.match(said(outcome), /C-111111 is past triage/)
  })

  test('says to send it again where there are more than a thousand', () => {
    const all = Array.from({ length: 1_001 }, (_, at) => aCase({ id: caseId(String(100_000 + at)) }))
    const outcome = asAdmin('spam from=riya@research.example', casesOf(...all))
    assert.equal(outcome.decision.events.length, 1_000)
    assert.match(said(outcome), /There are more/)
  })
})

suite('what a case waits for', () => {
  test('is kept with the question, and ends with the answer of its reporter', () => {
    const { theCase, mails } = after(`need-info ${C} clear=yes <<\nwhich?\n.`)
    assert.deepEqual([theCase.awaits?.about, theCase.replies.length], ['info', 1])
    assert.deepEqual(mails, ['riya@research.example reply'])
  })
})

suite('public', () => {
  test('alarms every admin once, and never again for another place', () => {
    const first = after(`public ${C} url=https://x.example/post`)
    assert.deepEqual(first.mails, [`${ALICE.address} alert`, `${BOB.address} alert`])
    const again = after(`public ${C} url=https://y.example/`, first.theCase)
    assert.deepEqual([verdict(again), again.mails], ['ok', []])
    assert.equal(again.theCase.public?.at, first.theCase.public?.at)
  })
})

suite('purge', () => {
  const thread = [{ inbound: inboundId(7), at: NOW, from: 'reporter' }] as const
  const rejected = { state: 'rejected', ended: ended('new', 'reporter'), thread } as const

  test('waits for a confirmation, and then forgets all but when and what', () => {
    const asked = after(`purge ${C}`, rejected)
    assert.deepEqual([verdict(asked), asked.decision.events], ['wait', []])
    const plan = asked.decision.plan?.kind === 'issued' ? asked.decision.plan.plan : assert.fail()
    const world = { ...casesOf(aCase(rejected)), pending: plan }
    const done = decide(
      mail({ authored: signedText(`confirm acme ${plan.token}`, BOB.fingerprint) }),
      snapshot(world),
      fresh,
    )
    assert.deepEqual(
      done.events.map(event => event.kind),
      ['case-purged'],
    )
  })

  for (const [start, code, says] of [
    [{}, 'E-STATE', /end it first/],
    [{ ...rejected, content: 'purged' }, 'noop', /purged already/],
  ] as const)
    test(`of one that is ${'content' in start ? 'purged' : 'open'}`, () => {
      const outcome = after(`purge ${C}`, start)
      assert.deepEqual([verdict(outcome).replace('wait', 'noop'), outcome.decision.events], [code, []])
      assert.match(said(outcome), says)
    })

  test('in the mail that ends the case does not keep its reporter from hearing of the end', () => {
    const asked = after(`reject ${C} <<\nno\n.\npurge ${C}`, { thread })
    const plan = asked.decision.plan?.kind === 'issued' ? asked.decision.plan.plan : assert.fail()
    const done = decide(
      mail({ authored: signedText(`confirm acme ${plan.token}`, ALICE.fingerprint) }),
      snapshot({ ...casesOf(aCase({ thread })), pending: plan }),
      fresh,
    )
    assert.equal(done.mails.filter(order => order.content.kind === 'news').length, 1)
  })
})
