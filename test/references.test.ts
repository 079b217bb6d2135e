// What is looked up before a command mail is decided on: what its own lines name, and nothing that only stands
// near them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read } from '../src/decide/command-run.ts'
import type { TextLayout } from '../src/model/mail.ts'
import { plaintext } from '../src/model/plaintext.ts'
import { namedIn } from '../src/pipeline/references.ts'

const named = (text: string, layout: TextLayout = 'fixed') => namedIn(read(plaintext(text), layout))

const OTHER = 'confirm acme zzzzzzzzzzzzzzzz'
for (const [name, text, layout] of [
  ['on one line', 'confirm acme abcdefghij234567\n', 'fixed'],
  ['in capitals', 'Confirm acme ABCDEFGHIJ234567\n', 'fixed'],
  ['behind thin blanks', 'confirm\u2009acme\u202fabcdefghij234567\n', 'fixed'],
  ['that a mail program folded', 'confirm acme \nabcdefghij234567\n', 'flowed'],
  ['continued on the next line', 'confirm acme\n  abcdefghij234567\n', 'fixed'],
  [
    'continued, above a mail of ours that is quoted without marks',
    `confirm acme\n  abcdefghij234567\n\n-----Original Message-----\n    ${OTHER}\n`,
    'fixed',
  ],
  ['below a quoted one', `> ${OTHER}\n\nconfirm acme abcdefghij234567\n`, 'fixed'],
] as const)
  test(`a token ${name} is the one that is looked up`, () => {
    assert.equal(named(text, layout).token, 'abcdefghij234567')
  })

test('a token below the end of what is read is none', () => {
  assert.equal(named(`embargod acme\nshow C-482107\n\n--\n${OTHER}\n`).token, undefined)
  assert.equal(named(`Hello,\n${OTHER}\n`).token, undefined)
})

test('cases and notices are those of the commands, however they are written', () => {
  const quoted = Array.from({ length: 200 }, (_, i) => `> C-${String(i).padStart(6, '0')}\n`).join('')
  const { cases, notices } = named(
    `${quoted}\nembargod acme\ntake c\u2014482107\ncancel N-300001\nshow C-482107\n`,
  )
  assert.deepEqual([cases, notices], [['C-482107'], ['N-300001']])
})

test('a text block names nothing', () => {
  assert.deepEqual(named('embargod acme\nnote C-482107 <<\nsee C-111111\n.\n').cases, ['C-482107'])
})
