// The operator puts a contact on the list by the command line, beside the running daemon.
import assert from 'node:assert/strict'
import type { Scenario } from '../explorer.ts'

export const scenario: Scenario = {
  name: "the operator's request is carried out",
  prepare: async stage => {
    const [contact] = stage.people.contacts
    assert.ok(contact !== undefined)
    return [stage.importOf(contact)]
  },
  mails: ['change alice@alice.example', 'change bob@bob.example'],
}
