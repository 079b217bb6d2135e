// Anyone can send a report with an admin's public key, and so make it the key of a case: that copy of it must not
// answer for the admin in place of the one that the configuration names.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fingerprint } from '../../src/model/scalars.ts'
import { instant } from '../../src/model/scalars.ts'
import { Sandbox } from '../../src/sandbox/sandbox.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import * as mails from '../support/mail.ts'
import { until } from '../support/workspace.ts'

const automatic = { ownAddresses: [], lists: [], spamHeader: undefined, returnPathRecorded: 'no' } as const

test("a case's copy of an admin's certificate makes none of their signatures good", {
  skip: missingGnuPG(),
}, async t => {
  const admin = await until(t, GnuPG.create('Ann', 'ann@example.org'))
  const first = await admin.exportPublic()
  await admin.addSubkey('sign')
  const withSubkey = await admin.exportPublic()
  const octets = await mails.gpgMimeSigned(admin, { to: 'security@project.org', text: 'embargod x' })
  await admin.revoke()
  const revoked = await admin.exportPublic()
  const now = instant(Date.now() + 60_000)

  const verdict = async (enrolled: Uint8Array | undefined) => {
    const sandbox = new Sandbox({ sessionKeys: async () => [], certificates: () => [withSubkey] }, automatic)
    t.after(() => sandbox.close())
    sandbox.enrol(
      enrolled === undefined ? [] : [{ fingerprint: admin.fingerprint as Fingerprint, octets: enrolled }],
    )
    const opened = await sandbox.open(octets, now)
    assert.ok(opened.ok)
    const { authored } = opened.value.mail
    assert.ok(authored.kind === 'signed')
    return authored.signature.kind === 'refused' ? authored.signature.fault : authored.signature.kind
  }
  assert.equal(await verdict(undefined), 'good')
  assert.equal(await verdict(first), 'unknown-key')
  assert.equal(await verdict(revoked), 'revoked-key')
})

test('a store that cannot say whose signature it is fails the mail, which is tried again, and nothing else', {
  skip: missingGnuPG(),
}, async t => {
  const person = await until(t, GnuPG.create('Ann', 'ann@example.org'))
  const octets = await mails.gpgMimeSigned(person, { to: 'security@project.org', text: 'embargod x' })
  const certificates = () => {
    throw new Error('damaged')
  }
  const sandbox = new Sandbox({ sessionKeys: async () => [], certificates }, automatic)
  t.after(() => sandbox.close())
  const now = instant(Date.now() + 60_000)
  assert.deepEqual(await sandbox.open(octets, now), { ok: false, error: 'sandbox-failed' })
})
