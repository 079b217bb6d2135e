// threats.md E01: a member tries to let in a second identity of their own by their own word. Each way of being the same
// person, or of the same organisation, is tried at the vouch and, since all of them can come about later, at the approval.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Application } from '../../src/model/application.ts'
import type { Contact } from '../../src/model/contact.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { ALICE, address, fingerprint, NOW } from '../decide/given.ts'
import {
  A,
  ANN,
  answer,
  member,
  organisation,
  request,
  signed,
  vouchOf,
  withRequest,
  world,
} from '../decide/membership/joining.ts'

const MALLORY = fingerprint('1')

type Disguise = {
  readonly as: string
  readonly mallory?: Partial<Contact>
  readonly request?: Partial<Application>
}

const disguises: readonly Disguise[] = [
  {
    as: 'the same key',
    request: { key: { fingerprint: MALLORY, certificate: new Uint8Array([1]), keyIds: [] } },
  },
  { as: 'the same subkey under another primary key', mallory: { keyIds: ['6666666666666666'] } },
  { as: 'a key that they are changing to', mallory: { nextKey: changingTo() } },
  { as: 'a key that they had', mallory: { formerKeys: [{ fingerprint: ANN, since: NOW, until: NOW }] } },
  { as: 'the same mailbox', request: { address: address('oncall@distro1.example') } },
  { as: 'the same mailbox in capitals', request: { address: address('OnCall@Distro1.example') } },
  { as: 'the same mailbox behind a plus', request: { address: address('oncall+new@distro1.example') } },
  { as: 'a colleague', request: { address: address('other@distro1.example') } },
  ...['Distro 1', 'distro1', 'DISTRO-1', 'Ｄｉｓｔｒｏ　１', 'Distro 1.', 'Dіstrо 1'].map(name => ({
    as: `the organisation “${name}”`,
    request: { answers: { ...request().answers, organisation: plaintext(name) } },
  })),
]

function changingTo(): NonNullable<Contact['nextKey']> {
  const key = { fingerprint: ANN, certificate: new Uint8Array([1]), keyIds: [] }
  return { key, by: 'change', askedAt: NOW, token: 't', provenAt: NOW, effectiveAt: undefined }
}

for (const { as, mallory = {}, request: changes = {} } of disguises)
  suite(`as ${as}`, () => {
    const contacts = [member('1', mallory), member('2'), member('3')]
    const key = (changes.key ?? request().key)?.fingerprint ?? ANN

    test('no vouch is taken', () => {
      const given = world({ contacts, ...withRequest(changes) })
      const decision = signed(`vouch ${A} for=${key} <<\nGood people.\n.`, MALLORY, given)
      const { code } = answer(decision, given, MALLORY)
      assert.notEqual(code, 'ok')
      assert.deepEqual(decision.events, [])
    })

    test('a vouch that was taken counts for nothing, and cannot be waived through', () => {
      const vouches = [vouchOf('1', { fingerprint: key })]
      const given = world({ contacts, ...withRequest({ ...changes, vouches }) })
      for (const line of [`approve ${A}`, `approve ${A} without-vouch=M-000001`]) {
        const decision = signed(line, ALICE.fingerprint, given)
        assert.deepEqual([decision.events, decision.plan], [[], undefined])
      }
    })
  })

test('a stranger by all of these is vouched for', () => {
  const given = world({ distributors: [organisation('1'), organisation('2'), organisation('3')] })
  const decision = signed(`vouch ${A} for=${ANN} <<\nGood people.\n.`, MALLORY, given)
  assert.equal(answer(decision, given, MALLORY).code, 'ok')
})
