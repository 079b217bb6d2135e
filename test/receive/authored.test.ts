// The shapes of product.md §3 and the attacks A17 and A24 of threats.md: each mail is one that a stranger can put
// together from what an admin signed.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { missingGnuPG } from '../support/gpg.ts'
import * as mails from '../support/mail.ts'
import { entity, multipart } from '../support/mime.ts'
import { htmlEntity, multipartEncrypted } from '../support/pgp-mime.ts'
import { CMD, command, container, type Shapes, shapesOf, textPart, to } from './shapes.ts'

const skip = missingGnuPG()
if (skip === false) shapes(await shapesOf())
else test('the shapes of signed mail', { skip }, () => {})

function shapes({ own, admin, member, sent, signed, authored, commanded, assertMisshapen }: Shapes): void {
  describe('an accepted shape', () => {
    const shapes: readonly (readonly [string, () => Promise<Buffer>, { readonly encrypted: boolean }])[] = [
      ['Thunderbird, signed', () => mails.thunderbirdSigned(admin, { to, text: CMD }), { encrypted: false }],
      [
        'Thunderbird, signed, with HTML',
        () => mails.thunderbirdSigned(admin, { to, text: CMD, html: '<p>embargod volcano' }),
        { encrypted: false },
      ],
      [
        'Thunderbird, signed and encrypted',
        () => mails.thunderbirdEncryptedSigned(admin, [own], { to, text: CMD, html: '<p>x' }),
        { encrypted: true },
      ],
      ['Mutt, a text signature', () => mails.muttSigned(admin, { to, text: CMD }), { encrypted: false }],
      ['PGP/MIME signed', () => mails.gpgMimeSigned(admin, { to, text: CMD }), { encrypted: false }],
      [
        'PGP/MIME encrypted and signed',
        () => mails.gpgMimeEncryptedSigned(admin, [own], { to, text: CMD }),
        { encrypted: true },
      ],
      [
        'an encryption around a multipart/signed',
        () => mails.gpgMimeEncryptedAroundSigned(admin, [own], { to, text: CMD }),
        { encrypted: true },
      ],
      [
        'a text that is one encrypted message',
        () => mails.gpgInlineEncryptedSigned(admin, [own], { to, text: CMD }),
        { encrypted: true },
      ],
      [
        'a text that is one signed message',
        () => mails.gpgInlineSigned(admin, { to, text: CMD }),
        { encrypted: false },
      ],
    ]
    test('a signed message under another charset than it was signed with reads the same', async () => {
      const words = `${command} <<\nnaïve, entrée\n.`
      const octets = await mails.gpgInlineSigned(admin, { to, text: `${words}\n` })
      const relabelled = octets.toString('latin1').replace(/charset=[^;\r\n]+/i, 'charset=koi8-r')
      const text = await authored(Buffer.from(relabelled, 'latin1'))
      assert.match(relabelled, /koi8-r/)
      assert.equal(text.kind === 'signed' && text.text.open().trimEnd(), words)
    })
    for (const [name, make, { encrypted }] of shapes)
      test(name, async () => {
        const text = await authored(await make())
        assert.equal(text.kind, 'signed')
        assert.equal(text.kind === 'signed' && text.text.open().trimEnd(), command)
        assert.equal(text.kind === 'signed' && text.encrypted, encrypted)
        assert.equal(await commanded(await make()), command)
      })

    test('survives a store that shortens CRLF to LF, and a relay that pads boundary lines', async () => {
      const octets = (await mails.thunderbirdSigned(admin, { to, text: CMD })).toString('latin1')
      assert.equal(await commanded(Buffer.from(octets.replaceAll('\r\n', '\n'), 'latin1')), command)
      const outer = /boundary="(-{12}[^"]+)"/.exec(octets)?.[1] ?? ''
      const padded = octets.replaceAll(`\r\n--${outer}\r\n`, `\r\n--${outer} \t\r\n`)
      assert.notEqual(padded, octets)
      assert.equal(await commanded(Buffer.from(padded, 'latin1')), command)
    })

    test('has its named attachments as operands, a mail and a key among them', async () => {
      const attachments = [
        { fileName: 'fix.patch', content: '+ok\n' },
        {
          fileName: 'mail.eml',
          mediaType: 'message/rfc822',
          content: 'Subject: x\r\n\r\nembargod volcano\r\n',
        },
      ]
      const text = await authored(await mails.thunderbirdSigned(admin, { to, text: CMD, attachments }))
      assert.equal(text.kind, 'signed')
      const names = text.kind === 'signed' ? text.attachments.map(part => part.fileName?.open()) : []
      const key = `OpenPGP_0x${admin.fingerprint.slice(-16)}.asc`
      assert.deepEqual(names, ['fix.patch', 'mail.eml', key])
      assert.equal(
        text.kind === 'signed' && Buffer.from(text.attachments[0]?.octets ?? []).toString(),
        '+ok\n',
      )
    })

    test('tells how its lines run on', async () => {
      const text = await authored(await mails.thunderbirdSigned(admin, { to, text: CMD }))
      assert.equal(text.kind === 'signed' && text.layout, 'flowed')
    })
  })

  describe('encryption and signature (A17)', () => {
    test('an encrypted text without signature is unsigned', async () => {
      const text = await authored(await mails.gpgMimeEncrypted(admin, [own], { to, text: CMD }))
      assert.equal(text.kind, 'unsigned')
      assert.equal(text.kind === 'unsigned' && text.encrypted, true)
    })

    test('a signature around the encryption never counts', async () => {
      const message = await member.encryptSign([own], textPart(CMD))
      await assertMisshapen(sent(await signed(multipartEncrypted(message))), 'signed-outside')
      await assertMisshapen(sent(await signed(textPart(message))), 'signed-outside')
      await assertMisshapen(
        sent(await signed(container('mixed', textPart(CMD), multipartEncrypted(message)))),
        'signed-outside',
      )
    })

    test('an encryption that stands inside something else is no accepted shape', async () => {
      const message = await admin.encryptSign([own], textPart(CMD))
      const footer = textPart('-- list footer\n')
      await assertMisshapen(sent(container('mixed', multipartEncrypted(message), footer)), 'partly-signed')
      const inline = textPart(await admin.encryptSign([own], CMD))
      await assertMisshapen(sent(container('mixed', inline, footer)), 'partly-signed')
      assert.equal(
        await commanded(sent(textPart(`hello\n${await admin.encryptSign([own], CMD)}`))),
        undefined,
      )
    })

    test('two signatures, inside the message and inside its payload, are not one author', async () => {
      const message = await member.encryptSign([own], await signed(textPart(CMD)))
      await assertMisshapen(sent(multipartEncrypted(message)), 'container-before-text')
    })

    test('a list footer outside the signature makes it cover only a piece', async () => {
      await assertMisshapen(
        sent(container('mixed', await signed(textPart(CMD)), textPart('footer\n'))),
        'partly-signed',
      )
    })

    test('what cannot be decrypted has no text', async () => {
      const message = await admin.encryptSign([admin], textPart(CMD))
      await assertMisshapen(sent(multipartEncrypted(message)), 'undecryptable')
      await assertMisshapen(sent(textPart(message)), 'undecryptable')
    })
  })

  describe('mail without OpenPGP', () => {
    test('is unsigned, with the first text of whatever container', async () => {
      const related = container(
        'related',
        container('alternative', textPart(CMD), htmlEntity('x')),
        entity('image/png', 'x'),
      )
      const text = await authored(sent(related))
      assert.equal(text.kind, 'unsigned')
      assert.equal(text.text?.open().trimEnd(), command)
    })

    test('with an S/MIME signature counts as misshapen, signed or opaque (A24)', async () => {
      const smime = entity(
        'multipart/signed; protocol="application/pkcs7-signature"; boundary=sm',
        multipart('sm', [textPart(CMD), entity('application/pkcs7-signature', 'x')]),
      )
      await assertMisshapen(sent(smime), 'smime')
      await assertMisshapen(sent(entity('application/pkcs7-mime', 'x')), 'smime')
    })

    test('but an OpenPGP message in its HTML is not opened as a text', async () => {
      const message = await admin.encryptSign([own], CMD)
      const text = await authored(sent(entity('text/html', message.replace(/\n/g, '\r\n'))))
      assert.equal(text.kind === 'misshapen' && text.fault, 'html-only')
    })

    test('in HTML only says so, and mail without any text too', async () => {
      await assertMisshapen(sent(htmlEntity('<p>x')), 'html-only')
      await assertMisshapen(sent(entity('image/png', 'x')), 'no-text')
    })
  })
}
