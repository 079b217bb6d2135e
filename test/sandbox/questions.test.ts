// What a mail makes the child ask of its parent is bounded by what is answered: whoever writes a mail with more to ask
// gets it read all the same, as by keys that nobody knows.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { OpenedMail } from '../../src/model/mail.ts'
import { instant } from '../../src/model/scalars.ts'
import { sessionKeys } from '../../src/openpgp/secret-keys.ts'
import { Sandbox } from '../../src/sandbox/sandbox.ts'
import { armor, dearmor } from '../openpgp/material.ts'
import { secretKeyOf } from '../receive/opening.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { attachmentEntity, resolve } from '../support/mime.ts'
import { mail, mixed, textEntity } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'

const automatic = { ownAddresses: [], lists: [], spamHeader: undefined, returnPathRecorded: 'no' } as const
const skip = missingGnuPG()

describe('what a mail makes the child ask', { skip }, async () => {
  if (skip !== false) return
  const [own, stranger] = await Promise.all([
    until({ after }, GnuPG.create('Own', 'own@example.org')),
    until({ after }, GnuPG.create('Stranger', 'stranger@example.org')),
  ])
  await stranger.importKey(await own.exportPublic())
  const secret = await secretKeyOf(own)
  const now = instant(Date.now() + 60_000)
  const asked: string[] = []
  const sandbox = new Sandbox(
    {
      sessionKeys: packets => sessionKeys(packets, [secret], now),
      certificates: keyId => {
        asked.push(keyId)
        return []
      },
    },
    automatic,
  )
  after(() => sandbox.close())

  async function opened(...parts: readonly string[]): Promise<OpenedMail> {
    asked.length = 0
    const to = 'security@project.org'
    const result = await sandbox.open(
      mail(resolve({ to, subject: 's' }, stranger.mailbox), mixed(parts)),
      now,
    )
    assert.ok(result.ok, result.ok ? '' : result.error)
    return result.value.mail
  }
  const secretly = (words: string, signed: 'signed' | 'unsigned' = 'signed') =>
    stranger.encryptSign([own.fingerprint], words, { signed })

  test('is asked once for a key, however many messages it signed', async () => {
    const theirKey = await (
      await until({ after }, GnuPG.create('Third', 'third@example.org'))
    ).exportArmored()
    const texts = await Promise.all(
      Array.from({ length: 10 }, async (_, n) => textEntity(await secretly(`${n}\n${theirKey}`))),
    )
    const { parts } = await opened(...texts)
    assert.deepEqual(
      parts.map(({ encrypted, signature }) => [encrypted, signature.kind === 'refused' && signature.fault]),
      texts.map(() => [true, 'unknown-key']),
    )
    assert.deepEqual(asked, [stranger.fingerprint.slice(-16).toLowerCase()])
  })

  test('is not asked without end, and what is encrypted is opened all the same', async () => {
    const [, armored = ''] = (await stranger.revocationCertificate()).split(/^(?=-----BEGIN)/m)
    const revocation = dearmor(armored)
    const keyId = Buffer.from(stranger.fingerprint.slice(-16), 'hex')
    const named = (n: number) => {
      const id = Buffer.alloc(8, 0xaa)
      id.writeUInt32BE(n)
      const octets = Buffer.from(revocation)
      for (let at = octets.indexOf(keyId); at >= 0; at = octets.indexOf(keyId)) id.copy(octets, at)
      return armor('PUBLIC KEY BLOCK', octets)
    }
    const files = Array.from({ length: 20 }, (_, file) =>
      attachmentEntity({
        fileName: `${file}.asc`,
        content: Array.from({ length: 5 }, (__, n) => named(file * 5 + n)).join('\n'),
      }),
    )
    const { parts } = await opened(...files, textEntity(await secretly('Hello.\n', 'unsigned')))
    assert.equal(parts.at(-1)?.text?.open().trim(), 'Hello.')
    assert.equal(asked.length, 32)
  })
})
