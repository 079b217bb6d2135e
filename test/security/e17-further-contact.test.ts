// E17: who has a contact's key names an address of his own for the organisation: what he gets, and who stops it.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Decision, Snapshot } from '../../src/model/decision.ts'
import { type Fingerprint, instant, parseSha256 } from '../../src/model/scalars.ts'
import { sure } from '../decide/given.ts'
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
  kinds,
  MEMBERSHIP,
  membersWith,
  NEW,
  NOW,
  newsIn,
  OLD,
  ONE,
  operandOf,
  organisation,
  resultOf,
  signed,
  TERMS,
  TWO,
  timed,
  waiting,
  wake,
  world,
} from '../decide/members.ts'
import { BARE_MEMBERSHIP } from '../support/bare-membership.ts'

const UNVOUCHED = 'contact add name="Dave" address=dave@one.example att:new.asc'
const ADD = `${UNVOUCHED} for=${NEW}`
const [ID] = fresh.contacts
const [TOKEN = ''] = fresh.challenges
const PROVE = `prove ${ID} ${TOKEN} version=1 sha256=${TERMS.sha256}`
const DAVE = 'dave@one.example'
const OTHER = sure(parseSha256('0f'.repeat(32)))
const named = (before = world()) => after(signed(ADD, OLD, before, operandOf(NEW)), before)
const proven = (before = world()) => after(signed(PROVE, NEW, named(before)), named(before))
const dave = (known: Snapshot) => contactIn(known, ID)
const team = () =>
  world({ settings: membersWith({ contacts: { ...MEMBERSHIP.contacts, approval: 'team' } }) })

test('a further contact proves address and key, accepts the policy, and comes a day later; the others can stop it', () => {
  const decision = signed(ADD, OLD, world(), operandOf(NEW))
  assert.deepEqual(newsIn(decision), [
    ['colleague', ONE.address, 'named'],
    ['colleague', COLLEAGUE.address, 'named'],
    ['admin', ALICE.address, 'named'],
    ['admin', BOB.address, 'named'],
  ])
  const challenge = decision.mails.find(({ content }) => content.kind === 'challenge')
  assert.equal(challenge?.to, DAVE)
  assert.equal(dave(named()).state, 'invited')
  const after24h = { ...proven(), now: instant(NOW + 24 * HOUR) }
  assert.equal(dave(after24h).state, 'cooling')
  assert.equal(wake(dave(after24h), after24h), NOW + 24 * HOUR)
  const joined = timed(dave(after24h), after24h)
  assert.ok(joined)
  assert.deepEqual(kinds(joined), ['contact-activated'])
  assert.equal(newsIn(joined).length, 5)
  assert.equal(dave(after(joined, after24h)).manages, 'nothing')
})

suite('what stops a thief of the key', () => {
  test('nothing comes before the proof, however long it takes', () => {
    const later = { ...named(), now: instant(NOW + 99 * 24 * HOUR) }
    assert.equal(wake(dave(later), later), undefined)
  })
  test('nobody else, by whatever name, answers the token', () => {
    for (const key of [OLD, fingerprint('9')])
      assert.deepEqual(
        kinds(signed(PROVE, key, named())).filter(kind => kind === 'contact-proven'),
        [],
      )
  })
  test('a colleague who manages, an admin, and the contact whose key it was stop it by one tap', () => {
    for (const who of [OLD, ALICE.fingerprint])
      for (const known of [named(), proven()]) {
        const decision = signed(`veto ${ID}`, who, known)
        assert.deepEqual(kinds(decision), ['contact-ended'])
        assert.equal(dave(after(decision, known)).state, 'removed')
      }
    assert.equal(resultOf(signed(`veto ${ID}`, TWO.fingerprint, named())).status, 'E-UNKNOWN')
  })
  test('where the policy wants it nobody comes whom no admin approved', () => {
    const known = { ...proven(team()), now: instant(NOW + 48 * HOUR) }
    assert.equal(wake(dave(known), known), undefined)
    const approved = (by: typeof ALICE, before: Snapshot) => {
      const first = signed(`approve ${ID}`, by.fingerprint, before)
      return first.plan === undefined ? first : signed(CONFIRM, by.fingerprint, waiting(first, before))
    }
    assert.deepEqual(kinds(approved(ALICE, known)), ['contact-approved'])
    const decided = after(approved(ALICE, known), known)
    assert.ok(timed(dave(decided), decided))
    assert.deepEqual(approved(BOB, decided).events, [], 'twice')
    const own = known.contacts.map(one => (one.id === ID ? { ...one, address: BOB.address } : one))
    assert.equal(resultOf(approved(BOB, { ...known, contacts: own })).status, 'E-ROLE', 'A23')
  })
  test('who does not accept the policy, as it is when they come, does not come', () => {
    const explicit = world({ settings: membersWith({ acceptance: 'explicit' }) })
    assert.deepEqual(kinds(signed(`prove ${ID} ${TOKEN}`, NEW, named(explicit))), [])
    const changed = membersWith({ terms: { version: '2', text: 'Keep it well.', sha256: OTHER } })
    const known = { ...proven(), settings: changed, now: instant(NOW + 48 * HOUR) }
    assert.equal(dave(known).state, 'cooling')
    assert.equal(wake(dave(known), known), undefined)
  })
})

suite('contact add is refused', () => {
  const refused = (line: string, code: string, before = world(), key = OLD, operand = operandOf(NEW)) =>
    assert.equal(resultOf(signed(line, key, before, operand)).status, code, line)
  test('by one who does not manage, with the one who does', () => {
    assert.match(
      resultOf(signed(ADD, COLLEAGUE.fingerprint, world(), operandOf(NEW))).text,
      new RegExp(ONE.id),
    )
  })
  test('beyond the most, of another kind, without a name, at an address of ours or of theirs', () => {
    refused(
      ADD,
      'E-POLICY',
      world({ settings: membersWith({ contacts: { ...MEMBERSHIP.contacts, most: 2 } }) }),
    )
    refused(
      `${ADD} kind=person`,
      'E-POLICY',
      world({ settings: membersWith({ contacts: { ...MEMBERSHIP.contacts, kind: 'role' } }) }),
    )
    refused(ADD.replace('"Dave"', '" "'), 'E-SYNTAX')
    refused(ADD.replace(DAVE, 'list@acme.example'), 'E-STATE')
    refused(ADD.replace(DAVE, COLLEAGUE.address), 'E-STATE')
  })
  test('without a word for that very key, where the policy wants one for each person', () => {
    const { vouch } = BARE_MEMBERSHIP
    assert.ok(vouch)
    const forPersons = world({ settings: membersWith({ vouch }) })
    refused(UNVOUCHED, 'E-POLICY', forPersons)
    const { text } = resultOf(signed(UNVOUCHED, OLD, forPersons, operandOf(NEW)))
    assert.match(text, new RegExp(`for=${NEW}$`))
    refused(`${UNVOUCHED} for=${OLD}`, 'E-KEY', forPersons)
    refused(`${UNVOUCHED} for=${NEW.slice(1)}`, 'E-SYNTAX', forPersons)
    assert.deepEqual(kinds(signed(ADD, OLD, forPersons, operandOf(NEW))), ['contact-named'])
    const settings = membersWith({ vouch: { ...vouch, covers: 'organisation' } })
    assert.deepEqual(kinds(signed(UNVOUCHED, OLD, world({ settings }), operandOf(NEW))), ['contact-named'])
    refused(`${UNVOUCHED} for=${OLD}`, 'E-KEY', world({ settings }))
  })
  test('twice', () => refused(ADD, 'E-STATE', named()))
})

suite('how far the key of who manages the contacts gets, where nobody who is told stops it', () => {
  const active = () => {
    const later = { ...proven(), now: instant(NOW + 24 * HOUR) }
    const decision = timed(dave(later), later)
    assert.ok(decision)
    return after(decision, later)
  }
  const told = (decision: Decision) => newsIn(decision).map(([reader]) => reader)
  test('a day later an address of the thief gets notices, and later the organisation is theirs', () => {
    const named = signed(`contact manager ${ID}`, OLD, active())
    assert.deepEqual(kinds(named), ['contact-manages'])
    assert.ok(named.mails.some(({ to }) => to === ALICE.address))
    const managing = after(named, active())
    const first = signed(`contact remove ${ONE.id}`, NEW, managing)
    assert.deepEqual([first.events, first.mails.map(({ to }) => to)], [[], [DAVE]])
    const last = signed(CONFIRM, NEW, waiting(first, managing))
    assert.deepEqual(kinds(last), ['contact-ended'])
    assert.deepEqual([...new Set(told(last))].toSorted(), ['colleague', 'they'])
    assert.ok(last.mails.some(({ to }) => to === ALICE.address))
  })
  test('before that day one veto of the owner, of another who manages, or of an admin ends it', () => {
    for (const key of [OLD, ALICE.fingerprint])
      assert.deepEqual(kinds(signed(`veto ${ID}`, key, proven())), ['contact-ended'])
  })
  test('where the team approves each contact it ends there', () => {
    const later = { ...proven(team()), now: instant(NOW + 90 * 24 * HOUR) }
    assert.equal(timed(dave(later), later), undefined)
  })
})

suite('who manages learns of nobody else by naming them', () => {
  const STRANGER = 'stranger@elsewhere.example'
  test('an address or a key of another member is asked like any other', () => {
    const asks = (address: string, key: Fingerprint) =>
      resultOf(signed(UNVOUCHED.replace(DAVE, address), OLD, world(), operandOf(key)))
    const nobody = asks(STRANGER, NEW)
    assert.equal(nobody.status, 'ok')
    const told = (text: string) => text.replaceAll(TWO.address, STRANGER).replaceAll(TWO.fingerprint, NEW)
    const theirs = asks(TWO.address, NEW)
    assert.deepEqual([theirs.status, told(theirs.text)], ['ok', nobody.text])
    const withKey = asks(STRANGER, TWO.fingerprint)
    assert.deepEqual([withKey.status, told(withKey.text)], ['ok', nobody.text])
  })
  const invited = (address: string, key: Fingerprint, before = world()) =>
    after(signed(UNVOUCHED.replace(DAVE, address), OLD, before, operandOf(key)), before)
  test('whoever proves it is told that it cannot be, and is not on the list twice', () => {
    const byAddress = signed(PROVE, NEW, invited(TWO.address, NEW))
    assert.deepEqual([resultOf(byAddress).status, byAddress.events], ['E-STATE', []])
    const byKey = signed(PROVE, TWO.fingerprint, invited(STRANGER, TWO.fingerprint))
    assert.deepEqual([resultOf(byKey).status, byKey.events], ['E-KEY', []])
  })
  test('nor does anybody come back so who was removed for good', () => {
    const [ours, theirs] = [organisation(ONE), organisation(TWO)]
    const end = { at: NOW, by: 'alice', how: 'permanent', reason: undefined } as const
    const before = world({
      contacts: [ONE, COLLEAGUE, { ...TWO, state: 'removed' }],
      distributors: [ours, { ...theirs, state: 'removed', end }],
    })
    for (const [address, key] of [
      [TWO.address.replace('@', '+again@'), NEW],
      [STRANGER, TWO.fingerprint],
    ] as const) {
      const decision = signed(PROVE, key, invited(address, key, before))
      assert.deepEqual([resultOf(decision).status, decision.events], ['E-STATE', []], address)
    }
  })
})

suite('an organisation that was suspended meanwhile', () => {
  test('gets nothing by a contact who comes after it', () => {
    const before = after(
      signed(`suspend ${ONE.distributor} <<\nWe look into a leak.\n.`, ALICE.fingerprint, proven()),
      proven(),
    )
    const later = { ...before, now: instant(NOW + 24 * HOUR) }
    const decision = timed(dave(later), later)
    assert.ok(decision)
    assert.deepEqual(kinds(decision), ['contact-activated', 'contact-suspended'])
    assert.equal(dave(after(decision, later)).suspended?.why, 'admin')
  })
})

suite('contact remove and manager', () => {
  test('waits for a confirmation that goes to the registered address', () => {
    const first = signed(`contact remove ${COLLEAGUE.id}`, OLD)
    assert.deepEqual(first.events, [])
    const decision = signed(CONFIRM, OLD, waiting(first))
    assert.deepEqual(kinds(decision), ['contact-ended'])
    assert.deepEqual(newsIn(decision)[0], ['they', COLLEAGUE.address, 'ended'])
  })
  test('not of oneself, and of nobody else’s', () => {
    assert.equal(resultOf(signed(`contact remove ${ONE.id}`, OLD)).status, 'E-STATE')
    const other = resultOf(signed(`contact remove ${TWO.id}`, OLD)).text
    const none = resultOf(signed('contact remove M-999999', OLD)).text
    assert.equal(other.replace(TWO.id, 'M-999999'), none)
  })
  test('another who manages can be named, who is on the list', () => {
    assert.deepEqual(kinds(signed(`contact manager ${COLLEAGUE.id}`, OLD)), ['contact-manages'])
    assert.equal(resultOf(signed(`contact manager ${ID}`, OLD, named())).status, 'E-STATE')
  })
  test('the list shows all of the organisation, and no other', () => {
    const { text } = resultOf(signed('contact list', COLLEAGUE.fingerprint))
    assert.ok(text.includes(ONE.address) && !text.includes(TWO.address))
  })
})
