import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SignatureVerdict } from '../../src/model/mail.ts'
import { instant } from '../../src/model/scalars.ts'
import type { Certificate } from '../../src/openpgp/certificates.ts'
import { signDetached } from '../../src/openpgp/secret-keys.ts'
import { verifyDetached } from '../../src/openpgp/verify.ts'
import { GnuPG, missingGnuPG, type SignOptions } from '../support/gpg.ts'
import { missingSequoia, sequoiaVerify } from '../support/sequoia.ts'
import { until } from '../support/workspace.ts'
import {
  armor,
  certificate,
  certificateOf,
  DAY,
  dearmor,
  gnuPG,
  headerLength,
  now,
  octets,
  ownKey,
  packet,
  packetsOf,
  SECOND,
  signedByOddKey,
  withoutBackSignature,
} from './material.ts'

const skip = missingGnuPG()
const text = 'embargod openssl\r\naccept C-482913\r\n'

const verify = (
  signature: string | Uint8Array,
  data: string,
  ...certificates: Certificate[]
): Promise<SignatureVerdict> => verifyDetached(octets(signature), octets(data), certificates, now)

const faultOf = (verdict: SignatureVerdict): string =>
  verdict.kind === 'refused' ? verdict.fault : verdict.kind

function hashValueOf(verdict: SignatureVerdict): string {
  assert.equal(verdict.kind, 'good', JSON.stringify(verdict))
  return verdict.kind === 'good' ? verdict.signature.hashValue : ''
}

describe('a signature made with GnuPG', { skip }, () => {
  for (const algorithm of ['ed25519', 'rsa3072'] as const)
    test(`by an ${algorithm} key is good, binary and text`, async t => {
      const admin = await until(t, GnuPG.create('Ada', 'ada@example.org', { algorithm }))
      const enrolled = await certificateOf(admin)
      for (const textMode of ['binary', 'text'] as const) {
        const verdict = await verify(await admin.detachSign(text, { textMode }), text, enrolled)
        assert.equal(verdict.kind, 'good')
        assert.equal(verdict.kind === 'good' && verdict.signature.primary, admin.fingerprint)
      }
    })

  test('names when it was made, and its hash value begins with the octets the packet shows', async t => {
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org', { fakedTime: now - 2 * DAY }))
    const fakedTime = now - DAY
    const signature = await admin.detachSign(text, { fakedTime, digest: 'SHA512' })
    const verdict = await verify(signature, text, await certificateOf(admin))
    assert.equal(verdict.kind === 'good' && verdict.signature.created, fakedTime)
    const shown = /begin of digest ([0-9a-f]{2}) ([0-9a-f]{2})/.exec(await admin.listPackets(signature))
    assert.ok(shown)
    assert.ok(hashValueOf(verdict).startsWith(`${shown[1]}${shown[2]}`))
    assert.equal(hashValueOf(verdict).length, 128)
  })

  test('by a signing subkey counts as the primary key', async t => {
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org'))
    const subkey = await admin.addSubkey('sign')
    const signature = await admin.detachSign(text, { signWith: `${subkey}!` })
    const verdict = await verify(signature, text, await certificateOf(admin))
    assert.equal(verdict.kind === 'good' && verdict.signature.primary, admin.fingerprint)
  })

  test('over another text is bad, and says whose it claims to be', async t => {
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org'))
    const verdict = await verify(await admin.detachSign(text), `${text} `, await certificateOf(admin))
    assert.deepEqual(verdict, { kind: 'refused', fault: 'bad', claimed: admin.fingerprint })
  })

  test('by nobody enrolled is unknown', async t => {
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org'))
    const stranger = await until(t, GnuPG.create('Ada', 'ada@example.org'))
    const verdict = await verify(await stranger.detachSign(text), text, await certificateOf(admin))
    assert.deepEqual(verdict, { kind: 'refused', fault: 'unknown-key', claimed: undefined })
  })

  test('is refused after its key expired, whenever it was made', async t => {
    const times = { fakedTime: now - 10 * DAY }
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org', { ...times, expire: '5d' }))
    const signature = await admin.detachSign(text, { fakedTime: now - 8 * DAY })
    const enrolled = await certificateOf(admin)
    assert.equal(faultOf(await verify(signature, text, enrolled)), 'expired-key')
    const whileValid = instant(now - 7 * DAY)
    const earlier = await verifyDetached(octets(signature), octets(text), [enrolled], whileValid)
    assert.equal(earlier.kind, 'good')
  })

  test('is refused once its key or signing subkey is revoked', async t => {
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org', { fakedTime: now - 2 * DAY }))
    const subkey = await admin.addSubkey('sign', { fakedTime: now - 2 * DAY })
    const options: SignOptions = { fakedTime: now - DAY, signWith: `${subkey}!` }
    const bySubkey = await admin.detachSign(text, options)
    const byPrimary = await admin.detachSign(text, { ...options, signWith: `${admin.fingerprint}!` })
    await admin.revokeSubkey(2, now - 10 * SECOND)
    const partly = await certificateOf(admin)
    assert.equal(faultOf(await verify(bySubkey, text, partly)), 'revoked-key')
    assert.equal(faultOf(await verify(byPrimary, text, partly)), 'good')
    await admin.revoke()
    const wholly = await certificateOf(admin)
    assert.equal(faultOf(await verify(bySubkey, text, wholly)), 'revoked-key')
    assert.equal(faultOf(await verify(byPrimary, text, wholly)), 'revoked-key')
  })

  test('is refused once its signing subkey expired', async t => {
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org', { fakedTime: now - 9 * DAY }))
    const subkey = await admin.addSubkey('sign', { fakedTime: now - 9 * DAY, expire: '5d' })
    const signature = await admin.detachSign(text, { fakedTime: now - 8 * DAY, signWith: `${subkey}!` })
    assert.equal(faultOf(await verify(signature, text, await certificateOf(admin))), 'expired-key')
  })

  test('with SHA-1 is weak', async t => {
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org', { algorithm: 'rsa2048' }))
    const signature = await admin.detachSign(text, { digest: 'SHA1' })
    assert.equal(faultOf(await verify(signature, text, await certificateOf(admin))), 'weak')
  })

  const weakKeys = {
    'a 1024 bit RSA key': 'Key-Type: RSA\nKey-Length: 1024\nKey-Usage: sign',
    'a DSA key': 'Key-Type: DSA\nKey-Length: 2048\nKey-Usage: sign',
  }
  for (const [name, parameters] of Object.entries(weakKeys))
    test(`by ${name} is weak`, async t => {
      const odd = await signedByOddKey(t, parameters, text)
      assert.equal(faultOf(await verify(odd.signature, text, await certificate(odd.certificate))), 'weak')
    })

  test('by a key whose own certification uses SHA-1 is weak', async t => {
    const parameters = 'Key-Type: RSA\nKey-Length: 2048\nKey-Usage: sign'
    const odd = await signedByOddKey(t, parameters, text, ['--cert-digest-algo', 'SHA1'])
    assert.equal(faultOf(await verify(odd.signature, text, await certificate(odd.certificate))), 'weak')
  })

  test('from before its key existed is bad', async t => {
    const key = 'Key-Type: EDDSA\nKey-Curve: ed25519\nKey-Usage: sign\nCreation-Date: 20200101T000000'
    const before = ['--faked-system-time', '20191231T235959!', '--ignore-time-conflict']
    const gpg = await gnuPG(t)
    const owner = 'Name-Email: odd@example.org\n%no-protection\n%commit\n'
    await gpg(['--batch', '--gen-key'], `${key}\n${owner}`)
    const enrolled = await certificate(await gpg(['--export'], ''))
    const signature = await gpg([...before, '--detach-sign'], text)
    assert.equal(faultOf(await verify(signature, text, enrolled)), 'bad')
    assert.equal(faultOf(await verify(await gpg(['--detach-sign'], text), text, enrolled)), 'good')
  })

  test('by a key that may no longer sign is refused', async t => {
    const gpg = await gnuPG(t)
    const owner = 'Name-Email: odd@example.org\n%no-protection\n%commit\n'
    await gpg(['--batch', '--gen-key'], `Key-Type: RSA\nKey-Length: 2048\nKey-Usage: sign\n${owner}`)
    const signature = await gpg(['--detach-sign'], text)
    assert.equal(
      faultOf(await verify(signature, text, await certificate(await gpg(['--export'], '')))),
      'good',
    )
    const toggleSigning = 'change-usage\nS\nQ\nsave\n'
    await gpg(['--command-fd', '0', '--edit-key', 'odd@example.org'], toggleSigning)
    const certifiesOnly = await certificate(await gpg(['--export'], ''))
    assert.equal(faultOf(await verify(signature, text, certifiesOnly)), 'not-signing-key')
  })

  test('by a subkey that never agreed to belong to this key is refused', async t => {
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org'))
    const subkey = await admin.addSubkey('sign')
    const signature = await admin.detachSign(text, { signWith: `${subkey}!` })
    const packets = packetsOf(await admin.exportPublic())
    const binding = packets.at(-1) ?? Buffer.alloc(0)
    const body = withoutBackSignature(binding.subarray(headerLength(binding)))
    assert.ok(body.length < binding.length - 50)
    const adopted = await certificate(Buffer.concat([...packets.slice(0, -1), packet(2, body)]))
    assert.equal(faultOf(await verify(signature, text, adopted)), 'not-signing-key')
    assert.equal(faultOf(await verify(signature, text, await certificateOf(admin))), 'good')
  })

  test('by a clock a day ahead can be read, and further ahead cannot', async t => {
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org'))
    const ahead = async (seconds: number) =>
      verify(
        await admin.detachSign(text, { fakedTime: now + seconds * SECOND }),
        text,
        await certificateOf(admin),
      )
    assert.equal(faultOf(await ahead(86_400)), 'good')
    assert.equal(faultOf(await ahead(86_410)), 'bad')
  })

  test('over a key or a user id is no data signature', async t => {
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org'))
    const exported = await admin.exportPublic()
    const [, , certification] = packetsOf(exported)
    assert.ok(certification)
    assert.equal(faultOf(await verify(certification, text, await certificateOf(admin))), 'not-data')
  })
})

describe('two signatures', { skip }, () => {
  test('are several, whoever made them and however they are packed', async t => {
    const ada = await until(t, GnuPG.create('Ada', 'ada@example.org'))
    const eve = await until(t, GnuPG.create('Eve', 'eve@example.org'))
    const [good, other] = [await ada.detachSign(text), await eve.detachSign(text)]
    const enrolled = await certificateOf(ada)
    for (const both of [
      Buffer.concat([dearmor(good), dearmor(other)]),
      Buffer.concat([dearmor(good), dearmor(good)]),
      armor('SIGNATURE', Buffer.concat([dearmor(other), dearmor(good)])),
      good + other,
    ])
      assert.equal(faultOf(await verify(both, text, enrolled)), 'several')
  })
})

describe('octets that are not exactly one signature', () => {
  const garbage: Record<string, Uint8Array | string> = {
    nothing: '',
    text: 'accept C-482913',
    'an empty block': armor('SIGNATURE', octets('')),
    'a literal packet': packet(11, octets('b\0\0\0\0\0text')),
    'a cut packet': packet(2, Buffer.alloc(80, 4)).subarray(0, 30),
    'a version 3 signature': packet(2, Buffer.from([3, 5, 0, ...Buffer.alloc(40)])),
    'a four gigabyte length': Buffer.from([0xc2, 0xff, 0xff, 0xff, 0xff, 0xff, 4, 0]),
    'far too much': Buffer.alloc(1024 * 1024, 0xc2),
  }
  for (const [name, signature] of Object.entries(garbage))
    test(`${name} is malformed`, async () => {
      assert.equal(faultOf(await verify(signature, text)), 'malformed')
    })

  test('something behind the signature is malformed', async () => {
    const key = await ownKey('Ada')
    const good = dearmor(await signDetached(octets(text), key, now))
    const behind = Buffer.concat([good, packet(11, octets('b\0\0\0\0\0text'))])
    assert.equal(faultOf(await verify(behind, text, key.certificate)), 'malformed')
    const padded = Buffer.concat([good, packet(10, octets('PGP'))])
    assert.equal(faultOf(await verify(padded, text, key.certificate)), 'good')
  })
})

describe('our own signature', () => {
  test('is good for GnuPG', { skip }, async t => {
    const key = await ownKey('Security')
    const member = await until(t, GnuPG.create('Mia', 'mia@example.org'))
    await member.importKey(key.certificate.octets)
    const signature = await signDetached(octets(text), key, now)
    const { goodSignatures } = await member.verifyDetached(signature, text)
    assert.deepEqual(goodSignatures, [key.fingerprint])
    assert.match(await member.listPackets(signature), /digest algo 10/)
  })

  test('is good for Sequoia', { skip: missingSequoia() }, async () => {
    const key = await ownKey('Security')
    const signature = await signDetached(octets(text), key, now)
    assert.deepEqual(await sequoiaVerify(signature, text, key.certificate.octets), { good: true })
  })
})

test('a signature is good by the renewed certificate that is found, whatever old copy came with it', {
  skip,
}, async t => {
  const gpg = await gnuPG(t)
  const unlocked = ['--batch', '--passphrase', '']
  await gpg([...unlocked, '--quick-gen-key', 'Eve <eve@example.org>', 'ed25519', 'sign', '1d'], '')
  const old = await certificate(await gpg(['--export'], ''))
  await gpg([...unlocked, '--quick-set-expire', old.fingerprint, '30d'], '')
  const renewed = await certificate(await gpg(['--export'], ''))
  const signature = await gpg(['--detach-sign'], text)
  const inTwoDays = instant(Date.now() + 2 * DAY)
  const judged = (...found: Certificate[]) =>
    verifyDetached(signature, octets(text), [old], inTwoDays, async () => found)
  assert.equal((await judged(renewed)).kind, 'good')
  assert.equal(faultOf(await judged()), 'expired-key')
  assert.equal(faultOf(await judged(old)), 'expired-key')
})
