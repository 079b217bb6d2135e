// A member asks whether they may tell somebody else, and the list grants it.
import assert from 'node:assert/strict'
import { MINUTE } from '../../../src/model/time.ts'
import type { Scenario } from '../explorer.ts'
import { found } from '../stage.ts'

export const scenario: Scenario = {
  name: 'the list grants what a member asks to share',
  prepare: async stage => {
    const [noor, olga, pavel] = stage.people.contacts
    assert.ok(noor !== undefined && olga !== undefined && pavel !== undefined)
    stage.govern({ sharing: { approvedBy: 'list', count: 2, within: { count: 3, unit: 'day' } } })
    const sendAt = stage.inAnHour()
    const confirmation = await stage.noticeConfirmation(sendAt)
    await stage.pass(
      world => world.deliver(confirmation),
      world => world.advance(Math.max(0, sendAt - 5 * MINUTE - world.now())),
      world => world.advance(Math.max(0, sendAt - world.now())),
    )
    const theCase = found(/C-[0-9]{6}/, (await stage.read(noor)).text)
    const asking = await stage.commandOf(
      noor,
      `ask-share ${theCase} with="our partner" <<`,
      'They build.',
      '.',
    )
    await stage.pass(world => world.deliver(asking))
    const [one, two] = [await stage.tapped(olga), await stage.tapped(pavel)]
    return [world => world.deliver(one), world => world.deliver(two)]
  },
  mails: [
    'share-outcome noor@noor.example',
    'transcript olga@olga.example',
    'transcript pavel@pavel.example',
  ],
}
