import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { config, enums, generateKey } from 'openpgp'
import type { Certificate } from '../../src/openpgp/certificates.ts'
import { openMessage } from '../../src/openpgp/decrypt.ts'
import { splitPackets } from '../../src/openpgp/packets.ts'
import { loadSecretKey, type SecretKey, sessionKeys, signPieces } from '../../src/openpgp/secret-keys.ts'
import { type Recipient, recipientAt, sealShared } from '../../src/openpgp/shared.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { missingSequoia, sequoiaDecrypt } from '../support/sequoia.ts'
import { until } from '../support/workspace.ts'
import { certificate, certificateOf, dearmor, now, octets, ownKey, present, sequoiaKey } from './material.ts'

const text = `Content-Type: text/plain\r\n\r\n${'Notice N-104233, embargoed.\r\n'.repeat(9_000)}`

async function recipient(of: Certificate): Promise<Recipient> {
  const found = await recipientAt(of, present())
  assert.ok(found.ok)
  return found.value
}

/** What each gets, armored; the same ciphertext for all. */
async function sharedBy(list: SecretKey, certificates: readonly Certificate[]): Promise<readonly string[]> {
  const recipients = await Promise.all(certificates.map(recipient))
  const [first] = recipients
  assert.ok(first)
  const pieces = await signPieces([octets(text.slice(0, 99_999)), octets(text.slice(99_999))], list, now)
  const sealed = await sealShared(pieces, first)
  assert.ok(sealed.ok)
  const lines = Buffer.concat([...sealed.value.lines]).toString('latin1')
  return Promise.all(
    recipients.map(async one => {
      const around = await sealed.value.session.around(one)
      assert.ok(around.ok)
      const { before, after } = around.value
      return `${Buffer.from(before).toString('latin1')}${lines}${Buffer.from(after).toString('latin1')}`
    }),
  )
}

/** Of key ids, markers left out. */
function recipientsOf(armored: string): readonly string[] {
  const packets = splitPackets(dearmor(armored), 9)
  assert.ok(packets.ok)
  return packets.value
    .filter(({ tag }) => tag === enums.packet.publicKeyEncryptedSessionKey)
    .map(({ body }) => Buffer.from(body.subarray(1, 9)).toString('hex'))
}

describe('one ciphertext for many', { skip: missingGnuPG() }, () => {
  test('is read and verified by GnuPG, whatever the length of the packet before it', async t => {
    const list = await ownKey('Security')
    const people = await Promise.all(
      (['ed25519', 'ed25519', 'rsa3072'] as const).map(algorithm =>
        until(t, GnuPG.create('Mia', 'mia@example.org', { algorithm })),
      ),
    )
    const copies = await sharedBy(list, await Promise.all(people.map(certificateOf)))
    for (const [index, person] of people.entries()) {
      await person.importKey(list.certificate.octets)
      const read = await person.decrypt(copies[index] ?? '')
      assert.ok(read.octets.equals(octets(text)))
      assert.deepEqual(read.goodSignatures, [list.fingerprint])
    }
    const [one = '', other = ''] = copies
    const [mine] = people
    await assert.rejects(mine?.decrypt(other) ?? Promise.resolve(), 'the copy of another')
    assert.equal(one.slice(-4_000, -60), other.slice(-4_000, -60), 'the lines are the same')
  })

  test('names to each their one subkey, has short lines, and a checksum that holds', async t => {
    const list = await ownKey('Security')
    const member = await certificateOf(await until(t, GnuPG.create('Mia', 'mia@example.org')))
    const own = await Promise.all(['a', 'b', 'c'].map(name => ownKey(name)))
    const certificates = [member, ...own.map(key => key.certificate)]
    const copies = await sharedBy(list, certificates)
    for (const [index, armored] of copies.entries()) {
      const [expected] = await Promise.all([recipient(certificates[index] ?? member)])
      assert.deepEqual(recipientsOf(armored), [expected.subkey])
      assert.ok(armored.split('\r\n').every(line => line.length <= 76))
      assert.doesNotMatch(armored, /[^\r]\n/)
      assert.equal(/\r\n=([A-Za-z0-9+/]{4})\r\n-----END/.exec(armored)?.[1], checksumOf(dearmor(armored)))
    }
  })

  test('of keys that ask for integrity protection of version 2 is apart, and without a checksum', async () => {
    const made = await generateKey({
      userIDs: [{ name: 'Nia' }],
      config: { ...config, aeadProtect: true },
      format: 'armored',
    })
    const reader = await loadSecretKey(octets(made.privateKey), undefined)
    assert.ok(reader.ok)
    const list = await ownKey('Security')
    const newer = await recipient(reader.value.certificate)
    const older = await recipient(list.certificate)
    assert.notEqual(newer.protection, older.protection)
    const [armored = ''] = await sharedBy(list, [reader.value.certificate])
    assert.doesNotMatch(armored, /\r\n=[A-Za-z0-9+/]{4}\r\n/)
    const keys = [reader.value]
    const opened = await openMessage(
      octets(armored),
      asked => sessionKeys(asked, keys, now),
      [list.certificate],
      present(),
    )
    assert.ok(opened.ok, JSON.stringify(opened))
    assert.ok(octets(text).every((octet, at) => octet === opened.value.octets[at]))
    const sealed = await sealShared(await signPieces([octets(text)], list, now), older)
    assert.ok(sealed.ok)
    await assert.rejects(sealed.value.session.around(newer), /another protection/)
  })
})

describe('a member who uses Sequoia', { skip: missingSequoia() }, () => {
  test('reads and verifies a copy of what many got', async t => {
    const list = await ownKey('Security')
    const sam = await sequoiaKey(t)
    const others = await Promise.all(['a', 'b'].map(name => ownKey(name)))
    const sams = await certificate(sam.certificate)
    const [copy = ''] = await sharedBy(list, [sams, ...others.map(one => one.certificate)])
    const keys = { recipientKey: sam.secret, signers: [list.certificate.octets] }
    assert.deepEqual(await sequoiaDecrypt(copy, keys), { octets: octets(text) })
  })
})

/** RFC 9580 §6.1.1, bit by bit. */
function checksumOf(binary: Uint8Array): string {
  let crc = 0xb704ce
  for (const octet of binary) {
    crc ^= octet << 16
    for (let bit = 0; bit < 8; bit += 1) {
      crc <<= 1
      if (crc & 0x1000000) crc ^= 0x1864cfb
    }
  }
  return Buffer.from([(crc >> 16) & 0xff, (crc >> 8) & 0xff, crc & 0xff]).toString('base64')
}
