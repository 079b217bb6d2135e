import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Entity, octetsOf, splitEntity, subtree } from '../../src/receive/structure.ts'
import { processorTime } from '../support/processor-time.ts'
import { upTo } from '../support/sweep.ts'
import { wire } from './opening.ts'

function split(octets: Uint8Array): Entity {
  const result = splitEntity(octets)
  assert.ok(result.ok, result.ok ? '' : result.error)
  return result.value
}

const text = (entity: Entity | undefined): string => {
  assert.ok(entity)
  return Buffer.from(octetsOf(entity, entity.body)).toString('latin1')
}

const whole = (entity: Entity | undefined): string => {
  assert.ok(entity)
  return Buffer.from(octetsOf(entity, entity.whole)).toString('latin1')
}

const multipart = (body: string, boundary = 'b'): Buffer =>
  wire(`Content-Type: multipart/mixed; boundary="${boundary}"\n\n${body}`)

describe('header and body', () => {
  test('folded fields are unfolded and keep their order and their names as written', () => {
    const { fields } = split(wire('Subject: one\n two\nX-a: 1\nx-A : 2\n\nbody'))
    assert.deepEqual(fields, [
      { name: 'Subject', value: 'one two' },
      { name: 'X-a', value: '1' },
      { name: 'x-A', value: '2' },
    ])
  })

  test('UTF-8 in a header is read as such, other octets as Latin-1', () => {
    const { fields } = split(Buffer.concat([wire('A: gr\xfcn\n'), Buffer.from('B: grün\r\n\r\n')]))
    assert.deepEqual(
      fields.map(field => field.value),
      ['grün', 'grün'],
    )
  })

  for (const [name, newline] of [
    ['CRLF', '\r\n'],
    ['LF', '\n'],
    ['CR alone', '\r'],
  ] as const)
    test(`lines may end with ${name}`, () => {
      const mail = ['Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'one', '--b--', ''].join(
        newline,
      )
      assert.deepEqual(split(Buffer.from(mail)).children.map(text), ['one'])
    })

  test('a mailbox separator line before the header is passed over', () => {
    const entity = split(wire('From a@b.org Mon Sep 1 00:00:00 2025\nSubject: s\n\nbody'))
    assert.deepEqual(
      entity.fields.map(field => field.name),
      ['Subject'],
    )
    assert.equal(text(entity), 'body')
  })

  test('a line that can be no field ends the header, and nothing of it is lost', () => {
    const entity = split(wire('Subject: s\nthis is text\nX: y\n'))
    assert.equal(text(entity), 'this is text\r\nX: y\r\n')
  })

  test('an empty mail, a header without body and a body without header are entities', () => {
    assert.equal(text(split(Buffer.alloc(0))), '')
    assert.equal(text(split(wire('A: b'))), '')
    assert.equal(text(split(wire('\nbody'))), 'body')
  })

  test('without a valid Content-Type an entity is text/plain', () => {
    assert.equal(split(wire('Content-Type: text\n\nx')).mediaType, 'text/plain')
    assert.equal(split(wire('A: b\n\nx')).mediaType, 'text/plain')
  })

  test('parameters are read with quotes and in pieces; a piece with a charset stays as it is written', () => {
    const { mediaType, parameters } = split(
      wire(
        'Content-Type: Text/Plain; CHARSET="utf-8"; y=1; y*0="two;"; y*1= pieces; ' +
          'name*0*=utf-8\'\'gr%C3%BC; name*1=n.txt; x="a\\"b"; z\n\n',
      ),
    )
    assert.equal(mediaType, 'text/plain')
    assert.deepEqual(Object.fromEntries(parameters), {
      charset: 'utf-8',
      y: 'two;pieces',
      'y*0': 'two;',
      'y*1': 'pieces',
      'name*0*': "utf-8''gr%C3%BC",
      'name*1': 'n.txt',
      x: 'a"b',
      z: '',
    })
  })

  test('a boundary in pieces is put together, one in quotes may hold what ends a parameter', () => {
    const inPieces = 'Content-Type: multipart/mixed; boundary*0=on; boundary*1=e\n\n--one\n\nx\n--one--\n'
    assert.deepEqual(split(wire(inPieces)).children.map(text), ['x'])
    const quoted = 'Content-Type: multipart/mixed; boundary="a;b=\\"c"\n\n--a;b="c\n\nx\n--a;b="c--\n'
    assert.deepEqual(split(wire(quoted)).children.map(text), ['x'])
  })
})

describe('multipart', () => {
  test('a part reaches from after its boundary line to before the line break of the next one', () => {
    const entity = split(multipart('preamble\n--b\nA: 1\n\none\n\n--b\n\ntwo\n--b--\nepilogue\n'))
    assert.deepEqual(entity.children.map(whole), ['A: 1\r\n\r\none\r\n', '\r\ntwo'])
  })

  test('a boundary line padded with blanks counts', () => {
    const entity = split(multipart('--b \t\n\none\n--b--  \n\n--b\n\nnot a part\n'))
    assert.deepEqual(entity.children.map(text), ['one'])
  })

  test('a boundary that begins like another is not taken for it', () => {
    const inner = 'Content-Type: multipart/mixed; boundary=bb\n\n--bb\n\ninner\n--bb--\n'
    const entity = split(multipart(`--b\n${inner}--b\n\nouter\n--b--\n`))
    assert.deepEqual(entity.children[0]?.children.map(text), ['inner'])
    assert.equal(text(entity.children[1]), 'outer')
  })

  test('of two multiparts with the same boundary the inner one owns it', () => {
    const entity = split(
      multipart('--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n--b--\n'),
    )
    assert.deepEqual(entity.children[0]?.children.map(text), ['one'])
    assert.equal(entity.children.length, 1)
  })

  test('without an end boundary a part reaches to the outer boundary or to the end', () => {
    const inner = 'Content-Type: multipart/mixed; boundary=i\n\n--i\n\ninner'
    const entity = split(multipart(`--b\n${inner}\n--b\n\nlast`))
    assert.deepEqual(entity.children[0]?.children.map(text), ['inner'])
    assert.equal(text(entity.children[1]), 'last')
  })

  test('a part may be empty, and its header may lack the empty line', () => {
    const entity = split(multipart('--b\n--b\nA: 1\n--b\n\n--b--\n'))
    assert.deepEqual(entity.children.map(whole), ['', 'A: 1', ''])
  })

  test('the header of a multipart may be followed by its boundary without an empty line', () => {
    const entity = split(wire('Content-Type: multipart/mixed; boundary=b\n--b\n\none\n--b--\n'))
    assert.deepEqual(entity.children.map(text), ['one'])
  })

  test('a multipart without boundary, or with one in base64, has no parts', () => {
    assert.deepEqual(split(wire('Content-Type: multipart/mixed\n\n--b\n\none\n')).children, [])
    assert.deepEqual(split(multipart(Buffer.from('--b\r\n\r\none').toString('base64'))).children, [])
  })

  test('a message inside is a leaf, and parts of a digest are messages', () => {
    const message = 'Content-Type: multipart/mixed; boundary=x\n\n--x\n\ninner\n--x--\n'
    const entity = split(multipart(`--b\nContent-Type: message/rfc822\n\n${message}--b--\n`))
    assert.deepEqual(entity.children[0]?.children, [])
    const digest = split(wire('Content-Type: multipart/digest; boundary=b\n\n--b\n\nA: b\n\n--b--\n'))
    assert.equal(digest.children[0]?.mediaType, 'message/rfc822')
  })
})

describe('bounds', () => {
  const nested = (levels: number): Buffer => {
    const lines = Array.from({ length: levels }, (_, level) =>
      ['Content-Type: multipart/mixed; boundary=', `b${level}\r\n\r\n--b${level}\r\n`].join(''),
    )
    return Buffer.from(`${lines.join('')}\r\nx`)
  }
  const fault = (octets: Uint8Array) => {
    const result = splitEntity(octets)
    return result.ok ? undefined : result.error
  }

  test('50 levels are read, more are not, however many', () => {
    assert.equal(fault(nested(49)), undefined)
    assert.equal(fault(nested(50)), 'too-deep')
    assert.equal(fault(nested(100_000)), 'too-deep')
  })

  test('2,000 parts are read, more are not', () => {
    assert.equal(fault(multipart('--b\n\nx\n'.repeat(1_999))), undefined)
    assert.equal(fault(multipart('--b\n\nx\n'.repeat(2_000))), 'too-many-parts')
    assert.equal(fault(multipart('--b\n'.repeat(1_000_000))), 'too-many-parts')
  })

  test('1 MB and 10,000 lines of header are read, more are not', () => {
    assert.equal(fault(wire(`${'A: b\n'.repeat(10_000)}`)), undefined)
    assert.equal(fault(wire(`${'A: b\n'.repeat(10_001)}`)), 'header-too-large')
    assert.equal(fault(Buffer.from(`A: ${'b'.repeat(1024 * 1024)}\r\n`)), 'header-too-large')
  })

  test('a value longer than the cap is cut, never dropped', () => {
    const [field] = split(Buffer.from(`A: ${'b'.repeat(100_000)}\r\n\r\n`)).fields
    assert.equal(field?.value.length, 65_536)
  })

  test('lines that look like boundaries take less than a second for each 5 MB', () => {
    const lines = upTo(1_500_000, 6_000_000)
    const inner = Array.from(
      { length: 40 },
      (_, i) => `Content-Type: multipart/mixed; boundary=c${i}\n\n--c${i}\n`,
    )
    const octets = multipart(`--b\n${inner.join('')}\n${'--d\n'.repeat(lines)}`)
    const start = processorTime()
    assert.equal(subtree(split(octets)).length, 42)
    const took = processorTime() - start
    assert.ok(took < lines / 1_200, `${took} ms`)
  })
})
