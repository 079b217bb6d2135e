// What must be true of a year that was lived through: every reminder at its second and no other, told to everybody who
// must hear of it, once.
import assert from 'node:assert/strict'
import type { Policy } from '../../src/model/policy.ts'
import { ALICE, BOB } from '../decide/given.ts'
import type { Life } from './life.ts'
import { END } from './year.ts'
import { judge } from './year-oracle.ts'

const ADMINS = [ALICE.address, BOB.address]

export function checkYear(policy: Policy, cases: number, life: Life): void {
  const heard = new Map<string, string[]>()
  for (const { at, order } of life.mails) {
    if (order.content.kind !== 'reminder') continue
    for (const item of order.content.items) {
      const about = item.kind === 'clock' ? `clock:${item.clock.name}` : item.kind
      if (!about.startsWith('clock:') && about !== 'embargo') continue
      const key = `${new Date(at).toISOString()} ${order.case} ${about} ${item.due}`
      heard.set(key, [...(heard.get(key) ?? []), order.to])
    }
  }
  const { expected, inTime, late, never } = judge(policy, life.done, END)
  const keys = expected.map(one => `${new Date(one.at).toISOString()} ${one.case} ${one.about} ${one.due}`)
  const due = new Set(keys)
  assert.equal(due.size, keys.length)
  const missing = keys.filter(key => !heard.has(key))
  const surplus = [...heard.keys()].filter(key => !due.has(key))
  assert.deepEqual(
    { missing: missing.slice(0, 5), surplus: surplus.slice(0, 5) },
    { missing: [], surplus: [] },
  )
  for (const [at, one] of expected.entries()) {
    const people = heard.get(keys[at] ?? '') ?? []
    assert.equal(new Set(people).size, people.length, `twice: ${keys[at]}`)
    if (one.at >= one.due)
      for (const admin of ADMINS) assert.ok(people.includes(admin), `${admin} did not hear of ${keys[at]}`)
    else assert.ok(people.length > 0)
  }
  // A year in which everybody is in time, or nobody, would show little.
  for (const [fate, count] of Object.entries({ inTime, late, never }))
    assert.ok(count >= cases / 10, `${policy.name}: ${count} ${fate}`)
}
