// K01: the members' and the team's warnings before nothing can be encrypted to a key any more, and who is asked who
// reads behind an address.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Contact } from '../../src/model/contact.ts'
import { type Instant, instant } from '../../src/model/scalars.ts'
import {
  ALICE,
  after,
  COLLEAGUE,
  contactIn,
  HOUR,
  kinds,
  membersWith,
  NOW,
  newsIn,
  OLD,
  ONE,
  resultOf,
  signed,
  TWO,
  timed,
  wake,
  world,
} from '../decide/members.ts'

const DAY = 24 * HOUR

/** Lets time pass for one contact up to `until`: when what was told to whom. */
function lived(one: Contact, until: Instant, settings = membersWith()) {
  let known = world({ settings, contacts: [one, COLLEAGUE, TWO] })
  const told: (readonly [number, string])[] = []
  for (let rounds = 0; rounds < 20; rounds += 1) {
    const at = wake(contactIn(known, one.id), known)
    if (at === undefined || at > until) return { told, known }
    known = { ...known, now: instant(Math.max(at, known.now)) }
    const decision = timed(contactIn(known, one.id), known)
    assert.ok(decision, 'woken for nothing')
    for (const [reader, , kind] of newsIn(decision)) told.push([(known.now - NOW) / DAY, `${reader} ${kind}`])
    known = after(decision, known)
  }
  return assert.fail('it never ends')
}

suite('a key that ends', () => {
  const ends = (days: number): Contact => ({ ...ONE, encryptsUntil: instant(NOW + days * DAY) })
  test('is told of at the instants of the policy, the team near the end, and once when it has come', () => {
    const { told } = lived(ends(90), instant(NOW + 400 * DAY))
    assert.deepEqual(told, [
      [30, 'they key-ends'],
      [83, 'they key-ends'],
      [83, 'admin key-ends'],
      [83, 'admin key-ends'],
      [89, 'they key-ends'],
      [89, 'admin key-ends'],
      [89, 'admin key-ends'],
      [90, 'admin key-ends'],
      [90, 'admin key-ends'],
    ])
  })
  test('what was missed while down is told once, not caught up on', () => {
    const known = world({ contacts: [{ ...ends(3), keySince: instant(0) }, COLLEAGUE] })
    const decision = timed(contactIn(known), known)
    assert.ok(decision)
    assert.equal(newsIn(decision).filter(([reader]) => reader === 'they').length, 1)
  })
  test('whoever manages the contacts of the organisation hears of it, too', () => {
    const manager = { ...COLLEAGUE, manages: 'all' as const }
    const known = world({ contacts: [ends(3), manager] })
    const decision = timed(contactIn(known), known)
    assert.ok(
      decision && newsIn(decision).some(([reader, to]) => reader === 'colleague' && to === manager.address),
    )
  })
  test('begins anew with another end, and is not told of where there is none', () => {
    const { known } = lived(ends(90), instant(NOW + 84 * DAY))
    const renewed = { ...contactIn(known), encryptsUntil: instant(NOW + 700 * DAY) }
    assert.equal(wake(renewed, known), NOW + 640 * DAY)
    assert.equal(wake(ONE, known), undefined)
  })
})

suite('who reads behind an address', () => {
  const rule = (silent: 'suspend' | 'keep') =>
    membersWith({
      attestation: { every: { count: 365, unit: 'day' }, within: { count: 30, unit: 'day' }, silent },
    })
  const young: Contact = { ...ONE, since: NOW }
  test('is asked at once, once more, and then they get nothing until they say it', () => {
    const settings = rule('suspend')
    const { told, known } = lived(young, instant(NOW + 100 * DAY), settings)
    assert.deepEqual(told, [
      [0, 'they attest'],
      [23, 'they attest'],
      [30, 'they suspended'],
      [30, 'colleague suspended'],
      [30, 'admin suspended'],
      [30, 'admin suspended'],
    ])
    const decision = signed('attest people=7', OLD, known)
    assert.deepEqual(kinds(decision), ['contact-attested', 'contact-resumed'])
    assert.match(resultOf(decision).text, /You get notices again/)
    const next = contactIn(after(decision, known))
    assert.equal(next.attested?.people, 7)
    assert.equal(wake(next, known), known.now + 365 * DAY)
  })
  test('or, where the policy keeps them, the team hears that nobody said it', () => {
    const { told, known } = lived(young, instant(NOW + 100 * DAY), rule('keep'))
    assert.deepEqual(told.at(-1), [30, 'admin attest-missing'])
    assert.equal(contactIn(known).state, 'active')
  })
  test('said in time nobody is reminded; another key does not ask for it again', () => {
    const settings = rule('suspend')
    const before = world({ settings, contacts: [young] })
    const said = after(signed('attest people=1 <<\nAnn\n.', OLD, before), before)
    assert.equal(wake(contactIn(said), said), NOW + 365 * DAY)
  })
  test('is not asked of one person, who is told so', () => {
    const person: Contact = { ...young, kind: 'person' }
    const before = world({ settings: rule('suspend'), contacts: [person] })
    assert.equal(wake(person, before), undefined)
    assert.equal(resultOf(signed('attest people=2', OLD, before)).status, 'E-STATE')
  })
  test('a number that is none is refused', () => {
    for (const people of ['0', '-1', 'many', '100000'])
      assert.equal(resultOf(signed(`attest people=${people}`, OLD)).status, 'E-SYNTAX')
    assert.equal(resultOf(signed('attest people=2', ALICE.fingerprint)).status, 'E-ROLE')
  })
})
