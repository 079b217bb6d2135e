// What is found in a report: wanted content, ids, versions, a date, a claim to be public, rare words.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { plaintext } from '../../src/model/plaintext.ts'
import { instant } from '../../src/model/scalars.ts'
import { extract } from '../../src/receive/extract.ts'
import { mailWith, part, textPart } from '../compose/given.ts'

const RECEIVED = instant(Date.UTC(2026, 10, 21, 12))
const WANTED = [
  { text: 'Who you are.', signs: ['affiliation', 'my name is'] },
  { text: 'Steps to reproduce.', signs: ['reproduce', 'poc', 'step'] },
  { text: 'Anything else.', signs: [] },
]

const found = (...texts: readonly string[]) =>
  extract(mailWith(texts.map(text => textPart(text))), WANTED, RECEIVED)
const open = (all: readonly { open(): string }[]) => all.map(one => one.open())

describe('wanted content', () => {
  for (const [text, positions] of [
    ['My  name\nis Riya.', [0]],
    ['STEPS: run it.', [1]],
    ['How to reproduce: see the PoC', [1]],
    ['my names is', []],
    ['epoch', []],
    ['Nothing of the kind', []],
  ] as const)
    test(`in ${JSON.stringify(text)} is ${positions.join() || 'none'}`, () =>
      assert.deepEqual(found(text).contentFound, positions))

  test('is found in the name of a file and in HTML, but not in its tags', () => {
    const file = part({ octets: Buffer.of(1), fileName: plaintext('poc.py'), disposition: 'attachment' })
    assert.deepEqual(extract(mailWith([file]), WANTED, RECEIVED).contentFound, [1])
    const html = textPart('<p class="poc">My name <b>is</b> Riya</p>', { mediaType: 'text/html' })
    assert.deepEqual(extract(mailWith([html]), WANTED, RECEIVED).contentFound, [0])
  })
})

test('ids, vectors and versions are found once each', () => {
  const { cveIds, cvssVectors, versions } = found(
    'cve-2026-12345 and CVE-2026-12345, CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H, in v1.14.0, 1.13.2-rc.1, ' +
      'version 1.12; not 10.0.0.1, 2026.11.21.7, 24.12.2026, https://x.example/1.2.3 or CVE-26-1',
  )
  assert.deepEqual(cveIds, ['CVE-2026-12345'])
  assert.deepEqual(cvssVectors, ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'])
  assert.deepEqual(open(versions), ['1.14.0', '1.13.2-rc.1', '1.12'])
})

for (const [text, written, day] of [
  ['We will publish on 2027-03-01.', '2027-03-01', '2027-03-01'],
  ['I plan to disclose this on March 1st, 2027.', 'March 1st, 2027', '2027-03-01'],
  ['Embargo until 1 Mar 2027, please', '1 Mar 2027', '2027-03-01'],
  ['We follow a 90-day disclosure deadline.', '90-day', '2027-02-19'],
  ['I go public in 2 weeks', '2 weeks', '2026-12-05'],
  ['I found it on 2027-03-01 in my kitchen.', undefined, undefined],
  ['It was disclosed on 2026-03-01.', undefined, undefined],
  ['We publish on 2027-02-30.', undefined, undefined],
] as const)
  test(`"${text}" asks for ${day ?? 'no day'}`, () => {
    const { requestedDate, requestedAt } = found(text)
    assert.equal(requestedDate?.open(), written)
    const at = requestedAt && Temporal.Instant.fromEpochMilliseconds(requestedAt).toString()
    assert.equal(at, day && `${day}T00:00:00Z`)
  })

for (const [text, claims] of [
  ['This is already public.', 'yes'],
  ['It has been publicly\ndisclosed by others', 'yes'],
  ['There are public exploits', 'yes'],
  ['It is exploited in the wild', 'yes'],
  ['I posted it on Twitter.', 'yes'],
  ['This is not already public.', 'no'],
  ['It has never been publicly disclosed', 'no'],
  ['I do not like it. It is already public.', 'yes'],
  ['The public API crashes', 'no'],
] as const)
  test(`"${text}" ${claims === 'yes' ? 'claims' : 'does not claim'} to be public`, () =>
    assert.equal(found(text).claimsPublic, claims))

for (const [text, asks] of [
  ['We would like to join the Volcano distributors list.', true],
  ['Please add us to your private mailing list for vendors.', true],
  ['Request: membership in volcano-distributors-announce@lists.example', true],
  ['The distributors list leaks addresses.', false],
  ['Join two tables and it crashes.', false],
] as const)
  test(`${JSON.stringify(text)} ${asks ? 'asks' : 'does not ask'} for a place on a list`, () =>
    assert.equal(found(text).asksToJoin, asks ? 'yes' : undefined))

test('what an answer quotes of ours is no claim, and what it says itself is one', () => {
  const answer = (text: string) => {
    const { header } = mailWith([])
    const replyTo = header.messageId === undefined ? [] : [header.messageId]
    const mail = mailWith([textPart(text)], { header: { ...header, replyTo } })
    return extract(mail, WANTED, RECEIVED).claimsPublic
  }
  assert.equal(answer('No.\n\n> Is it already public?\n'), 'no')
  assert.equal(answer('It is now public.\n\n> Please open no issue.\n'), 'yes')
})

test('rare words are names in programs, files and ids, and no prose, address or encoded data', () => {
  const { terms } = found(
    'Restic `restoreHooks.go:41` calls parse_manifest() and NewRestorer; see CVE-2026-12345, pkg/restore/item.go ' +
      'and GHSA-abcd-1234-wxyz. Regards, riya@research.example https://example.org/someThing ' +
      `It Crashes. ${'aGVsbG9Xb3JsZA'.repeat(6)}`,
  )
  assert.deepEqual(open(terms), [
    'restorehooks.go:41',
    'parse_manifest',
    'newrestorer',
    'cve-2026-12345',
    'pkg/restore/item.go',
    'ghsa-abcd-1234-wxyz',
  ])
})

test('hostile text costs little time, and finds no more than is kept', () => {
  const started = process.cpuUsage()
  for (const unit of [
    '1.',
    '90 days public ',
    'a_',
    'not already public ',
    'CVSS:3.1/A:',
    '<',
    'aB',
    'v1.1 ',
  ]) {
    const { versions, terms } = found(unit.repeat(1_000_000 / unit.length))
    assert.ok(versions.length <= 20 && terms.length <= 40)
  }
  const distinct = Array.from(
    { length: 5_000 },
    (_, n) => `v1.2.${n % 1000} name_${n} CVE-2026-${10_000 + n}`,
  )
  const { versions, terms, cveIds } = found(distinct.join(' '))
  assert.deepEqual([versions.length, terms.length, cveIds.length], [20, 40, 20])
  assert.ok(process.cpuUsage(started).user < 3_000_000)
})
