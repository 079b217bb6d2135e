import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Plaintext, plaintext } from '../../src/model/plaintext.ts'
import { decode, encode } from '../../src/store/codec.ts'
import { BrokenSeal, DataKey } from '../../src/store/seal.ts'

const place = { table: 'cases', column: 'body', row: 'C-000001@1' }

test('model values come back exactly: text, octets, absent and undefined fields', () => {
  const key = DataKey.random()
  const octets = new Uint8Array(randomBytes(100))
  const value = {
    title: plaintext('quoted "text" \u{1f600} \ud800 lone \u0000'),
    lead: undefined,
    nested: [{ octets }, null, -1.5, '', { $: 'text', $$: 1, is: 'no mark' }, [undefined]],
    empty: {},
  }
  const opened = key.open(place, key.seal(place, value)) as typeof value
  assert.ok(opened.title instanceof Plaintext)
  assert.equal(opened.title.open(), value.title.open())
  assert.ok('lead' in opened && !('absent' in opened))
  assert.deepEqual({ ...opened, title: 0 }, { ...value, title: 0 })
  assert.equal(encode(opened), encode(value))
})

test('what is not plain data of the model is refused, not changed', () => {
  for (const value of [1n, Number.NaN, Infinity, new Map(), new Date(0), Symbol('x'), () => 1])
    assert.throws(() => encode({ value }), TypeError)
})

test('a field named __proto__ stays a field', () => {
  const value: unknown = JSON.parse('{"__proto__":{"polluted":1}}')
  const back = decode(encode(value)) as Record<string, unknown>
  assert.equal(back['polluted'], undefined)
  assert.deepEqual(Object.keys(back), ['__proto__'])
})

test('a cell opens nowhere but in its place', () => {
  const key = DataKey.random()
  const cell = key.seal(place, 'a')
  for (const moved of [
    { ...place, table: 'notices' },
    { ...place, column: 'answer' },
    { ...place, row: 'C-000001@2' },
  ])
    assert.throws(() => key.open(moved, cell), BrokenSeal)
  assert.throws(() => DataKey.random().open(place, cell), BrokenSeal)
  assert.equal(key.open(place, cell), 'a')
})

test('a cell with any bit changed, or cut anywhere, does not open', () => {
  const key = DataKey.random()
  const cell = key.seal(place, 'secret')
  for (let i = 0; i < cell.length; i += 1) {
    const changed = Uint8Array.from(cell)
    changed[i] = (changed[i] ?? 0) ^ 0x10
    assert.throws(() => key.open(place, changed), BrokenSeal)
    assert.throws(() => key.open(place, cell.subarray(0, i)), BrokenSeal)
  }
})

test('sealing the same value twice shows nothing of its sameness', () => {
  const key = DataKey.random()
  assert.notDeepEqual(key.seal(place, 'a'), key.seal(place, 'a'))
})

test('derived keys are the same each time and differ by purpose and by data key', () => {
  const key = DataKey.random()
  assert.deepEqual(key.derive('reply'), key.derive('reply'))
  assert.notDeepEqual(key.derive('reply'), key.derive('return'))
  assert.notDeepEqual(key.derive('reply'), DataKey.random().derive('reply'))
  assert.equal(key.derive('reply').length, 32)
})
