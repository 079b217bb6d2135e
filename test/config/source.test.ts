// YAML that is none, or more than is read here, is refused by line.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { nearest } from '../../src/config/fields.ts'
import { formatProblem, readSource } from '../../src/config/source.ts'
import { tempDir } from '../support/workspace.ts'
import { writePrivate } from './support.ts'

const spoiled: readonly (readonly [name: string, text: string, ...lines: RegExp[]])[] = [
  [
    'a key that stands twice',
    'a: 1\nb: 2\na: 3\n',
    /^:3: is not YAML as it is read here: Map keys must be unique$/,
  ],
  ['a tab for indentation', 'a:\n\tb: 1\n', /^:2: is not YAML/],
  ['an open quote', 'a: 1\nb: "x\n', /^:\d: is not YAML/],
  ['a second document', 'a: 1\n---\nb: 2\n', /^:\d: is not YAML/],
  ['a tag', 'a: 1\nb: !!js/function x\n', /^:2: is not YAML/],
  [
    'a bare -',
    'a: 1\nb: -\n',
    /^:2: is not YAML as it is read here: a value that is or begins with - needs quotes, "-"$/,
  ],
  ['an alias', 'a: &x [1]\nb: *x\n', /^:2: must not use an alias \(\*\): write the value out$/],
  ['a key that is a list', '[a, b]: 1\n', /^:1: is not YAML/],
]

describe('a file is refused for', () => {
  for (const [name, text, ...lines] of spoiled)
    test(name, async context => {
      const file = join(await tempDir(context), 'file.yaml')
      await writePrivate(file, text)
      const read = await readSource(file)
      const problems = read.ok ? [] : read.error.map(problem => formatProblem(problem).replace(file, ''))
      assert.ok(problems.length >= lines.length, 'nothing was refused')
      for (const [i, line] of lines.entries()) assert.match(problems[i] ?? '', line)
      for (const problem of problems) assert.doesNotMatch(problem, /\n/)
    })
})

test('an unknown key is answered with the nearest', () => {
  const allowed = ['host', 'port', 'passwordFile', 'tls']
  assert.equal(nearest('Password-File', allowed), 'passwordFile')
  assert.equal(nearest('ports', allowed), 'port')
  assert.equal(nearest('tsl', allowed), 'tls')
})
