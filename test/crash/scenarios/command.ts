// An admin's command is carried out: the case moves on, and three people are told.
import type { Scenario } from '../explorer.ts'

export const scenario: Scenario = {
  name: 'a command is carried out',
  prepare: async stage => {
    const theCase = await stage.reported()
    const command = await stage.commandOf(stage.people.alice, `accept ${theCase}`)
    return [world => world.deliver(command)]
  },
  mails: ['transcript alice@alice.example', 'change bob@bob.example', 'news riya@riya.example'],
}
