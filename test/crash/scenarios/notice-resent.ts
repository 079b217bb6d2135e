// A notice went out, and an admin has it go once more to one contact, who has it twice then, and no other has.
import type { Scenario } from '../explorer.ts'

export const scenario: Scenario = {
  name: 'a notice goes once more to one contact',
  prepare: async stage => {
    const sendAt = stage.inAnHour()
    const confirmation = await stage.noticeConfirmation(sendAt)
    await stage.pass(world => world.deliver(confirmation))
    await stage.pass(world => world.advance(Math.max(0, sendAt - world.now())))
    const again = await stage.changeOfNotice(`resend N to=${stage.contactNamed('noor@noor.example')}`)
    return [world => world.deliver(again)]
  },
  mails: ['notice noor@noor.example', 'transcript alice@alice.example', 'change bob@bob.example'],
}
