// Posts: whom a signed mail to the list reaches, and what becomes of all other mail there.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Case } from '../../../src/model/case.ts'
import type { Snapshot } from '../../../src/model/decision.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { instant, later, parsePostId } from '../../../src/model/scalars.ts'
import { HOUR } from '../../../src/model/time.ts'
import { ALICE, aCase, aNotice, BOB, caseId, fingerprint, NOW, noticeId, signature, sure } from '../given.ts'
import { CASE, type Name, PEOPLE, STRANGER } from '../sharing/sharing-world.ts'
import {
  after,
  cameOf,
  discussing,
  given,
  type Letter,
  MODERATED,
  messageId,
  postBy,
  posts,
  postsIn,
} from './discussing.ts'

const EVERYBODY_TOLD = ['alice', 'bob', 'four', 'sister', 'two']
const RIYAS_KEY = { fingerprint: fingerprint('9'), certificate: Buffer.of(1), keyIds: ['9'.repeat(16)] }
const TWO_CASES = new Map(
  [aCase({ state: 'fixing' }), aCase({ id: caseId('999999'), state: 'fixing' })].map(one => [one.id, one]),
)
const held = { at: NOW, reason: plaintext('x'), told: 'fixing' } as const
const parentOf = (about: string | undefined): Partial<Snapshot> => ({
  threadParent: sure(parsePostId('P-600000')),
  posts: new Map([
    [
      sure(parsePostId('P-600000')),
      {
        id: sure(parsePostId('P-600000')),
        project: aCase().project,
        case: about === undefined ? undefined : caseId(about),
        revision: 1,
        inbound: 7 as never,
        receivedAt: NOW,
        poster: { kind: 'member', contact: PEOPLE.two.id },
        by: PEOPLE.two.fingerprint,
        messageId: messageId('by-two@two.example'),
        parent: undefined,
        waits: undefined,
        state: 'relayed',
        remindedAt: undefined,
      },
    ],
  ]),
})

suite('whom a post reaches', () => {
  const rows: readonly (readonly [
    string,
    Name,
    Letter,
    Parameters<typeof given>[0],
    ReturnType<typeof cameOf>,
  ])[] = [
    [
      'of a case, named in the subject: those told of it, and the team',
      'one',
      {},
      {},
      ['post-relayed', 'nothing', EVERYBODY_TOLD],
    ],
    [
      'by the number of its notice',
      'one',
      { subject: 'N-300001: tested' },
      {
        world: { notices: new Map([[noticeId('300001'), aNotice({ state: 'released', releasedAt: NOW })]]) },
      },
      ['post-relayed', 'nothing', EVERYBODY_TOLD],
    ],
    [
      'by the thread alone',
      'one',
      { subject: 'Re: this' },
      { world: { threadCase: caseId('482107') } },
      ['post-relayed', 'nothing', EVERYBODY_TOLD],
    ],
    [
      'by a number in the text that its writer was told of',
      'one',
      { subject: 'a thought', text: `On ${CASE}: it holds.` },
      {},
      ['post-relayed', 'nothing', EVERYBODY_TOLD],
    ],
    [
      'of no case, where nobody on the list knows less than its writer: all of it',
      'one',
      { subject: 'hello', text: 'We are away in May.' },
      { told: [] },
      ['post-relayed', 'nothing', ['alice', 'bob', 'four', 'late', 'sister', 'two']],
    ],
    [
      'of no case, by somebody who knows more than others: it waits',
      'one',
      { subject: 'hello', text: 'It holds for us.' },
      {},
      ['post-waits-unnamed', 'unnamed', []],
    ],
    [
      'of no case, by somebody who knows nothing',
      'late',
      { subject: 'hello', text: 'We are new.' },
      {},
      ['post-relayed', 'nothing', ['alice', 'bob', 'four', 'one', 'sister', 'two']],
    ],
    [
      'an answer to what was for the whole list goes there, too',
      'one',
      { subject: 'Re: hello' },
      { world: parentOf(undefined) },
      ['post-relayed', 'nothing', ['alice', 'bob', 'four', 'late', 'sister', 'two']],
    ],
    ['once the case is over', 'one', {}, { theCase: { state: 'published' } }, ['post-over', 'over', []]],
    ['once it ended', 'one', {}, { theCase: { state: 'rejected' } }, ['post-over', 'over', []]],
    [
      'once its embargo is lifted',
      'one',
      {},
      { theCase: { embargo: { state: 'lifted', disclose: NOW } } },
      ['post-over', 'over', []],
    ],
    [
      'once its embargo is broken',
      'one',
      {},
      { theCase: { embargo: { state: 'broken', disclose: NOW } } },
      ['post-over', 'over', []],
    ],
    ['of a case that they were not told of', 'late', {}, {}, ['post-unknown-case', 'unknown-case', []]],
    [
      'of a case that there is not: the same',
      'late',
      { subject: 'C-123456' },
      {},
      ['post-unknown-case', 'unknown-case', []],
    ],
    [
      'of a notice that waits for its instant: the same',
      'one',
      { subject: 'N-300001: soon?' },
      { world: { notices: new Map([[noticeId('300001'), aNotice()]]) } },
      ['post-unknown-case', 'unknown-case', []],
    ],
    [
      'in a thread that they should not know: the same',
      'late',
      { subject: 'Re: this' },
      { world: { threadCase: caseId('482107') } },
      ['post-unknown-case', 'unknown-case', []],
    ],
    [
      'in the thread of a post that they should not know: the same',
      'late',
      { subject: 'Re: this' },
      { world: parentOf('482107') },
      ['post-unknown-case', 'unknown-case', []],
    ],
    [
      'of two cases',
      'one',
      { subject: `${CASE} and C-999999` },
      {
        world: {
          cases: TWO_CASES,
          told: new Map([...TWO_CASES.keys()].map(id => [id, [PEOPLE.one.fingerprint]])),
        },
      },
      ['post-several-cases', 'several-cases', []],
    ],
    [
      'encrypted to another key than the list’s: it may be for the team alone (B01)',
      'one',
      { mail: { encryption: 'encrypted', lists: [] } },
      {},
      ['post-other-key', 'other-key', []],
    ],
    ['by somebody suspended', 'cut', {}, {}, ['post-suspended', 'suspended', []]],
    [
      'under a policy without a discussion',
      'one',
      {},
      { settings: discussing(undefined) },
      ['post-no-discussion', 'no-discussion', []],
    ],
    ['moderated', 'one', {}, { settings: MODERATED }, ['post-waits-moderated', 'moderated', []]],
    ['held', 'one', {}, { theCase: { held } }, ['post-waits-held', 'held', []]],
    [
      'in doubt whether the embargo was kept',
      'one',
      {},
      {
        theCase: {
          embargo: { state: 'active', disclose: NOW, doubted: { at: NOW, because: undefined } },
        },
      },
      ['post-waits-doubted', 'doubted', []],
    ],
    [
      'the twentieth of a day',
      'one',
      {},
      { world: { postsToday: 19 } },
      ['post-relayed', 'nothing', EVERYBODY_TOLD],
    ],
    [
      'the next one: it waits, and its writer is told',
      'one',
      {},
      { world: { postsToday: 20 } },
      ['post-waits-limit', 'limit', []],
    ],
    [
      'those after it: told once',
      'one',
      {},
      { world: { postsToday: 21 } },
      ['post-waits-limit', 'nothing', []],
    ],
    ['signed too long ago', 'one', { at: later(NOW, -25 * HOUR) }, {}, ['E-STALE', 'nothing', []]],
    [
      'signed before they were on the list',
      'one',
      { at: later(NOW, -HOUR) },
      { world: { contacts: [{ ...PEOPLE.one, since: NOW }, PEOPLE.two] } },
      ['E-STALE', 'nothing', []],
    ],
    ['signed before a restore', 'one', {}, { world: { restoredAt: NOW } }, ['E-STALE', 'nothing', []]],
    [
      'with something beside the signature',
      'one',
      {
        mail: {
          parts: [
            {
              mediaType: 'text/x-patch',
              disposition: 'attachment',
              fileName: plaintext('a.patch'),
              text: undefined,
              octets: Buffer.of(1),
              sha256: 'ab' as never,
              encrypted: false,
              signature: { kind: 'none' },
            },
          ],
        },
      },
      {},
      ['post-shape', 'shape', []],
    ],
    [
      'without a plain text',
      'one',
      {
        mail: {
          authored: { kind: 'misshapen', fault: 'html-only', text: undefined, signature: { kind: 'none' } },
        },
      },
      {},
      ['post-shape', 'shape', []],
    ],
    [
      'with a secret key',
      'one',
      { mail: { refusedKeys: ['secret-key'] } },
      {},
      ['post-secret-key', 'secret-key', []],
    ],
    ['by a machine', 'one', { machine: 'automatic' }, {}, ['post-to-admins', 'nothing', []]],
  ]
  for (const [name, by, letter, situation, expected] of rows)
    test(name, () => assert.deepEqual(cameOf(postBy(by, letter, given(situation))), expected))
})

test('what does not go out reaches every admin, and the writer under their own key from the list', () => {
  const { mails, events, oneShot } = postBy('one', {}, given({ settings: discussing(undefined) }))
  assert.deepEqual(events, [])
  assert.equal(oneShot?.primary, PEOPLE.one.fingerprint)
  assert.deepEqual(
    mails.map(({ to, from, content, encryptTo }) => [to, from, content.kind, encryptTo.kind]),
    [
      [ALICE.address, undefined, 'report', 'enrolled'],
      [BOB.address, undefined, 'report', 'enrolled'],
      [PEOPLE.one.address, 'list', 'post-answer', 'enrolled'],
    ],
  )
})

test('a signature counts once, and who repeats it tells nobody but its owner', () => {
  const decision = postBy('one', {}, given({ world: { signature: 'used' } }))
  assert.equal(decision.reason, 'E-REPLAY')
  assert.deepEqual(cameOf(decision)[2], [])
})

test('E18, C15: what is not signed by a key of the list is as it was, whoever it says it is from', () => {
  for (const [author, outcome] of [
    [undefined, 'application'],
    [signature(fingerprint('8')), 'application'],
  ] as const) {
    const decision = posts(fingerprint('8'), { mail: { author, header: headerFrom(PEOPLE.one.address) } })
    assert.equal(decision.outcome, outcome)
    assert.ok(
      decision.mails.every(({ content }) => content.kind !== 'post' && content.kind !== 'post-answer'),
    )
    const stranger = posts(fingerprint('8'), { mail: { author, header: headerFrom(STRANGER) } })
    assert.deepEqual(
      stranger.mails.map(({ content }) => content.kind),
      decision.mails.map(({ content }) => content.kind),
    )
  }
})

const headerFrom = (from: typeof STRANGER) => ({
  fields: [],
  authors: [from],
  recipients: [],
  messageId: messageId('x@elsewhere.example'),
  replyTo: [],
  subject: plaintext('Hello'),
})

test('a command in it is a command, and no post', () => {
  const decision = postBy('one', { text: 'embargod acme\nhelp\n' })
  assert.equal(decision.outcome, 'command')
  assert.deepEqual(cameOf(decision)[2], [])
})

suite('who takes part besides the members', () => {
  test('an admin posts to those who were told, also where members are moderated', () => {
    assert.deepEqual(cameOf(posts(ALICE.fingerprint, {}, given({ settings: MODERATED }))), [
      'post-relayed',
      'nothing',
      ['bob', 'four', 'one', 'sister', 'two'],
    ])
  })

  test('but not on a case that is held', () => {
    assert.equal(posts(ALICE.fingerprint, {}, given({ theCase: { held } })).reason, 'post-waits-held')
  })

  const riya = (rest: Partial<Case>): Partial<Case> => ({
    reporter: { address: aCase().reporter.address, key: RIYAS_KEY },
    ...rest,
  })
  test('the reporter neither reads nor writes, unless the team lets them in', () => {
    const out = given({ theCase: riya({}) })
    assert.deepEqual(cameOf(postBy('one', {}, out))[2], EVERYBODY_TOLD)
    assert.equal(posts(RIYAS_KEY.fingerprint, {}, out).outcome, 'application')
    const within = given({ theCase: riya({ reporterDiscusses: instant(0) }) })
    assert.deepEqual(cameOf(postBy('one', {}, within))[2], ['alice', 'bob', 'four', 'riya', 'sister', 'two'])
    const order = postBy('one', {}, within).mails.find(({ to }) => to === aCase().reporter.address)
    assert.equal(order?.encryptTo.kind, 'offered')
    assert.deepEqual(cameOf(posts(RIYAS_KEY.fingerprint, {}, within)), [
      'post-relayed',
      'nothing',
      ['alice', 'bob', 'four', 'one', 'sister', 'two'],
    ])
  })
})

suite('each copy', () => {
  const copies = new Map([
    [
      noticeId('300001'),
      [
        { to: PEOPLE.two.address, messageId: messageId('copy-two@acme.example') },
        { to: PEOPLE.four.address, messageId: messageId('copy-four@acme.example') },
      ],
    ],
  ])
  const answersTo = (world: Partial<Snapshot>, by: Name = 'one') =>
    new Map(postBy(by, {}, given({ world })).mails.map(({ to, inReplyTo }) => [to, inReplyTo]))

  test('stands in the thread of its reader, and of nobody else', () => {
    const found = answersTo({ threadParent: noticeId('300001'), ownCopies: copies })
    assert.equal(found.get(PEOPLE.two.address), '<copy-two@acme.example>')
    assert.equal(found.get(PEOPLE.four.address), '<copy-four@acme.example>')
    assert.equal(found.get(PEOPLE.sister.address), undefined)
  })

  test('to who wrote what is answered stands below their own mail', () => {
    assert.equal(answersTo(parentOf('482107')).get(PEOPLE.two.address), '<by-two@two.example>')
  })

  test('goes to a contact as they are now, as a copy of a notice does', () => {
    const order = postBy('one').mails.find(({ to }) => to === PEOPLE.two.address)
    assert.equal(order?.contact, PEOPLE.two.id)
    assert.equal(order?.contactVersion, PEOPLE.two.version)
    assert.equal(order?.notice, undefined)
  })

  test('names its writer by number alone, unless the roster may be seen', () => {
    const nameIn = (roster: 'hidden' | 'organisations') => {
      const before = given({ settings: discussing({ posts: 'relayed' }, roster) })
      const [order] = postBy('one', {}, before).mails
      return order?.content.kind === 'post' ? order.content.poster : undefined
    }
    assert.deepEqual(nameIn('hidden'), { contact: PEOPLE.one.id, organisation: undefined })
    assert.deepEqual(nameIn('organisations'), {
      contact: PEOPLE.one.id,
      organisation: PEOPLE.one.organisation,
    })
  })

  test('does not go to a contact whose owner revoked the key', () => {
    const two = { ...PEOPLE.two, revokedAt: NOW }
    const before = given({ world: { contacts: [PEOPLE.one, two, PEOPLE.four] } })
    assert.deepEqual(cameOf(postBy('one', {}, before))[2], ['alice', 'bob', 'four'])
  })

  test('goes once to who is on the team and on the list', () => {
    const both = { ...PEOPLE.two, address: ALICE.address }
    const before = given({ world: { contacts: [PEOPLE.one, both, PEOPLE.four] } })
    assert.deepEqual(cameOf(postBy('one', {}, before))[2], ['alice', 'bob', 'four'])
  })
})

test('what is kept of a post holds none of its words', () => {
  const before = given()
  const [post] = postsIn(after(postBy('one', { text: 'canary' }, before), before))
  assert.deepEqual(post, {
    id: 'P-610001',
    project: 'widget',
    case: CASE,
    revision: 1,
    inbound: 1,
    receivedAt: NOW,
    poster: { kind: 'member', contact: PEOPLE.one.id },
    by: PEOPLE.one.fingerprint,
    messageId: '<x@elsewhere.example>',
    parent: undefined,
    waits: undefined,
    state: 'relayed',
    remindedAt: undefined,
  })
})

test('whoever sends old signatures of a member to the list makes us write to that member once a day', () => {
  const { one } = PEOPLE
  const old = { at: later(NOW, -25 * HOUR), from: one.address }
  const told = (before: Snapshot) =>
    postBy('one', old, before).mails.map(({ to, content }) => [
      to,
      content.kind === 'refusal' && content.sentence,
    ])
  assert.deepEqual(told(given()), [[one.address, 'stale']])
  assert.deepEqual(told(given({ world: { courtesies: { address: 1, all: 0 } } })), [])
})
