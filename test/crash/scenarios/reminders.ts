// A date of disclosure is set, and time goes by: an hour before it and at it every admin is reminded. Whoever was not
// there at an instant hears of it when they are back.
import { type Instant, later } from '../../../src/model/scalars.ts'
import { formatInstant, HOUR, MINUTE } from '../../../src/model/time.ts'
import type { Scenario } from '../explorer.ts'
import type { Moment } from '../life.ts'

export const scenario: Scenario = {
  name: 'a date of disclosure is set and reminded of',
  prepare: async stage => {
    const { alice } = stage.people
    const theCase = await stage.reported()
    const disclose = later(stage.inAnHour(), HOUR)
    const accepted = await stage.commandOf(alice, `accept ${theCase}`)
    await stage.pass(world => world.deliver(accepted))
    const head = `plan ${theCase} disclose=${formatInstant(disclose)} <<`
    const planned = await stage.commandOf(alice, head, 'Then there is a release.', '.')
    const until =
      (at: Instant): Moment =>
      world =>
        world.advance(Math.max(0, at - world.now()))
    return [
      world => world.deliver(planned),
      until(later(disclose, MINUTE - HOUR)),
      until(later(disclose, MINUTE)),
    ]
  },
  mails: [
    'transcript alice@alice.example',
    'change bob@bob.example',
    'news riya@riya.example',
    'reminder alice@alice.example',
    'reminder alice@alice.example',
    'reminder bob@bob.example',
    'reminder bob@bob.example',
  ],
}
