// Posts that wait: what the admins see and decide, what their writer hears, and who lets the reporter take part.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { timePassed } from '../../../src/decide/time/timed.ts'
import type { Case } from '../../../src/model/case.ts'
import type { Decision, Snapshot } from '../../../src/model/decision.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { type Instant, later } from '../../../src/model/scalars.ts'
import { DAY } from '../../../src/model/time.ts'
import { ALICE, aCase, fingerprint, NOW, noticeId } from '../given.ts'
import { signed } from '../members.ts'
import { CASE, PEOPLE, resultOf } from '../sharing/sharing-world.ts'
import {
  after,
  discussing,
  given,
  MODERATED,
  messageId,
  postBy,
  posts,
  postsIn,
  readersIn,
} from './discussing.ts'

const POST = 'P-610001'
const held = { at: NOW, reason: plaintext('x'), told: 'fixing' } as const
const moderated = (changes: Partial<Snapshot> = {}) => given({ settings: MODERATED, world: changes })
/** As it stands once a member's post waits. */
const waiting = (before: Snapshot = moderated()): Snapshot => after(postBy('one', {}, before), before)
const byAlice = (line: string, before: Snapshot): Decision => signed(line, ALICE.fingerprint, before)
const withCase = (before: Snapshot, changes: Partial<Case>): Snapshot => ({
  ...before,
  cases: new Map([...before.cases].map(([id, one]) => [id, { ...one, ...changes }])),
})

test('every admin sees it whole, with both choices to tap, and nobody else sees any of it', () => {
  const { mails } = postBy('one', { text: 'It holds.' }, moderated())
  const shown = mails.filter(({ content }) => content.kind === 'post-waiting')
  assert.deepEqual(
    shown.map(({ to }) => to),
    ['alice@team.example', 'bob@team.example'],
  )
  assert.deepEqual(
    shown[0]?.offers?.map(({ body }) => body),
    [`embargod acme\nrelay ${POST}\n`, `embargod acme\nwithhold ${POST} <<\n\n.\n`],
  )
  assert.deepEqual(
    mails.map(({ content }) => content.kind),
    ['post-waiting', 'post-waiting', 'post-answer'],
  )
})

suite('letting it through', () => {
  test('it reaches those who may read it then, in their threads, without its words in the decision', () => {
    const parent = noticeId('300001')
    const ownCopies = new Map([
      [parent, [{ to: PEOPLE.two.address, messageId: messageId('copy-two@acme.example') }]],
    ])
    const before = waiting(moderated({ threadParent: parent }))
    const decision = byAlice(`relay ${POST}`, { ...before, ownCopies, contacts: [PEOPLE.one, PEOPLE.two] })
    assert.deepEqual(resultOf(decision), ['ok', `${POST} goes to 1 on the list and 2 others.`])
    assert.deepEqual(readersIn(decision), ['alice', 'bob', 'two'])
    const order = decision.mails.find(({ to }) => to === PEOPLE.two.address)
    assert.equal(order?.inReplyTo, '<copy-two@acme.example>')
    assert.ok(order?.content.kind === 'post' && order.content.mail === undefined)
    assert.equal(postsIn(after(decision, before))[0]?.state, 'relayed')
  })

  const refusals: readonly (readonly [string, (before: Snapshot) => Snapshot, string])[] = [
    ['a case that is held', one => withCase(one, { held }), 'E-STATE'],
    ['a case that is published', one => withCase(one, { state: 'published' }), 'E-STATE'],
    [
      'a writer who is suspended since',
      one => ({ ...one, contacts: [{ ...PEOPLE.one, state: 'suspended' }, PEOPLE.two] }),
      'E-STATE',
    ],
    ['a post that there is not', one => ({ ...one, posts: new Map() }), 'E-UNKNOWN'],
    ['one that went out', one => after(byAlice(`relay ${POST}`, one), one), 'E-STATE'],
    ['one that was kept back', one => after(byAlice(`withhold ${POST} <<\nno\n.`, one), one), 'E-STATE'],
  ]
  for (const [name, change, code] of refusals)
    test(`not ${name}`, () => {
      const decision = byAlice(`relay ${POST}`, change(waiting()))
      assert.equal(resultOf(decision)[0], code)
      assert.deepEqual(decision.events, [])
      assert.deepEqual(readersIn(decision), [])
    })

  test('not by a member', () => {
    const decision = signed(`relay ${POST}`, PEOPLE.two.fingerprint, waiting())
    assert.equal(resultOf(decision)[0], 'E-ROLE')
  })
})

test('keeping it back tells its writer why, in their thread, and nobody on the list', () => {
  const before = waiting()
  const decision = byAlice(`withhold ${POST} <<\nIt names a customer.\n.`, before)
  assert.deepEqual(resultOf(decision), ['ok', `${POST} stays here. Its writer is told why.`])
  const [told] = decision.mails.filter(({ content }) => content.kind === 'post-answer')
  assert.equal(told?.to, PEOPLE.one.address)
  assert.equal(told?.inReplyTo, '<x@elsewhere.example>')
  assert.equal(told?.content.kind === 'post-answer' && told.content.reason?.open(), 'It names a customer.')
  assert.deepEqual(readersIn(decision), [])
})

test('show lists to an admin what waits, by number and contact alone', () => {
  assert.match(
    resultOf(byAlice(`show ${CASE}`, waiting()))[1],
    /^P-610001: waits since 2026-11-21T12:00Z, moderated, from M-000001; relay or withhold it$/m,
  )
})

test('list shows to an admin all that waits, what is for the whole list, too', () => {
  const before = moderated()
  const forAll = after(posts(PEOPLE.one.fingerprint, { subject: 'Hello' }, before), before)
  const line = /^P-610001: waits since 2026-11-21T12:00Z, moderated, .* {2}widget, for the whole list$/m
  assert.match(resultOf(byAlice('list', forAll))[1], line)
  assert.doesNotMatch(resultOf(byAlice('list mine', forAll))[1], /P-610001/)
  assert.doesNotMatch(resultOf(byAlice('list project=gadget', forAll))[1], /P-610001/)
})

suite('while nobody decides', () => {
  const waits = waiting()
  const day = (n: number) => later(NOW, n * DAY)
  const passed = (before: Snapshot, now: Instant) => {
    const [one] = postsIn(before)
    return one && timePassed(one, { ...before, now })
  }

  test('every admin is reminded daily for a week and then weekly, of all that wait in one mail', () => {
    let world = waits
    const told: number[] = []
    for (let days = 1; days <= 30; days += 1) {
      const decision = passed(world, day(days))
      if (decision === undefined) continue
      told.push(days)
      assert.deepEqual(
        decision.mails.map(({ to, content }) => [to, content.kind === 'alert' && content.alert.kind]),
        [
          ['alice@team.example', 'posts-waiting'],
          ['bob@team.example', 'posts-waiting'],
        ],
      )
      world = after(decision, world)
    }
    assert.deepEqual(told, [1, 2, 3, 4, 5, 6, 7, 14, 21, 28])
  })

  test('a single one is decided on with one tap, and what a hold keeps cannot be let through', () => {
    const offers = (before: Snapshot) => passed(before, day(1))?.mails[0]?.offers?.length
    assert.equal(offers(waits), 2)
    assert.equal(offers(withCase(waits, { held })), 1)
  })

  test('once somebody has decided nobody is reminded', () => {
    assert.equal(passed(after(byAlice(`relay ${POST}`, waits), waits), day(1)), undefined)
  })
})

suite('the reporter', () => {
  const KEY = { fingerprint: fingerprint('9'), certificate: Buffer.of(1), keyIds: ['9'.repeat(16)] }
  const known = given({ theCase: { reporter: { address: aCase().reporter.address, key: KEY } } })

  test('is let in and out by an admin, and a second time changes nothing', () => {
    const decision = byAlice(`share ${CASE} with=reporter`, known)
    assert.equal(resultOf(decision)[0], 'ok')
    const within = after(decision, known)
    assert.ok(readersIn(postBy('one', {}, within)).includes('riya'))
    assert.equal(resultOf(byAlice(`share ${CASE} with=reporter`, within))[0], 'noop')
    const out = after(byAlice(`share ${CASE} without=reporter`, within), within)
    assert.ok(!readersIn(postBy('one', {}, out)).includes('riya'))
    assert.equal(resultOf(byAlice(`share ${CASE} without=reporter`, out))[0], 'noop')
  })

  test('is not, without a key or a discussion', () => {
    assert.equal(resultOf(byAlice(`share ${CASE} with=reporter`, given()))[0], 'E-STATE')
    const none = { ...known, settings: discussing(undefined) }
    assert.equal(resultOf(byAlice(`share ${CASE} with=reporter`, none))[0], 'E-POLICY')
  })

  test('who was let out meanwhile has nothing more to say there', () => {
    const within = after(byAlice(`share ${CASE} with=reporter`, known), known)
    const before = { ...within, settings: MODERATED }
    const wrote = after(posts(KEY.fingerprint, {}, before), before)
    assert.equal(postsIn(wrote)[0]?.poster.kind, 'reporter')
    const out = after(byAlice(`share ${CASE} without=reporter`, wrote), wrote)
    assert.equal(resultOf(byAlice(`relay ${POST}`, out))[0], 'E-STATE')
  })
})
