// Open cases that share rare words with a report are suggested, within what their people may know.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Case } from '../../src/model/case.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { type CaseId, parseProjectName, UNROUTED } from '../../src/model/scalars.ts'
import { SimilarCases } from '../../src/pipeline/similar.ts'
import { aCase, caseId, NOTHING_FOUND } from '../decide/given.ts'

const OTHER = parseProjectName('other') ?? UNROUTED
const holding = (...terms: readonly string[]) => ({ ...NOTHING_FOUND, terms: terms.map(plaintext) })
const one = (changes: Partial<Case>) => aCase({ extract: holding('a_1', 'b_2', 'c_3', 'd_4'), ...changes })

function indexOf(cases: readonly Case[]) {
  const known = new Map<CaseId, Case>(cases.map(it => [it.id, it]))
  return { known, index: new SimilarCases(cases, id => known.get(id)) }
}

const WIDGET = one({}).project

for (const [name, changes, terms, found] of [
  ['three words', {}, ['a_1', 'b_2', 'c_3'], true],
  ['two words', {}, ['a_1', 'b_2', 'x_9'], false],
  ['one id', { extract: holding('cve-2026-12345') }, ['cve-2026-12345'], true],
  ['three words with a case of another project', { project: OTHER }, ['a_1', 'b_2', 'c_3'], false],
  ['three words with a case that is not routed', { project: UNROUTED }, ['a_1', 'b_2', 'c_3'], true],
] as const)
  test(`a report that shares ${name} is ${found ? '' : 'not '}like it`, () => {
    const { index } = indexOf([one(changes)])
    assert.deepEqual(index.to(holding(...terms), WIDGET), found ? [caseId('482107')] : [])
  })

test('the likest come first, at most three', () => {
  const cases = [2, 4, 3, 3, 3].map((count, n) =>
    one({ id: caseId(`00000${n}`), extract: holding(...['a_1', 'b_2', 'c_3', 'd_4'].slice(0, count)) }),
  )
  const likest = indexOf(cases).index.to(holding('a_1', 'b_2', 'c_3', 'd_4'), WIDGET)
  assert.equal(likest[0], caseId('000001'))
  assert.equal(likest.length, 3)
  assert.ok(!likest.includes(caseId('000000')))
})

test('a case that closes is suggested no more, one that opens is, and one that moves counts where it is', () => {
  const { known, index } = indexOf([one({})])
  const asked = () => index.to(holding('a_1', 'b_2', 'c_3'), WIDGET)
  const become = (changes: Partial<Case>) => {
    known.set(caseId('482107'), one(changes))
    index.look(caseId('482107'))
  }
  become({ state: 'spam' })
  assert.deepEqual(asked(), [])
  become({ state: 'new' })
  assert.equal(asked().length, 1)
  become({ project: OTHER })
  assert.deepEqual(asked(), [])
})

test('words that many cases share say nothing', () => {
  const cases = Array.from({ length: 21 }, (_, n) => one({ id: caseId(String(100_000 + n)) }))
  assert.deepEqual(indexOf(cases).index.to(holding('a_1', 'b_2', 'c_3'), WIDGET), [])
  assert.equal(indexOf(cases.slice(1)).index.to(holding('a_1', 'b_2', 'c_3'), WIDGET).length, 3)
})
