// What becomes of a mail in the thread of a case: whose words it is taken for, whom it reaches, and what comes of
// the keys that it brings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import type { Case } from '../../src/model/case.ts'
import { evolveCase } from '../../src/model/case-evolution.ts'
import type { Decision, Snapshot } from '../../src/model/decision.ts'
import type { GoodSignature, OfferedCertificate, OpenedMail, Part } from '../../src/model/mail.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { type Fingerprint, instant, later, parseSha256 } from '../../src/model/scalars.ts'
import { DAY, SECOND } from '../../src/model/time.ts'
import {
  ALICE,
  aCase,
  address,
  BOB,
  caseId,
  fingerprint,
  fresh,
  type Given,
  mail,
  NOW,
  settings,
  signature,
  signedText,
  snapshot,
  unsignedText,
} from './given.ts'

const RIYA = address('riya@research.example')
const HERS = fingerprint('9')
const NEXT = fingerprint('8')
const EVES = fingerprint('E')
const MARA = { name: 'mara', address: address('mara@project.example'), fingerprint: fingerprint('4') }
const ERIN = { name: 'erin', address: address('erin@outside.example'), fingerprint: fingerprint('5') }
const OTTO = { name: 'otto', address: address('otto@other.example'), fingerprint: fingerprint('6') }
const CASE = caseId('482107')
const AT_CASE = { kind: 'case', case: CASE } as const
const AT_COMMAND = { kind: 'command' } as const

const keyOf = (key: Fingerprint) => ({ fingerprint: key, certificate: Buffer.from(key), keyIds: [] })

/** Shared with mara, worked on by erin, reported by riya. */
const shared: Partial<Case> = {
  sharedWith: 'maintainers',
  fixTeam: [{ ...ERIN, key: keyOf(ERIN.fingerprint), since: instant(0) }],
  reporter: { address: RIYA, key: keyOf(HERS) },
}

function team() {
  const [project] = settings().projects
  assert.ok(project !== undefined)
  return settings({ projects: [{ ...project, maintainers: [MARA] }] })
}

function decided(given: Partial<Given>, changes: Partial<Case> = {}, world: Partial<Snapshot> = {}) {
  const cases = new Map([[CASE, aCase({ ...shared, ...changes })]])
  const input = mail({ authored: unsignedText('Words.\n'), addressed: AT_CASE, from: RIYA, ...given })
  const entitled = new Map([ALICE, BOB, MARA].map(one => [one.fingerprint, instant(0)]))
  return decide(input, snapshot({ settings: team(), cases, entitled, ...world }), fresh)
}

function part(by: GoodSignature | undefined): Part {
  const sha256 = parseSha256('cd'.repeat(32))
  assert.ok(sha256)
  return {
    mediaType: 'text/plain',
    disposition: 'inline',
    fileName: undefined,
    text: plaintext('Words.'),
    octets: new Uint8Array(),
    sha256,
    encrypted: false,
    signature: by === undefined ? { kind: 'none' } : { kind: 'good', signature: by },
  }
}

/** A mail that this key signed, whole. */
const by = (key: Fingerprint, more: Partial<OpenedMail> = {}, created = NOW): Partial<OpenedMail> => {
  const author = signature(key, created)
  return { author, parts: [part(author)], ...more }
}

const readers = ({ mails }: Decision) => mails.map(({ to }) => to)

const everybody = [ALICE, BOB, MARA, ERIN].map(one => one.address)
for (const writer of [ALICE, MARA, ERIN])
  test(`what ${writer.name} signs reaches the other insiders, each under their own key, and not the reporter`, () => {
    const decision = decided({ from: writer.address, mail: by(writer.fingerprint) })
    assert.deepEqual([decision.outcome, decision.reason], ['follow-up', 'follow-up-team'])
    assert.deepEqual(
      readers(decision),
      everybody.filter(one => one !== writer.address),
    )
    for (const { content, encryptTo } of decision.mails) {
      assert.ok(content.kind === 'report' && content.writer === writer.name)
      assert.notEqual(encryptTo.kind, 'nobody')
    }
    assert.equal('fingerprint' in decision.actor && decision.actor.fingerprint, writer.fingerprint)
    assert.equal(decision.oneShot?.primary, writer.fingerprint)
  })

test('an engineer from outside reads it under the key of the case', () => {
  const toErin = decided({}).mails.find(({ to }) => to === ERIN.address)
  assert.deepEqual(toErin?.encryptTo, { kind: 'offered', certificate: Buffer.from(ERIN.fingerprint) })
})

test('the address of the reporter is shown to admins alone', () => {
  const shown = decided({}).mails.map(({ to, content }) => [to, content.kind === 'report' && content.reader])
  assert.deepEqual(shown, [
    [ALICE.address, 'admin'],
    [BOB.address, 'admin'],
    [MARA.address, 'insider'],
    [ERIN.address, 'insider'],
  ])
})

for (const [name, given, changes, world] of [
  ['unsigned mail in the name of an insider', { from: MARA.address }, {}],
  ['a signature of the day before yesterday', { mail: by(MARA.fingerprint, {}, later(NOW, -DAY - 1)) }, {}],
  [
    'a signature that covers all but a file',
    { mail: by(MARA.fingerprint, { parts: [part(signature(MARA.fingerprint)), part(undefined)] }) },
    {},
  ],
  ['a maintainer of a case that is not shared', { mail: by(MARA.fingerprint) }, { sharedWith: 'team' }],
  ['an engineer who left', { mail: by(ERIN.fingerprint) }, { fixTeam: [] }],
  [
    'what a maintainer signed before they were one',
    { mail: by(MARA.fingerprint) },
    {},
    { entitled: new Map([[MARA.fingerprint, later(NOW, SECOND)]]) },
  ],
  ['somebody of another project', { mail: by(OTTO.fingerprint) }, {}],
] as const)
  test(`${name} is another sender, and reaches every insider`, () => {
    const decision = decided(given, changes, world)
    assert.equal(decision.reason, 'follow-up-other')
    assert.deepEqual([decision.oneShot, decision.actor.kind], [undefined, 'outsider'])
    const insiders = everybody.filter(
      one =>
        !(one === MARA.address && 'sharedWith' in changes) && !(one === ERIN.address && 'fixTeam' in changes),
    )
    assert.deepEqual(readers(decision), insiders)
  })

test('a signature counts once: sent again it reaches nobody, and its owner hears of it once a day', () => {
  const again = (from: string, courtesies: number) =>
    decided(
      { from, mail: by(MARA.fingerprint) },
      {},
      {
        signature: 'used',
        courtesies: { address: courtesies, all: 0 },
      },
    )
  for (const decision of [again(MARA.address, 0), again(MARA.address, 1), again('eve@x.example', 0)])
    assert.deepEqual([decision.outcome, decision.reason, decision.events], ['refused', 'E-REPLAY', []])
  assert.deepEqual(readers(again(MARA.address, 0)), [MARA.address])
  assert.deepEqual(readers(again(MARA.address, 1)), [])
  assert.deepEqual(readers(again('eve@x.example', 0)), [])
})

test("what an insider's machine answers does not come back to them", () => {
  const decision = decided({ machine: 'automatic', from: ERIN.address })
  assert.deepEqual(readers(decision), [ALICE.address, BOB.address, MARA.address])
})

for (const writer of [ALICE, MARA, ERIN])
  test(`signed words of ${writer.name} at the command address are refused with whom they did not reach`, () => {
    const given = {
      from: writer.address,
      addressed: AT_COMMAND,
      authored: signedText('I would wait.\n', writer.fingerprint),
      mail: by(writer.fingerprint),
    }
    const decision = decided(given, {}, { threadCase: CASE })
    assert.deepEqual([decision.outcome, decision.reason], ['refused', 'E-SYNTAX'])
    assert.deepEqual(readers(decision), [writer.address])
    const [order] = decision.mails
    assert.ok(order?.content.kind === 'transcript')
    assert.equal(order.content.discuss, CASE)
    assert.match(order.content.results[0]?.text.open() ?? '', /^Nobody was sent your words/)
  })

test('signed words of the reporter at the command address are part of the thread, as without a signature', () => {
  const authored = signedText('Any news?\n', HERS)
  const decision = decided({ addressed: AT_COMMAND, authored, mail: by(HERS) }, {}, { threadCase: CASE })
  assert.deepEqual([decision.outcome, decision.reason], ['follow-up', 'follow-up-reporter'])
})

const offer = (key: Fingerprint, more: Partial<OfferedCertificate> = {}): OfferedCertificate => ({
  place: 'outer',
  octets: Buffer.from(key),
  fingerprint: key,
  keyIds: [key.slice(-16).toLowerCase()],
  encryptable: true,
  ...more,
})

const keyFacts = ({ events }: Decision) =>
  events.flatMap(event =>
    event.kind === 'key-offered' || event.kind === 'reporter-set'
      ? [[event.kind, event.key?.fingerprint]]
      : [],
  )
const vouched = { signedBy: HERS }
for (const [name, given, world, facts] of [
  ['unsigned, from the address of the report', { mail: { offered: [offer(NEXT)] } }, {}, 'key-offered'],
  ['from elsewhere', { from: 'eve@x.example', mail: { offered: [offer(EVES)] } }, {}, 'key-offered'],
  [
    'signed by itself alone',
    { mail: by(EVES, { offered: [offer(EVES, { signedBy: EVES })] }) },
    {},
    'key-offered',
  ],
  ['beside what the old key signed', { mail: by(HERS, { offered: [offer(NEXT)] }) }, {}, 'key-offered'],
  ['signed by the old key', { mail: by(HERS, { offered: [offer(NEXT, vouched)] }) }, {}, 'reporter-set'],
  [
    'signed by the old key long ago',
    { mail: by(HERS, { offered: [offer(NEXT, vouched)] }, later(NOW, -DAY - 1)) },
    {},
    'key-offered',
  ],
  [
    'signed by the old key, for the second time',
    { mail: by(HERS, { offered: [offer(NEXT, vouched)] }) },
    { signature: 'used' as const },
    'key-offered',
  ],
  ['that nothing can be encrypted to', { mail: { offered: [offer(NEXT, { encryptable: false })] } }, {}, ''],
  ['of the case, once more', { mail: { offered: [offer(HERS)] } }, {}, ''],
  ['of ours', { mail: { offered: [offer(fingerprint('0'))] } }, {}, ''],
  ['of an insider', { mail: { offered: [offer(MARA.fingerprint)] } }, {}, ''],
  ['of an insider who writes', { mail: by(MARA.fingerprint, { offered: [offer(NEXT)] }) }, {}, ''],
] as const)
  test(`a key ${name} gives ${facts === '' ? 'nothing' : facts}`, () => {
    const decision = decided(given, {}, world)
    const key = given.mail.offered?.[0]?.fingerprint
    assert.deepEqual(keyFacts(decision), facts === '' ? [] : [[facts, key]])
    const after = decision.events.reduce<Case | undefined>(
      (theCase, event) => ('case' in event && !('notice' in event) ? evolveCase(theCase, event) : theCase),
      aCase(shared),
    )
    assert.equal(
      decision.oneShot?.primary,
      facts === 'reporter-set'
        ? HERS
        : given.mail.author?.primary === MARA.fingerprint
          ? MARA.fingerprint
          : undefined,
    )
    assert.deepEqual(after?.reporter.address, RIYA)
    assert.equal(after.reporter.key?.fingerprint, facts === 'reporter-set' ? key : HERS)
    assert.deepEqual(
      after.offers.map(one => one.key.fingerprint),
      facts === 'key-offered' ? [key] : [],
    )
  })

test('a key that was offered before is no news, and of many offers the newest are kept', () => {
  const decision = decided({ mail: { offered: [offer(NEXT)] } })
  const [, offered] = decision.events
  assert.ok(offered?.kind === 'key-offered')
  const before = evolveCase(aCase(shared), offered)
  assert.deepEqual(keyFacts(decided({ mail: { offered: [offer(NEXT)] } }, before)), [])
  let theCase = before
  for (const digit of '0123456789ABCDEF')
    theCase = evolveCase(theCase, { ...offered, key: keyOf(fingerprint(digit)) })
  assert.deepEqual(theCase.offers.map(one => one.key.fingerprint[0]).join(''), '6789ABCDEF')
})
