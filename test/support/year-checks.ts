// What must be true of a year that was lived through: every reminder at its second and no other, told to everybody who
// must hear of it, once.
import assert from 'node:assert/strict'
import { type Event, SCHEDULER } from '../../src/model/event.ts'
import type { Policy } from '../../src/model/policy.ts'
import { ALICE, BOB } from '../decide/given.ts'
import { END, type Year } from './year.ts'
import { checkList } from './year-list-checks.ts'
import { judge } from './year-oracle.ts'

const ADMINS = [ALICE.address, BOB.address]

export function checkYear(policy: Policy, cases: number, year: Year): void {
  checkList(policy, year)
  const { life } = year
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
  const { expected, inTime, late, never } = judge(policy, withNotices(policy, year), END)
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

/** What people did, and when the first notice of each stage went: time alone brings that about. */
function withNotices({ notices }: Policy, { life }: Year): readonly Event[] {
  const went = [...life.known.cases.values()].flatMap(({ id, milestones }) =>
    notices.stages.flatMap(({ name: stage, to }): readonly Event[] => {
      const at = milestones[`notice:${stage}`]
      return at === undefined ? [] : [{ kind: 'notice-went-out', at, actor: SCHEDULER, case: id, stage, to }]
    }),
  )
  return [...life.done, ...went].toSorted((a, b) => a.at - b.at)
}
