// What admins are warned of in a request to join, each thing alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flagsOf } from '../../../src/decide/membership/flags.ts'
import type { Application } from '../../../src/model/application.ts'
import type { ApplicationFlag } from '../../../src/model/application-flag.ts'
import type { Contact } from '../../../src/model/contact.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { parseProjectName } from '../../../src/model/scalars.ts'
import { ALICE, address, contact, settings, sure } from '../given.ts'
import { anApplication } from './applicants.ts'

const one = contact('one', '1')
const gone = (state: Contact['state']): Contact => ({ ...one, state })
const from = (text: string): Partial<Application> => ({ address: address(text) })

const table: readonly (readonly [Partial<Application>, readonly Contact[], readonly ApplicationFlag[]])[] = [
  [{}, [one], []],
  [from('vera@post.example'), [], [{ kind: 'mail-provider' }]],
  [from('oncall@one.example'), [one], [{ kind: 'same-mailbox', of: one.id }]],
  [from('OnCall+7@one.example'), [one], [{ kind: 'same-mailbox', of: one.id }]],
  [from('onca11@one.example'), [one], [{ kind: 'looks-like', of: one.id }]],
  [from('oncall@0ne.example'), [one], [{ kind: 'looks-like', of: one.id }]],
  [from('oncall@one.example'), [gone('left')], [{ kind: 'was-member', of: one.id, how: 'left' }]],
  [from('oncall@one.example'), [gone('removed')], [{ kind: 'was-member', of: one.id, how: 'removed' }]],
  [from('vera@one.example'), [gone('removed')], [{ kind: 'domain-of-removed', of: one.id }]],
  [from('vera@one.example'), [gone('left')], []],
  [from('oncall@one.example'), [{ ...one, project: sure(parseProjectName('gadget')) }], []],
  [{ address: ALICE.address }, [], [{ kind: 'same-mailbox', of: 'alice' }]],
  [
    from('vera@xn--vendr-gua.example'),
    [],
    [{ kind: 'hidden-letters', labels: ['xn--vendr-gua stands for U+00F5'] }],
  ],
  [
    { answers: { organisation: plaintext('Vera  Vogt.'), name: plaintext('vera vogt'), criteria: {} } },
    [],
    [{ kind: 'one-person' }],
  ],
]

test('each is told, and nothing else', () => {
  for (const [changes, contacts, flags] of table)
    assert.deepEqual(flagsOf(anApplication(changes), { contacts, settings: settings() }), flags)
})
