import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { parseCertificate } from '../../src/openpgp/certificates.ts'
import { encryptTo } from '../../src/openpgp/encrypt.ts'
import {
  generateSecretKey,
  loadSecretKey,
  micalg,
  type NewKey,
  sessionKeys,
  signDetached,
  signPackets,
} from '../../src/openpgp/secret-keys.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { run } from '../support/program.ts'
import { missingSequoia } from '../support/sequoia.ts'
import { until } from '../support/workspace.ts'
import {
  address,
  dearmor,
  headerLength,
  now,
  octets,
  ownKey,
  packet,
  packetsOf,
  present,
} from './material.ts'

const skip = missingGnuPG()

const newKey = (passphrase: string | undefined, passphraseOrigin?: 'drawn' | 'chosen'): Promise<NewKey> =>
  generateSecretKey({
    userName: 'OpenSSL Security',
    address: address('security@example.org'),
    passphrase,
    ...(passphraseOrigin && { passphraseOrigin }),
    now,
  })

async function faultOf(key: Uint8Array | string, passphrase?: string): Promise<string> {
  const loaded = await loadSecretKey(octets(key), passphrase)
  return loaded.ok ? 'none' : loaded.error
}

describe('a new key', () => {
  test('is locked with its passphrase, and its certificate is the public half', async () => {
    const made = await newKey('correct horse')
    assert.equal(await faultOf(made.armored), 'locked')
    assert.equal(await faultOf(made.armored, 'battery staple'), 'wrong-passphrase')
    const loaded = await loadSecretKey(octets(made.armored), 'correct horse')
    assert.ok(loaded.ok)
    assert.equal(loaded.value.fingerprint, made.fingerprint)
    const parsed = await parseCertificate(octets(made.certificate))
    assert.equal(parsed.ok && parsed.value.fingerprint, made.fingerprint)
    assert.deepEqual(parsed.ok && parsed.value.octets, loaded.value.certificate.octets)
  })

  test('slows down guesses at a passphrase that can be guessed', { skip }, async t => {
    const reader = await until(t, GnuPG.withoutKey('Ron', 'ron@example.org'))
    const counts = async (passphraseOrigin?: 'drawn' | 'chosen') => {
      const { armored } = await newKey('correct horse', passphraseOrigin)
      assert.equal(await faultOf(armored, 'correct horse'), 'none')
      const listed = await reader.listPackets(armored)
      return [...listed.matchAll(/protect count: ([0-9]+)/g)].map(([, count]) => Number(count))
    }
    assert.deepEqual(await counts(), [2 ** 24, 2 ** 24])
    assert.deepEqual(await counts('chosen'), [2 ** 24, 2 ** 24])
    assert.deepEqual(await counts('drawn'), [2 ** 16, 2 ** 16])
  })

  test('is not printed', async () => {
    const shown = inspect(await ownKey('Security'), { depth: 9, showHidden: true })
    assert.doesNotMatch(shown, /private|seed/i)
  })

  test('is read by GnuPG, also after its revocation', { skip }, async t => {
    const made = await newKey(undefined)
    const member = await until(t, GnuPG.create('Mia', 'mia@example.org'))
    assert.deepEqual(await member.importKey(made.armored), [made.fingerprint])
    const loaded = await loadSecretKey(octets(made.armored), undefined)
    assert.ok(loaded.ok)
    const signature = await signDetached(octets('text'), loaded.value, now)
    assert.deepEqual((await member.verifyDetached(signature, 'text')).goodSignatures, [made.fingerprint])
    await member.importKey(made.revocation)
    assert.deepEqual((await member.verifyDetached(signature, 'text')).otherSignatures, ['REVKEYSIG'])
  })

  test('is read by Sequoia', { skip: missingSequoia() }, async () => {
    const made = await newKey('correct horse')
    const seen = await run('sq', ['inspect'], { stdin: made.armored })
    assert.equal(seen.code, 0)
    assert.match(seen.stdout.toString(), new RegExp(`Fingerprint: ${made.fingerprint}`))
    assert.match(seen.stdout.toString(), /Secret key: Encrypted/)
  })
})

describe('loading a secret key', { skip }, () => {
  test('takes one that GnuPG made, and says why not otherwise', async t => {
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org', { algorithm: 'rsa3072' }))
    const other = await until(t, GnuPG.create('Oda', 'oda@example.org'))
    const secret = await admin.exportSecret()
    assert.equal(await faultOf(secret), 'none')
    assert.equal(await faultOf(Buffer.concat([secret, await other.exportSecret()])), 'several')
    assert.equal(await faultOf(await admin.exportPublic()), 'not-a-secret-key')
    assert.equal(await faultOf(await admin.exportArmored()), 'not-a-secret-key')
    assert.equal(await faultOf('hello'), 'not-a-secret-key')
    assert.equal(await faultOf(''), 'not-a-secret-key')
    assert.equal(await faultOf(secret.subarray(0, 100)), 'not-a-secret-key')
  })

  test('every signature has the hash that micalg tells', async t => {
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org', { algorithm: 'rsa2048' }))
    const loaded = await loadSecretKey(await admin.exportSecret(), undefined)
    assert.ok(loaded.ok)
    const listed = await admin.listPackets(await signDetached(octets('text'), loaded.value, present()))
    assert.match(listed, /digest algo 10,/)
    assert.equal(micalg, 'pgp-sha512')
  })
})

describe('session keys', () => {
  test('are found with the current and with a retired key, and none in garbage', { skip }, async t => {
    const current = await ownKey('Current')
    const retired = await ownKey('Retired')
    const reporter = await until(t, GnuPG.create('Ron', 'ron@example.org'))
    await reporter.importKey(current.certificate.octets)
    await reporter.importKey(retired.certificate.octets)
    const recipients = [reporter, retired.fingerprint, current.fingerprint]
    const message = dearmor(await reporter.encryptSign(recipients, 'text'))
    const packets = Buffer.concat(packetsOf(message).slice(0, 3))
    for (const keys of [[retired], [current], [current, retired]]) {
      const found = await sessionKeys(packets, keys, now)
      assert.equal(found.length, 1)
      assert.equal(found[0]?.key.length, 32)
      assert.equal(found[0]?.algorithm, 'aes256')
    }
    assert.deepEqual(await sessionKeys(octets('garbage'), [current], now), [])
    const damaged = packet(1, Buffer.from([3, ...Buffer.alloc(8), 18, 0, 1]))
    assert.deepEqual(await sessionKeys(damaged, [current], now), [])
  })

  test('are looked for in at most sixteen packets that name nobody', async () => {
    const list = await ownKey('Security')
    const sealed = await encryptTo(await signPackets(octets('text'), list, now), list.certificate, now)
    assert.ok(sealed.ok)
    const [genuine = Buffer.alloc(0)] = packetsOf(dearmor(Buffer.from(sealed.value.armored).toString()))
    const hidden = Buffer.from(genuine)
    hidden.fill(0, headerLength(hidden) + 1, headerLength(hidden) + 9)
    const wrong = Buffer.from(hidden)
    wrong.writeUInt8(wrong.readUInt8(wrong.length - 1) ^ 1, wrong.length - 1)
    const found = async (...packets: Buffer[]) =>
      (await sessionKeys(Buffer.concat(packets), [list], now)).length
    const crowd = (size: number) => Array<Buffer>(size).fill(wrong)
    assert.equal(await found(...crowd(15), hidden), 1)
    assert.equal(await found(...crowd(16), hidden), 0)
    assert.equal(await found(...crowd(900), genuine), 1)
    assert.equal(await found(...crowd(1_000), genuine), 0)
  })
})
