// What is foreseen of a list: requests to join, its members and their keys, what they ask for, what leaked; of one case
// nothing but its own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { overview } from '../../../src/decide/time/foreseen.ts'
import { foresee } from '../../../src/decide/time/simulation.ts'
import type { Incident } from '../../../src/model/incident.ts'
import { later, parseIncidentId } from '../../../src/model/scalars.ts'
import { DAY } from '../../../src/model/time.ts'
import { NOW, sure } from '../given.ts'
import { member, ruled, world } from '../membership/joining.ts'
import { ASK, after, by, LIST } from '../sharing/sharing-world.ts'

const days = (count: number) => ({ count, unit: 'day' }) as const
const rules = ruled({
  review: { within: days(14), weekly: 1, lapse: days(90) },
  attestation: { every: days(365), within: days(30), silent: 'suspend' },
  keyWarnings: [days(7)],
})
const settings = {
  ...rules,
  projects: rules.projects.map(one => ({ ...one, policy: { ...one.policy, sharing: LIST } })),
}
const asked = { ...after([by('one', ASK)]), milestones: {} }
const leak: Incident = {
  id: sure(parseIncidentId('L-500000')),
  project: asked.project,
  revision: 1,
  receivedAt: NOW,
  from: { address: undefined },
  about: undefined,
  linked: 'as-told',
  told: [],
  state: 'open',
  touchedAt: NOW,
  remindedAt: undefined,
}
const known = world({
  settings,
  cases: new Map([[asked.id, asked]]),
  incidents: new Map([[leak.id, leak]]),
  contacts: [member('1', { encryptsUntil: later(NOW, 10 * DAY) }), member('2'), member('3')],
})
const end = later(NOW, 120 * DAY)

test('whatever time brings about on a list is foreseen, and says whom and what it is about', () => {
  const text = overview(foresee(known, end, 1_000))
  for (const line of [
    /Z {2}application-review A-771234 {2}to alice@team\.example, bob@/,
    /Z {2}application-standing A-771234 {2}to ann@vendor\.example$/m,
    /Z {2}application-answer A-771234 {2}to ann@vendor\.example$/m,
    /^2026-11-23T09:00Z {2}applications-pending {2}to alice@team\.example, bob@/m,
    /^2026-11-24T12:00Z {2}membership M-000001 key-ends {2}to oncall@distro1\.example, alice@/m,
    /^2026-11-21T12:00Z {2}membership M-000003 attest {2}to oncall@distro3\.example/m,
    /Z {2}membership M-000003 suspended {2}to .*oncall@distro3\.example/,
    /^2026-11-21T12:00Z {2}reacceptance {2}to oncall@distro1\.example, oncall@distro2\.example/m,
    /^2026-11-22T12:00Z {2}share-request C-482107 {2}to oncall@distro2\.example, /m,
    /^2026-11-23T12:00Z {2}share-outcome C-482107 {2}to oncall@distro1\.example$/m,
    /^2026-11-22T12:00Z {2}alert incidents-open {2}to alice@team\.example, bob@/m,
  ])
    assert.match(text, line)
})

test('of one case only what is its own', () => {
  const { mails } = foresee(known, end, 1_000, asked.id)
  assert.deepEqual(
    mails.map(({ order }) => [order.case, order.content.kind]),
    [
      [asked.id, 'share-request'],
      [asked.id, 'share-request'],
      [asked.id, 'share-outcome'],
    ],
  )
})
