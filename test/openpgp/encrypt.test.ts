import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { config, generateKey } from 'openpgp'
import { instant, later } from '../../src/model/scalars.ts'
import { encryptionSubkeyAt } from '../../src/openpgp/certificates.ts'
import { openMessage } from '../../src/openpgp/decrypt.ts'
import { decryptFromStorage, encryptForStorage, encryptTo } from '../../src/openpgp/encrypt.ts'
import { loadSecretKey, sessionKeys, signPackets } from '../../src/openpgp/secret-keys.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { missingSequoia, sequoiaDecrypt } from '../support/sequoia.ts'
import { until } from '../support/workspace.ts'
import {
  certificate,
  certificateOf,
  DAY,
  dearmor,
  now,
  octets,
  ownKey,
  packet,
  present,
  SECOND,
  sequoiaKey,
  signedByOddKey,
} from './material.ts'

const skip = missingGnuPG()
const text = 'Content-Type: text/plain\r\n\r\nNotice N-104233, embargoed.\r\n'

describe('a signed message that we encrypt', { skip }, () => {
  for (const algorithm of ['ed25519', 'rsa3072'] as const)
    test(`is read and verified by GnuPG with an ${algorithm} key`, async t => {
      const list = await ownKey('Security')
      const member = await until(t, GnuPG.create('Mia', 'mia@example.org', { algorithm }))
      await member.importKey(list.certificate.octets)
      const packets = await signPackets(octets(text), list, now)
      const sealed = await encryptTo(packets, await certificateOf(member), present())
      assert.ok(sealed.ok)
      const read = await member.decrypt(sealed.value.armored)
      assert.equal(read.octets.toString(), text)
      assert.deepEqual(read.goodSignatures, [list.fingerprint])
    })

  test('names exactly the one subkey that was told, and nobody else', async t => {
    const list = await ownKey('Security')
    const member = await until(t, GnuPG.create('Mia', 'mia@example.org', { fakedTime: now - DAY }))
    const newer = await member.addSubkey('encrypt')
    const enrolled = await certificateOf(member)
    const at = present()
    const expected = await encryptionSubkeyAt(enrolled, at)
    assert.ok(expected.ok)
    const sealed = await encryptTo(await signPackets(octets(text), list, now), enrolled, at)
    assert.ok(sealed.ok)
    assert.equal(sealed.value.subkey, expected.value.subkey)
    assert.deepEqual(await member.recipientKeyIds(sealed.value.armored), [newer.slice(-16)])
    assert.equal(sealed.value.subkey, newer.slice(-16).toLowerCase())
  })

  test('uses AES-256 with integrity protection, CRLF and a checksum, and hides the signer', async t => {
    const list = await ownKey('Security')
    const member = await until(t, GnuPG.create('Mia', 'mia@example.org'))
    const packets = await signPackets(octets(text), list, now)
    const sealed = await encryptTo(packets, await certificateOf(member), present())
    assert.ok(sealed.ok)
    const armored = Buffer.from(sealed.value.armored).toString()
    assert.match(armored, /^-----BEGIN PGP MESSAGE-----\r\n\r\n/)
    assert.match(armored, /\r\n=[A-Za-z0-9+/]{4}\r\n-----END PGP MESSAGE-----\r\n$/)
    assert.doesNotMatch(armored, /[^\r]\n/)
    assert.ok(armored.split('\r\n').every(line => line.length <= 76))
    const listed = await member.listPackets(sealed.value.armored)
    assert.match(listed, /mdc_method: 2/)
    assert.doesNotMatch(listed, new RegExp(list.fingerprint.slice(-16), 'i'))
  })

  test('is compressed only for a key that asks for it', async t => {
    const list = await ownKey('Security')
    const long = text.repeat(100)
    for (const { preferences, compressed } of [
      { preferences: 'S9 H10 Z2 Z1', compressed: true },
      { preferences: 'S9 H10 Z2', compressed: false },
      { preferences: 'S9 H10 Z0', compressed: false },
    ]) {
      const member = await until(t, GnuPG.create('Mia', 'mia@example.org', { preferences }))
      const packets = await signPackets(octets(long), list, now)
      const sealed = await encryptTo(packets, await certificateOf(member), present())
      assert.ok(sealed.ok)
      assert.equal((await member.decrypt(sealed.value.armored)).octets.toString(), long)
      assert.equal(sealed.value.armored.length < long.length, compressed, preferences)
    }
  })

  test('differs for every recipient, though it was signed once', async t => {
    const list = await ownKey('Security')
    const member = await until(t, GnuPG.create('Mia', 'mia@example.org'))
    const packets = await signPackets(octets(text), list, now)
    const enrolled = await certificateOf(member)
    const [first, second] = [
      await encryptTo(packets, enrolled, present()),
      await encryptTo(packets, enrolled, present()),
    ]
    assert.ok(first.ok && second.ok)
    assert.notDeepEqual(first.value.armored, second.value.armored)
    await member.importKey(list.certificate.octets)
    assert.deepEqual((await member.decrypt(second.value.armored)).goodSignatures, [list.fingerprint])
  })
})

describe('a member who uses Sequoia', { skip: missingSequoia() }, () => {
  test('reads and verifies what we encrypt', async t => {
    const list = await ownKey('Security')
    const sam = await sequoiaKey(t)
    const packets = await signPackets(octets(text), list, now)
    const sealed = await encryptTo(packets, await certificate(sam.certificate), present())
    assert.ok(sealed.ok)
    const keys = { recipientKey: sam.secret, signers: [list.certificate.octets] }
    const read = await sequoiaDecrypt(sealed.value.armored, keys)
    assert.deepEqual(read, { octets: octets(text) })
  })
})

describe('a certificate that cannot be encrypted to', { skip }, () => {
  test('is held with the reason, at that very instant', async t => {
    const list = await ownKey('Security')
    const packets = await signPackets(octets(text), list, now)
    const start = now - 10 * DAY
    const member = await until(
      t,
      GnuPG.create('Mia', 'mia@example.org', { fakedTime: start, expire: 'seconds=864000' }),
    )
    const enrolled = await certificateOf(member)
    const end = instant(start + 10 * DAY)
    assert.ok((await encryptTo(packets, enrolled, later(end, -SECOND))).ok)
    assert.deepEqual(await encryptTo(packets, enrolled, end), { ok: false, error: 'expired-key' })
    await member.expire('never')
    await member.revoke()
    const revoked = await encryptTo(packets, await certificateOf(member), present())
    assert.deepEqual(revoked, { ok: false, error: 'revoked-key' })
    const signs = await signedByOddKey(t, 'Key-Type: RSA\nKey-Length: 2048\nKey-Usage: sign', 'text')
    const none = await encryptTo(packets, await certificate(signs.certificate), present())
    assert.deepEqual(none, { ok: false, error: 'no-encryption-key' })
  })
})

describe('encrypting', () => {
  test('takes signed packets only', async () => {
    const list = await ownKey('Security')
    const packets = Buffer.from(await signPackets(octets(text), list, now))
    for (const other of [octets(text), octets(''), packet(11, octets('b\0\0\0\0\0x')), packets.subarray(1)])
      assert.deepEqual(await encryptTo(other, list.certificate, now), { ok: false, error: 'not-packets' })
  })

  test('uses authenticated encryption (SEIPD version 2) for a key whose features ask for it', async () => {
    const made = await generateKey({
      userIDs: { email: 'new@example.org' },
      format: 'binary',
      config: { ...config, aeadProtect: true },
    })
    const reader = await loadSecretKey(made.privateKey, undefined)
    assert.ok(reader.ok)
    const list = await ownKey('Security')
    const packets = await signPackets(octets(text), list, now)
    const sealed = await encryptTo(packets, reader.value.certificate, present())
    assert.ok(sealed.ok)
    const armored = Buffer.from(sealed.value.armored).toString()
    assert.doesNotMatch(armored, /\r\n=[A-Za-z0-9+/]{4}\r\n/)
    assert.equal(dearmor(armored).readUInt8(2), 6)
    const keys = [reader.value]
    const opened = await openMessage(
      sealed.value.armored,
      asked => sessionKeys(asked, keys, now),
      [list.certificate],
      present(),
    )
    assert.equal(opened.ok && Buffer.from(opened.value.octets).toString(), text)
    assert.equal(opened.ok && opened.value.signature.kind, 'good')
  })
})

describe('raw mail in storage', () => {
  test('comes back octet for octet, and only with the storage key', async () => {
    const storage = await ownKey('Storage')
    const other = await ownKey('Other')
    const raw = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256))
    const stored = await encryptForStorage(raw, storage.certificate, now)
    assert.equal(Buffer.from(stored).indexOf(raw.subarray(0, 64)), -1)
    assert.ok(raw.equals(await decryptFromStorage(stored, storage, now)))
    await assert.rejects(decryptFromStorage(stored, other, now), /cannot be opened: undecryptable/)
    const altered = Buffer.from(stored)
    altered.writeUInt8(altered.readUInt8(altered.length - 100) ^ 1, altered.length - 100)
    await assert.rejects(decryptFromStorage(altered, storage, now), /cannot be opened: undecryptable/)
  })

  test('of no octets is stored too', async () => {
    const storage = await ownKey('Storage')
    const stored = await encryptForStorage(new Uint8Array(), storage.certificate, now)
    assert.equal((await decryptFromStorage(stored, storage, now)).length, 0)
  })
})
