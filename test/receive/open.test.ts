import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { sessionKeys } from '../../src/openpgp/secret-keys.ts'
import { openMail } from '../../src/receive/open.ts'
import { openPgpFor } from '../../src/sandbox/open-pgp.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import * as mails from '../support/mail.ts'
import { attachmentEntity, entity, multipart, resolve } from '../support/mime.ts'
import { mail, mixed, multipartEncrypted, multipartSigned } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'
import { type Desk, desk, nothingConfigured, now, secretKeyOf } from './opening.ts'

const to = 'security@project.org'
const text = 'A heap overflow in the parser.\n'
const skip = missingGnuPG()

type People = { readonly own: GnuPG; readonly reporter: GnuPG; readonly admin: GnuPG; readonly at: Desk }

async function people(): Promise<People> {
  const [own, reporter, admin] = await Promise.all(
    ['Project', 'Reporter', 'Admin'].map(name =>
      until({ after }, GnuPG.create(name, `${name.toLowerCase()}@example.org`)),
    ),
  )
  assert.ok(own && reporter && admin)
  return { own, reporter, admin, at: await desk(own, [admin]) }
}

if (skip === false) opening(await people())
else test('opening of encrypted mail', { skip }, () => {})

function opening({ own, reporter, admin, at }: People): void {
  const textPart = (words: string): string =>
    entity('text/plain; charset=utf-8', words.replace(/\n/g, '\r\n'))
  const sent = (content: string, more: readonly (readonly [string, string])[] = []): Buffer =>
    mail(resolve({ to, subject: 's', headers: more }, reporter.mailbox), content)

  describe('a reporter’s mail', () => {
    test('encrypted and signed is opened, its author known by the key inside', async () => {
      const opened = await at.mail(
        await mails.encryptedReport(reporter, [own], { to, text, subject: 'Parser' }),
      )
      assert.equal(opened.encryption, 'encrypted')
      assert.equal(opened.header.subject.open(), '...')
      assert.equal(opened.protectedSubject?.open(), 'Parser')
      assert.equal(opened.author?.primary, reporter.fingerprint)
      assert.deepEqual(
        opened.offered.map(({ place, fingerprint, encryptable }) => ({ place, fingerprint, encryptable })),
        [{ place: 'inside', fingerprint: reporter.fingerprint, encryptable: true }],
      )
      assert.deepEqual(
        opened.parts.map(part => [part.mediaType, part.encrypted, part.signature.kind]),
        [
          ['text/plain', true, 'good'],
          ['application/pgp-keys', true, 'good'],
        ],
      )
      assert.equal(opened.parts[0]?.text?.open().trimEnd(), text.trimEnd())
    })

    test('in clear offers the key of its Autocrypt field and the attached one', async () => {
      const opened = await at.mail(await mails.thunderbirdSigned(reporter, { to, text }))
      assert.equal(opened.encryption, 'clear')
      assert.deepEqual(
        opened.offered.map(({ place, fingerprint }) => [place, fingerprint]),
        [['autocrypt', reporter.fingerprint]],
      )
      const without = await at.mail(
        await mails.thunderbirdSigned(reporter, { to, text, autocrypt: 'absent' }),
      )
      assert.deepEqual(
        without.offered.map(({ place }) => place),
        ['outer'],
      )
    })

    test('offers no key of an Autocrypt field for another address, or of one of several', async () => {
      const key = (await reporter.exportPublic('minimal')).toString('base64')
      const field = (address: string, more = '') =>
        ['Autocrypt', `addr=${address}; ${more}keydata=${key}`] as const
      const offered = async (...fields: readonly (readonly [string, string])[]) =>
        (await at.mail(sent(textPart(text), fields))).offered.length
      assert.equal(await offered(field('reporter@example.org')), 1)
      assert.equal(await offered(field('Reporter@Example.org', '_x=y; prefer-encrypt=mutual; ')), 1)
      assert.equal(await offered(field('other@example.org')), 0)
      assert.equal(await offered(field('reporter@example.org', 'critical=y; ')), 0)
      assert.equal(await offered(field('reporter@example.org'), field('reporter@example.org')), 0)
    })

    test('offers the armored key in an encrypted text, at most five in all', async () => {
      const keys = `${text}\n${await reporter.exportArmored()}`
      const opened = await at.mail(await mails.gpgMimeEncrypted(reporter, [own], { to, text: keys }))
      assert.deepEqual(
        opened.offered.map(({ place, fingerprint }) => [place, fingerprint]),
        [['inside', reporter.fingerprint]],
      )
      const inline = await at.mail(await mails.gpgInlineEncryptedSigned(reporter, [own], { to, text: keys }))
      assert.equal(inline.offered[0]?.place, 'inside')
      assert.equal(inline.author?.primary, reporter.fingerprint)
    })

    test('that is undecryptable stays a mail, its ciphertext a part', async () => {
      const opened = await at.mail(await mails.gpgMimeEncrypted(reporter, [reporter], { to, text }))
      assert.equal(opened.encryption, 'undecryptable')
      assert.equal(opened.parts.length, 1)
      assert.match(Buffer.from(opened.parts[0]?.octets ?? []).toString(), /BEGIN PGP MESSAGE/)
    })

    test('whose ciphertext was tampered with, or cut short, gives no octet of its text', async () => {
      const octets = await mails.gpgMimeEncryptedSigned(reporter, [own], { to, text })
      const lines = octets.toString('latin1').split('\r\n')
      const middle = lines.findIndex(line => line.length === 64) + 3
      const changed = lines.with(
        middle,
        (lines[middle] ?? '').replace(/./, letter => (letter === 'A' ? 'B' : 'A')),
      )
      for (const broken of [changed, lines.toSpliced(middle, 1)]) {
        const opened = await at.mail(Buffer.from(broken.join('\r\n'), 'latin1'))
        assert.equal(opened.encryption, 'undecryptable')
        assert.ok(opened.parts.every(part => !part.text?.open().includes('overflow')))
      }
    })

    test('is opened in HTML alone, as application/pgp, as a file and in a forwarded mail, and commands in none', async () => {
      const block = await reporter.encryptSign([own], text)
      const whole = await reporter.encryptSign([own], textPart(text), { signed: 'unsigned' })
      const html = `<div>${block.trim().replaceAll('=', '&#61;').replaceAll('\n', '<br>')}</div>`
      const file = entity('application/octet-stream', whole.replace(/\n/g, '\r\n'))
      const forwarded = sent(multipartEncrypted(whole)).toString('latin1')
      for (const [content, encryption, inner] of [
        [entity('text/html', html), 'encrypted', []],
        [entity('application/pgp; x-action=encrypt', block.replace(/\n/g, '\r\n')), 'encrypted', []],
        [file, 'encrypted', []],
        [mixed([textPart('fyi'), entity('message/rfc822', forwarded)]), 'partly', ['reporter@example.org']],
      ] as const) {
        const opened = await at.mail(sent(content))
        assert.equal(opened.encryption, encryption)
        assert.ok(opened.parts.some(part => part.encrypted && part.text?.open().trim() === text.trim()))
        assert.ok(opened.authored.kind !== 'signed')
        assert.deepEqual(opened.innerAuthors, inner)
      }
    })

    test('that a server has turned into multipart/mixed is opened all the same', async () => {
      const message = await reporter.encryptSign([own], textPart(text))
      const [, version = '', ciphertext = ''] = multipartEncrypted(message, { limit: 'L' }).split('--L\r\n')
      const pieces = [version, ciphertext.replace('\r\n--L--\r\n', '')].map(piece =>
        piece.replace(/\r\n$/, ''),
      )
      const mangled = entity('multipart/mixed; boundary=M', multipart('M', [textPart('\n'), ...pieces]))
      const opened = await at.mail(sent(mangled))
      assert.equal(opened.encryption, 'encrypted')
      assert.equal(opened.parts[0]?.text?.open().trim(), text.trim())
    })
  })

  describe('each part keeps its own protection (B01, B10)', () => {
    test('an encrypted attachment of a clear mail becomes what is in it', async () => {
      const content = await reporter.encryptSign([own], 'line 1\nline 2\n')
      const attached = attachmentEntity({
        fileName: 'poc.txt.asc',
        mediaType: 'application/octet-stream',
        content,
      })
      const opened = await at.mail(sent(mixed([textPart(text), attached])))
      assert.equal(opened.encryption, 'partly')
      const [clear, poc] = opened.parts
      assert.deepEqual([clear?.encrypted, poc?.encrypted], [false, true])
      assert.equal(poc?.fileName?.open(), 'poc.txt')
      assert.equal(Buffer.from(poc?.octets ?? []).toString(), 'line 1\nline 2\n')
      assert.equal(opened.author, undefined)
    })

    test('an attachment with words around its message keeps them, and stays closed', async () => {
      const content = `Read this:\n${await reporter.encryptSign([own], 'x')}`
      const attached = attachmentEntity({ fileName: 'poc.txt', mediaType: 'text/plain', content })
      const { parts } = await at.mail(sent(mixed([textPart(text), attached])))
      assert.match(parts[1]?.text?.open() ?? '', /^Read this:/)
    })

    test('a message inside a text becomes a part beside it, foreign words around it stay clear', async () => {
      const block = await reporter.encryptSign([own], 'the secret')
      const opened = await at.mail(sent(textPart(`Please read:\n${block}\nThanks\n`)))
      assert.equal(opened.encryption, 'partly')
      assert.deepEqual(
        opened.parts.map(part => part.encrypted),
        [false, true],
      )
      assert.equal(opened.parts[1]?.text?.open(), 'the secret')
    })

    test('a message that is wrapped deeper is left as it is', async () => {
      const inner = multipartEncrypted(await reporter.encryptSign([own], textPart(text)))
      const opened = await at.mail(sent(multipartEncrypted(await reporter.encryptSign([own], inner))))
      assert.equal(opened.encryption, 'encrypted')
      assert.ok(opened.parts.every(part => !part.text?.open().includes('overflow')))
    })

    test('no more than ten messages of one mail are opened', async () => {
      const block = await reporter.encryptSign([own], 'x')
      const before = at.asked()
      await at.mail(sent(mixed(Array.from({ length: 30 }, () => textPart(block)))))
      assert.ok(at.asked() - before <= 20)
    })

    test('an encrypted-looking multipart with more in it than RFC 3156 allows is no whole', async () => {
      const message = multipartEncrypted(await reporter.encryptSign([own], textPart(text)), { limit: 'L' })
      const more = message.replace(/--L--\r\n$/, `--L\r\n${textPart('added')}\r\n--L--\r\n`)
      const opened = await at.mail(sent(more))
      assert.notEqual(opened.encryption, 'encrypted')
      assert.ok(opened.parts.some(part => !part.encrypted && part.text?.open() === 'added'))
    })
  })

  describe('mail that may be a bounce is never decrypted (B03)', () => {
    const returned = async () => multipartEncrypted(await admin.encryptSign([own], textPart(text)))
    for (const [name, more, wrap] of [
      [
        'a delivery report',
        [],
        (content: string) => entity('multipart/report; boundary=R', multipart('R', [content])),
      ],
      ['a null return path', [['Return-Path', '<>']], (content: string) => content],
    ] as const)
      test(name, async () => {
        const before = at.asked()
        const opened = await at.mail(sent(wrap(await returned()), more))
        assert.equal(at.asked(), before)
        assert.equal(opened.encryption, 'undecryptable')
      })
  })

  describe('an offered key', () => {
    const signers = async (octets: Buffer) =>
      (await at.mail(octets)).offered
        .filter(offer => offer.fingerprint === reporter.fingerprint)
        .map(offer => offer.signedBy)
    const file = async () =>
      attachmentEntity({
        fileName: 'key.asc',
        mediaType: 'application/pgp-keys',
        content: await reporter.exportArmored(),
      })

    test('is signed for by whoever signed the part in which it came', async () => {
      const options = { to, text, keyOf: reporter }
      assert.deepEqual(await signers(await mails.thunderbirdSigned(admin, options)), [admin.fingerprint])
      assert.deepEqual(await signers(await mails.thunderbirdEncryptedSigned(admin, [own], options)), [
        admin.fingerprint,
      ])
    })

    test('beside what is signed, or in the signature itself, is signed for by nobody', async () => {
      const signed = await multipartSigned(admin, textPart(text))
      assert.deepEqual(await signers(sent(mixed([signed, await file()]))), [undefined])
      const armored = (await reporter.exportArmored()).toString().replace(/\r?\n/g, '\r\n')
      const smuggled = signed.replace('-----END PGP SIGNATURE-----', `$&\r\n${armored}`)
      assert.notEqual(smuggled, signed)
      for (const signer of await signers(sent(smuggled))) assert.equal(signer, undefined)
    })
  })

  describe('the author', () => {
    test('of an enrolled key is known without the key in the mail', async () => {
      const opened = await at.mail(await mails.gpgMimeSigned(admin, { to, text }))
      assert.equal(opened.author?.primary, admin.fingerprint)
    })

    test('of an unknown key is nobody', async () => {
      const opened = await at.mail(await mails.gpgMimeSigned(reporter, { to, text }))
      assert.equal(opened.author, undefined)
    })

    test('is nobody where some of the text is not signed', async () => {
      const content = mixed([await multipartSigned(admin, textPart(text)), textPart('and pay me')])
      assert.equal((await at.mail(sent(content))).author, undefined)
    })

    test('is never vouched for by an older copy of an enrolled certificate that was revoked since', async () => {
      await using revoked = await GnuPG.create('Revoked', 'revoked@example.org')
      const octets = await mails.thunderbirdSigned(revoked, { to, text })
      await revoked.revoke()
      const opened = await (await desk(own, [admin, revoked])).mail(octets)
      assert.equal(opened.author, undefined)
      assert.equal(opened.authored.kind === 'signed' && opened.authored.signature.kind, 'refused')
      assert.equal((await at.mail(octets)).author?.primary, revoked.fingerprint)
    })
  })

  describe('the protected subject (A16)', () => {
    const withSubject = (parameter: string): string =>
      `Content-Type: text/plain; charset=utf-8${parameter}\r\nSubject: inner\r\n\r\nx\r\n`
    const protectedSubject = async (content: string) =>
      (await at.mail(sent(content))).protectedSubject?.open()

    test('is that of a well-signed payload that declares its header protected', async () => {
      assert.equal(await protectedSubject(await multipartSigned(admin, withSubject('; hp="clear"'))), 'inner')
      assert.equal(
        await protectedSubject(await multipartSigned(admin, withSubject('; protected-headers="v1"'))),
        'inner',
      )
    })

    test('is not taken from a payload that declares nothing, is not signed or has no known signer', async () => {
      assert.equal(await protectedSubject(await multipartSigned(admin, withSubject(''))), undefined)
      assert.equal(await protectedSubject(withSubject('; hp="clear"')), undefined)
      assert.equal(
        await protectedSubject(await multipartSigned(reporter, withSubject('; hp="clear"'))),
        undefined,
      )
      const second = mixed([await multipartSigned(admin, textPart(text)), withSubject('; hp="clear"')])
      assert.equal(await protectedSubject(second), undefined)
    })
  })

  test('a message that grows out of bounds when it is opened is put aside (F04)', async () => {
    const zeros = Buffer.alloc(80 * 1024 * 1024)
    const message = await reporter.encryptSign([own], zeros, { gpgOptions: ['--compress-algo', 'zip'] })
    const octets = sent(multipartEncrypted(message))
    const secret = await secretKeyOf(own)
    const openPgp = openPgpFor(packets => sessionKeys(packets, [secret], now))
    const opened = await openMail(octets, openPgp, [], nothingConfigured, now)
    assert.deepEqual(opened, { ok: false, error: 'too-large' })
  })
}
