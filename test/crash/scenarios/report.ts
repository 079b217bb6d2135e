// A report is taken in, acknowledged, and reaches the team.
import type { Scenario } from '../explorer.ts'
import { SECURITY } from '../stage.ts'

export const scenario: Scenario = {
  name: 'a report is acknowledged',
  prepare: async ({ people: { riya, ours } }) => {
    const letter = { to: SECURITY, subject: 'A crash', text: 'It crashes.\n' }
    const report = await riya.writeEncrypted(letter, ours)
    return [world => world.deliver(report)]
  },
  mails: ['acknowledgement riya@riya.example', 'report alice@alice.example', 'report bob@bob.example'],
}
