// A year under each profile: no promise lapses unnoticed, every reminder comes at its second, and a seed gives the same
// mails again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listProfiles, PACKAGED_PROFILES, readProfile } from '../../src/config/profile.ts'
import { upTo } from '../support/sweep.ts'
import { yearOf } from '../support/year.ts'
import { checkYear } from '../support/year-checks.ts'

/** Every day; in a sweep a few hundred, too. */
const CASES = 8

for (const [name, file] of await listProfiles(PACKAGED_PROFILES))
  test(`a year under ${name}`, async () => {
    const read = await readProfile(file, name)
    assert.ok(read.ok)
    const small = yearOf(read.value, CASES, 1)
    checkYear(read.value, CASES, small)
    assert.ok(yearOf(read.value, CASES, 1).print() === small.print(), 'one seed gave other mails')
    assert.ok(yearOf(read.value, CASES, 2).print() !== small.print(), 'another seed gave the same mails')
    const full = upTo(0, 300)
    if (full > 0) checkYear(read.value, full, yearOf(read.value, full, 2026))
  })
