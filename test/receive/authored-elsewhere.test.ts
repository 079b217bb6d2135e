// The attacks A04 to A06 of threats.md: a command beside, around or within what an admin signed, in mails that a
// stranger can put together.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { missingGnuPG } from '../support/gpg.ts'
import * as mails from '../support/mail.ts'
import { entity, resolve } from '../support/mime.ts'
import { alternative, htmlEntity, mail, multipartSigned } from '../support/pgp-mime.ts'
import { upTo } from '../support/sweep.ts'
import { CMD, command, container, type Shapes, shapesOf, textPart, to } from './shapes.ts'

const skip = missingGnuPG()
if (skip === false) attacks(await shapesOf())
else test('a command where no signature covers it', { skip }, () => {})

function attacks({ admin, member, sent, signed, authored, commanded, assertMisshapen }: Shapes): void {
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

  test('of many mutations of a signed mail none commands anything else', async () => {
    const octets = await mails.thunderbirdSigned(admin, { to, text: CMD, html: '<p>x', autocrypt: 'absent' })
    let survived = 0
    let state = 20261209
    const next = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return (state >>> 8) % below
    }
    const forged = [`\r\n${CMD}`, `${textPart(CMD)}\r\n`, '\r\n', '--', 'multipart/alternative', '\0', 'A']
    for (let run = 0; run < upTo(60, 6_000); run += 1) {
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
}
