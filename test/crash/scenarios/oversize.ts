// A mail over the limit stays in the mailbox, and the admins are told of it.
import type { Scenario } from '../explorer.ts'
import { MAX_MAIL, SECURITY } from '../stage.ts'

export const scenario: Scenario = {
  name: 'the admins are told of a mail that is too large',
  prepare: async ({ people: { riya } }) => {
    const text = `${'x'.repeat(70)}\n`.repeat(MAX_MAIL / 70)
    const mail = riya.writeClear({ to: SECURITY, subject: 'Much', text })
    return [world => world.deliver(mail)]
  },
  mails: ['alert alice@alice.example', 'alert bob@bob.example'],
}
