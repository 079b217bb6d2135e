// K04, K05: of several encryption subkeys the newest that is valid is taken, as GnuPG does, and what comes out names that
// one and no other.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encryptPieces, encryptTo } from '../../src/openpgp/encrypt.ts'
import { signPackets, signPieces } from '../../src/openpgp/secret-keys.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { until } from '../support/workspace.ts'
import { certificateOf, DAY, now, octets, ownKey, present } from './material.ts'

const longAgo = now - 20 * DAY

/** What its owner did to a key with one encryption subkey of twenty days ago. */
const KEYS: readonly (readonly [name: string, make: (member: GnuPG) => Promise<unknown>])[] = [
  ['one', async () => undefined],
  ['a newer one', member => member.addSubkey('encrypt', { fakedTime: now - 5 * DAY })],
  [
    'a newer one that ended',
    member => member.addSubkey('encrypt', { fakedTime: now - 10 * DAY, expire: '5d' }),
  ],
  [
    'a newer one that was revoked',
    async member => {
      await member.addSubkey('encrypt', { fakedTime: now - 10 * DAY })
      await member.revokeSubkey(2, now - 5 * DAY)
    },
  ],
  ['a newer one that signs', member => member.addSubkey('sign', { fakedTime: now - 5 * DAY })],
  ['one that is to come', member => member.addSubkey('encrypt', { fakedTime: now + 5 * DAY })],
  [
    'two newer ones, the last of which ended',
    async member => {
      await member.addSubkey('encrypt', { fakedTime: now - 10 * DAY })
      await member.addSubkey('encrypt', { fakedTime: now - 8 * DAY, expire: '5d' })
    },
  ],
]

describe('a member whose key has', { skip: missingGnuPG() }, () => {
  for (const [name, make] of KEYS)
    test(`${name} is written to at the subkey that GnuPG takes, and at no other`, async t => {
      const member = await until(t, GnuPG.create('Mia', 'mia@example.org', { fakedTime: longAgo }))
      await make(member)
      const byGnuPG = await member.encryptSign([member], 'text')
      const expected = await member.recipientKeyIds(byGnuPG)
      assert.equal(expected.length, 1)
      const list = await ownKey('Security')
      const certificate = await certificateOf(member)
      const sealed = await encryptTo(await signPackets(octets('text'), list, now), certificate, present())
      assert.ok(sealed.ok)
      assert.deepEqual(await member.recipientKeyIds(sealed.value.armored), expected)
      assert.deepEqual([sealed.value.subkey.toUpperCase()], expected)
      const pieces = await signPieces([octets('text')], list, now)
      const alone = await encryptPieces(pieces, certificate, present())
      assert.ok(alone.ok)
      const armored = Buffer.concat([...alone.value.armored])
      assert.deepEqual(await member.recipientKeyIds(armored), expected)
      assert.equal((await member.decrypt(armored)).octets.toString(), 'text')
    })
})
