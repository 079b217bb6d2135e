// How the words of a mail that is passed on are laid out: paragraphs as they were typed, long lines broken, each line
// behind the bar, and what was quoted recognisable as that.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { originalLeaves } from '../../src/compose/original.ts'
import type { Part } from '../../src/model/mail.ts'
import { mailWith, textPart } from './given.ts'

/** The lines behind the bar, below the subject. */
function shown(text: string, changes: Partial<Part> = {}): readonly string[] {
  const [leaf] = originalLeaves(mailWith([textPart(text, changes)]), 'The mail', { theCase: undefined })
  assert.ok(leaf?.kind === 'text')
  const lines = leaf.text.trimEnd().split('\n')
  const barred = lines.filter(line => line === '|' || line.startsWith('| '))
  assert.ok(lines.every(line => line.length <= 72))
  return barred.slice(1).map(line => line.slice(2))
}

const WORDS = 'one two three four five six seven eight nine ten eleven twelve '
/** A paragraph as programs send it that let lines run on, 66 columns each. */
const RUNNING = `${WORDS}\n${WORDS}\nend.\n`

describe('a text whose lines run on', () => {
  test('is shown as the paragraph that was typed, broken where ours are', () => {
    const lines = shown(RUNNING, { layout: 'flowed' })
    assert.equal(lines.join(' '), `${WORDS}${WORDS}end.`)
    assert.ok(
      lines.slice(0, -1).every(line => line.length > 60),
      'no short line is left in the middle',
    )
  })

  test('keeps what ends a paragraph, a signature and the blank that a line begins with', () => {
    const text = 'Hello,\n\nas is:\n  two\n From here\n-- \nRiya\n'
    const typed = ['Hello,', '', 'as is:', ' two', 'From here', '-- ', 'Riya']
    assert.deepEqual(shown(text, { layout: 'flowed' }), typed)
  })

  test('loses the blank at the end of a line where it says so', () => {
    assert.deepEqual(shown('日本 \n語です。\n', { layout: 'flowed-delsp' }), ['日本語です。'])
    assert.deepEqual(shown('日本 \n語です。\n', { layout: 'flowed' }), ['日本 語です。'])
  })

  test('shows what it quotes as quoted, line for line', () => {
    const quoted = RUNNING.replace(/^(?=.)/gm, '>> ')
    const lines = shown(`${quoted}No.\n`, { layout: 'flowed' })
    assert.ok(
      lines.slice(0, -1).every(line => line.startsWith('>> ')),
      lines.join('\n'),
    )
    assert.equal(lines.slice(0, -1).join(' ').replaceAll('>> ', ''), `${WORDS}${WORDS}end.`)
    assert.equal(lines.at(-1), 'No.')
  })
})

test('a text whose lines do not run on keeps each as it is, and breaks the long ones', () => {
  assert.deepEqual(shown('one \ntwo\n'), ['one ', 'two'])
  const lines = shown(`> ${WORDS.repeat(3)}\n${'x'.repeat(200)}\n`)
  assert.ok(lines.filter(line => line.includes('one')).every(line => line.startsWith('> ')))
  assert.equal(lines.filter(line => line.startsWith('x')).join(''), 'x'.repeat(200))
})

test('hostile marks of quotation cost nothing and stay within the bar', () => {
  for (const text of ['>'.repeat(100_000), '> '.repeat(50_000), `${'> '.repeat(50)}${'x'.repeat(90_000)}`])
    assert.ok(shown(text).length > 0)
})
