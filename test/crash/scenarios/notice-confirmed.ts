// What waited under a token is confirmed: a notice is scheduled.
import type { Scenario } from '../explorer.ts'

export const scenario: Scenario = {
  name: 'a notice is confirmed',
  prepare: async stage => {
    const confirmation = await stage.noticeConfirmation(stage.inAnHour())
    return [world => world.deliver(confirmation)]
  },
  mails: ['transcript alice@alice.example', 'change bob@bob.example'],
}
