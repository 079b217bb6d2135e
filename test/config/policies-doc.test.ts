// docs/policies/*.md are true: each normative sentence of a policy stands in one row, and each row names keys,
// commands and tests that there are, or the step that will build them.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { profileShape } from '../../src/config/profile-shape.ts'
import { VERBS } from '../../src/decide/commands/registry.ts'
import { POLICY_NAMES, type PolicyName, sentencesOf } from '../support/policy-text.ts'
import { keysOf } from '../support/schema-keys.ts'

const file = (path: string) => new URL(`../../${path}`, import.meta.url)

type Row = { readonly quote: string; readonly how: string; readonly shown: string }

const rowsOf = (name: PolicyName): readonly Row[] =>
  [...readFileSync(file(`docs/policies/${name}.md`), 'utf8').matchAll(/^\| (.+?) \| (.+?) \| (.+?) \|$/gm)]
    .slice(2)
    .map(([, quote = '', how = '', shown = '']) => ({ quote, how, shown }))

/** What promises, asks, allows or forbids, sets a time, or is one of a list of criteria. */
const NORMATIVE = [
  /\b(?:will|should|must|may|could|please|cannot|do not|need|needs|prefer|expect|within|reasonable|ASAP)\b/i,
  /\b(?:final (?:say|call)|is responsible|suggestions|encouraged|is supported|holds true|remains true|negotiated|timeframe)\b/i,
  /^(?:Be an?|Have|Not be|Accept|Send|Use|Join|Help|Review|When you|Provide|Open a|Instead, send)\b/,
]
const isNormative = (sentence: string): boolean => NORMATIVE.some(words => words.test(sentence))

const keys = keysOf(profileShape)
const isKey = (span: string): boolean =>
  keys.some(key => key === span || key.startsWith(`${span}.`) || key.startsWith(`${span}[]`))
const isCommand = (span: string): boolean =>
  span.startsWith('embargod ') || VERBS.includes(span.split(' ', 1)[0] ?? '')

const texts = new Map<string, string>()
function textOf(path: string): string {
  const known = texts.get(path)
  if (known !== undefined) return known
  const text = existsSync(file(path)) ? readFileSync(file(path), 'utf8') : ''
  texts.set(path, text)
  return text
}

const NAME = '$'.concat('{name}')

/** As it stands in the file, or as a template with the name of the policy. */
const namesTest = (path: string, title: string, name: PolicyName): boolean =>
  [title, title.replaceAll(name, NAME)].some(text =>
    ["'", '`', '"'].some(quote => textOf(path).includes(`${quote}${text}${quote}`)),
  )

for (const name of POLICY_NAMES)
  describe(`docs/policies/${name}.md`, () => {
    const rows = rowsOf(name)
    const sentences = sentencesOf(name)

    test('quotes sentences of the policy, each once and in their order', () => {
      assert.ok(rows.length >= 29, `${rows.length} rows`)
      const places = rows.map(({ quote }) => sentences.indexOf(quote))
      assert.deepEqual(
        rows.filter((_, i) => places[i] === -1),
        [],
      )
      assert.deepEqual(
        places,
        [...new Set(places)].toSorted((a, b) => a - b),
      )
    })

    test('leaves out no sentence that promises, asks or forbids', () => {
      const quoted = new Set(rows.map(({ quote }) => quote))
      const normative = sentences.filter(isNormative)
      assert.ok(normative.length >= 29, `${normative.length} sentences`)
      assert.deepEqual(
        normative.filter(sentence => !quoted.has(sentence)),
        [],
      )
    })

    test('names keys of the profile and commands that there are', () => {
      for (const { how } of rows)
        for (const [, span = ''] of how.matchAll(/`([^`]+)`/g))
          assert.ok(isKey(span) || isCommand(span), `${span} in: ${how}`)
    })

    test('names a test that there is, or a step, for each row', () => {
      for (const { quote, shown } of rows)
        for (const part of shown.split(/; (?=step |test\/)/)) {
          if (/^step 7$/.test(part)) continue
          const [, path = '', title = ''] = /^(test\/[\w./-]+\.ts): `(.+)`$/.exec(part) ?? []
          assert.ok(namesTest(path, title, name), `${part} for: ${quote}`)
        }
    })
  })
