// Changed terms (threats.md E12): every member is asked, reminded, and at the date suspended or kept, and the admins hear
// of the silent in one mail. Lived through in memory, at the instants at which the daemon would.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { needsReaccept } from '../../../src/decide/membership/acceptance.ts'
import { foresee } from '../../../src/decide/time/simulation.ts'
import { timePassed, wakeAt } from '../../../src/decide/time/timed.ts'
import type { Contact } from '../../../src/model/contact.ts'
import type { Membership } from '../../../src/model/policy.ts'
import { policyOf } from '../../../src/model/settings.ts'
import { DAY } from '../../../src/model/time.ts'
import { fingerprint, NOW, snapshot } from '../given.ts'
import { contactAfter, dayLater, joinable, kinds, member, OTHER_SHA256, sent, TERMS } from './proving.ts'

const old = { version: '0', sha256: OTHER_SHA256, at: NOW, how: 'explicit', inbound: undefined } as const
const silentMember = (changes: Partial<Contact> = {}) => member({ acceptance: old, since: NOW, ...changes })

const known = (contacts: readonly Contact[], policy: Partial<Membership> = {}) =>
  snapshot({ contacts, cases: new Map(), settings: joinable(policy) })

/** What goes out in 120 days: on which day, to whom, what. */
const lived = (contacts: readonly Contact[], policy: Partial<Membership> = {}) =>
  foresee(known(contacts, policy), dayLater(120), 1_000).mails.map(({ at, order: { to, content } }) => [
    (at - NOW) / DAY,
    to,
    content.kind === 'reacceptance' ? content.stage : content.kind,
  ])

const ONE = 'oncall@one.example'
const ADMINS = ['alice@team.example', 'bob@team.example']

test('the silent are asked, reminded and suspended, and the admins told', () => {
  assert.deepEqual(lived([silentMember()]), [
    [0, ONE, 'asked'],
    [23, ONE, 'reminded'],
    [29, ONE, 'reminded'],
    [30, ONE, 'suspended'],
    ...ADMINS.map(admin => [30, admin, 'alert']),
  ])
})

test('or kept, where the policy says so; then both are told again and again', () => {
  const told = lived([silentMember()], {
    reacceptance: { within: { count: 30, unit: 'day' }, silent: 'keep' },
  })
  assert.deepEqual(
    told.filter(([, to]) => to === ONE).map(([day, , stage]) => [day, stage]),
    [
      [0, 'asked'],
      [23, 'reminded'],
      [29, 'reminded'],
      [30, 'late'],
      [60, 'late'],
      [90, 'late'],
      [120, 'late'],
    ],
  )
  assert.equal(told.filter(([, to]) => to === ADMINS[0]).length, 4)
})

test('of many who are silent an admin gets one mail', () => {
  const contacts = ['1', '2', '3'].map(digit =>
    silentMember({ id: `M-00000${digit}` as never, fingerprint: fingerprint(digit) }),
  )
  const told = lived(contacts)
  assert.equal(told.filter(([, , what]) => what === 'suspended').length, 3)
  assert.equal(told.filter(([, to]) => to === ADMINS[0]).length, 1)
})

suite('nobody is asked', () => {
  const NOBODY: Readonly<Record<string, Partial<Contact>>> = {
    'who has accepted the text': { acceptance: { ...old, version: TERMS.version, sha256: TERMS.sha256 } },
    'who is suspended': { state: 'suspended' },
    'who has left': { state: 'left' },
    'who is no member yet': { state: 'invited' },
  }
  for (const [name, changes] of Object.entries(NOBODY))
    test(name, () => assert.deepEqual(lived([silentMember(changes)]), []))
  test('where there are no terms', () => assert.equal(wakeAt(silentMember(), snapshot().settings), undefined))
})

test('whoever accepts in time hears no more; whoever is suspended and accepts is back', () => {
  const asked = silentMember({ asked: { sha256: TERMS.sha256, at: NOW, by: dayLater(30) } })
  const line = `accept-policy version=${TERMS.version} sha256=${TERMS.sha256}`
  const accepted = contactAfter(sent(line, asked.fingerprint, { contacts: [asked] }), { contacts: [asked] })
  assert.deepEqual(lived([accepted]), [])
  const suspended = {
    why: 'acceptance',
    at: NOW,
    by: 'scheduler',
    until: undefined,
    reason: undefined,
  } as const
  const out = { ...asked, state: 'suspended', suspended } as const
  const back = sent(line, asked.fingerprint, { contacts: [out] })
  assert.deepEqual(kinds(back), ['contact-accepted-terms', 'contact-resumed'])
  assert.equal(contactAfter(back, { contacts: [out] }).state, 'active')
})

test('another text asks anew, though the first was never accepted', () => {
  const asked = silentMember({ asked: { sha256: OTHER_SHA256, at: NOW, by: dayLater(3) } })
  assert.deepEqual(lived([asked])[0], [0, ONE, 'asked'])
})

test('after a long time down it is the date that counts, and what was missed is not caught up on', () => {
  const asked = silentMember({ asked: { sha256: TERMS.sha256, at: NOW, by: dayLater(30) } })
  const decision = timePassed(asked, { ...known([asked]), now: dayLater(45) })
  assert.deepEqual(
    decision?.events.map(({ kind }) => kind),
    ['contact-reminded', 'contact-suspended'],
  )
})

test('whoever an admin lets in again without acceptance has as long again', () => {
  const asked = silentMember({
    asked: { sha256: TERMS.sha256, at: NOW, by: dayLater(30) },
    reminded: { acceptance: { due: dayLater(30), upTo: dayLater(30) } },
  })
  assert.equal(wakeAt(asked, joinable()), dayLater(60))
})

test('who is to accept anew can be told from the rest', () => {
  const policy = policyOf(joinable(), silentMember().project)
  assert.equal(needsReaccept(silentMember(), policy), true)
  assert.equal(needsReaccept(silentMember({ acceptance: undefined, state: 'suspended' }), policy), true)
  assert.equal(needsReaccept(member(), policy), false)
  assert.equal(needsReaccept(silentMember({ state: 'left' }), policy), false)
})
