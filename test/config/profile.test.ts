// Profiles: the one that comes along says what its policy says, and faulty ones are refused by line.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { PACKAGED_PROFILES, parseSpan, readProfile } from '../../src/config/profile.ts'
import { formatProblem } from '../../src/config/source.ts'
import { tempDir } from '../support/workspace.ts'
import { writePrivate } from './support.ts'

/** One line, straight quotes: the policy's file has one apostrophe in a broken encoding. */
const flat = (text: string) => text.replaceAll('â€™', "'").replace(/\s+/g, ' ')

describe('the velero profile', async () => {
  const file = join(PACKAGED_PROFILES, 'velero.yaml')
  const written = await readFile(file, 'utf8')
  const policyText = flat(await readFile(new URL('velero.SECURITY.txt', import.meta.url), 'utf8'))
  const read = await readProfile(file, 'velero')
  if (!read.ok) assert.fail(read.error.map(formatProblem).join('\n'))
  const policy = read.value

  test('quotes its policy word for word', () => {
    const comments = flat([...written.matchAll(/^ *# (.*)$/gm)].map(match => match[1]).join(' '))
    const quotes = [...comments.matchAll(/"([^"]+[.:])"/g)].map(match => match[1] ?? '')
    assert.ok(quotes.length >= 14, `${quotes.length} quotes`)
    for (const quote of quotes) assert.ok(policyText.includes(quote), quote)
  })

  test('asks for what the policy asks for, in its words and order', () => {
    const places = policy.intake.proposedContent.map(({ text }) =>
      policyText.indexOf(text.replace(/\.$/, '')),
    )
    assert.equal(places.length, 5)
    assert.ok(places.every(place => place > 0))
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    )
    for (const item of policy.intake.outOfScope) assert.ok(policyText.includes(item))
  })

  test('promises a conversation and a plan, each within 3 business days', () => {
    assert.deepEqual(
      policy.clocks.map(({ name, kind, within }) => ({ name, kind, within })),
      ['conversation', 'plan'].map(name => ({
        name,
        kind: 'promise',
        within: { count: 3, unit: 'business-day' },
      })),
    )
  })

  test('has the team, links, longest embargo and stage of the policy', () => {
    assert.equal(policy.name, 'velero')
    assert.equal(policy.team, 'VMware Security Team')
    assert.ok(policyText.includes(`(${policy.links.tracker})`))
    assert.ok(policyText.includes(`(${policy.links.advisories})`))
    assert.deepEqual(policy.embargo.maximum, { count: 21, unit: 'day' })
    assert.deepEqual(
      policy.notices.stages.map(stage => stage.name),
      ['early-disclosure'],
    )
  })
})

const least = `displayName: Acme
team: Acme Security
calendar: { zone: UTC }
embargo: { maximum: 90d }
`

test('the least that a profile must say is enough', async context => {
  const file = join(await tempDir(context), 'acme.yaml')
  await writePrivate(file, least)
  assert.deepEqual(await readProfile(file, 'acme'), {
    ok: true,
    value: {
      name: 'acme',
      displayName: 'Acme',
      team: 'Acme Security',
      calendar: { zone: 'UTC', weekend: [6, 7], holidays: [] },
      intake: { proposedContent: [], outOfScope: [] },
      links: { tracker: undefined, advisories: undefined, policy: undefined },
      clocks: [],
      embargo: { maximum: { count: 90, unit: 'day' } },
      notices: { stages: [] },
    },
  })
})

const WEEKEND = 'must be a list of at most six different ISO weekdays, 1 (Monday) to 7 (Sunday)'
const SPAN = 'must be a time such as 30m, 72h, 14d or 3bd (business days)'
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
    'a link without TLS',
    `${least}links: { tracker: "http://acme.example/" }\n`,
    '5: links.tracker: must be a link that begins with https://',
  ],
  [
    'a clock that is neither',
    `${least}clocks:\n  - { name: plan, kind: hope, within: 3bd, text: we hope }\n`,
    '6: clocks[0].kind: must be promise or aim',
  ],
  [
    'two clocks of one name',
    `${least}clocks:\n  - { name: plan, kind: aim, within: 3bd, text: we plan }\n  - { name: plan, kind: aim, within: 4bd, text: we plan }\n`,
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
  for (const text of ['', '0d', '-1d', '3', 'bd', '3 bd', '1.5h', '99999d', '3bdd'])
    assert.equal(parseSpan(text), undefined)
})
