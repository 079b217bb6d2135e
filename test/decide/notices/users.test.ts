// `notice` to users: what it says in clear while the embargo lasts, what it must not say, and to whom it goes.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compose, payloadOf, worded } from '../../../src/compose/compose.ts'
import { releaseNotice, toUsers } from '../../../src/decide/notices/release.ts'
import { isAsShown } from '../../../src/decide/notices/users-text.ts'
import type { Case } from '../../../src/model/case.ts'
import { evolveNotice, type Notice } from '../../../src/model/notice.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { later, parseFingerprint } from '../../../src/model/scalars.ts'
import { DAY } from '../../../src/model/time.ts'
import { contextWith } from '../../compose/given.ts'
import { ALICE, address, BOB, sure } from '../given.ts'
import {
  answered,
  confirmed,
  DISCLOSE,
  described,
  policyWith,
  SEND,
  sends,
  USERS,
  withPolicy,
  world,
} from './early.ts'

const C = 'C-482107'
const NOTICE = `notice ${C} stage=users ${SEND}`
const SETTLED = { clock: 'trusted', mailbox: 'settled', waitingSince: 0 } as const

function scheduled(theCase: Case = described()): Notice {
  const [event] = confirmed(NOTICE, world({ theCase })).events
  assert.equal(event?.kind, 'notice-scheduled')
  return evolveNotice(undefined, event)
}

test('users are told how severe it is, when and what they can do, and nothing else of the case', () => {
  const notice = scheduled()
  const { settings } = world()
  const [order] = toUsers(notice, settings)
  assert.equal(order?.to, 'announce@list.example')
  const draft = compose(order, contextWith({ settings }))
  const mail = Buffer.from(payloadOf(draft, 'clear')).toString()
  assert.match(mail, /Severity: high, 8\.1 \(CVSS 3\.1\)/)
  assert.match(mail, /Wed 16 Dec 2026, 16:00 UTC/)
  assert.match(mail, /^Close it at night\.\r$/m)
  const header = JSON.stringify([draft.protectedFields, draft.outerFields])
  for (const secret of [C, notice.id, 'CVE', 'AV:N', 'Gate opens', 'riya', 'oncall@'])
    assert.ok(!`${mail}${header}`.includes(secret), secret)
  assert.equal(draft.from, settings.addresses.security)
  assert.ok(!header.includes('Auto-Submitted'))
})

test('the admins get the very text, to be put where users read, and the users nothing of the admins', () => {
  const { settings } = world()
  const orders = toUsers(scheduled(), settings)
  assert.deepEqual(
    orders.map(({ to, content }) => [to, content.kind]),
    [
      ['announce@list.example', 'users-notice'],
      [ALICE.address, 'users-notice-text'],
      [BOB.address, 'users-notice-text'],
    ],
  )
  const text = (at: number) => {
    const [leaf] = orders[at] === undefined ? [] : worded(orders[at], contextWith({ settings })).leaves
    return leaf?.kind === 'text' ? leaf.text.trim() : assert.fail('no text')
  }
  assert.ok(text(1).includes(text(0)))
  assert.match(text(1), /It goes to one address by itself\./)
})

test('before it is confirmed it is shown as anybody will read it', () => {
  const { mails } = sends(NOTICE, world())
  const order = mails.find(({ to }) => to === ALICE.address)
  assert.equal(order?.content.kind, 'transcript')
  const { settings } = world()
  const [shown] = worded(order, contextWith({ settings })).leaves
  assert.equal(shown?.kind, 'text')
  assert.match(shown.text, /in clear, signed by us, to announce@list\.example/)
  assert.match(shown.text, /^To: announce@list\.example$/m)
  assert.match(shown.text, /^Close it at night\.$/m)
})

test('without addresses in the configuration the admins alone get it', () => {
  const settings = withPolicy(policyWith([USERS]))
  const nowhere = { ...settings, projects: settings.projects.map(one => ({ ...one, users: [] })) }
  assert.match(
    answered(NOTICE, world({ settings: nowhere })).text,
    /to no address, for the configuration names none/,
  )
  assert.deepEqual(
    toUsers(scheduled(), nowhere).map(({ content }) => content.kind),
    ['users-notice-text', 'users-notice-text'],
  )
})

describe('without severity, date or mitigations it is refused, with the commands that set them', () => {
  for (const [changes, command] of [
    [{ severity: undefined }, /first send: severity C-482107 cvss=…$/],
    [{ embargo: { state: 'none', disclose: undefined } }, /first send: plan C-482107 disclose=…$/],
    [{ mitigations: undefined }, /first send: mitigate C-482107 << …$/],
    [{ severity: undefined, mitigations: undefined }, /first send: severity C-482107 cvss=…; mitigate/],
  ] as const)
    test(Object.keys(changes).join(' and '), () => {
      const { status, text } = answered(NOTICE, world({ theCase: described(changes) }))
      assert.equal(status, 'E-STATE')
      assert.match(text, command)
    })
})

describe('mitigations that give the case away are refused', () => {
  const credit = { credit: plaintext('Riya R.'), consent: undefined, private: undefined, position: undefined }
  for (const [text, names] of [
    ['Until CVE-2026-12345 is fixed, close it.', 'a CVE id'],
    ['see cve-2026-12345', 'a CVE id'],
    ['GATE  OPENS\nto strangers? Close it.', "the case's title"],
    ['Ask riya@research.example.', 'the reporter'],
    ['As riya r. says, close it.', 'the reporter'],
    ['See C-482107.', 'the number of a case'],
    ['Not M-771234 alone.', 'the number of a case, or another of ours'],
    ['See GHSA-abcd-1234-efgh.', 'an advisory'],
  ] as const)
    test(text, () => {
      const theCase = described({ mitigations: plaintext(text), wishes: credit })
      const { status, text: why } = answered(NOTICE, world({ theCase }))
      assert.equal(status, 'E-STATE')
      assert.ok(why.includes(`names ${names}`), why)
      assert.ok(!why.includes(text))
    })
})

test('nobody adds words, files or readers to it', () => {
  for (const more of [' <<\nBeware.\n.', ' class=vendors', ' may=rebuild', ' include=M-000001'])
    assert.equal(answered(`${NOTICE}${more}`).status, 'E-POLICY', more)
})

describe('at its instant', () => {
  const notice = scheduled()
  const given = (theCase: Case | undefined) => {
    const { settings } = world()
    const cases = new Map(theCase === undefined ? [] : [[theCase.id, theCase]])
    return releaseNotice(notice, { now: notice.sendAt, settings, cases }, SETTLED)
  }
  test('it goes, in the very decision', () => {
    const decision = given(described())
    assert.deepEqual(
      decision?.events.map(({ kind }) => kind),
      ['notice-released', 'notice-went-out'],
    )
    assert.deepEqual(
      decision?.mails.map(({ to }) => to),
      ['announce@list.example', ALICE.address, BOB.address],
    )
    assert.equal(decision?.mails[0]?.notice, notice.id)
  })
  for (const [name, changes] of [
    ['another date', { embargo: { state: 'active', disclose: later(DISCLOSE, DAY) } }],
    ['another score', { severity: { version: '3.1', vector: 'x', score: 9.8 } }],
    ['other mitigations', { mitigations: plaintext('Open it.') }],
    ['a title that the text names', { title: plaintext('close it at night') }],
  ] as const)
    test(`it is held where the case has ${name}`, () => {
      assert.ok(!isAsShown(notice, described(changes)))
      const [event] = given(described(changes))?.events ?? []
      assert.equal(event?.kind === 'notice-held' ? event.why : event?.kind, 'case-changed')
    })
  test('it is held where the case is gone', () => {
    assert.equal(given(undefined)?.events[0]?.kind, 'notice-held')
  })
})

test('a key of our own or of anybody is no part of it', () => {
  assert.ok(parseFingerprint('A'.repeat(40)))
  const [order] = toUsers(scheduled(), world().settings)
  assert.deepEqual(sure(order).encryptTo, { kind: 'nobody' })
  assert.equal(sure(order).contact, undefined)
  assert.notEqual(sure(order).to, address('list@acme.example'))
})
