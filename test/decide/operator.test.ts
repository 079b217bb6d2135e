// What the operator may do on the command line, and who hears of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import type { Decision, OperatorRequest, Snapshot } from '../../src/model/decision.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { inboundId, parseProjectName } from '../../src/model/scalars.ts'
import { ALICE, address, BOB, fingerprint, fresh, NOW, settings, snapshot } from './given.ts'

function decided(request: OperatorRequest, world: Partial<Snapshot> = {}): Decision {
  return decide({ kind: 'operator', inbound: inboundId(1), receivedAt: NOW, request }, snapshot(world), fresh)
}

const command = (text: string, world: Partial<Snapshot> = {}) =>
  decided({ kind: 'command', text: plaintext(text) }, world)

const answered = ({ answer }: Decision) => answer?.results.map(one => [one.status, one.code])
const mailed = ({ mails }: Decision) => mails.map(order => [order.to, order.content.kind])

test('a command of the operator runs as theirs, every admin is told, the answer goes to the terminal', () => {
  const decision = command('embargod acme\ntake C-482107\n')
  assert.deepEqual([decision.outcome, decision.actor], ['command', { kind: 'operator', name: 'operator' }])
  assert.deepEqual(
    decision.events.map(event => [event.kind, event.actor.kind]),
    [['case-taken', 'operator']],
  )
  assert.deepEqual(mailed(decision), [
    ['riya@research.example', 'news'],
    [ALICE.address, 'change'],
    [BOB.address, 'change'],
  ])
  assert.deepEqual(answered(decision), [['ok', undefined]])
})

test('a command that changes nothing is told to nobody', () => {
  const decision = command('embargod acme\nshow C-482107\n')
  assert.deepEqual([decision.outcome, decision.mails], ['command', []])
})

for (const [name, text, code] of [
  ['for another instance', 'embargod beta\ntake C-482107\n', 'E-SYNTAX'],
  ['that is no command', 'hello\n', 'E-SYNTAX'],
  ['about a case that does not exist', 'embargod acme\ntake C-999999\n', 'E-UNKNOWN'],
  ['with a file, for which there is no way', `${notice('att:fix.patch ')}`, 'E-UNKNOWN'],
] as const)
  test(`a request ${name} is refused with an answer, and mails nobody`, () => {
    const decision = command(text)
    assert.deepEqual([decision.outcome, decision.events, decision.mails], ['refused', [], []])
    assert.equal(decision.answer?.results[0]?.code, code)
  })

function notice(files = ''): string {
  return `embargod acme\nnotice C-482107 stage=early-disclosure send=2026-12-09T16:00Z ${files}<<\nAll.\n.\n`
}

test('what cannot be undone waits for the operator too, and the admins see all of it', () => {
  const decision = command(notice())
  assert.equal(decision.plan?.kind === 'issued' && decision.plan.plan.issuer, 'operator')
  assert.deepEqual(answered(decision), [['wait', undefined]])
  assert.deepEqual(mailed(decision), [
    [ALICE.address, 'transcript'],
    [BOB.address, 'transcript'],
  ])
})

test('wrong tokens of the operator are counted as anyone’s', () => {
  const decision = command('confirm acme zzzzzzzzzzzzzzzz\n')
  assert.deepEqual(decision.plan, { kind: 'wrong-token', by: 'operator' })
})

type Import = Extract<OperatorRequest, { kind: 'member-import' }>

function imported(changes: Partial<Import> = {}, world: Partial<Snapshot> = {}): Decision {
  const project = parseProjectName('widget')
  assert.ok(project !== undefined)
  return decided(
    {
      kind: 'member-import',
      project,
      organisation: plaintext('Three'),
      name: plaintext('On Call'),
      address: address('oncall@three.example'),
      key: keyOf('3'),
      ...changes,
    },
    world,
  )
}

function keyOf(digit: string) {
  return { fingerprint: fingerprint(digit), certificate: new Uint8Array([1]), keyIds: [] }
}

test('an imported contact is on the list, vouched for by the operator, and every admin is told', () => {
  const decision = imported()
  const event = decision.events.find(({ kind }) => kind === 'contact-named')
  assert.equal(event?.kind === 'contact-named' && event.address, 'oncall@three.example')
  assert.equal(event?.actor.kind, 'operator')
  assert.deepEqual(decision.answer?.results[0]?.facts, {
    contact: fresh.contacts[0],
    distributor: fresh.distributors[0],
    contacts: 3,
  })
  assert.deepEqual(mailed(decision), [
    [ALICE.address, 'change'],
    [BOB.address, 'change'],
  ])
})

const [widget] = settings().projects
assert.ok(widget !== undefined)
const beta = parseProjectName('beta')
assert.ok(beta !== undefined)
const faults: readonly (readonly [string, Partial<Import>, Partial<Snapshot>, RegExp])[] = [
  ['of a project that does not exist', { project: beta }, {}, /no project beta/],
  [
    'of a project without a list',
    {},
    { settings: settings({ projects: [{ ...widget, distributors: undefined }] }) },
    /no distributors address/,
  ],
  ['with our own address', { address: address('list+x@acme.example') }, {}, /our own addresses/],
  ['with a key of ours', { key: keyOf('0') }, {}, /one of our own/],
  ['whose address is there', { address: address('OnCall@one.example') }, {}, /contact of widget already/],
  ['whose key is there', { key: keyOf('1') }, {}, /another contact/],
]
for (const [name, changes, world, words] of faults)
  test(`an import ${name} is refused, and mails nobody`, () => {
    const decision = imported(changes, world)
    assert.deepEqual([decision.outcome, decision.events, decision.mails], ['refused', [], []])
    assert.match(decision.answer?.results[0]?.text.open() ?? '', words)
  })
