// A member proves a key that is to follow theirs; the cooling-off goes by, and it is theirs.
import assert from 'node:assert/strict'
import { Person } from '../../../src/demo/mail-program.ts'
import { DAY } from '../../../src/model/time.ts'
import type { Scenario } from '../explorer.ts'
import { COMMAND } from '../stage.ts'

export const scenario: Scenario = {
  name: 'a key follows another when its time has come',
  prepare: async stage => {
    const [noor] = stage.people.contacts
    assert.ok(noor !== undefined)
    stage.openList()
    await stage.pass(stage.importOf(noor))
    const next = await Person.make(noor.name, noor.address)
    const asking = await noor.writeSigned({
      to: COMMAND,
      subject: 'A key',
      text: 'embargod acme\nkey add att:next.asc\n',
      files: [{ fileName: 'next.asc', text: next.certificate }],
    })
    await stage.pass(world => world.deliver(asking))
    const proof = await stage.tapped(next)
    return [world => world.deliver(proof), world => world.advance(2 * DAY)]
  },
  mails: ['transcript noor@noor.example', 'change alice@alice.example', 'change bob@bob.example'],
}
