// The same mail arrives again: nobody is told anything, and no second case is opened.
import type { Scenario } from '../explorer.ts'
import type { Moment } from '../life.ts'
import { SECURITY } from '../stage.ts'

export const scenario: Scenario = {
  name: 'a mail that arrives twice is decided once',
  prepare: async ({ people: { riya, ours } }) => {
    const letter = { to: SECURITY, subject: 'A crash', text: 'It crashes.\n' }
    const report = await riya.writeEncrypted(letter, ours)
    const deliver: Moment = world => world.deliver(report)
    return [deliver, deliver]
  },
  mails: ['acknowledgement riya@riya.example', 'report alice@alice.example', 'report bob@bob.example'],
}
