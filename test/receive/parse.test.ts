import assert from 'node:assert/strict'
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

const headerOf = (text: string): MailHeader => mailHeader(entityOf(wire(`${text}\n\n`)).fields)

describe('addresses of the header', () => {
  const accepted: readonly (readonly [string, string, readonly string[]])[] = [
    ['a bare address', 'a@x.org', ['a@x.org']],
    ['a name before it', 'Ann B. <a@x.org>', ['a@x.org']],
    ['a quoted name with commas and brackets', '"B, <Ann>" <a@x.org>', ['a@x.org']],
    ['a comment beside it', 'a@x.org (Ann (the one), B)', ['a@x.org']],
    ['several', 'a@x.org, B <b@x.org>', ['a@x.org', 'b@x.org']],
    ['a group', 'team: a@x.org, B <b@x.org>;', ['a@x.org', 'b@x.org']],
    ['an encoded word as a name', '=?utf-8?q?Ann_=3Cb=40x=2Eorg=3E?= <a@x.org>', ['a@x.org']],
    ['another address as a name', '"a1@admin.org" <e@x.org>', ['e@x.org']],
    ['an internationalised domain in ASCII', 'a@xn--bcher-kva.example', ['a@xn--bcher-kva.example']],
  ]
  for (const [name, field, expected] of accepted)
    test(`${name} is read`, () => assert.deepEqual(headerOf(`From: ${field}`).authors, expected))

  const refused: readonly (readonly [string, string])[] = [
    ['an encoded word instead of an address', '=?utf-8?b?YUB4Lm9yZw==?='],
    ['two angles', '<a@x.org> <b@x.org>'],
    ['text after the angle', '<a@x.org> b@x.org'],
    ['a quoted local part', '"a b"@x.org'],
    ['a comment that never ends', 'a@x.org (b'],
    ['a quote that never ends', '"a <a@x.org>'],
    ['an angle that never ends', 'a <a@x.org'],
    ['a route', '<@y.org:a@x.org>'],
    ['an empty angle', 'MAILER-DAEMON <>'],
  ]
  for (const [name, field] of refused)
    test(`${name} is no address`, () => assert.deepEqual(headerOf(`From: ${field}`).authors, []))

  test('every From field counts, recipients are To and then Cc', () => {
    const header = headerOf('Cc: c@x.org\nFrom: a@x.org\nTo: t@x.org\nFrom: b@x.org')
    assert.deepEqual(header.authors, ['a@x.org', 'b@x.org'])
    assert.deepEqual(header.recipients, ['t@x.org', 'c@x.org'])
  })
})

describe('other fields of the header', () => {
  test('the subject is decoded, across words and charsets', () => {
    const header = headerOf('Subject: =?utf-8?b?Z3I=?=\n =?utf-8?b?w7xu?= =?iso-8859-1?q?_=E4?=')
    assert.equal(header.subject.open(), 'grün ä')
  })

  test('control characters and lone surrogates do not get through an encoded word', () => {
    const header = headerOf('Subject: a=?utf-8?q?=00=0A?=b =?utf-16le?b?ANg=?=')
    assert.doesNotMatch(header.subject.open(), /[\0\n]/)
    assert.ok(header.subject.open().isWellFormed())
  })

  test('a mail replies to In-Reply-To first, then to the References, each once', () => {
    const header = headerOf(
      'References: <1@x> <2@x>\nIn-Reply-To: your mail <2@x> of today\nMessage-ID: <m@x>',
    )
    assert.deepEqual(header.replyTo, ['<2@x>', '<1@x>'])
    assert.equal(header.messageId, '<m@x>')
  })

  test('at most 100 message ids are kept', () => {
    const ids = Array.from({ length: 500 }, (_, i) => `<${i}@x>`).join('\n ')
    assert.equal(headerOf(`References: ${ids}`).replyTo.length, 100)
  })

  test('no hostile field takes long', () => {
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
        decodeLeaf(entityOf(wire(`${name}: ${piece.repeat(Math.floor(1_000_000 / piece.length))}\n\nx`)))
    for (const piece of hostile)
      for (const name of ['From', 'To', 'Subject', 'References'])
        headerOf(`${name}: ${piece.repeat(Math.floor(1_000_000 / piece.length))}`)
    assert.ok(performance.now() - start < 5_000, `${performance.now() - start} ms`)
  })
})

describe('a leaf', () => {
  const leafOf = (header: string, body: Uint8Array) =>
    decodeLeaf(entityOf(Buffer.concat([wire(`${header}\n\n`), body])))
  const textOf = (header: string, body: string) => leafOf(header, Buffer.from(body, 'latin1')).text?.open()

  test('base64 and quoted-printable are undone', () => {
    assert.equal(textOf('Content-Transfer-Encoding: BASE64', 'Z3LD\r\nvG4='), 'grün')
    assert.equal(
      textOf('Content-Transfer-Encoding: quoted-printable', 'gr=C3=BCn =\r\nx  \r\ny=20\r\n=zz='),
      'grün x\ny \n=zz=',
    )
  })

  test('charsets are decoded, unknown and lying ones as well as it goes', () => {
    assert.equal(textOf('Content-Type: text/plain; charset=iso-8859-1', 'gr\xfcn'), 'grün')
    assert.equal(textOf('Content-Type: text/plain; charset=koi8-r', '\xc4\xc1'), 'да')
    assert.equal(textOf('Content-Type: text/plain; charset=x-unknown', 'gr\xc3\xbcn'), 'grün')
    assert.equal(textOf('Content-Type: text/plain; charset=utf-8', 'gr\xfcn'), 'gr\ufffdn')
    assert.equal(textOf('Content-Type: text/plain; charset=utf-7', '+ADw-'), '+ADw-')
    assert.equal(textOf('A: b', 'gr\xfcn'), 'grün')
  })

  test('line ends become LF, NUL and form feed are replaced', () => {
    assert.equal(textOf('A: b', 'a\r\nb\rc\0\fd'), 'a\nb\nc\ufffd\ufffdd')
  })

  test('flowed text is told by its layout and left as it is', () => {
    const flowed = entityOf(wire('Content-Type: text/plain; format=Flowed; delsp=YES\n\na \nb\n'))
    assert.equal(textLayout(flowed), 'flowed-delsp')
    assert.equal(decodeLeaf(flowed).text?.open(), 'a \nb\n')
  })

  test('a file name is decoded, and never longer than 200 characters', () => {
    const name = (disposition: string) =>
      leafOf(`Content-Disposition: ${disposition}`, Buffer.from('x')).fileName?.open()
    assert.equal(name("attachment; filename*=utf-8''gr%C3%BC.txt"), 'grü.txt')
    assert.equal(name('attachment; filename="=?utf-8?q?gr=C3=BC?="'), 'grü')
    assert.equal(name(`attachment; filename=${'a'.repeat(10_000)}`)?.length, 200)
    assert.equal(name('attachment'), undefined)
  })

  test('an unknown disposition is an attachment; text without any is inline', () => {
    const disposition = (header: string) => leafOf(header, Buffer.from('x')).disposition
    assert.equal(disposition('Content-Disposition: strange'), 'attachment')
    assert.equal(disposition('A: b'), 'inline')
    assert.equal(disposition('Content-Type: image/png'), 'attachment')
    assert.equal(disposition('Content-Type: image/png\nContent-Disposition: inline'), 'inline')
  })

  test('a text of more than 4 MB is kept as octets only', () => {
    const { text, octets } = leafOf('A: b', Buffer.alloc(5_000_000, 'a'))
    assert.equal(text, undefined)
    assert.equal(octets.length, 5_000_000)
  })
})
