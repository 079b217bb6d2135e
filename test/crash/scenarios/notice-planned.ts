// A command that cannot be undone waits under a token.
import type { Scenario } from '../explorer.ts'

export const scenario: Scenario = {
  name: 'a notice is planned and waits for its confirmation',
  prepare: async stage => {
    const plan = await stage.noticePlan(stage.inAnHour())
    return [world => world.deliver(plan)]
  },
  mails: ['transcript alice@alice.example', 'transcript bob@bob.example'],
}
