// Profiles: what the least of them says, and what is refused, by line.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parseSpan } from '../../src/config/policy-fields.ts'
import { readProfile } from '../../src/config/profile.ts'
import { formatProblem } from '../../src/config/source.ts'
import { BARE_NOTICES, BARE_POLICY } from '../support/bare-policy.ts'
import { tempDir } from '../support/workspace.ts'
import { writePrivate } from './support.ts'

const least = `displayName: Acme
team: Acme Security
calendar: { zone: UTC }
embargo: { maximum: 90d }
`

test('the least that a profile must say is enough', async context => {
  const file = join(await tempDir(context), 'acme.yaml')
  await writePrivate(file, least)
  const said = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
  const read = await readProfile(file, 'acme')
  assert.ok(read.ok)
  assert.deepEqual(
    said(read.value),
    said({
      ...BARE_POLICY,
      name: 'acme',
      displayName: 'Acme',
      team: 'Acme Security',
      slow: undefined,
      embargo: {
        ...BARE_POLICY.embargo,
        maximum: { count: 90, unit: 'day' },
        remind: {
          before: [
            { count: 7, unit: 'day' },
            { count: 3, unit: 'day' },
            { count: 1, unit: 'day' },
            { count: 1, unit: 'hour' },
          ],
          every: { count: 1, unit: 'day' },
        },
      },
      notices: BARE_NOTICES,
    }),
  )
})

const WEEKEND = 'must be a list of at most six different ISO weekdays, 1 (Monday) to 7 (Sunday)'
const SPAN = 'must be a time such as 30m, 72h, 14d or 3bd (business days, at most 500)'
const spoiled: readonly (readonly [name: string, text: string, ...lines: string[]])[] = [
  [
    'no day to work on',
    least.replace('UTC', 'UTC, weekend: [1, 2, 3, 4, 5, 6, 7]'),
    `3: calendar.weekend: ${WEEKEND}`,
  ],
  ['an eighth weekday', least.replace('UTC', 'UTC, weekend: [8]'), `3: calendar.weekend[0]: ${WEEKEND}`],
  [
    'a day that does not exist',
    least.replace('UTC', 'UTC, holidays: [2026-02-30]'),
    '3: calendar.holidays[0]: must be a date such as 2026-12-25',
  ],
  ['weeks', least.replace('90d', '3w'), `4: embargo.maximum: ${SPAN}`],
  [
    'a mail a minute',
    least.replace('90d', '90d, remind: { every: 59m }'),
    '4: embargo.remind.every: must be a time of an hour or more such as 4h, 1d or 1bd',
  ],
  [
    'a link without TLS',
    `${least}links: { tracker: "http://acme.example/" }\n`,
    '5: links.tracker: must be a link that begins with https://',
  ],
  [
    'a clock that is neither',
    `${least}clocks:\n  - { name: plan, kind: hope, until: plan, within: 3bd, text: we hope }\n`,
    '6: clocks[0].kind: must be promise or aim',
  ],
  [
    'two clocks of one name',
    `${least}clocks:\n  - { name: plan, kind: aim, until: plan, within: 3bd, text: we plan }\n  - { name: plan, kind: aim, until: plan, within: 4bd, text: we plan }\n`,
    '7: clocks[1].name: must be another name than plan',
  ],
  [
    'text of two lines',
    `${least}intake:\n  outOfScope:\n    - "one\\r\\nBcc: two"\n`,
    '7: intake.outOfScope[0]: must be a sentence: one line of text, at most 500 characters',
  ],
]

describe('a profile is refused for', () => {
  for (const [name, text, ...lines] of spoiled)
    test(name, async context => {
      const file = join(await tempDir(context), 'acme.yaml')
      await writePrivate(file, text)
      const read = await readProfile(file, 'acme')
      assert.deepEqual(
        read.ok ? [] : read.error.map(formatProblem),
        lines.map(line => `${file}:${line}`),
      )
    })
})

test('spans are counts of minutes, hours, days or business days', () => {
  assert.deepEqual(parseSpan('3bd'), { count: 3, unit: 'business-day' })
  assert.deepEqual(parseSpan('72h'), { count: 72, unit: 'hour' })
  assert.deepEqual(parseSpan('30m'), { count: 30, unit: 'minute' })
  for (const text of ['', '0d', '501bd', '-1d', '3', 'bd', '3 bd', '1.5h', '99999d', '3bdd'])
    assert.equal(parseSpan(text), undefined)
})
