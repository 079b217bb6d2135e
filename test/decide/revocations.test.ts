// What a mail does that carries the revocation of a key that speaks in cases: whoever sent it, that key counts no
// more, and the admins are told, once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import type { Case } from '../../src/model/case.ts'
import { evolveCase } from '../../src/model/case-evolution.ts'
import type { Decision, Snapshot } from '../../src/model/decision.ts'
import { type CaseId, type Fingerprint, instant } from '../../src/model/scalars.ts'
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
  signature,
  signedText,
  snapshot,
  unsignedText,
} from './given.ts'

const ERINS = fingerprint('5')
const RIYAS = fingerprint('9')
const HERE = caseId('482107')
const ELSEWHERE = caseId('500000')
const keyOf = (key: Fingerprint) => ({ fingerprint: key, certificate: Buffer.from(key), keyIds: [] })
const ERIN = {
  name: 'erin',
  address: address('erin@outside.example'),
  fingerprint: ERINS,
  key: keyOf(ERINS),
  since: instant(0),
}
const riyas: Partial<Case> = { reporter: { address: address('riya@research.example'), key: keyOf(RIYAS) } }

const world = (): Snapshot =>
  snapshot({
    cases: new Map([
      [HERE, aCase({ ...riyas, fixTeam: [ERIN], lead: 'erin', state: 'closed' })],
      [ELSEWHERE, aCase({ ...riyas, id: ELSEWHERE })],
    ]),
  })

const revoked = (key: Fingerprint) => ({
  place: 'outer' as const,
  octets: Buffer.from(key),
  fingerprint: key,
  keyIds: [],
  encryptable: false,
  revoked: true as const,
})

const decided = (given: Partial<Given>, before = world()) =>
  decide(mail({ authored: unsignedText('x'), addressed: { kind: 'security' }, ...given }), before, fresh)

function after({ events }: Decision, before = world()): ReadonlyMap<CaseId, Case> {
  const cases = new Map(before.cases)
  for (const event of events)
    if ('case' in event && !('notice' in event))
      cases.set(event.case, evolveCase(cases.get(event.case), event))
  return cases
}

const alerts = ({ mails }: Decision) =>
  mails.flatMap(({ to, content }) =>
    content.kind === 'alert' && content.alert.kind === 'key-revoked'
      ? [[to, content.alert.engineer, content.alert.cases]]
      : [],
  )

for (const [name, given] of [
  ['a stranger', {}],
  ['a machine', { machine: 'automatic' }],
  ['a delivery report', { machine: 'bounce' }],
  ['somebody in the thread', { addressed: { kind: 'case', case: HERE } }],
  [
    'an unsigned command',
    { addressed: { kind: 'command' }, authored: unsignedText('embargod acme\nlist\n') },
  ],
] as const)
  test(`the reporter's revocation, sent by ${name}, takes their key off every case, and tells each admin once`, () => {
    const decision = decided({ ...given, mail: { offered: [revoked(RIYAS)] } })
    for (const id of [HERE, ELSEWHERE]) {
      const theCase = after(decision).get(id)
      assert.equal(theCase?.reporter.key, undefined)
      assert.equal(theCase?.reporter.address, 'riya@research.example')
      assert.deepEqual(theCase?.revokedKeys, [RIYAS])
    }
    const told = [undefined, [HERE, ELSEWHERE]]
    assert.deepEqual(alerts(decision), [
      [ALICE.address, ...told],
      [BOB.address, ...told],
    ])
    const again = decided({ mail: { offered: [revoked(RIYAS)] } }, snapshot({ cases: new Map() }))
    assert.deepEqual(alerts(again), [])
  })

test("an engineer's revocation takes them off the fix team, off the lead, and off the readers of this very mail", () => {
  const decision = decided({ addressed: { kind: 'case', case: HERE }, mail: { offered: [revoked(ERINS)] } })
  const theCase = after(decision).get(HERE)
  assert.deepEqual([theCase?.fixTeam, theCase?.lead], [[], undefined])
  assert.ok(!decision.mails.some(({ to }) => to === ERIN.address))
  assert.deepEqual(alerts(decision)[0], [ALICE.address, 'erin', [HERE]])
})

test('what the key signed is nobody’s in the mail that brings its revocation', () => {
  const authored = signedText(`embargod acme\nnote ${HERE} <<\nx\n.\n`, ERINS)
  const given = { addressed: { kind: 'command' }, authored } as const
  const author = signature(ERINS)
  assert.equal(decided({ ...given, mail: { author } }).reason, 'carried-out')
  const decision = decided({ ...given, mail: { author, offered: [revoked(ERINS)] } })
  assert.deepEqual([decision.outcome, decision.reason], ['refused', 'E-KEY'])
})

test('a key that speaks nowhere, and a copy that is not revoked, change nothing', () => {
  const { revoked: _, ...copy } = revoked(RIYAS)
  for (const offered of [revoked(fingerprint('7')), copy])
    assert.deepEqual(alerts(decided({ mail: { offered: [offered] } })), [])
})

test('an older copy of a revoked key is offered to nobody, and set by no command', () => {
  const before = world()
  const cases = after(decided({ mail: { offered: [revoked(RIYAS)] } }))
  const { revoked: _, ...copy } = { ...revoked(RIYAS), encryptable: true }
  const follow = decided(
    { addressed: { kind: 'case', case: HERE }, mail: { offered: [copy] } },
    { ...before, cases },
  )
  assert.deepEqual(
    follow.events.map(({ kind }) => kind),
    ['case-followed-up'],
  )
  const text = `embargod acme\nreporter ${HERE} key=${RIYAS} att:key.asc\n`
  const set = decided(
    { addressed: { kind: 'command' }, authored: signedText(text, ALICE.fingerprint) },
    { ...before, cases },
  )
  assert.equal(set.reason, 'E-KEY')
})
