// docs/profiles.md is true: it has each key of the schema once, with its default, and its example is accepted.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as yaml from 'yaml'
import { lintProfile } from '../../src/config/profile.ts'
import { profileShape } from '../../src/config/profile-shape.ts'
import { formatProblem } from '../../src/config/source.ts'
import { MILESTONES } from '../../src/model/policy.ts'
import { keysOf } from '../support/schema-keys.ts'
import { tempDir } from '../support/workspace.ts'
import { writePrivate } from './support.ts'

const document = readFileSync(new URL('../../docs/profiles.md', import.meta.url), 'utf8')
const keysSection = document.slice(document.indexOf('## Keys'), document.indexOf('## What lint says'))
const rows = [...keysSection.matchAll(/^\| `([^`]+)` \| .* \| (?:`([^`|]+)`|required|none) \|$/gm)].map(
  ([row, key = '', value]) => ({ key, value: value ?? row.split(' | ').at(-1)?.replace(' |', '') ?? '' }),
)

/** A map stands for its keys, but for one that may be `{}`. */
const MAPS = ['priorities[].when']

test('each key of the schema has its row, and no row is without a key', () => {
  const keys = [...keysOf(profileShape), ...MAPS]
  assert.ok(keys.length > 60, `${keys.length} keys`)
  assert.deepEqual(rows.map(({ key }) => key).toSorted(), keys.toSorted())
})

/** What must stand in each list and section, and nothing else. */
const LEAST = {
  displayName: 'Acme',
  team: 'Acme Security',
  calendar: { zone: 'UTC' },
  intake: { proposedContent: [{ text: 'Your name.' }] },
  priorities: [{ name: 'first', text: 'first', when: {} }],
  lead: {},
  slow: { text: 'slowly' },
  clocks: [{ name: 'fix', kind: 'aim', until: 'fix-ready', within: '7d', text: 'we have a fix' }],
  embargo: { reasons: [{ name: 'late', text: 'late' }] },
  slots: {
    hours: { from: '14:00', to: '18:00' },
    blackout: [{ from: '2030-12-20', to: '2031-01-06', why: 'Christmas' }],
  },
  notices: { stages: [{ name: 'early', text: 'early', when: {} }], answers: { within: '3d' } },
  discussion: {},
  membership: {
    criteria: [{ text: 'Be known.' }],
    terms: { version: '1', text: 'Keep it.' },
    acceptance: 'implied',
    vouch: { bootstrap: { below: 3 } },
    classes: [{ name: 'clouds', text: 'clouds' }],
    attestation: { every: '365d' },
    contributing: { tasks: [{ name: 'test', text: 'test' }] },
  },
  sharing: { approvedBy: 'team' },
}
/** Of these the default is for a profile that has none of their items. */
const LISTS = [
  'intake.proposedContent',
  'priorities',
  'clocks',
  'embargo.reasons',
  'slots.blackout',
  'notices.stages',
  'membership.classes',
]

const steps = (key: string): readonly (string | number)[] =>
  key.split('.').flatMap(step => (step.endsWith('[]') ? [step.slice(0, -2), 0] : [step]))

function valueAt(from: unknown, path: readonly (string | number)[]): unknown {
  let inner = from
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null) return undefined
    inner = Object.entries(inner).find(([key]) => key === String(step))?.[1]
  }
  return inner
}

function without(from: object, path: readonly (string | number)[]): unknown {
  const copy = structuredClone(from)
  const parent = valueAt(copy, path.slice(0, -1))
  assert.ok(typeof parent === 'object' && parent !== null)
  Reflect.deleteProperty(parent, path.at(-1) ?? '')
  return copy
}

const units: Readonly<Record<string, string>> = { minute: 'm', hour: 'h', day: 'd', 'business-day': 'bd' }

function written(value: unknown): string {
  if (value === undefined) return 'none'
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const { count, unit } = value as { readonly count: number; readonly unit: string }
  return `${count}${units[unit]}`
}

for (const { key, value } of rows)
  test(`${key} without a value is as documented: ${value}`, () => {
    const given = LISTS.includes(key) || value === 'required' ? without(LEAST, steps(key)) : LEAST
    const read = profileShape.safeParse(given)
    if (value === 'required') assert.ok(!read.success, 'it is not required')
    else {
      assert.ok(read.success, JSON.stringify(read.error?.issues))
      // Of conditions and ranges the parsed form has other keys; they have no defaults but emptiness.
      const found = valueAt(read.data, steps(key))
      assert.equal(key.includes('.when.tags') && found === undefined ? '[]' : written(found), value)
    }
  })

test('each milestone is explained', () => {
  for (const milestone of MILESTONES) assert.match(document, new RegExp(`^\\| \`${milestone}\` \\| `, 'm'))
})

test('the example has every key, and is accepted without a word', async t => {
  const text = /```yaml\n([\s\S]+?)```/.exec(document)?.[1] ?? ''
  const file = join(await tempDir(t), 'acme.yaml')
  await writePrivate(file, text)
  const read = await lintProfile(file, 'acme', '2026-11-21')
  if (!read.ok) assert.fail(read.error.map(formatProblem).join('\n'))
  assert.deepEqual(read.value.warnings, [])
  const used = new Set<string>()
  const walk = (value: unknown, path: string): void => {
    used.add(path)
    if (Array.isArray(value)) for (const item of value) walk(item, `${path}[]`)
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`)
  }
  walk(yaml.parse(text), '')
  for (const { key } of rows) assert.ok(used.has(key), key)
})
