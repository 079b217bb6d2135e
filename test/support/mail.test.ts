import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GnuPG, missingGnuPG } from './gpg.ts'
import * as mails from './mail.ts'
import { flowed } from './mime.ts'
import { addressesOf, fieldOf, readMail } from './outgoing.ts'
import { missingSequoia, sequoiaDecrypt, sequoiaVerify } from './sequoia.ts'

const skip = missingGnuPG()
const TO = 'security@example.org'
const TEXT = 'embargod velero\naccept C-123456\n\nGrüße\n'
let alice: GnuPG
let team: GnuPG

before(async () => {
  if (skip) return
  alice = await GnuPG.create('Alice', 'alice@example.org')
  team = await GnuPG.create('Team', TO)
  await team.importKey(await alice.exportPublic())
})

after(async () => {
  if (skip) return
  await alice.close()
  await team.close()
})

const written = { to: TO, subject: 'Überlauf', text: TEXT }

const signed: readonly (readonly [string, () => Promise<Buffer>])[] = [
  ['Thunderbird', () => mails.thunderbirdSigned(alice, written)],
  ['Thunderbird with HTML', () => mails.thunderbirdSigned(alice, { ...written, html: '<p>Grüße</p>' })],
  ['gpg by hand', () => mails.gpgMimeSigned(alice, written)],
  ['Mutt', () => mails.muttSigned(alice, written)],
]
const encrypted: readonly (readonly [string, () => Promise<Buffer>])[] = [
  ['Thunderbird', () => mails.thunderbirdEncryptedSigned(alice, [team], written)],
  ['a reporter', () => mails.encryptedReport(alice, [team], written)],
  ['gpg by hand', () => mails.gpgMimeEncryptedSigned(alice, [team], written)],
  ['gpg around a signed entity', () => mails.gpgMimeEncryptedAroundSigned(alice, [team], written)],
]

for (const [who, write] of signed)
  test(`a mail signed by ${who} is verified by gpg and read`, { skip }, async () => {
    const octets = await write()
    const read = await readMail(octets, team)
    assert.deepEqual(read.signedBy, [alice.fingerprint])
    assert.deepEqual([read.wasEncrypted, read.outerSubject], [false, 'Überlauf'])
    assert.equal(read.text.trimEnd(), TEXT.trimEnd())
    assert.ok(!/(^|[^\r])\n/.test(octets.toString('latin1')), 'CRLF throughout')
  })

test('a signed mail that was changed on the way is not signed by anyone', { skip }, async () => {
  const octets = await mails.gpgMimeSigned(alice, { ...written, text: 'accept C-123456' })
  const changed = Buffer.from(
    octets.toString('latin1').replace('accept C-123456', 'reject C-123456'),
    'latin1',
  )
  const read = await readMail(changed, team)
  assert.equal(read.text.trim(), 'reject C-123456')
  assert.deepEqual([read.signedBy, read.badSignatures], [[], ['BADSIG']])
})

for (const [who, write] of encrypted)
  test(`a mail encrypted and signed by ${who} is decrypted, verified and read`, { skip }, async () => {
    const read = await readMail(await write(), team)
    assert.deepEqual(read.signedBy, [alice.fingerprint])
    assert.equal(read.wasEncrypted, true)
    assert.equal(read.text.trimEnd(), TEXT.trimEnd())
    const [, subkey = ''] = await team.keyFingerprints()
    assert.ok(read.encryptedTo.includes(subkey.slice(24)))
  })

test('Thunderbird attaches the key, protects the header and announces the key', { skip }, async () => {
  const read = await readMail(await mails.thunderbirdEncryptedSigned(alice, [team], written), team)
  assert.equal(read.outerSubject, '...')
  assert.equal(read.innerSubject, 'Überlauf')
  assert.equal(read.encryptedTo.length, 2)
  assert.match(
    fieldOf(read.innerHeaders, 'content-type') ?? '',
    /^multipart\/mixed; .*protected-headers="v1"$/,
  )
  const [key, ...more] = read.attachments
  assert.deepEqual(more, [])
  assert.equal(key?.fileName, `OpenPGP_0x${alice.fingerprint.slice(24)}.asc`)
  await using stranger = await GnuPG.withoutKey('Stranger', 'stranger@example.org')
  assert.deepEqual(await stranger.importKey(key?.content ?? ''), [alice.fingerprint])
  const keydata = /keydata=(.*)$/.exec(fieldOf(read.outerHeaders, 'autocrypt') ?? '')?.[1] ?? ''
  assert.deepEqual(await stranger.importKey(Buffer.from(keydata, 'base64')), [alice.fingerprint])
})

test('a report shows nothing of its key outside, unless it has an Autocrypt field', { skip }, async () => {
  const bare = await readMail(await mails.encryptedReport(alice, [team], written), team)
  assert.equal(fieldOf(bare.outerHeaders, 'autocrypt'), undefined)
  assert.equal(bare.attachments[0]?.mediaType, 'application/pgp-keys')
  const announced = mails.encryptedReport(alice, [team], { ...written, autocrypt: 'header' })
  assert.ok(fieldOf((await readMail(await announced, team)).outerHeaders, 'autocrypt'))
})

test('inline messages are one PGP message in a text/plain', { skip }, async () => {
  const one = await readMail(await mails.gpgInlineEncryptedSigned(alice, [team], written), team)
  assert.match(one.text, /^-----BEGIN PGP MESSAGE-----\n[\s\S]*\n-----END PGP MESSAGE-----\n$/)
  const opened = await team.decrypt(one.text)
  assert.deepEqual(opened.goodSignatures, [alice.fingerprint])
  assert.equal(opened.octets.toString(), TEXT.replaceAll('\n', '\r\n'))
  const clear = await team.decrypt((await readMail(await mails.gpgInlineSigned(alice, written), team)).text)
  assert.deepEqual([clear.goodSignatures, clear.keyIds], [[alice.fingerprint], []])
  const cleartext = await readMail(await mails.gpgClearsigned(alice, written), team)
  assert.deepEqual((await team.verify(cleartext.text)).goodSignatures, [alice.fingerprint])
})

test('a plain mail carries what it was given', { skip }, async () => {
  const date = Date.UTC(2026, 10, 9, 8, 7, 6)
  const octets = mails.plainMail({
    from: 'Mallory <mallory@example.net>',
    to: [TO, 'other@example.org'],
    cc: 'cc@example.org',
    text: `${'long '.repeat(60)}é`,
    messageId: '<one@example.net>',
    date,
    headers: [['Auto-Submitted', 'auto-replied']],
    attachments: [{ fileName: 'fix.patch', content: '--- a\n+++ b\n' }],
  })
  const read = await readMail(octets, team)
  assert.deepEqual([read.signedBy, read.wasEncrypted], [[], false])
  assert.equal(read.text.trimEnd(), `${'long '.repeat(60)}é`)
  assert.equal(fieldOf(read.outerHeaders, 'message-id'), '<one@example.net>')
  assert.equal(fieldOf(read.outerHeaders, 'date'), 'Mon, 09 Nov 2026 08:07:06 +0000')
  assert.equal(fieldOf(read.outerHeaders, 'auto-submitted'), 'auto-replied')
  assert.deepEqual(await addressesOf(octets, 'to'), [TO, 'other@example.org'])
  assert.deepEqual(read.attachments, [
    { mediaType: 'text/x-patch', fileName: 'fix.patch', content: Buffer.from('--- a\n+++ b\n') },
  ])
  assert.ok(
    octets
      .toString()
      .split('\r\n')
      .every(line => line.length <= 78),
  )
})

test('the JSON part is read as data', { skip }, async () => {
  const json = { fileName: 'facts.json', mediaType: 'application/json', content: '{"ok":[1]}' }
  const read = await readMail(
    await mails.gpgMimeEncryptedSigned(alice, [team], { ...written, attachments: [json] }),
    team,
  )
  assert.deepEqual(read.json, { ok: [1] })
  assert.deepEqual(read.attachments, [])
})

test('flowed text breaks softly at 72 columns and stuffs what needs it', () => {
  assert.equal(flowed('short\n> quoted\n'), 'short\r\n > quoted\r\n')
  const words = 'notice C-123456 stage=early send=2026-12-09T16:00Z to=distributors handling=embargoed'
  assert.equal(flowed(words), `${words.slice(0, 67)}\r\n${words.slice(67)}\r\n`)
})

test('sq decrypts and verifies what gpg made', { skip: skip || missingSequoia() }, async () => {
  const keys = { recipientKey: await team.exportSecret(), signers: [await alice.exportPublic()] }
  const message = await alice.encryptSign([team], 'words')
  assert.deepEqual(await sequoiaDecrypt(message, keys), { octets: Buffer.from('words') })
  const unsigned = await alice.encryptSign([team], 'words', { signed: 'unsigned' })
  assert.ok('refusal' in (await sequoiaDecrypt(unsigned, keys)))
  assert.ok('octets' in (await sequoiaDecrypt(unsigned, { recipientKey: keys.recipientKey })))
  const other = { ...keys, recipientKey: await alice.exportSecret() }
  assert.ok('refusal' in (await sequoiaDecrypt(message, other)))
  const signature = await alice.detachSign('words')
  const certificate = await alice.exportPublic()
  assert.equal((await sequoiaVerify(signature, 'words', certificate)).good, true)
  assert.equal((await sequoiaVerify(signature, 'Words', certificate)).good, false)
})
