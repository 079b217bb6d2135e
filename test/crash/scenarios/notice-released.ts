// The instant of a notice comes near, when its copies are made, and comes, when they go to three contacts.
import { MINUTE } from '../../../src/model/time.ts'
import type { Scenario } from '../explorer.ts'

export const scenario: Scenario = {
  name: 'a notice is released to three contacts',
  prepare: async stage => {
    const sendAt = stage.inAnHour()
    const confirmation = await stage.noticeConfirmation(sendAt)
    await stage.pass(world => world.deliver(confirmation))
    return [
      world => world.advance(Math.max(0, sendAt - 5 * MINUTE - world.now())),
      world => world.advance(Math.max(0, sendAt - world.now())),
    ]
  },
  mails: ['notice noor@noor.example', 'notice olga@olga.example', 'notice pavel@pavel.example'],
}
