// Copies of a notice are made; a minute after its instant it has not gone, and a cancel waits in the mailbox: nothing goes.
import { MINUTE } from '../../../src/model/time.ts'
import type { Scenario } from '../explorer.ts'

export const scenario: Scenario = {
  name: 'a cancel waits in the mailbox of a notice that is late',
  prepare: async stage => {
    const sendAt = stage.inAnHour()
    const confirmation = await stage.noticeConfirmation(sendAt)
    await stage.pass(world => world.deliver(confirmation))
    await stage.pass(world => world.advance(Math.max(0, sendAt - 5 * MINUTE - world.now())))
    const cancel = await stage.commandOf(stage.people.alice, `cancel ${stage.noticeNamed()}`)
    return [
      world => {
        world.deliver(cancel)
        world.advance(Math.max(0, sendAt + MINUTE - world.now()))
      },
    ]
  },
  mails: ['transcript alice@alice.example', 'change bob@bob.example'],
}
