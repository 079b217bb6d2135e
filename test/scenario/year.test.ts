// A year under each profile: no promise lapses unnoticed, every reminder comes at its second, and a seed gives the same
// mails again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listProfiles, PACKAGED_PROFILES, readProfile } from '../../src/config/profile.ts'
import { upTo } from '../support/sweep.ts'
import { checkYear } from '../support/year-checks.ts'

for (const [name, file] of await listProfiles(PACKAGED_PROFILES))
  test(`a year under ${name}`, async () => {
    const read = await readProfile(file, name)
    assert.ok(read.ok)
    const cases = upTo(30, 300)
    assert.equal(checkYear(read.value, cases, 1), checkYear(read.value, cases, 1))
  })
