// The copies of a notice are made when an admin breaks the embargo of its case: the team hears it, and nothing of it goes.
import { MINUTE } from '../../../src/model/time.ts'
import type { Scenario } from '../explorer.ts'
import { found } from '../stage.ts'

export const scenario: Scenario = {
  name: 'an embargo is broken while copies of a notice wait',
  prepare: async stage => {
    const { alice } = stage.people
    const sendAt = stage.inAnHour()
    const confirmation = await stage.noticeConfirmation(sendAt)
    await stage.pass(
      world => world.deliver(confirmation),
      world => world.advance(Math.max(0, sendAt - 5 * MINUTE - world.now())),
    )
    const theCase = found(/C-[0-9]{6}/, (await stage.read(alice)).text)
    const broken = await stage.commandOf(alice, `break ${theCase} <<`, 'It is in the news.', '.')
    return [world => world.deliver(broken), world => world.advance(Math.max(0, sendAt - world.now()))]
  },
  mails: ['embargo-broken alice@alice.example', 'embargo-broken bob@bob.example'],
}
