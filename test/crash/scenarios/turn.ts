// Nobody volunteers to lead: whose turn it is is asked, and when they do not answer the next one is.
import { DAY } from '../../../src/model/time.ts'
import type { Scenario } from '../explorer.ts'

export const scenario: Scenario = {
  name: 'the next in turn is asked to lead',
  prepare: async stage => {
    stage.govern({ lead: { volunteer: { count: 12, unit: 'hour' }, answer: { count: 1, unit: 'day' } } })
    await stage.reported()
    return [world => world.advance(DAY), world => world.advance(DAY)]
  },
  mails: ['welcome alice@alice.example', 'welcome bob@bob.example'],
}
