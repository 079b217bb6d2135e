// What admins do with the copies of a notice: `cancel`, `reschedule`, `resend`; and what follows by itself after a mail of
// a contact whose copy failed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import { fold, ownState } from '../../../src/decide/known.ts'
import type { Case } from '../../../src/model/case.ts'
import type { Contact } from '../../../src/model/contact.ts'
import type { NoticeCopy, Snapshot } from '../../../src/model/decision.ts'
import type { Notice } from '../../../src/model/notice.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { later } from '../../../src/model/scalars.ts'
import { formatInstant, HOUR } from '../../../src/model/time.ts'
import {
  ALICE,
  aCase,
  aNotice,
  BOB,
  contact,
  fresh,
  mail,
  NOW,
  noticeId,
  settings,
  signature,
  signedText,
  snapshot,
  unsignedText,
} from '../given.ts'
import { held } from '../sent.ts'

const ID = noticeId('300001')
const [ONE, TWO, THREE] = [contact('one', '1'), contact('two', '2'), contact('three', '3')]
const SENT = later(NOW, -HOUR)

const copy = (of: Contact, changes: Partial<NoticeCopy> = {}): NoticeCopy => ({
  case: aCase().id,
  notice: ID,
  contact: of.id,
  to: of.address,
  copy: 1,
  state: 'sent',
  doubt: 'none',
  why: undefined,
  lastCode: 250,
  lastStatus: undefined,
  at: SENT,
  subkey: '0123456789ABCDEF',
  ...changes,
})
const refusedBy = (of: Contact, lastCode: number, lastStatus: string): NoticeCopy =>
  copy(of, { state: 'failed', lastCode, lastStatus })

type Given = {
  readonly notice?: Partial<Notice>
  readonly theCase?: Partial<Case>
  readonly copies?: readonly NoticeCopy[]
  readonly changes?: Partial<Snapshot>
}

function world({ notice, theCase, copies = [], changes }: Given): Snapshot {
  const found = aNotice({ state: 'released', releasedAt: SENT, ...notice })
  const about = aCase({ id: found.case, state: 'accepted', ...theCase })
  return snapshot({
    cases: new Map([[about.id, about]]),
    notices: new Map([[found.id, found]]),
    contacts: [ONE, TWO, THREE],
    copies,
    ...changes,
  })
}

function answer(line: string, given: Given, now = NOW) {
  const around = world(given)
  const decision = decide(
    mail({ authored: signedText(`embargod acme\n${line}\n`, ALICE.fingerprint, now), receivedAt: now }),
    { ...around, now },
    fresh,
  )
  const told = decision.mails.find(({ to, content }) => to === ALICE.address && content.kind === 'transcript')
  assert.ok(told?.content.kind === 'transcript')
  const [result] = told.content.results
  assert.ok(result)
  return {
    decision,
    around,
    code: result.code ?? result.status,
    text: result.text.open(),
    facts: result.facts,
  }
}

/** Planned, and then confirmed by the same admin at that instant. */
function confirmed(line: string, given: Given, at = NOW) {
  const { decision, around } = answer(line, given)
  assert.ok(decision.plan?.kind === 'issued', 'it waits for a confirmation')
  const { plan: pending } = decision.plan
  const confirm = signedText(`confirm acme ${pending.token}\n`, ALICE.fingerprint, at)
  const after = decide(mail({ authored: confirm, receivedAt: at }), { ...around, now: at, pending }, fresh)
  return { events: after.events, expiresAt: pending.expiresAt }
}

test('cancel says who has it, who may, and how many do not, and what to write to exactly those', () => {
  const copies = [
    copy(ONE),
    copy(TWO, { state: 'ready', doubt: 'in-doubt', lastCode: undefined }),
    copy(THREE, { state: 'ready', at: undefined, lastCode: undefined }),
  ]
  const { decision, code, text, facts } = answer(`cancel ${ID}`, { copies })
  assert.equal(code, 'ok')
  assert.deepEqual(
    decision.events.map(({ kind }) => kind),
    ['notice-cancelled'],
  )
  assert.equal(
    text,
    [
      `${ID} is cancelled; no further copy is sent, but 1 has it and 1 may have it.`,
      'One has it:',
      `  ${ONE.id}, ${ONE.address}, ${ONE.organisation.open()}: since ${formatInstant(SENT)}`,
      'One may have it:',
      `  ${TWO.id}, ${TWO.address}, ${TWO.organisation.open()}: sent ${formatInstant(SENT)}, not answered yet`,
      '1 of those it was made for does not have it.',
      'To write to exactly those who have it or may:',
      `  notice ${aNotice().case} stage=${aNotice().stage} send=… include=${ONE.id},${TWO.id} << text`,
    ].join('\n'),
  )
  assert.deepEqual([facts['has'], facts['mayHave'], facts['hasNot']], [1, 1, 1])
  const changes = decision.mails.filter(({ content }) => content.kind === 'change')
  assert.deepEqual(
    changes.map(one => [one.case, one.offers?.map(({ label }) => label)]),
    [[aNotice().case, ['See all that is known']]],
  )
})

test('cancel before the instant says that nobody has it; sent twice it says so again', () => {
  const copies = [copy(ONE, { state: 'ready', at: undefined, lastCode: undefined })]
  const first = answer(`cancel ${ID}`, { notice: { state: 'scheduled' }, copies })
  assert.equal(first.text, `${ID} is cancelled; no further copy is sent.\nNobody has it.`)
  const again = answer(`cancel ${ID}`, { notice: { state: 'cancelled' }, copies: [copy(ONE)] })
  assert.equal(again.code, 'noop')
  assert.match(again.text, /is cancelled already\.\nOne has it:/)
})

test('show says of a notice that was cancelled on its way whom it had reached', () => {
  const waits = { state: 'cancelled', at: undefined, lastCode: undefined } as const
  const inDoubt = copy(TWO, { state: 'ready', doubt: 'in-doubt', lastCode: undefined })
  const shown = (notice: Partial<Notice>, copies: readonly NoticeCopy[]) =>
    /N-300001: [^,]*, (.*)/.exec(
      answer(`show ${aCase().id}`, { notice: { state: 'cancelled', ...notice }, copies }).text,
    )?.[1]
  const out = `went out ${formatInstant(SENT)}`
  assert.equal(
    shown({}, [copy(ONE), inDoubt, copy(THREE, waits)]),
    `${out} to 1, perhaps to 1 more, then cancelled: 1 never got it`,
  )
  assert.equal(shown({}, [copy(ONE)]), `${out} to 1, then cancelled`)
  assert.equal(shown({ to: 'users' }, []), `${out}, then cancelled`)
  assert.match(shown({ releasedAt: undefined }, [copy(ONE, waits)]) ?? '', /^cancelled, [^,]*Z$/)
})

test('who is off the list is named among those who have it, and not among those to write to', () => {
  const { text } = answer(`cancel ${ID}`, {
    copies: [copy(ONE), copy(TWO)],
    changes: { contacts: [ONE, { ...TWO, state: 'left' }] },
  })
  assert.match(text, /^2 have it:/m)
  assert.match(text, new RegExp(`include=${ONE.id} <<`))
})

const AHEAD = later(NOW, 30 * HOUR)
const scheduled = { state: 'scheduled', sendAt: AHEAD, releasedAt: undefined } as const
const move = (at = later(NOW, 50 * HOUR)) => `reschedule ${ID} send=${formatInstant(at)}`

test('a scheduled notice is moved, earlier or later, once that is confirmed', () => {
  for (const at of [later(NOW, 2 * HOUR), later(NOW, 50 * HOUR)]) {
    const { events } = confirmed(move(at), { notice: scheduled })
    assert.deepEqual(
      events.map(event => [event.kind, 'sendAt' in event ? event.sendAt : undefined]),
      [['notice-rescheduled', at]],
    )
    const { notices } = fold(ownState(world({ notice: scheduled })), events)
    assert.deepEqual([notices.get(ID)?.state, notices.get(ID)?.sendAt], ['scheduled', at])
  }
})

test('the confirmation is good until the notice goes, then or as it was planned before', () => {
  const short = { ...scheduled, sendAt: later(NOW, HOUR) }
  const { decision, around } = answer(move(), { notice: short })
  assert.ok(decision.plan?.kind === 'issued')
  const { plan: pending } = decision.plan
  assert.equal(pending.expiresAt, short.sendAt)
  const late = later(NOW, HOUR)
  const confirm = signedText(`confirm acme ${pending.token}\n`, ALICE.fingerprint, late)
  const { events } = decide(
    mail({ authored: confirm, receivedAt: late }),
    { ...around, now: late, pending },
    fresh,
  )
  assert.deepEqual(events, [])
})

for (const [name, given, code, words] of [
  [
    'goes at that instant already',
    { notice: { ...scheduled, sendAt: later(NOW, 50 * HOUR) } },
    'E-STATE',
    /already/,
  ],
  ['was cancelled', { notice: { state: 'cancelled' } }, 'E-STATE', /for good; plan another: notice C-/],
  ['began to go out', {}, 'E-STATE', /stays as it is; stop the rest with cancel N-300001, and plan another/],
  [
    'is held, and of which one copy went',
    { notice: { state: 'held' }, copies: [copy(ONE)] },
    'E-STATE',
    /stays as it is/,
  ],
  ['is of a held case', { notice: scheduled, theCase: held }, 'E-STATE', /first send: release/],
  [
    'is of a case that ended',
    { notice: scheduled, theCase: { state: 'rejected' } },
    'E-STATE',
    /ended as rejected/,
  ],
  [
    'is of a case to be public before',
    { notice: scheduled, theCase: { embargo: { state: 'active', disclose: later(NOW, 40 * HOUR) } } },
    'E-DATE',
    /is to be public at/,
  ],
  [
    'is of an embargo that is over',
    { notice: scheduled, theCase: { embargo: { state: 'broken', disclose: undefined } } },
    'E-STATE',
    /The embargo .* is broken/,
  ],
] satisfies readonly (readonly [string, Given, string, RegExp])[])
  test(`a notice that ${name} is not moved`, () => {
    const told = answer(move(), given)
    assert.equal(told.code, code, told.text)
    assert.match(told.text, words)
    assert.deepEqual([told.decision.events, told.decision.plan], [[], undefined])
  })

for (const why of ['late', 'mailbox-not-settled', 'case-held'])
  test(`a notice that was held (${why}) goes at another instant`, () => {
    const { events } = confirmed(move(), { notice: { state: 'held', releasedAt: undefined } })
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['notice-rescheduled'],
    )
  })

test('what was decided since holds for its new instant: that nobody hears of it early, and whose word it is', () => {
  const notice = { state: 'held', releasedAt: undefined } as const
  const as = { as: 'no', by: 'alice', at: NOW, reason: plaintext('Only admins are hit.') } as const
  assert.match(
    answer(move(), { notice, theCase: { earlyDisclosure: as } }).text,
    /alice decided that distributors do not hear of C-482107 early/,
  )
})

test('one that counted as sent at a restore goes again to those whose copies were dropped then', () => {
  const copies = [copy(ONE, { state: 'dropped', why: 'restored', at: undefined, lastCode: undefined })]
  const given = { notice: { state: 'held', releasedAt: undefined }, copies } as const
  assert.match(answer(move(), given).text, /counted as sent: whoever has it since then gets it twice/)
  const { events } = confirmed(move(), given)
  const [, again] = events
  assert.ok(again?.kind === 'notice-resent')
  assert.deepEqual(again.copies, [{ contact: ONE.id, copy: 2 }])
})

test('moving asks as many others as the stage does', () => {
  const [project] = settings().projects
  assert.ok(project)
  const stages = project.policy.notices.stages.map(stage => ({ ...stage, quorum: 1 }))
  const policy = { ...project.policy, notices: { ...project.policy.notices, stages } }
  const changes = { settings: { ...settings(), projects: [{ ...project, policy }] } }
  assert.match(answer(move(), { notice: scheduled, changes }).text, /1 other of the team must send/)
})

test('resend goes to those whose copy failed, and says why it had', () => {
  const copies = [refusedBy(ONE, 554, '5.7.1'), refusedBy(TWO, 550, '5.1.1'), copy(THREE)]
  const { text } = answer(`resend ${ID}`, { copies })
  assert.match(text, /goes once more to 2 contacts, made anew under the key of now:/)
  assert.match(
    text,
    new RegExp(`${ONE.id}, .*: refused for what it contains, not for the address \\(554 5\\.7\\.1\\)`),
  )
  assert.match(text, new RegExp(`${TWO.id}, .*: refused by their server \\(550 5\\.1\\.1\\)`))
  assert.doesNotMatch(text, new RegExp(THREE.id))
  const { events } = confirmed(`resend ${ID}`, { copies })
  const [only] = events
  assert.ok(only?.kind === 'notice-resent' && events.length === 1)
  assert.deepEqual(only.copies, [
    { contact: ONE.id, copy: 2 },
    { contact: TWO.id, copy: 2 },
  ])
})

test('to who has it already only by name', () => {
  const given = { copies: [copy(ONE)] }
  assert.match(answer(`resend ${ID}`, given).text, /Nobody’s copy failed; .* name them: to=M-/)
  const { events } = confirmed(`resend ${ID} to=${ONE.id}`, given)
  assert.ok(events[0]?.kind === 'notice-resent')
  assert.deepEqual(events[0].copies, [{ contact: ONE.id, copy: 2 }])
})

for (const [name, line, given, words] of [
  ['before its instant', 'resend N-300001', { notice: scheduled }, /goes by itself at its instant/],
  ['once it is held', 'resend N-300001', { notice: { state: 'held' } }, /send: reschedule/],
  ['once it is cancelled', 'resend N-300001', { notice: { state: 'cancelled' } }, /plan another: notice/],
  [
    'after the embargo',
    'resend N-300001',
    { theCase: { state: 'published' }, copies: [refusedBy(ONE, 550, '5.1.1')] },
    /is over: members read what is public/,
  ],
  [
    'while it is under way',
    `resend N-300001 to=${ONE.id}`,
    { copies: [copy(ONE, { state: 'sending' })] },
    /on its way/,
  ],
  [
    'while it is in doubt',
    `resend N-300001 to=${ONE.id}`,
    { copies: [copy(ONE, { state: 'ready', doubt: 'in-doubt' })] },
    /the same goes again by itself/,
  ],
  ['to who never had one', `resend N-300001 to=${TWO.id}`, { copies: [copy(ONE)] }, /include=M-/],
  [
    'to who is suspended',
    `resend N-300001 to=${ONE.id}`,
    { copies: [refusedBy(ONE, 550, '5.1.1')], changes: { contacts: [{ ...ONE, state: 'suspended' }] } },
    /they are suspended/,
  ],
  [
    'under a revoked key',
    `resend N-300001 to=${ONE.id}`,
    { copies: [refusedBy(ONE, 550, '5.1.1')], changes: { contacts: [{ ...ONE, revokedAt: NOW }] } },
    /nothing can be encrypted to their key/,
  ],
  [
    'a second time at once',
    'resend N-300001',
    {
      copies: [
        refusedBy(ONE, 550, '5.1.1'),
        copy(ONE, { copy: 2, state: 'ready', at: undefined, lastCode: undefined }),
      ],
    },
    /Nobody’s copy failed/,
  ],
] satisfies readonly (readonly [string, string, Given, RegExp])[])
  test(`a copy does not go again ${name}`, () => {
    const told = answer(line, given)
    assert.match(told.code, /^E-/)
    assert.match(told.text, words)
    assert.deepEqual([told.decision.events, told.decision.plan], [[], undefined])
  })

/** A mail that a contact signed, which is no command. */
function signedBy(of: Contact, given: Given & { readonly signed?: typeof NOW }) {
  const { signed = NOW, ...rest } = given
  const around = world(rest)
  const failed = around.copies.filter(({ state }) => state === 'failed')
  const input = mail({
    authored: unsignedText('We are back.'),
    from: of.address,
    addressed: { kind: 'security' },
    mail: { author: signature(of.fingerprint, signed) },
  })
  return decide(input, { ...around, failed, ...rest.changes }, fresh)
}
const resentIn = ({ events }: ReturnType<typeof decide>) =>
  events.flatMap(event => (event.kind === 'notice-resent' ? event.copies : []))

test('after a signed mail of its contact a copy that failed goes once more, and the admins hear of it', () => {
  const decision = signedBy(ONE, { copies: [refusedBy(ONE, 550, '5.2.1'), copy(TWO)] })
  assert.deepEqual(resentIn(decision), [{ contact: ONE.id, copy: 2 }])
  const told = decision.mails.filter(({ content }) => content.kind === 'change')
  assert.deepEqual(
    told.map(({ to }) => to),
    [ALICE.address, BOB.address],
  )
})

for (const [name, of, given] of [
  ['that another signed', TWO, {}],
  ['when it went again already', ONE, { notice: { further: [{ contact: ONE.id, copy: 2 }] } }],
  ['once the notice is cancelled', ONE, { notice: { state: 'cancelled' } }],
  ['after the embargo', ONE, { theCase: { state: 'published' } }],
  ['whose signature is old', ONE, { signed: later(NOW, -48 * HOUR) }],
  ['whose signature was used', ONE, { changes: { signature: 'used' } }],
  ['of who is suspended', ONE, { changes: { contacts: [{ ...ONE, state: 'suspended' }] } }],
] satisfies readonly (readonly [string, Contact, Given & { readonly signed?: typeof NOW }])[])
  test(`nothing goes again after a mail ${name}`, () => {
    assert.deepEqual(resentIn(signedBy(of, { copies: [refusedBy(ONE, 550, '5.2.1')], ...given })), [])
  })
