// A member writes to the list about a case, it waits, and an admin lets it through: nobody gets it before, everybody once.
import assert from 'node:assert/strict'
import { MINUTE } from '../../../src/model/time.ts'
import type { Scenario } from '../explorer.ts'
import { found, LIST } from '../stage.ts'

export const scenario: Scenario = {
  name: 'a post waits, and is let through',
  prepare: async stage => {
    const [noor, olga, pavel] = stage.people.contacts
    assert.ok(noor !== undefined && olga !== undefined && pavel !== undefined)
    stage.govern({ discussion: { posts: 'moderated' } })
    const sendAt = stage.inAnHour()
    const confirmation = await stage.noticeConfirmation(sendAt)
    await stage.pass(
      world => world.deliver(confirmation),
      world => world.advance(Math.max(0, sendAt - 5 * MINUTE - world.now())),
      world => world.advance(Math.max(0, sendAt - world.now())),
    )
    const theCase = found(/C-[0-9]{6}/, (await stage.read(noor)).text)
    const posted = await noor.writeSigned({
      to: LIST,
      subject: `Re: ${theCase}`,
      text: 'It applies to our branch; all tests pass.\n',
    })
    await stage.pass(world => world.deliver(posted))
    const through = await stage.tapped(stage.people.alice)
    return [world => world.deliver(through)]
  },
  mails: [
    ...['post alice@alice.example', 'post bob@bob.example'],
    ...['post olga@olga.example', 'post pavel@pavel.example'],
    'transcript alice@alice.example',
  ],
}
