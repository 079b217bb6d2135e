// A stranger asks to join, and gets an answer and a token; whenever we died, the token that they got is the one that counts.
import type { Scenario } from '../explorer.ts'

export const scenario: Scenario = {
  name: 'a request to join is answered, and the key challenged',
  prepare: async stage => {
    stage.openList()
    const application = stage.application()
    return [world => world.deliver(application)]
  },
  mails: [
    ...['application-answer ann@ann.example', 'challenge ann@ann.example'],
    ...['application alice@alice.example', 'application bob@bob.example'],
  ],
  afterwards: {
    moment: async (stage, world) => {
      const proof = await stage.tapped(stage.people.ann, world)
      return later => later.deliver(proof)
    },
    event: 'application-proven',
  },
}
