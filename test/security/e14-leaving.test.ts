// E14, E08: who goes off the list, by whose word, and what a forged or repeated one does.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import { instant } from '../../src/model/scalars.ts'
import { fresh, mail, unsignedText } from '../decide/given.ts'
import {
  ALICE,
  after,
  BOB,
  COLLEAGUE,
  CONFIRM,
  contactIn,
  fingerprint,
  HOUR,
  kinds,
  MEMBERSHIP,
  membersWith,
  NOW,
  newsIn,
  OLD,
  ONE,
  resultOf,
  signed,
  TWO,
  timed,
  toldOf,
  waiting,
  world,
} from '../decide/members.ts'

const LEAVE = 'leave organisation=yes'

suite('leave', () => {
  test('unsigned it is refused, with the line that strangers get, and nobody else is told', () => {
    for (const from of [ONE.address, 'stranger@elsewhere.example']) {
      const input = mail({ authored: unsignedText(`embargod acme\n${LEAVE}\n`), from })
      const { events, outcome, mails } = decide(input, world(), fresh)
      assert.deepEqual([events, outcome, mails.length], [[], 'refused', 1])
      const [answer] = mails
      assert.ok(answer?.content.kind === 'refusal' && answer.content.sentence === 'not-authorised')
    }
  })
  test('signed by a key of nobody, by another member, by the next key: none takes this one off', () => {
    for (const key of [fingerprint('9'), TWO.fingerprint, COLLEAGUE.fingerprint]) {
      const first = signed('leave', key)
      const { events } = first.plan === undefined ? first : signed(CONFIRM, key, waiting(first))
      assert.ok(events.every(event => !('contact' in event) || event.contact !== ONE.id))
    }
  })
  test('waits for who sent it: whoever has the key and not the mailbox never sees the token', () => {
    const first = signed(LEAVE, OLD)
    assert.deepEqual(first.events, [])
    const answer = first.mails.find(({ content }) => content.kind === 'transcript')
    assert.equal(answer?.to, ONE.address)
    assert.deepEqual(
      signed(CONFIRM, TWO.fingerprint, waiting(first)).events,
      [],
      'nor does another confirm it',
    )
  })
  test('takes all contacts and the organisation, each with a mail of what still binds them', () => {
    const before = world(toldOf(OLD))
    const first = waiting(signed(LEAVE, OLD, before), before)
    const decision = signed(CONFIRM, OLD, first)
    assert.deepEqual(kinds(decision), ['contact-ended', 'contact-ended', 'distributor-ended'])
    assert.match(resultOf(decision).text, /under embargo, until they are public: C-482107/)
    assert.deepEqual(newsIn(decision), [
      ['they', ONE.address, 'ended'],
      ['they', COLLEAGUE.address, 'ended'],
    ])
    const left = after(decision, first)
    assert.equal(left.distributors.find(({ id }) => id === ONE.distributor)?.state, 'left')
    assert.deepEqual(signed('my', OLD, left).events, [], 'twice: their key is nobody now')
    assert.equal(signed(LEAVE, OLD, left).outcome, 'refused')
  })
  for (const [who, key, line, code] of [
    ['the only contact alone', TWO.fingerprint, 'leave', /leave organisation=yes/],
    ['the only one who manages', OLD, 'leave', /contact manager/],
    ['one who does not manage, for all', COLLEAGUE.fingerprint, LEAVE, /Only who manages/],
  ] as const)
    test(`${who} is refused, and told what to send`, () => {
      const decision = signed(line, key)
      assert.equal(decision.plan, undefined)
      assert.match(resultOf(decision).text, code)
    })
  test('one of two goes alone, and the other hears of it', () => {
    const first = signed('leave', COLLEAGUE.fingerprint)
    const decision = signed(CONFIRM, COLLEAGUE.fingerprint, waiting(first))
    assert.deepEqual(newsIn(decision), [
      ['they', COLLEAGUE.address, 'ended'],
      ['colleague', ONE.address, 'ended'],
    ])
  })
})

suite('suspend, resume and remove', () => {
  test('A23 the admin who is of the organisation does not lift its suspension, not even from a colleague', () => {
    const contacts = [{ ...ONE, address: ALICE.address }, COLLEAGUE, TWO]
    const before = world({ contacts })
    const left = after(signed(`suspend ${ONE.distributor} ${FOR}`, BOB.fingerprint, before), before)
    for (const line of [`resume ${ONE.distributor}`, `resume ${ONE.id}`, `resume ${COLLEAGUE.id}`]) {
      assert.equal(resultOf(signed(line, ALICE.fingerprint, left)).status, 'E-ROLE', line)
      assert.ok(kinds(signed(line, BOB.fingerprint, left)).includes('contact-resumed'), line)
    }
  })
  test('who is suspended for another reason is kept off by the team, and does not end that themselves', () => {
    for (const why of ['acceptance', 'attestation'] as const) {
      const suspended = { why, at: NOW, by: 'scheduler', until: undefined, reason: undefined }
      const before = world({
        contacts: [ONE, { ...TWO, state: 'suspended', suspended, acceptance: undefined }],
      })
      const left = after(signed(`suspend ${TWO.id} ${FOR}`, ALICE.fingerprint, before), before)
      assert.equal(contactIn(left, TWO.id).suspended?.why, 'admin')
      const { version, sha256 } = MEMBERSHIP.terms
      for (const line of [`accept-policy version=${version} sha256=${sha256}`, 'attest people=3']) {
        const then = after(signed(line, TWO.fingerprint, left), left)
        assert.equal(contactIn(then, TWO.id).state, 'suspended', line)
      }
    }
  })
  const FOR = '<<\nIt leaked.\n.'
  test('suspending all asks nobody, tells each of them why, and says that nobody is left', () => {
    const decision = signed(`suspend ${ONE.distributor} ${FOR}\nsuspend ${TWO.id} ${FOR}`, ALICE.fingerprint)
    assert.equal(decision.plan, undefined)
    assert.equal(decision.outcome, 'command')
    assert.deepEqual(
      newsIn(decision).map(([reader, to]) => [reader, to]),
      [ONE, COLLEAGUE, TWO].map(({ address }) => ['they', address]),
    )
    const texts = decision.mails.flatMap(({ content }) =>
      content.kind === 'transcript' ? content.results.map(({ text }) => text.open()) : [],
    )
    assert.match(texts[0] ?? '', /contacts 1, organisations 1/)
    assert.match(texts[1] ?? '', /Nobody of widget gets notices/)
    assert.ok(after(decision).contacts.every(({ state }) => state === 'suspended'))
  })
  test('a member may not, whoever it is about', () => {
    for (const line of [`suspend ${TWO.id} ${FOR}`, `resume ${TWO.id}`, `remove ${TWO.id} ${FOR}`])
      assert.equal(resultOf(signed(line, OLD)).status, 'E-ROLE')
  })
  test('with until= it ends by itself, with a mail', () => {
    const decision = signed(`suspend ${TWO.id} until=2026-11-22T12:00Z ${FOR}`, ALICE.fingerprint)
    const later = after(decision, world(), 24 * HOUR)
    const ended = timed(contactIn(later, TWO.id), later)
    assert.ok(ended)
    assert.deepEqual(kinds(ended), ['contact-resumed'])
    assert.deepEqual(newsIn(ended)[0], ['they', TWO.address, 'resumed'])
    assert.equal(timed(contactIn(later, TWO.id), { ...later, now: instant(NOW + 24 * HOUR - 1) }), undefined)
  })
  test('A23 an admin does not let their own contact have notices again', () => {
    const suspended = after(signed(`suspend ${TWO.id} ${FOR}`, ALICE.fingerprint))
    const contacts = suspended.contacts.map(one =>
      one.id === TWO.id ? { ...one, address: ALICE.address } : one,
    )
    const own = signed(`resume ${TWO.id}`, ALICE.fingerprint, { ...suspended, contacts })
    assert.equal(resultOf(own).status, 'E-ROLE')
    assert.deepEqual(kinds(signed(`resume ${TWO.id}`, BOB.fingerprint, { ...suspended, contacts })), [
      'contact-resumed',
    ])
  })
  test('what waits for an acceptance is ended by that alone', () => {
    const before = world({
      contacts: [
        {
          ...TWO,
          state: 'suspended',
          suspended: { why: 'acceptance', at: NOW, by: 'scheduler', until: undefined, reason: undefined },
        },
      ],
    })
    assert.equal(resultOf(signed(`resume ${TWO.id}`, ALICE.fingerprint, before)).status, 'E-STATE')
  })
  test('remove waits for a confirmation, and the last contact goes with the organisation alone', () => {
    assert.match(resultOf(signed(`remove ${TWO.id} ${FOR}`, ALICE.fingerprint)).text, /last contact/)
    const first = signed(`remove ${TWO.distributor} ${FOR}`, ALICE.fingerprint)
    assert.deepEqual(first.events, [])
    const decision = signed(CONFIRM, ALICE.fingerprint, waiting(first))
    assert.deepEqual(kinds(decision), ['contact-ended', 'distributor-ended'])
    const mail = decision.mails.find(({ to }) => to === TWO.address)
    assert.ok(mail?.content.kind === 'membership' && mail.content.news.kind === 'ended')
    assert.equal(mail.content.news.reason?.open(), 'It leaked.')
    assert.equal(signed('my', TWO.fingerprint, after(decision)).outcome, 'refused')
  })
  test('for good only where the policy says so, and an organisation alone', () => {
    const line = `remove ${TWO.distributor} permanent=yes ${FOR}`
    assert.equal(resultOf(signed(line, ALICE.fingerprint)).status, 'E-POLICY')
    const strict = world({ settings: membersWith({ leak: { ...MEMBERSHIP.leak, removal: 'permanent' } }) })
    const decision = signed(
      CONFIRM,
      ALICE.fingerprint,
      waiting(signed(line, ALICE.fingerprint, strict), strict),
    )
    assert.equal(after(decision, strict).distributors.at(-1)?.end?.how, 'permanent')
    const alone = signed(`remove ${COLLEAGUE.id} permanent=yes ${FOR}`, ALICE.fingerprint, strict)
    assert.equal(resultOf(alone).status, 'E-SYNTAX')
  })
})

test('my tells what is held, why nothing comes, and what ends that', () => {
  const told = world(toldOf(OLD))
  const { text, status } = resultOf(signed('my', OLD, told))
  assert.equal(status, 'ok')
  for (const part of [ONE.id, ONE.address, OLD, 'version 1', COLLEAGUE.id, 'C-482107', 'vouches given: 0'])
    assert.ok(text.includes(part), part)
  assert.ok(!text.includes(TWO.id) && !text.includes(TWO.address), 'nothing of another organisation')
  const suspended = after(signed(`suspend ${ONE.id} <<\nNow.\n.`, ALICE.fingerprint))
  assert.match(
    resultOf(signed('my', OLD, suspended)).text,
    /You get no notices since .*, by alice\. Ask the team/,
  )
})
