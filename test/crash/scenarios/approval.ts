// An application is approved by one admin and confirmed by another: whoever asked is on the list, and welcomed once.
import type { Scenario } from '../explorer.ts'
import { found } from '../stage.ts'

export const scenario: Scenario = {
  name: 'an approval is confirmed, and the new member welcomed',
  prepare: async stage => {
    const { alice, ann, bob } = stage.people
    stage.openList()
    const application = stage.application()
    await stage.pass(world => world.deliver(application))
    const proof = await stage.tapped(ann)
    await stage.pass(world => world.deliver(proof))
    const id = found(/A-[0-9]{6}/, (await stage.read(alice)).text)
    const approval = await stage.commandOf(alice, `approve ${id}`)
    await stage.pass(world => world.deliver(approval))
    const confirmation = await stage.tapped(bob)
    return [world => world.deliver(confirmation)]
  },
  mails: ['member-welcome ann@ann.example', 'transcript bob@bob.example', 'change alice@alice.example'],
}
