// Copies of a notice are made, and then one of the three contacts revokes their key: theirs never leaves.
import assert from 'node:assert/strict'
import { readPrivateKey, revokeKey } from 'openpgp'
import { MINUTE } from '../../../src/model/time.ts'
import type { Scenario } from '../explorer.ts'
import { COMMAND } from '../stage.ts'

export const scenario: Scenario = {
  name: 'a key is revoked while copies wait for their instant',
  prepare: async stage => {
    const [noor] = stage.people.contacts
    assert.ok(noor !== undefined)
    stage.openList()
    const sendAt = stage.inAnHour()
    const confirmation = await stage.noticeConfirmation(sendAt)
    await stage.pass(world => world.deliver(confirmation))
    const key = await readPrivateKey({ armoredKey: noor.secretKey() })
    const { publicKey } = await revokeKey({ key, format: 'armored' })
    const revocation = noor.writeClear({
      to: COMMAND,
      subject: 'My key',
      text: 'It is revoked.\n',
      files: [{ fileName: 'revoked.asc', text: publicKey }],
    })
    return [
      world => world.advance(Math.max(0, sendAt - 5 * MINUTE - world.now())),
      world => world.deliver(revocation),
      world => world.advance(Math.max(0, sendAt - world.now())),
    ]
  },
  mails: [
    ...['notice olga@olga.example', 'notice pavel@pavel.example'],
    ...['membership alice@alice.example', 'membership bob@bob.example'],
  ],
}
