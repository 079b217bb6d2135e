import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GnuPG, missingGnuPG } from './gpg.ts'
import { until } from './workspace.ts'

const skip = missingGnuPG()
const DAY = 86_400_000
let alice: GnuPG
let bob: GnuPG

before(async () => {
  if (skip) return
  alice = await GnuPG.create('Alice', 'alice@example.org')
  bob = await GnuPG.create('Bob', 'bob@example.org')
  await bob.importKey(await alice.exportPublic())
})

after(async () => {
  if (skip) return
  await alice.close()
  await bob.close()
})

test('a person is a primary key with one encryption subkey', { skip }, async () => {
  const [primary, subkey, ...more] = await alice.keyFingerprints()
  assert.equal(primary, alice.fingerprint)
  assert.match(subkey ?? '', /^[0-9A-F]{40}$/)
  assert.deepEqual(more, [])
  assert.match(await alice.exportArmored(), /^-----BEGIN PGP PUBLIC KEY BLOCK-----\n/)
  assert.match(await alice.listPackets(await alice.exportPublic('minimal')), /Alice <alice@example.org>/)
})

test('what one encrypts and signs the other decrypts, knowing who signed', { skip }, async () => {
  const octets = Buffer.from('words\r\n\x00\xff', 'latin1')
  const message = await alice.encryptSign([bob], octets)
  const opened = await bob.decrypt(message)
  assert.deepEqual(opened.octets, octets)
  assert.deepEqual(opened.goodSignatures, [alice.fingerprint])
  const [, subkey = ''] = await bob.keyFingerprints()
  assert.deepEqual(opened.keyIds, [subkey.slice(24)])
  await assert.rejects(alice.decrypt(message), /No secret key/)
})

test('encryption without a signature and a signature without encryption are what they say', {
  skip,
}, async () => {
  const unsigned = await bob.decrypt(await alice.encryptSign([bob], 'words', { signed: 'unsigned' }))
  assert.deepEqual([unsigned.goodSignatures, unsigned.otherSignatures], [[], []])
  const opaque = await bob.decrypt(await alice.sign('words'))
  assert.equal(opaque.octets.toString(), 'words')
  assert.deepEqual([opaque.goodSignatures, opaque.keyIds], [[alice.fingerprint], []])
  assert.deepEqual((await bob.verify(await alice.clearsign('words\n'))).goodSignatures, [alice.fingerprint])
})

test('a detached signature covers these octets and no others', { skip }, async () => {
  const signature = await alice.detachSign('words', { digest: 'SHA512', textMode: 'text' })
  assert.match(await bob.listPackets(signature), /sigclass 0x01[\s\S]*digest algo 10/)
  assert.deepEqual((await bob.verifyDetached(signature, 'words')).goodSignatures, [alice.fingerprint])
  assert.deepEqual(await bob.verifyDetached(signature, 'Words'), {
    goodSignatures: [],
    otherSignatures: ['BADSIG'],
  })
  await using stranger = await GnuPG.withoutKey('Stranger', 'stranger@example.org')
  assert.deepEqual((await stranger.verifyDetached(signature, 'words')).otherSignatures, ['ERRSIG'])
})

test('a damaged message is refused', { skip }, async () => {
  const lines = (await alice.encryptSign([bob], 'words'.repeat(99))).split('\n')
  const damaged = lines.map((line, i) => (i === 6 ? line.replace(/^./, c => (c === 'A' ? 'B' : 'A')) : line))
  await assert.rejects(
    bob.decrypt(damaged.filter(line => !/^=/.test(line)).join('\n')),
    /gpg (cannot|refuses)/,
  )
})

test('time can be another one for keys and signatures', { skip }, async t => {
  const then = Date.UTC(2020, 0, 2, 3, 4, 5)
  const old = await until(
    t,
    GnuPG.create('Old', 'old@example.org', { algorithm: 'rsa2048', fakedTime: then, expire: '30d' }),
  )
  const signature = await old.detachSign('words', { fakedTime: then + DAY })
  assert.match(await old.listPackets(signature), new RegExp(`created ${(then + DAY) / 1000},`))
  assert.deepEqual((await old.verifyDetached(signature, 'words')).otherSignatures, ['EXPKEYSIG'])
  await old.expire('never')
  assert.deepEqual((await old.verifyDetached(signature, 'words')).goodSignatures, [old.fingerprint])
})

test('subkeys are added, used, expired and revoked', { skip }, async t => {
  const person = await until(t, GnuPG.create('Many', 'many@example.org', { fakedTime: Date.now() - 3 * DAY }))
  const signing = await person.addSubkey('sign', { fakedTime: Date.now() - 2 * DAY })
  const second = await person.addSubkey('encrypt', { expire: '1y', fakedTime: Date.now() - 2 * DAY })
  const signature = await person.detachSign('words', { signWith: `${signing}!` })
  assert.match(await person.listPackets(signature), new RegExp(`keyid ${signing.slice(24)}`))
  assert.deepEqual((await person.verifyDetached(signature, 'words')).goodSignatures, [person.fingerprint])
  assert.deepEqual(await bob.recipientKeyIds(await bob.encryptSign([person], 'words')), [second.slice(24)])
  await person.revokeSubkey(3)
  await bob.importKey(await person.exportPublic())
  const [, first = ''] = await person.keyFingerprints()
  assert.deepEqual(await bob.recipientKeyIds(await bob.encryptSign([person], 'words')), [first.slice(24)])
  await person.expire('seconds=1', 'subkeys', Date.now() - DAY)
  await bob.importKey(await person.exportPublic())
  await assert.rejects(bob.encryptSign([person.fingerprint], 'words'), /ended with 2/)
})

test('with a revoked key nothing more can be encrypted to and signatures count no more', {
  skip,
}, async t => {
  const person = await until(t, GnuPG.create('Gone', 'gone@example.org'))
  const signature = await person.detachSign('words')
  await person.revoke()
  await bob.importKey(await person.exportPublic())
  await assert.rejects(bob.encryptSign([person.fingerprint], 'words'), /ended with 2/)
  assert.deepEqual((await bob.verifyDetached(signature, 'words')).otherSignatures, ['REVKEYSIG'])
})

test('a secret key moves to another keyring', { skip }, async t => {
  const device = await until(t, GnuPG.withoutKey('Alice', 'alice@example.org'))
  assert.deepEqual(await device.importKey(await alice.exportSecret()), [alice.fingerprint])
  assert.equal((await device.decrypt(await bob.encryptSign([alice], 'words'))).octets.toString(), 'words')
})
