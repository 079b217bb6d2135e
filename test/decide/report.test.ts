// What becomes of letters: cases and their keys, acknowledgements and their caps, who speaks in a thread, and
// who is told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import type { Case } from '../../src/model/case.ts'
import type { Decision, Snapshot } from '../../src/model/decision.ts'
import type { OfferedCertificate, OpenedMail } from '../../src/model/mail.ts'
import type { MailOrder } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { type Fingerprint, later, parseProjectName } from '../../src/model/scalars.ts'
import { DAY, MINUTE } from '../../src/model/time.ts'
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

const RIYA = 'riya@research.example'
const HERS = fingerprint('9')
const EVES = fingerprint('E')
const OURS = fingerprint('0')
const WORDS = unsignedText('I found a hole.\n')
const SECURITY = { kind: 'security' } as const
const THREAD = { threadCase: caseId('482107') }

const decided = (given: Partial<Given>, world: Partial<Snapshot> = {}): Decision =>
  decide(mail({ authored: WORDS, addressed: SECURITY, from: RIYA, ...given }), snapshot(world), fresh)

const offered = (
  place: OfferedCertificate['place'],
  key: Fingerprint,
  encryptable = true,
): OfferedCertificate => ({
  place,
  fingerprint: key,
  octets: Buffer.from(`${place} ${key}`),
  keyIds: [],
  encryptable,
})

function opened(decision: Decision): Extract<Decision['events'][number], { kind: 'case-opened' }> {
  const [event, second] = decision.events
  assert.equal(event?.kind, 'case-opened')
  assert.equal(second, undefined)
  return event
}

const acknowledgements = (decision: Decision): readonly MailOrder[] =>
  decision.mails.filter(order => order.content.kind === 'acknowledgement')

const readers = (decision: Decision): readonly string[] =>
  decision.mails.filter(order => order.content.kind === 'report').map(order => order.to)

test('a report opens a case, is acknowledged once and shown to every admin under their own key', () => {
  const decision = decided({})
  assert.deepEqual([decision.outcome, decision.reason], ['report', 'new-case'])
  const { case: id, project, reporter, protection } = opened(decision)
  assert.deepEqual(
    [id, project, reporter, protection],
    [fresh.case, 'widget', { address: RIYA, key: undefined }, 'clear'],
  )
  assert.deepEqual(
    decision.mails.map(order => [order.to, order.content.kind, order.encryptTo]),
    [
      [RIYA, 'acknowledgement', { kind: 'nobody' }],
      [ALICE.address, 'report', { kind: 'enrolled', fingerprint: ALICE.fingerprint }],
      [BOB.address, 'report', { kind: 'enrolled', fingerprint: BOB.fingerprint }],
    ],
  )
})

test('the acknowledgement is the same whatever the mail says', () => {
  const other: Partial<OpenedMail> = { encryption: 'undecryptable', protectedSubject: plaintext('inside') }
  const [one] = acknowledgements(decided({}))
  const [two] = acknowledgements(decided({ authored: unsignedText('embargod acme\n'), mail: other }))
  assert.ok(one !== undefined)
  assert.deepEqual(one, two)
})

test('with several projects a case waits to be routed', () => {
  const [project] = settings().projects
  const name = parseProjectName('other')
  assert.ok(project !== undefined && name !== undefined)
  const projects = [project, { ...project, name }]
  assert.equal(opened(decided({}, { settings: settings({ projects }) })).project, 'unrouted')
})

for (const [name, encryption, offers, author, key] of [
  ['clear, with a key attached', 'clear', [offered('outer', HERS)], undefined, 'outer'],
  ['clear, with a key that is not usable', 'clear', [offered('outer', HERS, false)], undefined, undefined],
  ['clear, with our own key attached', 'clear', [offered('outer', OURS)], undefined, undefined],
  [
    'clear, ours before theirs',
    'clear',
    [offered('outer', OURS), offered('outer', HERS)],
    undefined,
    'outer',
  ],
  [
    'encrypted, two inside of which one signed',
    'encrypted',
    [offered('inside', EVES), offered('inside', HERS)],
    HERS,
    'inside',
  ],
  ['undecryptable, with a key outside', 'undecryptable', [offered('autocrypt', EVES)], undefined, undefined],
] as const)
  test(`the key of a case that came ${name} is ${key === undefined ? 'none' : `the one ${key}`}`, () => {
    const signed = author === undefined ? undefined : signature(author)
    const decision = decided({ mail: { encryption, offered: offers, author: signed } })
    const { reporter, protection } = opened(decision)
    assert.equal(reporter.key?.fingerprint, key === undefined ? undefined : HERS)
    assert.equal(protection, encryption === 'clear' ? 'clear' : 'encrypted')
  })

for (const [name, encryption, offers, key] of [
  ['in Autocrypt', 'encrypted', [offered('autocrypt', HERS)], 'autocrypt'],
  ['attached to a clear mail', 'clear', [offered('outer', HERS)], 'outer'],
  ['attached beside an encryption', 'encrypted', [offered('outer', HERS)], undefined],
  ['inside an encryption', 'encrypted', [offered('inside', HERS)], undefined],
  ['that is ours', 'clear', [offered('outer', OURS)], undefined],
] as const)
  test(`an acknowledgement is ${key === undefined ? 'not encrypted' : 'encrypted'} to a key ${name}`, () => {
    const [order] = acknowledgements(decided({ mail: { encryption, offered: offers } }))
    const certificate = Buffer.from(`${key} ${HERS}`)
    assert.deepEqual(
      order?.encryptTo,
      key === undefined ? { kind: 'nobody' } : { kind: 'offered', certificate },
    )
  })

const capped = { address: 0, domain: 0, all: 0 }
for (const [name, acknowledged, answered] of [
  ['four to this address', { ...capped, address: 4 }, 'report'],
  ['five to this address', { ...capped, address: 5 }, 'capped'],
  ['49 to this domain', { ...capped, domain: 49 }, 'report'],
  ['50 to this domain', { ...capped, domain: 50 }, 'capped'],
  ['299 in all', { ...capped, all: 299 }, 'report'],
  ['300 in all', { ...capped, all: 300 }, 'capped'],
] as const)
  test(`after ${name} a report is stored and ${answered === 'capped' ? 'not ' : ''}acknowledged`, () => {
    const decision = decided({}, { acknowledged })
    assert.equal(decision.outcome, 'report')
    assert.equal(decision.reason, answered === 'capped' ? 'new-case-capped' : 'new-case')
    assert.equal(acknowledgements(decision).length, answered === 'capped' ? 0 : 1)
    assert.equal(readers(decision).length, 2)
  })

for (const [name, given, reason, reporter] of [
  ['a machine wrote', { machine: 'automatic' as const }, 'new-case-machine', RIYA],
  ['has no author', { mail: withAuthors() }, 'new-case-no-author', undefined],
  ['has two authors', { mail: withAuthors(RIYA, 'eve@x.example') }, 'new-case-no-author', undefined],
  ['names our address', { from: 'security@acme.example' }, 'new-case-no-author', undefined],
  [
    'names an address of ours with a tag',
    { from: 'SECURITY+x@acme.example' },
    'new-case-no-author',
    undefined,
  ],
  ['names our list', { from: 'list@acme.example' }, 'new-case-no-author', undefined],
] as const)
  test(`mail that ${name} is kept and shown, answered by nobody, and opens a case without a way back to us`, () => {
    const decision = decided(given)
    assert.deepEqual([decision.outcome, decision.reason], ['report-noack', reason])
    assert.deepEqual(acknowledgements(decision), [])
    assert.equal(readers(decision).length, 2)
    assert.equal(opened(decision).reporter.address, reporter)
  })

function withAuthors(...authors: readonly string[]): Partial<OpenedMail> {
  const input = mail({ authored: WORDS })
  assert.equal(input.kind, 'mail')
  return { header: { ...input.mail.header, authors: authors.map(address) } }
}

const withKey: Partial<Case> = {
  reporter: { address: address(RIYA), key: { fingerprint: HERS, certificate: new Uint8Array(), keyIds: [] } },
}
for (const [name, changes, given, from] of [
  ['the address of the report', {}, {}, 'reporter'],
  ['the address in other letters', {}, { from: 'Riya@research.example' }, 'reporter'],
  ['another address', {}, { from: 'eve@x.example' }, 'other'],
  ['two addresses, one of them the reporter’s', {}, { mail: withAuthors(RIYA, 'eve@x.example') }, 'other'],
  ['the address alone, in a case with a key', withKey, {}, 'other'],
  ['the key of the case', withKey, { from: 'x@y.example', mail: { author: signature(HERS) } }, 'reporter'],
  ['another key', withKey, { mail: { author: signature(EVES) } }, 'other'],
  ['the key of an admin', {}, { mail: { author: signature(ALICE.fingerprint) } }, 'team'],
  ['the key of an admin, the day before', {}, { mail: aged(DAY) }, 'team'],
  ['the key of an admin, longer ago: anyone may have kept it', {}, { mail: aged(DAY + 1) }, 'other'],
  ['the key of an admin, in the future', {}, { mail: aged(-5 * MINUTE - 1) }, 'other'],
] as const)
  test(`in a thread ${name} speaks as: ${from}`, () => {
    const cases = new Map([[caseId('482107'), aCase(changes)]])
    const decision = decided(given, { ...THREAD, cases })
    assert.deepEqual([decision.outcome, decision.reason], ['follow-up', `follow-up-${from}`])
    const [event] = decision.events
    assert.equal(event?.kind === 'case-followed-up' && event.from, from)
    assert.deepEqual(acknowledgements(decision), [])
    // Whoever is taken for the writer has the mail already.
    assert.deepEqual(readers(decision), from === 'team' ? [BOB.address] : [ALICE.address, BOB.address])
  })

function aged(age: number): Partial<OpenedMail> {
  return { author: signature(ALICE.fingerprint, later(NOW, -age)) }
}

test('a reply address leads to its case, and one whose case is unknown to a new one', () => {
  const at = (number: string) => decided({ addressed: { kind: 'case', case: caseId(number) } })
  assert.equal(at('482107').outcome, 'follow-up')
  assert.equal(at('999999').outcome, 'report')
})

test("what an absent admin's machine answers is not mailed to that admin", () => {
  const given = { machine: 'automatic' as const, from: 'Alice@team.example' }
  assert.deepEqual(readers(decided(given)), [BOB.address])
  assert.deepEqual(readers(decided(given, THREAD)), [BOB.address])
  assert.deepEqual(readers(decided({ from: 'alice@team.example' })), [ALICE.address, BOB.address])
})

for (const [name, given, outcome] of [
  ['unsigned mail in a member’s name', { from: 'oncall@one.example' }, 'application'],
  ['mail signed by a member', { authored: signedText('Hello all.\n', fingerprint('1')) }, 'post'],
  ['mail signed by a stranger', { authored: signedText('Hello all.\n', EVES) }, 'application'],
] as const)
  test(`at the distributors address ${name} is an ${outcome}, and reaches the admins only`, () => {
    const [project] = settings().projects
    assert.ok(project !== undefined)
    const decision = decided({ addressed: { kind: 'distributors', project: project.name }, ...given })
    assert.deepEqual([decision.outcome, decision.events], [outcome, []])
    assert.deepEqual(
      decision.mails.map(order => order.to),
      [ALICE.address, BOB.address],
    )
  })

for (const [name, key] of [
  ['a member', fingerprint('1')],
  ['a stranger', EVES],
] as const)
  test(`a signed report of ${name} at the command address is a report as an unsigned one is`, () => {
    const authored = signedText('I found a hole.\n', key)
    const decision = decided({ authored, addressed: { kind: 'command' } })
    assert.deepEqual([decision.outcome, acknowledgements(decision).length], ['report', 1])
    assert.deepEqual(readers(decision), [ALICE.address, BOB.address])
  })
