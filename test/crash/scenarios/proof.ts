// An applicant sends the token back under their key: nothing is missing any more, and the team hears of it.
import type { Scenario } from '../explorer.ts'

export const scenario: Scenario = {
  name: 'an applicant proves address and key',
  prepare: async stage => {
    stage.openList()
    const application = stage.application()
    await stage.pass(world => world.deliver(application))
    const proof = await stage.tapped(stage.people.ann)
    return [world => world.deliver(proof)]
  },
  mails: [
    'transcript ann@ann.example',
    ...['application-review alice@alice.example', 'application-review bob@bob.example'],
  ],
}
