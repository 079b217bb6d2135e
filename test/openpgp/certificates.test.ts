import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { instant } from '../../src/model/scalars.ts'
import {
  armorCertificate,
  autocryptKeydata,
  encryptionSubkeyAt,
  parseCertificate,
  parseCertificates,
  signingKeyIdsAt,
} from '../../src/openpgp/certificates.ts'
import { generateSecretKey } from '../../src/openpgp/secret-keys.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { until } from '../support/workspace.ts'
import {
  address,
  certificate,
  certificateOf,
  DAY,
  gnuPG,
  now,
  octets,
  ownKey,
  packet,
  packetsOf,
  present,
  type RunGnuPG,
  SECOND,
  signedByOddKey,
} from './material.ts'

const skip = missingGnuPG()

async function faultOf(key: Uint8Array | string): Promise<string> {
  const parsed = await parseCertificate(octets(key))
  return parsed.ok ? 'none' : parsed.error
}

async function subkeyOf(key: Uint8Array, at = present()): Promise<string> {
  const found = await encryptionSubkeyAt(await certificate(key), at)
  return found.ok ? found.value.subkey : found.error
}

describe('a certificate', { skip }, () => {
  test('is read from binary and from armor, with text around it, and has its fingerprint', async t => {
    const member = await until(t, GnuPG.create('Mia', 'mia@example.org'))
    const armored = await member.exportArmored()
    for (const form of [
      await member.exportPublic(),
      armored,
      armored.replaceAll('\n', '\r\n'),
      `pub  ed25519 Mia\n\n${armored}\nThat is my key.\n`,
    ])
      assert.equal((await certificate(form)).fingerprint, member.fingerprint)
  })

  test('goes out so that GnuPG takes it back', async t => {
    const member = await until(t, GnuPG.create('Mia', 'mia@example.org'))
    const reader = await until(t, GnuPG.withoutKey('Rea', 'rea@example.org'))
    const parsed = await certificateOf(member)
    assert.deepEqual(await reader.importKey(armorCertificate(parsed)), [member.fingerprint])
    const keydata = autocryptKeydata(parsed)
    assert.match(keydata, /^[A-Za-z0-9+/]+=*$/)
    assert.deepEqual(await reader.importKey(Buffer.from(keydata, 'base64')), [member.fingerprint])
    assert.equal(await faultOf(Buffer.from(keydata, 'base64')), 'none')
  })

  test("is cut down to one user id and the owner's own signatures", async t => {
    const gpg = await gnuPG(t, ['--batch', '--passphrase', ''])
    const keys = ['mia', 'fay'].map(name => `${name}@example.org`)
    for (const userId of keys) await gpg(['--quick-gen-key', userId, 'future-default'], '')
    const [mia = '', fay = ''] = keys
    await gpg(['--quick-add-uid', mia, 'Mia at home <mia@example.com>'], '')
    await gpg(['--local-user', fay, '--quick-sign-key', await fingerprintOf(gpg, mia)], '')
    const full = await gpg(['--export', mia], '')
    const tags = (key: Uint8Array) => packetsOf(Buffer.from(key)).map(each => tagOf(each.readUInt8(0)))
    assert.deepEqual(tags(full), [6, 13, 2, 2, 13, 2, 2, 14, 2])
    const parsed = await certificate(full)
    assert.deepEqual(tags(parsed.octets), [6, 13, 2, 14, 2])
    assert.deepEqual((await certificate(parsed.octets)).octets, parsed.octets)
  })

  test('is refused when there are several, a secret key, none, or too much', async t => {
    const one = await until(t, GnuPG.create('One', 'one@example.org'))
    const two = await until(t, GnuPG.create('Two', 'two@example.org'))
    const secret = await generateSecretKey({
      userName: 'Own',
      address: address('own@example.org'),
      passphrase: 'correct horse',
      now,
    })
    const both = Buffer.concat([await one.exportPublic(), await two.exportPublic()])
    const cases: [string, Uint8Array | string][] = [
      ['several', both],
      ['several', (await one.exportArmored()) + (await two.exportArmored())],
      ['secret-key', await one.exportSecret()],
      ['secret-key', secret.armored],
      ['not-a-certificate', ''],
      ['not-a-certificate', 'hello'],
      ['not-a-certificate', packet(6, Buffer.from([4, 0, 0, 0, 0, 22, 1]))],
      ['version', packet(6, Buffer.from([6, 0, 0, 0, 0, 27, 0, 0, 0, 32, ...Buffer.alloc(32)]))],
      ['version', packet(6, Buffer.from([3, 0, 0, 0, 0, 0, 0, 1]))],
      ['too-large', Buffer.alloc(256 * 1024 + 1, 0xc6)],
    ]
    for (const [fault, key] of cases) assert.equal(await faultOf(key), fault)
  })

  test('on a curve that nothing here can compute with is refused as such', async t => {
    for (const curve of ['brainpoolP256r1', 'secp256k1']) {
      const odd = await signedByOddKey(t, `Key-Type: ECDSA\nKey-Curve: ${curve}\nKey-Usage: sign`, 'text')
      assert.equal(await faultOf(odd.certificate), 'unsupported-curve')
    }
  })

  test('whose user id nobody certified is refused', async t => {
    const member = await until(t, GnuPG.create('Mia', 'mia@example.org'))
    const genuine = await member.exportPublic()
    const forged = Buffer.from(genuine)
    forged.write('Eve', genuine.indexOf('Mia <'))
    assert.equal(await faultOf(forged), 'no-user-id')
  })
})

describe('a flooded certificate', { skip }, () => {
  test('costs little: foreign signatures are dropped, too many own ones refused', async t => {
    const member = await until(t, GnuPG.create('Mia', 'mia@example.org'))
    const genuine = await member.exportPublic()
    const parsed = await certificate(genuine)
    const signature = certificationOf(parsed.octets)
    const foreign = Buffer.from(signature)
    // The issuer key id and fingerprint stand behind the genuine ones' first octets.
    const issuer = Buffer.from(member.fingerprint, 'hex')
    for (const part of [issuer, issuer.subarray(-8)]) {
      const at = foreign.indexOf(part)
      if (at >= 0) foreign.fill(0x5a, at, at + part.length)
    }
    const started = performance.now()
    const flooded = Buffer.concat([genuine, ...Array<Buffer>(1_000).fill(foreign)])
    assert.equal(await faultOf(flooded), 'none')
    const bloated = withCertifications(parsed.octets, signature, 300)
    assert.equal(await faultOf(bloated), 'too-large')
    assert.ok(performance.now() - started < 2_000)
  })

  test('with ten thousand subkeys or user ids is refused quickly', async t => {
    const genuine = await (await until(t, GnuPG.create('Mia', 'mia@example.org'))).exportPublic()
    const started = performance.now()
    for (const junk of [packet(13, octets('a')), packet(14, Buffer.from([4, 0, 0, 0, 0]))])
      assert.equal(await faultOf(Buffer.concat([genuine, ...Array<Buffer>(9_000).fill(junk)])), 'too-large')
    assert.ok(performance.now() - started < 2_000)
  })
})

describe('a keyring', { skip }, () => {
  test('gives its readable certificates, at most five', async t => {
    const keys: Buffer[] = []
    for (let i = 0; i < 6; i++) {
      const person = await until(t, GnuPG.create(`P${i}`, `p${i}@example.org`))
      keys.push(await person.exportPublic())
    }
    const found = (await parseCertificates(Buffer.concat(keys))).flatMap(one => (one.ok ? [one.value] : []))
    assert.equal(found.length, 5)
    const first = await certificate(keys[0] ?? '')
    assert.equal(found[0]?.fingerprint, first.fingerprint)
    const damaged = packet(6, Buffer.from([4, 0, 0, 0, 0, 22, 1]))
    const some = await parseCertificates(Buffer.concat([damaged, ...keys.slice(0, 2)]))
    assert.deepEqual(
      some.map(one => one.ok || one.error),
      ['not-a-certificate', true, true],
    )
    assert.deepEqual(await parseCertificates(octets('no keys here')), [])
  })
})

describe('the encryption subkey at an instant', { skip }, () => {
  const idOf = (fingerprint: string): string => fingerprint.slice(-16).toLowerCase()
  const longAgo = now - 20 * DAY

  test('is the newest one that is not expired, revoked or yet to come', async t => {
    const member = await until(t, GnuPG.create('Mia', 'mia@example.org', { fakedTime: longAgo }))
    const [, first = ''] = await member.keyFingerprints()
    const second = await member.addSubkey('encrypt', { fakedTime: now - 10 * DAY, expire: '5d' })
    const third = await member.addSubkey('encrypt', { fakedTime: now + 5 * DAY })
    const key = await member.exportPublic()
    assert.equal(await subkeyOf(key, instant(now - 12 * DAY)), idOf(first))
    assert.equal(await subkeyOf(key, instant(now - 6 * DAY)), idOf(second))
    assert.equal(await subkeyOf(key), idOf(first))
    assert.equal(await subkeyOf(key, instant(now + 6 * DAY)), idOf(third))
  })

  test('is none, with the reason, when the only one expired, although the primary key did not', async t => {
    const member = await until(t, GnuPG.create('Mia', 'mia@example.org', { fakedTime: longAgo }))
    await member.expire('5d', 'subkeys', longAgo + 10 * SECOND)
    const key = await member.exportPublic()
    assert.equal(await subkeyOf(key), 'expired-key')
    assert.match(await subkeyOf(key, instant(now - 18 * DAY)), /^[0-9a-f]{16}$/)
  })

  test('is none for an expired or revoked key, a revoked subkey, and a key that only signs', async t => {
    const expired = await until(
      t,
      GnuPG.create('Exe', 'exe@example.org', { fakedTime: longAgo, expire: '5d' }),
    )
    assert.equal(await subkeyOf(await expired.exportPublic()), 'expired-key')
    const partly = await until(t, GnuPG.create('Rea', 'rea@example.org', { fakedTime: longAgo }))
    await partly.revokeSubkey(1, now - 10 * SECOND)
    assert.equal(await subkeyOf(await partly.exportPublic()), 'revoked-key')
    const revoked = await until(t, GnuPG.create('Rex', 'rex@example.org', { fakedTime: longAgo }))
    await revoked.revoke()
    assert.equal(await subkeyOf(await revoked.exportPublic()), 'revoked-key')
    const signs = await signedByOddKey(t, 'Key-Type: EDDSA\nKey-Curve: ed25519\nKey-Usage: sign', 'text')
    assert.equal(await subkeyOf(signs.certificate), 'no-encryption-key')
  })

  test('is weak for RSA below 2048 bits and for ElGamal', async t => {
    const short = 'Key-Type: RSA\nKey-Length: 1024\nSubkey-Type: RSA\nSubkey-Length: 1024'
    assert.equal(await subkeyOf((await signedByOddKey(t, short, 'text')).certificate), 'weak')
    const elGamal =
      'Key-Type: RSA\nKey-Length: 2048\nKey-Usage: sign\nSubkey-Type: ELG-E\nSubkey-Length: 1024'
    assert.equal(await subkeyOf((await signedByOddKey(t, elGamal, 'text')).certificate), 'weak')
  })

  test('is found again after the owner extends the expiry and adds a subkey', async t => {
    const member = await until(
      t,
      GnuPG.create('Mia', 'mia@example.org', { fakedTime: longAgo, expire: '5d' }),
    )
    assert.equal(await subkeyOf(await member.exportPublic()), 'expired-key')
    await member.expire('never')
    assert.equal(await subkeyOf(await member.exportPublic()), 'expired-key')
    const added = await member.addSubkey('encrypt')
    assert.equal(await subkeyOf(await member.exportPublic()), idOf(added))
  })

  test('is there from the second the key was made', async () => {
    const key = await ownKey('Security')
    assert.match(await subkeyOf(key.certificate.octets), /^[0-9a-f]{16}$/)
    assert.equal(await subkeyOf(key.certificate.octets, instant(now - SECOND)), 'expired-key')
  })
})

async function fingerprintOf(gpg: RunGnuPG, userId: string): Promise<string> {
  const listed = (await gpg(['--with-colons', '--list-keys', userId], '')).toString()
  return /^fpr:{9}([0-9A-F]{40}):/m.exec(listed)?.[1] ?? ''
}

const tagOf = (head: number): number => (head >= 0xc0 ? head & 0x3f : (head & 0x3f) >> 2)

/** The self-certification in a pruned certificate: primary key, user id, certification, … in that order. */
function certificationOf(pruned: Uint8Array): Buffer {
  const [, , certification = new Uint8Array()] = packetsOf(Buffer.from(pruned))
  return Buffer.from(certification)
}

function withCertifications(pruned: Uint8Array, certification: Buffer, times: number): Buffer {
  const [key = new Uint8Array(), userId = new Uint8Array()] = packetsOf(Buffer.from(pruned))
  return Buffer.concat([key, userId, ...Array<Buffer>(times).fill(certification)])
}

test('a signature may be by the primary key and by subkeys that sign, by none that another could lend', {
  skip,
}, async t => {
  const gpg = await gnuPG(t)
  const none = ['--batch', '--passphrase', '']
  await gpg([...none, '--quick-gen-key', 'Sue <sue@example.org>', 'ed25519', 'cert', '0'], '')
  const listed = (await gpg(['--list-keys', '--with-colons'], '')).toString()
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? ''
  await gpg([...none, '--quick-add-key', fingerprint, 'cv25519', 'encr', '0'], '')
  await gpg([...none, '--quick-add-key', fingerprint, 'ed25519', 'sign', '0'], '')
  const [primary, , signing] = [
    ...(await gpg(['--list-keys', '--with-colons'], ''))
      .toString()
      .matchAll(/^fpr:+[0-9A-F]{24}([0-9A-F]{16}):/gm),
  ].map(([, id = '']) => id.toLowerCase())
  const sue = await certificate(await gpg(['--export'], ''))
  assert.deepEqual(await signingKeyIdsAt(sue, present()), [primary, signing])
})
