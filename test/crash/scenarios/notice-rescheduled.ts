// Copies of a notice are made, and then it is moved to an earlier instant: they are made anew, and go then.
import { instant } from '../../../src/model/scalars.ts'
import { formatInstant, MINUTE } from '../../../src/model/time.ts'
import type { Scenario } from '../explorer.ts'

export const scenario: Scenario = {
  name: 'a notice whose copies are made is moved to an earlier instant',
  prepare: async stage => {
    const sendAt = stage.inAnHour()
    const confirmation = await stage.noticeConfirmation(sendAt)
    await stage.pass(world => world.deliver(confirmation))
    await stage.pass(world => world.advance(Math.max(0, sendAt - 9 * MINUTE - world.now())))
    const earlier = instant(sendAt - 5 * MINUTE)
    const moved = await stage.changeOfNotice(`reschedule N send=${formatInstant(earlier)}`)
    return [world => world.deliver(moved), world => world.advance(Math.max(0, earlier - world.now()))]
  },
  mails: ['notice noor@noor.example', 'notice olga@olga.example', 'notice pavel@pavel.example'],
}
