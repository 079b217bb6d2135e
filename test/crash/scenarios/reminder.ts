// The days pass by until a promise is due: both admins are reminded, once.
import { DAY } from '../../../src/model/time.ts'
import type { Scenario } from '../explorer.ts'

export const scenario: Scenario = {
  name: 'a reminder is sent',
  prepare: async stage => {
    await stage.reported()
    // Three business days, over any weekend.
    return [world => world.advance(5 * DAY)]
  },
  mails: ['reminder alice@alice.example', 'reminder bob@bob.example'],
}
