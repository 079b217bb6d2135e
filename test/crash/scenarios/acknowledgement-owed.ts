// Two reports more than a day allows one sender are owed their acknowledgement, and get one mail a day later.
import { DAY, MINUTE } from '../../../src/model/time.ts'
import type { Scenario } from '../explorer.ts'
import type { Moment } from '../life.ts'
import { SECURITY } from '../stage.ts'

const A_DAYS_SHARE = 5

export const scenario: Scenario = {
  name: 'acknowledgements over the limit wait a day and are paid by one mail',
  prepare: async stage => {
    const { riya, ours } = stage.people
    const delivering = async (text: string): Promise<Moment> => {
      const report = await riya.writeEncrypted({ to: SECURITY, subject: 'A crash', text }, ours)
      return world => world.deliver(report)
    }
    const moments = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(n => delivering(`Crash ${n}.\n`)))
    // Nearly a day lies before, so that what a death leaves in doubt is not late as well when the day is over.
    await stage.pass(...moments.slice(0, A_DAYS_SHARE), world => world.advance(DAY - 2 * MINUTE))
    return [...moments.slice(A_DAYS_SHARE), world => world.advance(3 * MINUTE)]
  },
  mails: [
    'acknowledgement-list riya@riya.example',
    'alert alice@alice.example',
    'alert bob@bob.example',
    'report alice@alice.example',
    'report alice@alice.example',
    'report bob@bob.example',
    'report bob@bob.example',
  ],
}
