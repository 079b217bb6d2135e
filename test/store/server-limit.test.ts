// H09: what the submission server takes is remembered from one start to the next, and decisions see it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newStore, query } from './support.ts'

test('the largest mail that the server takes is what it said last', async t => {
  const { store } = await newStore(t)
  const seen = () => store.readSnapshot(query()).serverTakes
  assert.equal(seen(), undefined)
  for (const takes of [10_485_760, 'any', 5_000, 5_000] as const) {
    store.serverLimit.remember(takes)
    assert.equal(seen(), takes)
  }
})
