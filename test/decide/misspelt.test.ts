// What somebody reads who misspelt a command: their own line, and what they may have meant; and that nobody else does.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import { ALICE, fingerprint, fresh, mail, signedText, snapshot, unsignedText } from './given.ts'

const told = (text: string, key = ALICE.fingerprint) =>
  decide(mail({ authored: signedText(text, key) }), snapshot(), fresh).mails.flatMap(({ content }) =>
    content.kind === 'transcript' ? content.results.map(one => [one.code, one.source, one.text.open()]) : [],
  )

for (const [name, text, source, sentence] of [
  ['a verb', 'tkae C-482107', 'line 2, "tkae C-482107"', '"tkae" is no command; did you mean "take"?'],
  [
    'a verb of a long line',
    `accpet C-482107 ${'x'.repeat(100)}`,
    `line 2, "accpet C-482107 ${'x'.repeat(44)}…"`,
    '"accpet" is no command; did you mean "accept"?',
  ],
  [
    'a line with what cannot be seen',
    'take C-482107\u200b',
    'line 2, "take C-482107?"',
    'it holds the invisible character U+200B; type the line anew',
  ],
] as const)
  test(`${name} that is misspelt is shown to whoever signed it`, () =>
    assert.deepEqual(told(`embargod acme\n${text}\n`), [['E-SYNTAX', source, sentence]]))

test('and to nobody else', () => {
  const text = 'embargod acme\ntkae C-482107\n'
  assert.deepEqual(told(text, fingerprint('7')), [])
  const { mails } = decide(mail({ authored: unsignedText(text) }), snapshot(), fresh)
  assert.deepEqual(
    mails.map(({ content }) => content.kind),
    ['refusal'],
  )
})
