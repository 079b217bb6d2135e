// Who may vouch for whom, what a vouch is worth afterwards, and what each refusal says.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { judgedVouches } from '../../../src/decide/membership/vouching.ts'
import type { Application } from '../../../src/model/application.ts'
import type { Contact } from '../../../src/model/contact.ts'
import type { Snapshot } from '../../../src/model/decision.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { later, parseApplicationId } from '../../../src/model/scalars.ts'
import { DAY } from '../../../src/model/time.ts'
import { ALICE, address, fingerprint, NOW, sure } from '../given.ts'
import {
  A,
  ANN,
  answer,
  kinds,
  left,
  mailsOf,
  member,
  organisation,
  request,
  ruled,
  signed,
  vouchOf,
  withRequest,
  world,
} from './joining.ts'

const ONE = fingerprint('1')
const VOUCH = `vouch ${A} for=${ANN} <<\nI met them.\n.`
const another = (number: string) => sure(parseApplicationId(`A-88000${number}`))

test('a vouch names the key, is kept with both, and the last one missing completes the request', () => {
  const given = world()
  const decision = signed(VOUCH, ONE, given)
  assert.equal(answer(decision, given, ONE).code, 'ok')
  assert.deepEqual(kinds(decision), ['application-vouched', 'distributor-vouched', 'application-completed'])
  const after = left(given, decision)
  const application = sure(after.applications.get(A))
  assert.deepEqual(
    application.vouches.map(({ contact, distributor, fingerprint: key, text }) => [
      contact,
      distributor,
      key,
      text.open(),
    ]),
    [['M-000001', 'D-000001', ANN, 'I met them.']],
  )
  assert.equal(application.completeAt, NOW)
  assert.deepEqual(after.distributors[0]?.vouches, [{ of: A, contact: 'M-000001', at: NOW }])
  const told = mailsOf(decision, 'application-review')
  assert.deepEqual(
    told.map(({ to, content }) => [to, content.occasion]),
    given.settings.admins.map(admin => [admin.address, 'complete']),
  )
})

type Row = {
  readonly name: string
  readonly world?: Partial<Snapshot>
  readonly line?: string
  readonly code: string
  readonly says: RegExp
}

const rules = (vouch: NonNullable<Parameters<typeof ruled>[0]>['vouch']) => ({ settings: ruled({ vouch }) })
const of1 = (changes: Partial<Contact>) => ({ contacts: [member('1', changes), member('2'), member('3')] })
const asked = (changes: Partial<Application>) => withRequest(changes)
const nobody = /no application A-771234 with that key/

const refused: readonly Row[] = [
  {
    name: 'it names another key',
    line: `vouch ${A} for=${fingerprint('7')} <<\nYes.\n.`,
    code: 'E-UNKNOWN',
    says: nobody,
  },
  {
    name: 'there is no such application',
    world: { applications: new Map() },
    code: 'E-UNKNOWN',
    says: nobody,
  },
  {
    name: 'the application brought no key',
    world: asked({ key: undefined }),
    code: 'E-UNKNOWN',
    says: nobody,
  },
  {
    name: 'it is for another list',
    world: of1({ project: 'other' as Contact['project'] }),
    code: 'E-UNKNOWN',
    says: nobody,
  },
  { name: 'it names no key', line: `vouch ${A} <<\nYes.\n.`, code: 'E-SYNTAX', says: /for= needs/ },
  {
    name: 'it says nothing',
    line: `vouch ${A} for=${ANN} <<\n\n.`,
    code: 'E-SYNTAX',
    says: /text is missing/,
  },
  {
    name: 'the application is over',
    world: asked({ state: 'declined' }),
    code: 'E-STATE',
    says: /decided or withdrawn/,
  },
  {
    name: 'the applicant has the member’s address, but for what follows a plus',
    world: { ...asked({ address: address('oncall+join@distro1.example') }) },
    code: 'E-POLICY',
    says: /is you, or of D-000001/,
  },
  {
    name: 'a subkey of theirs is one of the member’s',
    world: { ...of1({ keyIds: ['6666666666666666'] }) },
    code: 'E-POLICY',
    says: /is you/,
  },
  {
    name: 'the applicant’s key was the member’s before',
    world: { ...of1({ formerKeys: [{ fingerprint: ANN, since: NOW, until: NOW }] }) },
    code: 'E-POLICY',
    says: /is you/,
  },
  {
    name: 'both have their mail in one domain',
    world: asked({ address: address('ann@distro1.example') }),
    code: 'E-POLICY',
    says: /of D-000001 as you are/,
  },
  {
    name: 'the applicant calls itself what the member’s organisation is called',
    world: asked({ answers: { ...request().answers, organisation: plaintext('ＤＩＳＴＲＯ-1.') } }),
    code: 'E-POLICY',
    says: /another organisation must vouch/,
  },
  {
    name: 'they are suspended',
    world: of1({ state: 'suspended' }),
    code: 'E-ROLE',
    says: /may not send vouch/,
  },
  {
    name: 'their organisation is not on the list any more',
    world: { distributors: [organisation('1', { state: 'left' }), organisation('2'), organisation('3')] },
    code: 'E-UNKNOWN',
    says: nobody,
  },
  {
    name: 'their organisation is too new',
    world: {
      ...rules({ after: { count: 30, unit: 'day' } }),
      distributors: [organisation('1', { joinedAt: later(NOW, -29 * DAY) })],
    },
    code: 'E-POLICY',
    says: /may vouch from 2026-11-22T12:00Z/,
  },
  {
    name: 'their organisation has vouched as often as it may',
    world: {
      ...rules({ perYear: 2 }),
      distributors: [
        organisation('1', {
          vouches: [1, 2].map(n => ({
            of: another(String(n)),
            contact: member('1').id,
            at: later(NOW, -n * DAY),
          })),
        }),
      ],
    },
    code: 'E-POLICY',
    says: /2 times within a year/,
  },
  {
    name: 'the member came on the list by the applicant’s word',
    world: {
      distributors: [
        organisation('1', { vouchedBy: [organisation('2').id] }),
        organisation('2', { vouchedBy: [organisation('3').id] }),
        organisation('3', { state: 'left', name: plaintext('Vendor') }),
      ],
    },
    code: 'E-POLICY',
    says: /applicant’s own word/,
  },
]

suite('a vouch is refused in one sentence, and nothing is kept, where', () => {
  for (const { name, world: changes, line, code, says } of refused)
    test(name, () => {
      const given = world(changes)
      const decision = signed(line ?? VOUCH, ONE, given)
      const told = answer(decision, given, ONE)
      assert.equal(told.code, code, told.text)
      assert.match(told.text, says)
      assert.deepEqual(decision.events, [])
    })
})

test('who asks for an application and does not know its key hears what is said of one that does not exist', () => {
  const wrong = `vouch ${A} for=${fingerprint('7')} <<\nYes.\n.`
  const given = world()
  const absent = world({ applications: new Map() })
  assert.deepEqual(
    answer(signed(wrong, ONE, given), given, ONE),
    answer(signed(wrong, ONE, absent), absent, ONE),
  )
})

test('vouches of long ago, and a second one for the same application, use up nothing', () => {
  const vouches = [
    { of: another('1'), contact: member('1').id, at: later(NOW, -366 * DAY) },
    { of: A, contact: member('1').id, at: later(NOW, -DAY) },
  ]
  const given = world({
    settings: ruled({ vouch: { perYear: 1 } }),
    distributors: [organisation('1', { vouches }), organisation('2'), organisation('3')],
  })
  assert.equal(answer(signed(VOUCH, ONE, given), given, ONE).code, 'ok')
})

test('mail providers make no colleagues', () => {
  const shared = { address: address('ann@post.example') }
  const given = world({
    ...withRequest(shared),
    contacts: [member('1', { address: address('one@post.example') }), member('2'), member('3')],
  })
  assert.equal(answer(signed(VOUCH, ONE, given), given, ONE).code, 'ok')
})

test('an organisation counts once, whichever of its contacts vouches', () => {
  const colleague = { ...member('4'), distributor: organisation('1').id }
  const given = world({
    settings: ruled({ vouch: { count: 2 } }),
    contacts: [member('1'), colleague, member('2')],
    ...withRequest({ vouches: [vouchOf('1')] }),
  })
  const decision = signed(VOUCH, colleague.fingerprint, given)
  assert.equal(answer(decision, given, colleague.fingerprint).code, 'noop')
  assert.deepEqual(decision.events, [])
})

suite('a vouch is worth nothing once', () => {
  const rows: readonly [string, Partial<Snapshot>, string][] = [
    ['whoever gave it is suspended', of1({ state: 'suspended' }), 'suspended'],
    ['they have left', of1({ state: 'left' }), 'left'],
    ['they were removed', of1({ state: 'removed' }), 'removed'],
    ['their key is revoked', of1({ revokedAt: NOW }), 'key-revoked'],
    ['they are unknown', { contacts: [member('2')] }, 'removed'],
    [
      'their organisation was removed',
      { distributors: [organisation('1', { state: 'removed' })] },
      'removed',
    ],
  ]
  for (const [name, changes, fault] of rows)
    test(name, () => {
      const application = request({ vouches: [vouchOf('1')] })
      assert.equal(judgedVouches(application, world()).at(0)?.fault, undefined)
      assert.equal(judgedVouches(application, world(changes)).at(0)?.fault, fault)
    })
})

test('one key on two lists speaks on the one that is applied for', () => {
  const elsewhere = { ...member('9'), fingerprint: ONE, project: 'other' as Contact['project'] }
  const given = world({ contacts: [elsewhere, member('1'), member('2')] })
  const decision = signed(VOUCH, ONE, given)
  assert.equal(decision.events[0]?.actor.name, 'M-000001')
})

test('an admin who is a contact, too, vouches as the contact', () => {
  const given = world({ contacts: [member('1', { fingerprint: ALICE.fingerprint }), member('2')] })
  const [event] = signed(VOUCH, ALICE.fingerprint, given).events
  assert.deepEqual([event?.actor.kind, event?.actor.name], ['member', 'M-000001'])
})
