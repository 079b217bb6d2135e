// Addresses that may be mistaken for each other, and what A-labels stand for, checked against the host's own decoder.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { domainToASCII } from 'node:url'
import { hiddenIn, skeletonOf } from '../../src/model/confusable.ts'
import { parseEmailAddress } from '../../src/model/scalars.ts'

function address(text: string) {
  const at = text.lastIndexOf('@')
  const parsed = parseEmailAddress(`${text.slice(0, at)}@${domainToASCII(text.slice(at + 1))}`)
  assert.ok(parsed.ok, text)
  return parsed.value
}

const alike = [
  ['sec@vendor.example', 'SEC@Vendor.Example'],
  ['sec@vendor.example', 'sec+x@vendor.example'],
  ['m.one@mail.example', 'mone@mail.example'],
  ['sec@vendor.example', 'sec@vend0r.example'],
  ['sec@modern.example', 'sec@modem.example'],
  ['sec@paypal.example', 'sec@paypa1.example'],
  ['sec@apple.example', 'sec@аpple.example'],
  ['sec@vendor.example', 'sec@vеndоr.example'],
  ['sec@vendor.example', 'sec@véndor.example'],
  ['sec@vendor.example', 'sec@ven-dor.example'],
] as const

test('addresses that look alike have one skeleton', () => {
  for (const [a, b] of alike) assert.equal(skeletonOf(address(a)), skeletonOf(address(b)), b)
})

test('addresses that do not look alike have two', () => {
  const all = [
    'sec@vendor.example',
    'sec@vendor.example.net',
    'ann@vendor.example',
    'sec@vend.example',
    'sec@münchen.example',
  ]
  assert.equal(new Set(all.map(one => skeletonOf(address(one)))).size, all.length)
})

test('what an A-label stands for is told by its code points', () => {
  assert.deepEqual(hiddenIn(address('sec@vendor.example')), [])
  assert.deepEqual(hiddenIn(address('sec@аpple.example')), ['xn--pple-43d stands for U+0430'])
  assert.deepEqual(hiddenIn(address('sec@bücher.münchen.example')), [
    'xn--bcher-kva stands for U+00FC',
    'xn--mnchen-3ya stands for U+00FC',
  ])
})

test('every label decodes to what it was made of', () => {
  const letters = 'abcxyzäöüßñабвгдежзийкλμνξ日本語中文字'
  for (let round = 0; round < 500; round += 1) {
    const label = Array.from(
      { length: 1 + randomInt(12) },
      () => [...letters][randomInt([...letters].length)],
    ).join('')
    const ascii = domainToASCII(`${label}.example`)
    if (!ascii.startsWith('xn--')) continue
    const expected = [...new Set(label)].filter(letter => letter > '\u007f')
    const [told = ''] = hiddenIn(address(`a@${label}.example`))
    const points = [...told.matchAll(/U\+([0-9A-F]+)/g)].map(([, hex = '']) =>
      String.fromCodePoint(Number.parseInt(hex, 16)),
    )
    assert.deepEqual(points.sort(), expected.sort(), label)
  }
})

test('a label that stands for nothing is told as such', () => {
  for (const label of ['xn--99999999', 'xn--a-zzzzzzzzzzzz', 'xn--0-']) {
    const parsed = parseEmailAddress(`a@${label}.example`)
    if (parsed.ok) {
      assert.equal(typeof skeletonOf(parsed.value), 'string')
      assert.deepEqual(hiddenIn(parsed.value), [`${label} cannot be read`])
    }
  }
})
