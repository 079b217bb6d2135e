// A stranger's way in: which mail opens a request to join, which joins one, and what each may change.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { digest } from '../../../src/decide/changes.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { inboundId, later, parseProjectName, parseSha256 } from '../../../src/model/scalars.ts'
import { DAY } from '../../../src/model/time.ts'
import {
  ALICE,
  address,
  BOB,
  caseId,
  fingerprint,
  NOW,
  settings,
  signature,
  signedText,
  sure,
  unsignedText,
} from '../given.ts'
import {
  A,
  after,
  anApplication,
  contentTo,
  FIRST,
  keyOf,
  LIST,
  lists,
  offered,
  PROJECT,
  said,
  signed,
  THREAD,
  takes,
  VERA,
  VERAS_KEY,
  world,
} from './applicants.ts'

const SECURITY = { kind: 'security' } as const
const proven = {
  key: keyOf(VERAS_KEY),
  proven: { at: NOW, inbound: inboundId(2) },
  acceptance: {
    version: '1',
    sha256: sure(parseSha256('5e'.repeat(32))),
    at: NOW,
    how: 'implied',
    inbound: inboundId(2),
  },
} as const

suite('a request is opened', () => {
  for (const [name, given] of Object.entries({
    'by any words at the list': { authored: unsignedText('Hello, we ship Widget.\n') },
    'by mail that a stranger signed': signed('Hello.\n', fingerprint('9')),
    'by apply at the security address': { authored: unsignedText('apply\n'), addressed: SECURITY },
    'by apply at the command address': {
      authored: unsignedText('Apply widget\n'),
      addressed: { kind: 'command' },
    },
    'by apply with a signature': signed('apply\n', VERAS_KEY, { addressed: { kind: 'command' } }),
    'by apply below quoted lines': {
      authored: unsignedText('> How do I join?\n\napply\n'),
      addressed: SECURITY,
    },
    'by apply in the thread of a case': {
      authored: unsignedText('apply\n'),
      addressed: { kind: 'case', case: caseId('482107') },
    },
  } as const))
    test(name, () => {
      const decision = takes(given)
      assert.deepEqual([decision.outcome, decision.reason], ['application', 'application-new'])
      const one = after(decision).get(FIRST)
      assert.deepEqual([one?.state, one?.address, one?.project], ['open', VERA, PROJECT])
      assert.deepEqual(
        decision.mails.map(({ to, content }) => [to, content.kind]),
        [
          [VERA, 'application-answer'],
          [ALICE.address, 'application'],
          [BOB.address, 'application'],
        ],
      )
    })

  test('with the answers and the key of its first mail', () => {
    const given = {
      authored: unsignedText('organisation: Vendor\n1. We ship it.\n'),
      mail: { offered: [offered(VERAS_KEY, 'autocrypt')] },
    }
    const one = sure(after(takes(given)).get(FIRST))
    assert.deepEqual(said(one), { organisation: 'Vendor', 1: 'We ship it.' })
    assert.equal(one.key?.fingerprint, VERAS_KEY)
  })
})

test('what somebody else wrote within an encryption gives a request neither answers nor a key (threat B01)', () => {
  const stolen = address('oncall@one.example')
  const decision = takes({
    ...signed('1. We ship it.\n', fingerprint('9')),
    mail: {
      encryption: 'encrypted',
      author: signature(fingerprint('9')),
      innerAuthors: [stolen],
      offered: [offered(fingerprint('9'), 'inside')],
    },
  })
  const one = sure(after(decision).get(FIRST))
  assert.deepEqual([said(one), one.key], [{}, undefined])
  const shown = contentTo(decision, ALICE.address)
  assert.equal(shown?.kind === 'application' && shown.inside, 'foreign')
})

test('of an encrypted mail a key from the outside is nobody’s', () => {
  const key = (place: 'outer' | 'autocrypt' | 'inside') => {
    const given = {
      authored: unsignedText('x\n'),
      mail: { encryption: 'encrypted', offered: [offered(VERAS_KEY, place)] },
    } as const
    return after(takes(given)).get(FIRST)?.key?.fingerprint
  }
  assert.deepEqual([key('outer'), key('autocrypt'), key('inside')], [undefined, undefined, VERAS_KEY])
})

suite('no request is opened', () => {
  for (const [name, given, outcome] of [
    ['by a machine', { authored: unsignedText('I am away.\n'), machine: 'automatic' }, 'report-noack'],
    [
      'by a machine that says apply',
      { authored: unsignedText('apply\n'), machine: 'automatic', addressed: SECURITY },
      'report-noack',
    ],
    ['by a member', { authored: signedText('Hello all.\n', fingerprint('1')) }, 'post'],
    ['by an admin', { authored: signedText('Hello all.\n', ALICE.fingerprint) }, 'post'],
    ['from our own address', { authored: unsignedText('x\n'), from: 'security@acme.example' }, 'application'],
    [
      'for a project that there is not',
      { authored: unsignedText('apply gadget\n'), addressed: SECURITY },
      'report',
    ],
    [
      'by other words at the security address',
      { authored: unsignedText('Apply this patch\n'), addressed: SECURITY },
      'report',
    ],
  ] as const)
    test(name, () => {
      const decision = takes(given)
      assert.equal(decision.outcome, outcome)
      assert.equal(after(decision).size, 0)
      assert.ok(decision.mails.every(({ content }) => content.kind !== 'application-answer'))
      assert.ok(contentTo(decision, ALICE.address), 'an admin sees it')
    })

  test('where nobody may join: the mail waits for an admin as before', () => {
    const seen = world({ settings: settings() })
    assert.equal(takes({ authored: unsignedText('Hello.\n') }, seen).reason, 'application-to-admins')
  })

  test('where there is no list to join: whoever asks for one hears that, and admins see it', () => {
    const none = world({ settings: settings() })
    const [project] = settings().projects
    assert.ok(project)
    const [listed] = lists().projects
    assert.ok(listed)
    // Its policy says how to join, and nobody gave the list an address.
    const without = { ...listed, name: sure(parseProjectName('gadget')), distributors: undefined }
    const other = world({ settings: { ...lists(), projects: [...lists().projects, without] } })
    for (const [words, seen, of] of [
      ['apply', none, undefined],
      [`apply ${project.name}`, none, project.policy.displayName],
      ['apply gadget', other, without.policy.displayName],
    ] as const) {
      const decision = takes({ authored: unsignedText(`${words}\n`), addressed: SECURITY }, seen)
      assert.deepEqual(contentTo(decision, VERA), { kind: 'application-which', projects: [], of })
      assert.equal(contentTo(decision, ALICE.address)?.kind, 'report')
      assert.deepEqual(decision.events, [])
    }
    const report = unsignedText('apply this\nand the gate opens\n')
    assert.equal(takes({ authored: report, addressed: SECURITY }, none).outcome, 'report')
  })

  test('before it is known which list is meant', () => {
    const seen = world({ settings: lists({}, 'gadget') })
    const decision = takes({ authored: unsignedText('apply\n'), addressed: SECURITY }, seen)
    assert.deepEqual(contentTo(decision, VERA), {
      kind: 'application-which',
      projects: ['widget', 'gadget'],
      of: undefined,
    })
    assert.equal(after(decision, seen).size, 0)
    const named = takes({ authored: unsignedText('apply gadget\n'), addressed: SECURITY }, seen)
    assert.equal(after(named, seen).get(FIRST)?.project, 'gadget')
    const one = world({ settings: lists({}) })
    assert.equal(after(takes({ authored: unsignedText('apply\n'), addressed: SECURITY }, one)).size, 1)
  })
})

suite('a mail of the applicant', () => {
  const first = anApplication({
    answers: { organisation: plaintext('Vendor'), name: undefined, criteria: {} },
  })

  for (const [name, given] of Object.entries({
    'at the reply address': { addressed: THREAD },
    'at the list': { addressed: LIST },
    'from a subaddress of theirs': { addressed: THREAD, from: 'Vera+lists@vendor.example' },
    'that says apply': { addressed: SECURITY },
  }))
    test(`${name} joins and completes`, () => {
      const text = name === 'that says apply' ? 'apply\n1. We ship it.\n' : '1. We ship it.\n'
      const decision = takes({ authored: unsignedText(text), ...given }, world({}, first))
      assert.equal(decision.reason, 'application-follow-up')
      const all = after(decision, world({}, first))
      assert.equal(all.size, 1)
      assert.deepEqual(said(sure(all.get(A))), { organisation: 'Vendor', 1: 'We ship it.' })
      assert.equal(contentTo(decision, VERA)?.kind, 'application-answer')
    })

  test('in the thread of a mail of ours joins, too', () => {
    const seen = world({ threadApplication: A }, first)
    const decision = takes({ authored: unsignedText('name: Vera\n'), addressed: SECURITY }, seen)
    assert.equal(said(sure(after(decision, seen).get(A))).name, 'Vera')
  })

  test('corrects what was said, which voids what hung on it', () => {
    const seen = world({}, anApplication({ ...first, key: keyOf(VERAS_KEY) }))
    const decision = takes({ authored: unsignedText('organisation: Other\n'), addressed: THREAD }, seen)
    assert.equal(said(sure(after(decision, seen).get(A))).organisation, 'Other')
  })

  test('that adds nothing is shown, and answered a few times as long as something is theirs to answer', () => {
    const seen = world({}, first)
    const chat = takes({ authored: unsignedText('Any news?\n'), addressed: THREAD }, seen)
    const answer = contentTo(chat, VERA)
    assert.equal(answer?.kind === 'application-answer' && answer.occasion, 'unread')
    const thread = [1, 2, 3, 4, 5].map(inboundId)
    const often = world({}, anApplication({ ...first, thread }))
    const again = takes({ authored: unsignedText('Any news?\n'), addressed: THREAD }, often)
    assert.equal(contentTo(again, VERA), undefined)
    assert.equal(contentTo(chat, ALICE.address)?.kind, 'application')
    const anew = takes({ authored: unsignedText('apply\n') }, seen)
    assert.equal(contentTo(anew, VERA)?.kind, 'application-answer')
    assert.equal(after(anew, seen).size, 1)
  })

  test('brings another key, as long as none is proven', () => {
    const seen = world({}, anApplication({ key: keyOf(VERAS_KEY) }))
    const other = fingerprint('9')
    const given = {
      authored: unsignedText('My key.\n'),
      addressed: THREAD,
      mail: { offered: [offered(other, 'outer')] },
    }
    assert.equal(after(takes(given, seen), seen).get(A)?.key?.fingerprint, other)
  })

  test('with a key that cannot be used hears why', () => {
    const key = offered(VERAS_KEY, 'outer', { fault: 'expired' })
    const decision = takes(
      { authored: unsignedText('My key.\n'), addressed: THREAD, mail: { offered: [key] } },
      world({}, first),
    )
    const content = contentTo(decision, VERA)
    assert.equal(content?.kind === 'application-answer' && content.fault, 'expired')
  })

  test('is not answered beyond the limits of a day, and the admins see it', () => {
    const seen = world({ acknowledged: { address: 5, domain: 5, all: 5 } })
    const decision = takes({ authored: unsignedText('Hello.\n') }, seen)
    assert.equal(contentTo(decision, VERA), undefined)
    const shown = contentTo(decision, ALICE.address)
    assert.equal(shown?.kind === 'application' && shown.unanswered, 'capped')
    assert.equal(after(decision, seen).size, 1)
  })
})

suite('mail of anybody else in the thread changes nothing and is shown', () => {
  const open = anApplication({
    ...proven,
    answers: { organisation: plaintext('Vendor'), name: undefined, criteria: {} },
  })
  for (const [name, one, given] of [
    ['from elsewhere', anApplication(), { from: 'eve@evil.example' }],
    ['by their machine', anApplication(), { machine: 'automatic' }],
    ['in their name, once the key is proven', open, {}],
    ['in their name with another signature', open, signed('organisation: Evil\n', fingerprint('9'))],
    [
      'signed by their key long ago',
      open,
      {
        ...signed('organisation: Evil\n', VERAS_KEY),
        mail: { author: { primary: VERAS_KEY, created: (NOW - 2 * DAY) as typeof NOW, hashValue: 'f00d' } },
      },
    ],
  ] as const)
    test(name, () => {
      const seen = world({}, one)
      const decision = takes(
        { authored: unsignedText('organisation: Evil\n'), addressed: THREAD, ...given },
        seen,
      )
      assert.deepEqual(decision.events, [])
      assert.equal(contentTo(decision, VERA), undefined)
      const shown = contentTo(decision, ALICE.address)
      assert.equal(shown?.kind === 'application' && shown.what, 'other')
    })

  test('a signature of theirs a second time changes nothing at all', () => {
    const seen = world({ signature: 'used' }, open)
    const decision = takes(signed('organisation: Evil\n', VERAS_KEY, { addressed: THREAD }), seen)
    assert.deepEqual([decision.outcome, decision.reason, decision.events], ['refused', 'E-REPLAY', []])
  })

  test('their proven key completes, from wherever it is sent, and its signature counts once', () => {
    const seen = world({}, open)
    const decision = takes(
      signed('1. We ship it.\n', VERAS_KEY, { addressed: THREAD, from: 'vera@home.example' }),
      seen,
    )
    assert.deepEqual(said(sure(after(decision, seen).get(A))), { organisation: 'Vendor', 1: 'We ship it.' })
    assert.deepEqual(decision.oneShot, { primary: VERAS_KEY, hashValue: 'f00d' })
    assert.equal(after(decision, seen).get(A)?.proven?.at, NOW)
    const answer = decision.mails.find(({ to }) => to === VERA)
    assert.equal(answer?.encryptTo.kind, 'offered')
  })

  test('once proven, the key follows only one that it signed', () => {
    const other = fingerprint('9')
    const seen = world({}, open)
    const bring = (signedBy: typeof VERAS_KEY | undefined) => {
      const key = offered(other, 'outer', signedBy === undefined ? {} : { signedBy })
      const given = signed('New key.\n', VERAS_KEY, { addressed: THREAD, mail: { offered: [key] } })
      return after(takes(given, seen), seen).get(A)
    }
    assert.equal(bring(undefined)?.key?.fingerprint, VERAS_KEY)
    assert.equal(bring(VERAS_KEY)?.key?.fingerprint, other)
    assert.equal(bring(VERAS_KEY)?.proven, undefined)
  })
})

suite('after its end', () => {
  for (const state of ['lapsed', 'withdrawn'] as const)
    test(`one that is ${state} begins anew by an answer of the applicant`, () => {
      const seen = world({}, anApplication({ state }))
      const decision = takes({ authored: unsignedText('1. Here we are.\n'), addressed: THREAD }, seen)
      const all = after(decision, seen)
      assert.deepEqual([all.get(A)?.state, all.get(FIRST)?.state], [state, 'open'])
      const others = takes(
        { authored: unsignedText('1. x\n'), addressed: THREAD, from: 'eve@evil.example' },
        seen,
      )
      assert.deepEqual(others.events, [])
    })

  for (const state of ['approved', 'declined', 'spam'] as const)
    test(`one that is ${state} stays so, and mail is shown`, () => {
      const seen = world({}, anApplication({ state }))
      const decision = takes({ authored: unsignedText('1. Here we are.\n'), addressed: THREAD }, seen)
      assert.deepEqual(decision.events, [])
      const shown = contentTo(decision, ALICE.address)
      assert.equal(shown?.kind === 'application' && shown.what, 'ended')
      assert.equal(contentTo(decision, VERA), undefined)
    })

  test('a new mail at the list opens a new one, whatever became of the former (threat E08)', () => {
    const seen = world({}, anApplication({ state: 'declined' }))
    assert.equal(after(takes({ authored: unsignedText('apply\n') }, seen), seen).get(FIRST)?.state, 'open')
  })
})

suite('very many requests', () => {
  test('beyond a day’s share are answered as ever, and kept for a list instead of a mail to each admin', () => {
    const given = { authored: unsignedText('organisation: Vendor\n') }
    const last = takes(given, { ...world(), applicationsShown: 99 })
    assert.deepEqual([last.mails.length, last.change], [3, undefined])
    const beyond = takes(given, { ...world(), applicationsShown: 100 })
    assert.deepEqual(
      beyond.mails.map(({ to, content }) => [to, content.kind]),
      [[VERA, 'application-answer']],
    )
    assert.deepEqual([beyond.change?.application, beyond.change?.told], [FIRST, 'later'])
    assert.deepEqual(beyond.events, last.events)
  })

  test('are one list for every admin, the oldest first', () => {
    const older = anApplication({ id: FIRST, receivedAt: later(NOW, -DAY) })
    const applications = new Map([anApplication(), older].map(one => [one.id, one]))
    const { mails } = digest(
      { person: 'applicants', ids: [1, 2], changes: [] },
      { applications, settings: lists(), contacts: [], distributors: [] },
    )
    assert.deepEqual(
      mails.map(({ to, content }) => [
        to,
        content.kind === 'applications-pending' &&
          [content.occasion, ...content.pending.map(({ application }) => application.id)].join(' '),
      ]),
      [ALICE, BOB].map(one => [one.address, `many ${FIRST} ${A}`]),
    )
  })
})
