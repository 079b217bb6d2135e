// A year under each profile: no promise lapses unnoticed, every reminder comes at its second, early word reaches those
// for whom it is meant and nobody else, and a seed gives the same mails again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listProfiles, PACKAGED_PROFILES, readProfile } from '../../src/config/profile.ts'
import { SWEEP, upTo } from '../support/sweep.ts'
import { yearOf } from '../support/year.ts'
import { checkYear } from '../support/year-checks.ts'

/** Every day; in a sweep a few hundred, too. */
const CASES = 8
const SEEDS = [2026, 7]

for (const [name, file] of await listProfiles(PACKAGED_PROFILES))
  test(`a year under ${name}`, async () => {
    const read = await readProfile(file, name)
    assert.ok(read.ok)
    checkYear(read.value, CASES, yearOf(read.value, CASES, 1))
    const full = upTo(CASES, 300)
    if (SWEEP !== undefined)
      for (const seed of SEEDS) checkYear(read.value, full, yearOf(read.value, full, seed))
  })

test('a seed gives the same mails again, and another one others', async () => {
  const [first] = await listProfiles(PACKAGED_PROFILES)
  assert.ok(first)
  const [name, file] = first
  const read = await readProfile(file, name)
  assert.ok(read.ok)
  const print = (seed: number) => yearOf(read.value, 2, seed).life.print()
  const one = print(1)
  assert.ok(print(1) === one, 'one seed gave other mails')
  assert.ok(print(2) !== one, 'another seed gave the same mails')
})
