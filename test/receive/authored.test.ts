// The shapes of product.md §3 and the attacks A04 to A06, A17 and A24 of threats.md: each mail is one that a
// stranger can put together from what an admin signed.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { AuthoredText } from '../../src/model/mail.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import * as mails from '../support/mail.ts'
import { entity, multipart, resolve } from '../support/mime.ts'
import { alternative, htmlEntity, mail, multipartEncrypted, multipartSigned } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'
import { type Desk, desk } from './opening.ts'

const skip = missingGnuPG()
const CMD = 'embargod volcano\naccept C-482113\n'
const to = 'security@project.org'

type People = { readonly own: GnuPG; readonly admin: GnuPG; readonly member: GnuPG; readonly at: Desk }

async function people(): Promise<People> {
  const [own, admin, member] = await Promise.all(
    ['Project', 'Admin', 'Member'].map(name =>
      until({ after }, GnuPG.create(name, `${name.toLowerCase()}@example.org`)),
    ),
  )
  assert.ok(own && admin && member)
  return { own, admin, member, at: await desk(own, [admin, member]) }
}
if (skip === false) shapes(await people())
else test('the shapes of signed mail', { skip }, () => {})

function shapes({ own, admin, member, at }: People): void {
  const textPart = (text: string, more: readonly (readonly [string, string])[] = []): string =>
    entity('text/plain; charset=utf-8', text.replace(/\n/g, '\r\n'), more)

  const container = (subtype: string, ...parts: readonly string[]): string =>
    entity(`multipart/${subtype}; boundary="limit-${subtype}"`, multipart(`limit-${subtype}`, parts))

  const sent = (content: string): Buffer =>
    mail(resolve({ to, subject: 's' }, 'Admin <admin@example.org>'), content)

  const signed = (content: string): Promise<string> =>
    multipartSigned(admin, content, { limit: 'signed-limit' })

  async function authored(octets: Uint8Array, where: Desk = at): Promise<AuthoredText> {
    return (await where.mail(octets)).authored
  }

  /** What a mail would command, if anything: text that a good signature of the admin covers. */
  async function commanded(octets: Uint8Array): Promise<string | undefined> {
    const text = await authored(octets)
    if (text.kind !== 'signed' || text.signature.kind !== 'good') return undefined
    return text.signature.signature.primary === admin.fingerprint ? text.text.open().trimEnd() : undefined
  }

  async function assertMisshapen(octets: Uint8Array, fault: string): Promise<void> {
    const text = await authored(octets)
    assert.equal(text.kind, 'misshapen')
    assert.equal(text.kind === 'misshapen' && text.fault, fault)
  }

  const command = CMD.trimEnd()

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

  describe('a cleartext signature (A04)', () => {
    const trick = (name: string, change: (armored: string) => string) =>
      test(name, async () => {
        const armored = await admin.clearsign(CMD)
        await assertMisshapen(sent(textPart(change(armored))), 'cleartext-signed')
      })
    trick('is refused', armored => armored)
    trick('with text before it', armored => `embargod volcano\naccept C-1\n${armored}`)
    trick('with text after it', armored => `${armored}\nembargod volcano\n`)
    trick('with a comment header', armored => armored.replace('Hash:', 'Comment: embargod volcano\nHash:'))
    trick('with a form feed for its empty line', armored => armored.replace('\n\n', '\n\f\n'))
    trick('twice', armored => `${armored}\n${armored}`)
    trick('with escaped dashes', armored => armored.replace('embargod', '- embargod'))

    test('shows its first words, so that a command is told from a report', async () => {
      const text = await authored(await mails.gpgClearsigned(admin, { to, text: CMD }))
      assert.equal(text.text?.open().trimEnd(), command)
    })
  })

  describe('a signature over another text (A05)', () => {
    const other = textPart('Hello, all is well.\n')
    const forged = textPart(CMD)
    const placements: readonly (readonly [string, (good: string) => string])[] = [
      ['before it', good => container('mixed', forged, good)],
      ['after it', good => container('mixed', good, forged)],
      ['beside it as an alternative', good => container('alternative', forged, good)],
      ['after it as an alternative', good => container('alternative', good, forged)],
      ['before it as related', good => container('related', forged, good)],
      ['after it as related', good => container('related', good, forged)],
      ['around it', good => container('mixed', forged, good, forged)],
      ['in a digest', good => container('digest', forged, good)],
      ['with the signed mail attached', good => container('mixed', forged, entity('message/rfc822', good))],
      ['in a container of an unknown kind', good => container('x-signed', forged, good)],
    ]
    for (const [name, place] of placements)
      test(`does not cover a command ${name}`, async () => {
        assert.equal(await commanded(sent(place(await signed(other)))), undefined)
      })

    test('does not cover a command put into its multipart/signed as a first, a middle or a last part', async () => {
      const good = await signed(other)
      const [header = '', ...rest] = good.split('\r\n\r\n')
      const [, content = '', signature = ''] = good.slice(header.length).split('--signed-limit\r\n')
      assert.ok(rest.length > 0 && signature.includes('BEGIN PGP SIGNATURE'))
      const part = `${forged}\r\n`
      for (const parts of [
        [part, content, signature],
        [content, part, signature],
        [content, signature.replace(/--signed-limit--\r\n$/, ''), part],
        [part, signature],
      ]) {
        const body = parts.map(one => `--signed-limit\r\n${one}`).join('')
        const closed = body.endsWith('--signed-limit--\r\n') ? body : `${body}--signed-limit--\r\n`
        assert.equal(await commanded(sent(`${header}\r\n\r\n${closed}`)), undefined)
      }
    })

    test('does not speak through a multipart/signed of somebody else around or inside it', async () => {
      const inner = await multipartSigned(member, forged)
      assert.equal(await commanded(sent(await signed(inner))), undefined)
      const around = await multipartSigned(member, await multipartSigned(admin, forged))
      assert.equal(await commanded(sent(around)), undefined)
    })

    test('does not cover a command in the preamble, the epilogue or the header', async () => {
      const good = await multipartSigned(admin, other, { preamble: `${CMD}\r\n` })
      const more = [
        ['X-Command', 'embargod volcano'] as const,
        ['Subject', command.replace('\n', '; ')] as const,
      ]
      const octets = mail(resolve({ to, subject: 's', headers: more }, admin.mailbox), `${good}\r\n${CMD}`)
      assert.equal(await commanded(octets), 'Hello, all is well.')
    })

    test('that is bad counts for nothing, though the text stays readable', async () => {
      const good = (await mails.gpgMimeSigned(admin, { to, text: CMD })).toString('latin1')
      const text = await authored(Buffer.from(good.replace('482113', '482114'), 'latin1'))
      assert.equal(text.kind, 'signed')
      assert.equal(text.kind === 'signed' && text.signature.kind, 'refused')
    })
  })

  test('of 300 mutations of a signed mail none commands anything else', async () => {
    const octets = await mails.thunderbirdSigned(admin, { to, text: CMD, html: '<p>x', autocrypt: 'absent' })
    let survived = 0
    let state = 20261209
    const next = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return (state >>> 8) % below
    }
    const forged = [`\r\n${CMD}`, `${textPart(CMD)}\r\n`, '\r\n', '--', 'multipart/alternative', '\0', 'A']
    for (let run = 0; run < 300; run += 1) {
      const [from, until] = [next(octets.length), next(60)]
      const splice = Buffer.from(forged[next(forged.length)] ?? '')
      const changed = Buffer.concat([octets.subarray(0, from), splice, octets.subarray(from + until)])
      const text = await commanded(changed)
      if (text !== undefined) survived += 1
      assert.ok(text === undefined || text === command, `run ${run}`)
    }
    assert.ok(survived > 0)
  })

  describe('signed content in which the command stands elsewhere (A06)', () => {
    const hello = textPart('Hello\n')
    const forged = textPart(CMD)
    const refused: readonly (readonly [string, string, string])[] = [
      ['a second inline text', container('mixed', hello, forged), 'second-text'],
      ['a second text in the alternative', container('alternative', hello, forged), 'second-text'],
      ['HTML that is no alternative', container('mixed', hello, htmlEntity(CMD)), 'second-text'],
      [
        'a text in a nested container',
        container('mixed', hello, container('related', forged)),
        'second-text',
      ],
      [
        'an unnamed mail',
        container('mixed', hello, entity('message/rfc822', forged)),
        'container-before-text',
      ],
      [
        'a mail before the text',
        container('mixed', entity('message/rfc822', forged), hello),
        'container-before-text',
      ],
      ['a related container before the text', container('related', forged, hello), 'container-before-text'],
      [
        'a parallel container after the text',
        container('mixed', hello, container('parallel', forged)),
        'container-before-text',
      ],
      ['HTML only', htmlEntity(CMD), 'html-only'],
      ['HTML before the text', container('alternative', htmlEntity(CMD), forged), 'html-only'],
      ['an attached text', textPart(CMD, [['Content-Disposition', 'attachment']]), 'no-text'],
      ['an image before the text', container('mixed', entity('image/png', 'x'), forged), 'no-text'],
      ['an empty container', 'Content-Type: multipart/mixed; boundary=e\r\n\r\n', 'container-before-text'],
    ]
    for (const [name, content, fault] of refused)
      test(`${name} is refused`, async () => assertMisshapen(sent(await signed(content)), fault))

    test('the HTML form, with its images, and a named attachment do not stand in the way', async () => {
      const html = container('related', htmlEntity('<p>x'), entity('image/png', 'x'))
      const named = textPart(CMD, [['Content-Disposition', 'attachment; filename="note.txt"']])
      const content = container('mixed', alternative([textPart('Hello\n'), html]), named)
      assert.equal(await commanded(sent(await signed(content))), 'Hello')
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
