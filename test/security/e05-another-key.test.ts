// E04, E05: what somebody gets who has a member's mailbox, an old key of theirs, or their present one, and wants
// notices to go under a key of his own; and what stops him.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { instant } from '../../src/model/scalars.ts'
import { address } from '../decide/given.ts'
import {
  ALICE,
  after,
  BOB,
  COLLEAGUE,
  CONFIRM,
  contactIn,
  fingerprint,
  fresh,
  HOUR,
  keyOf,
  kinds,
  membersWith,
  NEW,
  NOW,
  newsIn,
  OLD,
  ONE,
  operandOf,
  resultOf,
  signed,
  TWO,
  timed,
  waiting,
  wake,
  withKey,
  world,
} from '../decide/members.ts'

const ASK = 'key add att:new.asc'
const [TOKEN = ''] = fresh.challenges
const asked = () => signed(ASK, OLD, world(), operandOf(NEW))
const known = () => after(asked())
const proven = () => after(signed(`prove ${ONE.id} ${TOKEN}`, NEW, known()), known())
const at = (milliseconds: number) => ({ ...proven(), now: instant(NOW + milliseconds) })

test('another key is asked for by the present one, told to all who can stop it, and used a day after its proof', () => {
  const decision = asked()
  assert.deepEqual(kinds(decision), ['key-asked'])
  assert.deepEqual(newsIn(decision), [
    ['they', ONE.address, 'key-asked'],
    ['colleague', COLLEAGUE.address, 'key-asked'],
    ['admin', ALICE.address, 'key-asked'],
    ['admin', BOB.address, 'key-asked'],
  ])
  // The token goes to the registered address, under the new key alone.
  const challenge = decision.mails.find(({ content }) => content.kind === 'challenge')
  assert.equal(challenge?.to, ONE.address)
  assert.deepEqual(challenge.encryptTo, { kind: 'offered', certificate: keyOf(NEW).certificate })
  const theirs = decision.mails.find(({ content }) => content.kind === 'membership')
  assert.deepEqual(
    theirs?.encryptTo,
    { kind: 'offered', certificate: ONE.certificate },
    'the old key hears of it',
  )
  assert.equal(contactIn(known()).fingerprint, OLD)

  const first = proven()
  assert.equal(contactIn(first).fingerprint, OLD, 'copies use the old key meanwhile')
  assert.equal(contactIn(first).version, ONE.version, 'and those that are made stay good')
  assert.equal(wake(contactIn(first), first), NOW + 24 * HOUR)
  assert.equal(timed(contactIn(first), at(24 * HOUR - 1)), undefined)
  const changed = timed(contactIn(first), at(24 * HOUR))
  assert.ok(changed)
  assert.deepEqual(kinds(changed), ['key-changed'])
  assert.equal(newsIn(changed).length, 4)
  const now = contactIn(after(changed, at(24 * HOUR)))
  assert.equal(now.fingerprint, NEW)
  assert.equal(now.version, ONE.version + 1)
  assert.equal(now.since, NOW + 24 * HOUR, 'what was signed before counts no more')
})

suite('who has the mailbox alone', () => {
  test('signs nothing: the new key does not ask for itself', () => {
    const decision = signed(ASK, NEW, world(), operandOf(NEW))
    assert.deepEqual([decision.events, decision.outcome], [[], 'refused'])
  })
  test('sends the token that he cannot read under a key that it did not go to', () => {
    const decision = signed(`prove ${ONE.id} ${TOKEN}`, fingerprint('9'), known())
    assert.deepEqual(decision.events, [])
  })
  test('offers a key in an unsigned mail, and it is ignored (C14)', () => {
    for (const key of [NEW, OLD])
      assert.deepEqual(
        kinds(withKey({ fingerprint: key })).filter(kind => kind.startsWith('key-')),
        [],
      )
  })
})

suite('who has a former key', () => {
  const changed = () => {
    const later = at(24 * HOUR)
    const decision = timed(contactIn(later), later)
    assert.ok(decision)
    return after(decision, later)
  }
  test('signs nothing that counts', () => {
    const decision = signed(ASK, OLD, changed(), operandOf(fingerprint('8')))
    assert.deepEqual([decision.events, decision.outcome], [[], 'refused'])
  })
  test('does not get it back, not even by who has the present one', () => {
    const decision = signed(ASK, NEW, { ...changed(), now: instant(NOW + 25 * HOUR) }, operandOf(OLD))
    assert.equal(resultOf(decision).status, 'E-KEY')
  })
})

suite('who has the present key', () => {
  test('and not the mailbox: never sees the token, and nothing changes by time', () => {
    const later = { ...known(), now: instant(NOW + 90 * 24 * HOUR) }
    assert.equal(wake(contactIn(later), later), undefined)
    for (const token of ['', 'x'.repeat(16), fresh.challenges[1]])
      assert.deepEqual(signed(`prove ${ONE.id} ${token}`, NEW, known()).events, [])
  })
  test('and the mailbox: any of those who were told stops it', () => {
    const colleague = { ...COLLEAGUE, manages: 'all' as const }
    for (const [who, when] of [
      [OLD, 'they'],
      [colleague.fingerprint, 'a colleague who manages the contacts'],
      [ALICE.fingerprint, 'an admin'],
    ] as const) {
      const now = { ...at(23 * HOUR) }
      const contacts = now.contacts.map(one => (one.id === colleague.id ? colleague : one))
      const decision = signed(`veto ${ONE.id}`, who, { ...now, contacts })
      assert.deepEqual(kinds(decision), ['key-dropped'], when)
      const left = after(decision, { ...now, contacts })
      assert.equal(wake(contactIn(left), left), undefined)
      assert.equal(contactIn(left).fingerprint, OLD)
    }
  })
  test('a veto counts however old it is: it is a brake', () => {
    const decision = signed(`veto ${ONE.id}`, ALICE.fingerprint, at(23 * HOUR))
    assert.equal(decision.outcome, 'command')
    assert.equal(decision.plan, undefined)
  })
  test('nobody else stops it, or learns whose key changes', () => {
    const other = signed(`veto ${ONE.id}`, TWO.fingerprint, known())
    const none = signed('veto M-999999', TWO.fingerprint, known())
    assert.equal(resultOf(other).text.replace(ONE.id, 'M-999999'), resultOf(none).text)
    const plain = signed(`veto ${ONE.id}`, COLLEAGUE.fingerprint, known())
    assert.equal(resultOf(plain).status, 'E-UNKNOWN')
  })
  test('cannot put another in the place of one that is to follow', () => {
    const decision = signed(ASK, OLD, known(), operandOf(fingerprint('8')))
    assert.equal(resultOf(decision).status, 'E-STATE')
  })
  test('the owner revokes it: nothing follows by time, and the team is asked', () => {
    const revoked = withKey({ revoked: true, encryptable: false }, undefined, proven())
    assert.deepEqual(kinds(revoked).slice(0, 1), ['contact-key-revoked'])
    const left = after(revoked, proven())
    assert.ok(contactIn(left).nextKey, 'it is still there for a rekey')
    assert.equal(wake(contactIn(left), left), undefined)
    assert.equal(signed(ASK, OLD, left, operandOf(fingerprint('8'))).outcome, 'refused')
  })
})

test('twice: the same key is asked for again with another token, and no more once it is proven', () => {
  assert.deepEqual(kinds(signed(ASK, OLD, known(), operandOf(NEW))), ['key-asked'])
  assert.deepEqual(signed(ASK, OLD, proven(), operandOf(NEW)).events, [])
})

test('the key of somebody else on the list does not follow, and only they learn that it is one', () => {
  const decision = signed(ASK, OLD, world(), operandOf(TWO.fingerprint, TWO.certificate))
  const nobodys = resultOf(asked())
  assert.deepEqual(resultOf(decision), {
    ...nobodys,
    text: nobodys.text.replace(NEW, TWO.fingerprint),
  })
  const proof = signed(`prove ${ONE.id} ${TOKEN}`, TWO.fingerprint, after(decision))
  assert.deepEqual([resultOf(proof).status, proof.events], ['E-KEY', []])
})

suite('rekey', () => {
  const LINE = `rekey ${ONE.id} att:new.asc verified="by a call to their switchboard"`
  const plan = () => signed(LINE, ALICE.fingerprint, world(), operandOf(NEW))
  test('waits for another of the team, then for the proof, and counts at once then', () => {
    const first = plan()
    assert.deepEqual(first.events, [])
    const before = waiting(first)
    const own = signed(CONFIRM, ALICE.fingerprint, before, operandOf(NEW))
    assert.deepEqual(own.events, [], 'whoever issued it does not confirm it')
    const second = signed(CONFIRM, BOB.fingerprint, before, operandOf(NEW))
    assert.deepEqual(kinds(second), ['key-asked'])
    const [event] = second.events
    assert.ok(event?.kind === 'key-asked')
    assert.equal(event.verified?.open(), 'by a call to their switchboard')
    const rekeyed = after(second, before)
    const proof = signed(`prove ${ONE.id} ${event.token}`, NEW, rekeyed)
    const left = after(proof, rekeyed)
    const changed = timed(contactIn(left), left)
    assert.ok(changed)
    assert.deepEqual(kinds(changed), ['key-changed'])
  })
  test('counts though the owner has revoked the key before', () => {
    const revoked = after(withKey({ revoked: true, encryptable: false }))
    const before = waiting(signed(LINE, ALICE.fingerprint, revoked, operandOf(NEW)), revoked)
    const rekeyed = after(signed(CONFIRM, BOB.fingerprint, before, operandOf(NEW)), before)
    const left = after(signed(`prove ${ONE.id} ${TOKEN}`, NEW, rekeyed), rekeyed)
    assert.deepEqual(kinds(timed(contactIn(left), left) ?? { events: [] }), ['key-changed'])
  })
  test('ends the waiting time of a key that is proven already', () => {
    const before = proven()
    const first = signed(`rekey ${ONE.id} verified="by a call"`, ALICE.fingerprint, before)
    const second = signed(CONFIRM, BOB.fingerprint, waiting(first, before))
    assert.deepEqual(kinds(second), ['key-changed'])
  })
  test('another key than the one that was shown is shown again, and does not count', () => {
    const before = waiting(
      signed(`rekey ${ONE.id} verified="by a call"`, ALICE.fingerprint, proven()),
      proven(),
    )
    // Whoever stole key and mailbox puts a key of his own in the place of the one that the team looked at.
    const stolen = fingerprint('8')
    const without = after(signed(`veto ${ONE.id}`, OLD, before), before)
    const swapped = after(signed(ASK, OLD, without, operandOf(stolen)), without)
    const own = after(signed(`prove ${ONE.id} ${TOKEN}`, stolen, swapped), swapped)
    for (const known of [swapped, own]) {
      const second = signed(CONFIRM, BOB.fingerprint, known)
      assert.deepEqual([second.events, second.plan?.kind], [[], 'issued'])
      assert.ok(resultOf(second).text.includes(stolen))
    }
  })
  test('is not stopped by another contact of the organisation either, nor offered so', () => {
    const colleague = { ...COLLEAGUE, manages: 'all' as const }
    const before = waiting(
      signed(LINE, ALICE.fingerprint, world({ contacts: [ONE, colleague] }), operandOf(NEW)),
      world({ contacts: [ONE, colleague] }),
    )
    const decision = signed(CONFIRM, BOB.fingerprint, before, operandOf(NEW))
    const told = decision.mails.find(({ to }) => to === colleague.address)
    assert.deepEqual(told?.offers, [])
    const rekeyed = after(decision, before)
    assert.equal(resultOf(signed(`veto ${ONE.id}`, colleague.fingerprint, rekeyed)).status, 'E-ROLE')
  })
  test('of the key of another member it is refused', () => {
    const decision = signed(LINE, ALICE.fingerprint, world(), operandOf(TWO.fingerprint))
    assert.equal(resultOf(decision).status, 'E-KEY')
  })
  test('A23 an address behind a plus, or a second key of the same person, makes no other admin', () => {
    const again = {
      ...ALICE,
      name: 'alice2',
      fingerprint: fingerprint('C'),
      address: address('alice+b@team.example'),
    }
    const settings = { ...membersWith(), admins: [ALICE, BOB, again] }
    const entitled = new Map(settings.admins.map(one => [one.fingerprint, instant(0)]))
    for (const theirs of [
      { ...ONE, address: address('alice+list@team.example') },
      { ...ONE, fingerprint: ALICE.fingerprint },
    ])
      for (const key of [ALICE.fingerprint, again.fingerprint]) {
        const contacts = [theirs, COLLEAGUE, TWO]
        const decision = signed(LINE, key, world({ settings, entitled, contacts }), operandOf(NEW))
        assert.equal(resultOf(decision).status, 'E-ROLE', key)
      }
  })
  test('A23 a member who offers the key of an admin keeps none of the team from acting', () => {
    const before = after(signed(ASK, OLD, world(), operandOf(ALICE.fingerprint)))
    assert.equal(contactIn(before).nextKey?.key.fingerprint, ALICE.fingerprint)
    const decision = signed(`resume ${ONE.id}`, ALICE.fingerprint, {
      ...before,
      contacts: before.contacts.map(one =>
        one.id === ONE.id
          ? {
              ...one,
              state: 'suspended',
              suspended: { why: 'admin', at: NOW, by: 'bob', until: undefined, reason: undefined },
            }
          : one,
      ),
    })
    assert.deepEqual(kinds(decision), ['contact-resumed'])
  })
  test('without saying how it was verified it is refused', () => {
    for (const line of [`rekey ${ONE.id} att:new.asc`, `rekey ${ONE.id} att:new.asc verified=""`])
      assert.equal(resultOf(signed(line, ALICE.fingerprint, world(), operandOf(NEW))).status, 'E-SYNTAX')
  })
  test('is not stopped by the key that was lost, or it would be kept for ever', () => {
    const before = waiting(plan())
    const rekeyed = after(signed(CONFIRM, BOB.fingerprint, before, operandOf(NEW)), before)
    assert.equal(resultOf(signed(`veto ${ONE.id}`, OLD, rekeyed)).status, 'E-ROLE')
    assert.deepEqual(kinds(signed(`veto ${ONE.id}`, ALICE.fingerprint, rekeyed)), ['key-dropped'])
  })
  test('A23 by or with the admin whose own contact it is: neither counts', () => {
    const contacts = [{ ...ONE, address: ALICE.address }, COLLEAGUE, TWO]
    const own = signed(LINE, ALICE.fingerprint, world({ contacts }), operandOf(NEW))
    assert.equal(resultOf(own).status, 'E-ROLE')
    const [carol] = [{ name: 'carol', address: COLLEAGUE.address, fingerprint: fingerprint('C') }]
    const team = { ...membersWith(), admins: [ALICE, BOB, carol] }
    const settings = {
      settings: team,
      entitled: new Map(team.admins.map(one => [one.fingerprint, instant(0)])),
    }
    const theirs = world({ ...settings, contacts: [{ ...ONE, address: BOB.address }, TWO] })
    const before = waiting(signed(LINE, ALICE.fingerprint, theirs, operandOf(NEW)), theirs)
    assert.deepEqual(signed(CONFIRM, BOB.fingerprint, before, operandOf(NEW)).events, [])
    assert.deepEqual(kinds(signed(CONFIRM, carol.fingerprint, before, operandOf(NEW))), ['key-asked'])
  })
})
