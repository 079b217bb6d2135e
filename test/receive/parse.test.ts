import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import type { MailHeader } from '../../src/model/mail.ts'
import { decodeLeaf, textLayout } from '../../src/receive/leaf.ts'
import { mailHeader } from '../../src/receive/parse.ts'
import { type Entity, splitEntity } from '../../src/receive/structure.ts'
import { wire } from './opening.ts'

function entityOf(octets: Uint8Array): Entity {
  const split = splitEntity(octets)
  assert.ok(split.ok)
  return split.value
}

const headerOf = (text: string): Promise<MailHeader> => mailHeader(entityOf(wire(`${text}\n\n`)).fields, [])

describe('addresses of the header', () => {
  const accepted: readonly (readonly [string, string, readonly string[]])[] = [
    ['a bare address', 'a@x.org', ['a@x.org']],
    ['a name before it', 'Ann B. <a@x.org>', ['a@x.org']],
    ['a quoted name with commas and brackets', '"B, <Ann>" <a@x.org>', ['a@x.org']],
    ['a comment beside it', 'a@x.org (Ann (the one), B)', ['a@x.org']],
    ['several', 'a@x.org, B <b@x.org>', ['a@x.org', 'b@x.org']],
    ['a name with a comma that is not quoted', 'B, Ann <a@x.org>', ['a@x.org']],
    ['a group', 'team: a@x.org, B <b@x.org>;', ['a@x.org', 'b@x.org']],
    ['an encoded word as a name', '=?utf-8?q?Ann_=3Cb=40x=2Eorg=3E?= <a@x.org>', ['a@x.org']],
    ['another address as a name', '"a1@admin.org" <e@x.org>', ['e@x.org']],
    ['an internationalised domain in ASCII', 'a@xn--bcher-kva.example', ['a@xn--bcher-kva.example']],
  ]
  for (const [name, field, expected] of accepted)
    test(`${name} is read`, async () =>
      assert.deepEqual((await headerOf(`From: ${field}`)).authors, expected))

  const refused: readonly (readonly [string, string])[] = [
    ['an encoded word instead of an address', '=?utf-8?b?YUB4Lm9yZw==?='],
    ['two angles', '<a@x.org> <b@x.org>'],
    ['text after the angle', '<a@x.org> b@x.org'],
    ['a quoted local part', '"a b"@x.org'],
    ['a comment that never ends', 'a@x.org (b'],
    ['a quote that never ends', '"a <a@x.org>'],
    ['an angle that never ends', 'a <a@x.org'],
    ['one author beside one that has two readings', 'a@x.org, "q q"@y.org'],
    ['one author beside one that never ends', 'a@x.org, b <b@y.org'],
    ['one author in a group that is named like another', 'b@y.org: a@x.org;'],
    ['a route', '<@y.org:a@x.org>'],
    ['an empty angle', 'MAILER-DAEMON <>'],
  ]
  for (const [name, field] of refused)
    test(`${name} is no address`, async () =>
      assert.deepEqual((await headerOf(`From: ${field}`)).authors, []))

  test('every From field counts, recipients are To and then Cc', async () => {
    const header = await headerOf('Cc: c@x.org\nFrom: a@x.org\nTo: t@x.org\nFrom: b@x.org')
    assert.deepEqual(header.authors, ['a@x.org', 'b@x.org'])
    assert.deepEqual(header.recipients, ['t@x.org', 'c@x.org'])
  })
})

describe('other fields of the header', () => {
  test('the subject is decoded, across words and charsets', async () => {
    const header = await headerOf('Subject: =?utf-8?b?Z3I=?=\n =?utf-8?b?w7xu?= =?iso-8859-1?q?_=E4?=')
    assert.equal(header.subject.open(), 'grün ä')
  })

  test('a charset that no mail program writes is not decoded in a subject', async () => {
    const header = await headerOf('Subject: =?utf-7?q?+ADw-?= =?hex?q?a?= =?x-unknown*en?q?gr=C3=BC?=')
    assert.equal(header.subject.open(), '+ADw-agrü')
  })

  test('control characters and lone surrogates do not get through an encoded word', async () => {
    const header = await headerOf('Subject: a=?utf-8?q?=00=0A?=b =?utf-16le?b?ANg=?=')
    assert.doesNotMatch(header.subject.open(), /[\0\n]/)
    assert.ok(header.subject.open().isWellFormed())
  })

  test('a mail replies to In-Reply-To first, then to the References, each once', async () => {
    const header = await headerOf(
      'References: <1@x> <2@x>\nIn-Reply-To: your mail <2@x> of today\nMessage-ID: <m@x>',
    )
    assert.deepEqual(header.replyTo, ['<2@x>', '<1@x>'])
    assert.equal(header.messageId, '<m@x>')
  })

  test('at most 100 message ids are kept', async () => {
    const ids = Array.from({ length: 500 }, (_, i) => `<${i}@x>`).join('\n ')
    assert.equal((await headerOf(`References: ${ids}`)).replyTo.length, 100)
  })

  test('no hostile field takes long', async () => {
    const hostile = [
      '(',
      '"',
      '<',
      ',',
      ':',
      'a',
      '\\',
      '=?',
      '=?utf-8?q?',
      '=?utf-8?b?YQ==?= ',
      ';a*0*=',
      '@',
      '> ',
      ' ',
    ]
    const start = performance.now()
    for (const piece of hostile)
      for (const name of ['From', 'To', 'Subject', 'References', 'Content-Type', 'Content-Disposition'])
        await decodeLeaf(
          entityOf(wire(`${name}: ${piece.repeat(Math.floor(1_000_000 / piece.length))}\n\nx`)),
        )
    for (const piece of hostile)
      for (const name of ['From', 'To', 'Subject', 'References'])
        await headerOf(`${name}: ${piece.repeat(Math.floor(1_000_000 / piece.length))}`)
    assert.ok(performance.now() - start < 5_000, `${performance.now() - start} ms`)
  })
})

describe('a leaf', () => {
  const leafOf = (header: string, body: Uint8Array) =>
    decodeLeaf(entityOf(Buffer.concat([wire(`${header}\n\n`), body])))
  const textOf = async (header: string, body: string) =>
    (await leafOf(header, Buffer.from(body, 'latin1'))).text?.open()

  test('base64 and quoted-printable are undone', async () => {
    assert.equal(await textOf('Content-Transfer-Encoding: BASE64', 'Z3LD\r\nvG4='), 'grün')
    assert.equal(
      await textOf('Content-Transfer-Encoding: quoted-printable', 'gr=C3=BCn =\r\nx  \r\ny=20\r\n=zz'),
      'grün x\ny \n=zz',
    )
  })

  test('damaged base64 gives what can be read, quoted-printable may end in a soft line break', async () => {
    assert.equal(await textOf('Content-Transfer-Encoding: base64', 'Z3\0L!D\r\n vG4'), 'grün')
    assert.equal(await textOf('Content-Transfer-Encoding: base64', 'YQ==\r\nYmM=\r\n'), 'abc')
    assert.equal(await textOf('Content-Transfer-Encoding: quoted-printable', 'a=\r\nb='), 'ab')
    assert.equal(await textOf('Content-Transfer-Encoding: x-unknown', 'YQ=='), 'YQ==')
  })

  test('octets come out exactly, whatever they are and however many', async () => {
    for (const size of [0, 1, 57, 65_535, 65_536, 65_537, 3_000_000]) {
      const octets = randomBytes(size)
      const base64 = octets.toString('base64').replace(/.{76}/g, '$&\r\n')
      const quoted = octets.toString('hex').replace(/../g, '=$&').replace(/.{75}/g, '$&=\r\n')
      for (const [encoding, body] of [
        ['binary', octets],
        ['base64', Buffer.from(base64)],
        ['quoted-printable', Buffer.from(quoted)],
      ] as const) {
        const leaf = await leafOf(`Content-Type: image/png\nContent-Transfer-Encoding: ${encoding}`, body)
        assert.ok(octets.equals(leaf.octets), `${size} octets in ${encoding}`)
      }
    }
  })

  test('many blanks are kept within a quoted-printable line and dropped at its end', async () => {
    const blanks = ' \t'.repeat(50_000)
    const text = await textOf(
      'Content-Transfer-Encoding: quoted-printable',
      `a${blanks}b${blanks}\r\nc${blanks}`,
    )
    assert.ok(text === `a${blanks}b\nc`)
  })

  test('charsets are decoded, unknown and lying ones as well as it goes', async () => {
    assert.equal(await textOf('Content-Type: text/plain; charset=iso-8859-1', 'gr\xfcn'), 'grün')
    assert.equal(await textOf('Content-Type: text/plain; charset=koi8-r', '\xc4\xc1'), 'да')
    assert.equal(await textOf('Content-Type: text/plain; charset=x-unknown', 'gr\xc3\xbcn'), 'grün')
    assert.equal(await textOf('Content-Type: text/plain; charset=utf-8', 'gr\xfcn'), 'gr\ufffdn')
    assert.equal(await textOf('Content-Type: text/plain; charset=utf-7', '+ADw-'), '+ADw-')
    assert.equal(await textOf('Content-Type: text/plain; charset=hex', 'gr\xfcn'), 'grün')
    assert.equal(await textOf('Content-Type: text/plain; charset=utf-8', '\xef\xbb\xbfa'), 'a')
    assert.equal(await textOf('Content-Type: text/plain; charset=x-mac-cyrillic', '\xe4\xe0'), 'да')
    assert.equal(await textOf('Content-Type: text/html; charset=koi8-r', '<p>\xc4\xc1'), '<p>да')
    assert.equal(
      await textOf('Content-Type: text/plain; charset=iso-2022-jp', '\x1b$B@H<e@-\x1b(B \x1b(Ja\x1b(B'),
      '脆弱性 a',
    )
    assert.equal(await textOf('A: b', 'gr\xfcn'), 'grün')
  })

  test('line ends become LF, NUL and form feed are replaced', async () => {
    assert.equal(await textOf('A: b', 'a\r\nb\rc\0\fd'), 'a\nb\nc\ufffd\ufffdd')
  })

  test('flowed text is told by its layout and left as it is', async () => {
    const flowed = entityOf(wire('Content-Type: text/plain; format=Flowed; delsp=YES\n\na \nb\n'))
    assert.equal(textLayout(flowed), 'flowed-delsp')
    assert.equal((await decodeLeaf(flowed)).text?.open(), 'a \nb\n')
  })

  test('a file name is decoded, and never longer than 200 characters', async () => {
    const name = async (disposition: string) =>
      (await leafOf(`Content-Disposition: ${disposition}`, Buffer.from('x'))).fileName?.open()
    assert.equal(await name("attachment; filename*=utf-8''gr%C3%BC.txt"), 'grü.txt')
    assert.equal(await name('attachment; filename="=?utf-8?q?gr=C3=BC?="'), 'grü')
    assert.equal(await name("attachment; name=a; filename*0*=koi8-r'ru'%C4; filename*1=a.txt"), 'дa.txt')
    assert.equal(await name("attachment; filename*=utf-7''+ADw-"), '+ADw-')
    assert.equal(await name("attachment; filename=o'b'c.txt"), "o'b'c.txt")
    assert.equal(await name('attachment; filename="a\\"b\\\\c"'), 'a"b\\c')
    assert.equal(await name('attachment; filename=a.eml'), 'a.eml')
    const named = await leafOf("Content-Type: text/plain; name*0*=utf-8''gr%C3%BC; name*1=n.txt", wire('x'))
    assert.equal(named.fileName?.open(), 'grün.txt')
    assert.equal((await name(`attachment; filename=${'a'.repeat(10_000)}`))?.length, 200)
    assert.equal(await name('attachment'), undefined)
  })

  test('an unknown disposition is an attachment; text without any is inline', async () => {
    const disposition = async (header: string) => (await leafOf(header, Buffer.from('x'))).disposition
    assert.equal(await disposition('Content-Disposition: strange'), 'attachment')
    assert.equal(await disposition('A: b'), 'inline')
    assert.equal(await disposition('Content-Type: image/png'), 'attachment')
    assert.equal(await disposition('Content-Type: image/png\nContent-Disposition: inline'), 'inline')
  })

  test('a text of more than 4 MB is kept as octets only', async () => {
    const { text, octets } = await leafOf('A: b', Buffer.alloc(5_000_000, 'a'))
    assert.equal(text, undefined)
    assert.equal(octets.length, 5_000_000)
  })
})
