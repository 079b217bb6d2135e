// Somebody tells of a leak, and so does a member under their signature: the team is alarmed by each, once.
import assert from 'node:assert/strict'
import type { Scenario } from '../explorer.ts'
import { COMMAND, SECURITY } from '../stage.ts'

const TALE = 'leak <<\nMy aunt knows.\n.\n'

export const scenario: Scenario = {
  name: 'a leak is told of, unsigned and signed',
  prepare: async stage => {
    const { riya, contacts } = stage.people
    const [noor] = contacts
    assert.ok(noor !== undefined)
    await stage.pass(stage.importOf(noor))
    const unsigned = riya.writeClear({ to: SECURITY, subject: 'It is out', text: TALE })
    const signed = await noor.writeSigned({
      to: COMMAND,
      subject: 'It is out',
      text: `embargod acme\n${TALE}`,
    })
    return [world => world.deliver(unsigned), world => world.deliver(signed)]
  },
  mails: [
    ...['leak-thanks riya@riya.example', 'leak alice@alice.example', 'leak bob@bob.example'],
    'transcript noor@noor.example',
  ],
}
