// A key that its owner has revoked: however the revocation comes, and whatever copies stand beside it, it is seen,
// and what the key signed does not count. Keys and revocations by GnuPG.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { instant } from '../../src/model/scalars.ts'
import { Sandbox } from '../../src/sandbox/sandbox.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import * as mails from '../support/mail.ts'
import { attachmentEntity, resolve } from '../support/mime.ts'
import { mail, mixed, multipartSigned, textEntity } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'

const automatic = { ownAddresses: [], lists: [], spamHeader: undefined, returnPathRecorded: 'no' } as const
const to = 'security@project.org'
const skip = missingGnuPG()

describe('a key that its owner has revoked', { skip }, async () => {
  if (skip !== false) return
  const { after } = await import('node:test')
  const [erin, eve] = await Promise.all([
    until({ after }, GnuPG.create('Erin', 'erin@example.org')),
    until({ after }, GnuPG.create('Eve', 'eve@example.org')),
  ])
  const before = await erin.exportPublic()
  const bare = await erin.revocationCertificate()
  const evesBare = await eve.revocationCertificate()
  const signedBefore = await multipartSigned(erin, textEntity('It is fixed.\n'))
  await erin.revoke()
  const revoked = await erin.exportArmored()
  const now = instant(Date.now() + 60_000)
  /** It knows the key as it was. */
  const sandbox = new Sandbox({ sessionKeys: async () => [], certificates: () => [before] }, automatic)
  after(() => sandbox.close())

  async function opened(octets: Uint8Array) {
    const result = await sandbox.open(octets, now)
    assert.ok(result.ok)
    return result.value.mail
  }
  const from = (content: string) => mail(resolve({ to, subject: 's' }, eve.mailbox), content)
  const key = (content: string | Buffer) =>
    attachmentEntity({ fileName: 'key.asc', mediaType: 'application/pgp-keys', content })
  const revokedIn = async (...files: readonly (string | Buffer)[]) =>
    (await opened(from(mixed([textEntity('x\n'), ...files.map(key)])))).offered.map(
      ({ fingerprint, revoked: how }) => [fingerprint, how],
    )

  for (const [name, files, expected] of [
    ['is seen in whoever’s mail', [revoked], [[erin.fingerprint, true]]],
    ['is seen behind an older copy', [before, revoked], [[erin.fingerprint, true]]],
    ['is seen before an older copy', [revoked, before], [[erin.fingerprint, true]]],
    ['is seen by its bare revocation', [bare], [[erin.fingerprint, true]]],
    ['is nothing that another’s revocation makes it', [before, evesBare], [[erin.fingerprint, undefined]]],
    ['is not conjured up by another’s revocation', [evesBare], []],
  ] as const)
    test(name, async () => assert.deepEqual(await revokedIn(...files), expected))

  test('signs nothing that counts from that mail on, though the store has an older copy', async () => {
    const without = await opened(from(signedBefore))
    assert.equal(without.author?.primary, erin.fingerprint)
    const octets = mail(
      resolve({ to, subject: 's', headers: [['Autocrypt', `addr=${eve.address}; keydata=x`]] }, eve.mailbox),
      mixed([signedBefore, key(revoked)]),
    )
    const { author, parts } = await opened(octets)
    assert.equal(author, undefined)
    const [{ signature } = { signature: undefined }] = parts
    assert.equal(signature?.kind === 'refused' && signature.fault, 'revoked-key')
  })

  test('is no key that anything is encrypted to', async () => {
    const { offered } = await opened(await mails.thunderbirdSigned(eve, { to, text: 'x' }))
    assert.deepEqual(
      offered.map(({ encryptable, revoked: how }) => [encryptable, how]),
      [[true, undefined]],
    )
    const [mine] = (await opened(from(mixed([textEntity('x\n'), key(revoked)])))).offered
    assert.equal(mine?.encryptable, false)
  })
})
