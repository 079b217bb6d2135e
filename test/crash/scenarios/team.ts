// The configuration names another team than before: who left, who stays and who joins each hears of it.
import type { Scenario } from '../explorer.ts'
import { SECURITY } from '../stage.ts'

export const scenario: Scenario = {
  name: 'a change of the team is told to both teams',
  prepare: async stage => {
    const { alice, riya, contacts, ours } = stage.people
    const [noor = riya] = contacts
    // The team that was is known once anything has happened.
    await stage.reported()
    await stage.engage(alice, noor)
    const letter = { to: SECURITY, subject: 'Another crash', text: 'It crashes again.\n' }
    const report = await riya.writeEncrypted(letter, ours)
    return [world => world.deliver(report)]
  },
  mails: [
    ...['alert alice@alice.example', 'alert bob@bob.example', 'alert noor@noor.example'],
    'report noor@noor.example',
  ],
}
