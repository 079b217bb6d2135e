// The small readers of text that others chose: bounded, never throwing, and hiding nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { safeFileName } from '../../src/compose/file-name.ts'
import { dateField, fieldLines } from '../../src/compose/header.ts'
import { mailtoLink } from '../../src/compose/links.ts'
import { oneLine, quoted, visible } from '../../src/compose/text.ts'
import { textOfHtml } from '../../src/model/html.ts'
import { address, at } from './given.ts'

/** A small generator of its own, so that a failure can be repeated. */
function* randomTexts(count: number, alphabet: readonly string[]): Generator<string> {
  let state = 42
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  for (let made = 0; made < count; made++)
    yield Array.from({ length: next(300) }, () => alphabet[next(alphabet.length)]).join('')
}

const alphabet = [
  'a',
  'word',
  ' ',
  '  ',
  '\n',
  '\r',
  '\t',
  '火',
  '🔥',
  '\u202e',
  '\u200d',
  '\ud800',
  '\u0000',
  '\u2028',
  '<',
  '>',
  '&',
  '&#x0;',
  '&#1114112;',
  '&lt;',
  '<p>',
  '</p>',
  '<script>',
  '<!--',
  '-->',
  '/',
  '..',
  '\\',
  '.',
  '"',
  'ß',
  '-',
]

test('quoting keeps every line short, barred and free of marks that do not show', () => {
  for (const text of randomTexts(500, alphabet))
    for (const line of quoted(text).text.split('\n')) {
      assert.match(line, /^(\|( .*)?)?$/u)
      assert.doesNotMatch(line, /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
    }
})

test('quoting loses no word: without bars and breaks the letters are the same', () => {
  const letters = (text: string) => text.replace(/[\s|]/g, '')
  for (const text of randomTexts(200, ['a', 'word', ' ', '\n', '火', 'ß', 'longerword'.repeat(12)]))
    assert.equal(letters(quoted(text).text), letters(text))
})

test('what is called faithful is what came', () => {
  for (const text of randomTexts(300, ['a', 'word', ' ', '\n', '\t', '\u200b', 'longerword'.repeat(12)])) {
    const { text: shown, faithful } = quoted(text)
    if (faithful === 'faithful')
      assert.equal(shown.replace(/^\| ?/gm, ''), text.replace(/\n+$/, '').replace(/^\n*$/, ''))
  }
})

test('a wide character counts two columns', () => {
  for (const line of quoted('火'.repeat(100)).text.split('\n')) assert.ok(line.length <= 2 + 35)
})

test('long and awkward input takes no time', { timeout: 5_000 }, () => {
  const size = 200_000
  for (const piece of ['<', '<p', '<!--', '<script>', '&', '&#', ' ', 'a ', '\u200b', '\n', '😀']) {
    const text = piece.repeat(size / piece.length)
    assert.equal(typeof textOfHtml(text), 'string')
    assert.equal(typeof quoted(text).text, 'string')
    assert.equal(typeof safeFileName(text, 'file', new Set()), 'string')
  }
})

test('HTML becomes words and lines', () => {
  const vectors: readonly (readonly [html: string, text: string])[] = [
    ['<p>one</p><p>two</p>', 'one\n\ntwo'],
    ['a<br/>b', 'a\nb'],
    ['a &lt;b&gt; &amp;amp; &#39;c&#x27; &unknown; &#0;', "a <b> &amp; 'c' &unknown; &#0;"],
    ['x<script>alert(1)</script>y<style>p{}</style>z', 'xyz'],
    ['x<!-- a > b -->y', 'xy'],
    ['1 < 2', '1'],
    ['a <b', 'a'],
    ['<SCRIPT>x', ''],
  ]
  for (const [html, text] of vectors) assert.equal(textOfHtml(html), text, html)
  for (const html of randomTexts(500, alphabet)) assert.equal(typeof textOfHtml(html), 'string')
})

test('a file name is short, plain, without a path, and used once', () => {
  const taken = new Set<string>()
  for (const wished of [...randomTexts(300, alphabet), undefined, 'CON', 'a'.repeat(500), '.tar.gz']) {
    const name = safeFileName(wished, 'file', taken)
    assert.match(name, /^[A-Za-z0-9][A-Za-z0-9._-]{0,80}$/)
    assert.doesNotMatch(name, /\.\./)
  }
  assert.equal(taken.size, 304)
})

test('one line is one line', () => {
  assert.equal(oneLine(' a\r\n\tb ', 80), 'a b')
  assert.equal(oneLine('abcdef', 4), 'abc…')
  assert.equal(visible('a\u202eb'), 'a<U+202E>b')
})

test('a header value with a line break is a fault, not a header', () => {
  assert.throws(() => fieldLines({ name: 'Subject', value: 'a\r\nBcc: b' }))
  assert.throws(() => fieldLines({ name: 'Subject', value: 'ü' }))
})

test('long values fold before blanks, what has none stays whole', () => {
  const folded = fieldLines({ name: 'Subject', value: 'word '.repeat(40).trim() })
  assert.ok(folded.split('\r\n').every(line => line.length <= 76))
  assert.equal(folded.replace(/\r\n(?= )/g, ''), `Subject: ${'word '.repeat(40).trim()}\r\n`)
  const id = `<${'x'.repeat(240)}@a.example>`
  assert.equal(fieldLines({ name: 'References', value: id }), `References: ${id}\r\n`)
})

test('dates are those of RFC 5322, in UTC', () => {
  assert.equal(dateField(at('2026-12-09T16:00:05.999Z')), 'Wed, 09 Dec 2026 16:00:05 +0000')
})

test('a mailto link encodes all that a reader could take for its own (RFC 6068)', () => {
  const link = mailtoLink(address('sec+cmd@a.example'), "embargod x\nnote C-1 <<\n(it's) 100% & more?\n.\n")
  assert.match(link, /^mailto:sec%2Bcmd@a\.example\?subject=embargod&body=[A-Za-z0-9%._~-]+$/)
  assert.equal(
    new URL(link).searchParams.get('body'),
    "embargod x\r\nnote C-1 <<\r\n(it's) 100% & more?\r\n.\r\n",
  )
})
