// What each verb about a case's content makes of what it is sent: given a case and one command, then its
// status, the fact that is kept, and what its sender reads.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Case } from '../../src/model/case.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { NOW } from './given.ts'
import { after, C, resultOf, sent } from './sent.ts'

const GOOD = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'

type Row = readonly [
  given: Partial<Case>,
  line: string,
  status: string,
  text: RegExp,
  kept?: (now: Case) => unknown,
]

const opened = (texts: readonly { open(): string }[]) => texts.map(one => one.open())

const ROWS: readonly Row[] = [
  [
    {},
    `title ${C} Overflow in the "restore path"`,
    'ok',
    /has its new title/,
    now => [now.title.open(), 'Overflow in the restore path'],
  ],
  [
    {},
    `title ${C} Heap overflow on restore`,
    'ok',
    /has its new title/,
    now => [now.title.open(), 'Heap overflow on restore'],
  ],
  [
    {},
    `title ${C} "Überlauf = böse"`,
    'ok',
    /has its new title/,
    now => [now.title.open(), 'Überlauf = böse'],
  ],
  [{ title: plaintext('x') }, `title ${C} x`, 'noop', /just that already/],
  [{}, `title ${C}`, 'E-SYNTAX', /the title is missing; send: title C-…/],
  [{}, `title ${C} ${'x'.repeat(201)}`, 'E-SYNTAX', /at most 200/],
  [{ tags: ['a', 'b'] }, `tag ${C} c -a B`, 'ok', /the tags b, c\./, now => [now.tags, ['b', 'c']]],
  [{ tags: ['a'] }, `tag ${C} -a`, 'ok', /no tags now/, now => [now.tags, []]],
  [{ tags: ['a'] }, `tag ${C} a -z`, 'noop', /just that already/],
  [{}, `tag ${C} a -a`, 'E-SYNTAX', /both added and taken away/],
  [{}, `tag ${C} a.b`, 'E-SYNTAX', /"a\.b" is no tag/],
  [{}, `tag ${C}`, 'E-SYNTAX', /tags are missing/],
  [
    { tags: [...'abcdefghijklmnopqrst'] },
    `tag ${C} one-more`,
    'E-STATE',
    /at most 20 tags; take some away: tag C-482107 -a/,
  ],
  [
    {},
    `severity ${C} cvss=${GOOD}`,
    'ok',
    /rated 9\.8, critical \(CVSS 3\.1 base score\)\.$/,
    now => [now.severity?.score, 9.8],
  ],
  [{}, `severity ${C} cvss=${GOOD.toLowerCase()}`, 'E-SYNTAX', /upper case/],
  [{}, `severity ${C} cvss=${GOOD}/A:H`, 'E-SYNTAX', /A stands twice/],
  [{}, `severity ${C}`, 'E-SYNTAX', /cvss= is missing/],
  [
    { severity: { version: '3.1', vector: GOOD, score: 9.8 } },
    `severity ${C} cvss=${GOOD}`,
    'noop',
    /rated so already/,
  ],
  [
    { severity: { version: '3.1', vector: GOOD, score: 9.8 } },
    `severity ${C} cvss=${GOOD.replace('C:H', 'C:N')}`,
    'ok',
    /rated 9\.1.*It was 9\.8/,
  ],
  [
    {},
    `propose-severity ${C} cvss=${GOOD}`,
    'ok',
    /Proposed.*An admin decides/,
    now => [
      [now.severity, now.severityProposed?.score],
      [undefined, 9.8],
    ],
  ],
  [{}, `cve ${C} request`, 'ok', /asked for/, now => [now.cve, { kind: 'requested', at: NOW }]],
  [{ cve: { kind: 'requested', at: NOW } }, `cve ${C} request`, 'noop', /already/],
  [
    { cve: { kind: 'requested', at: NOW } },
    `cve ${C} cve-2026-12345`,
    'ok',
    /is CVE-2026-12345\.$/,
    now => [now.cve, { kind: 'assigned', id: 'CVE-2026-12345' }],
  ],
  [
    { cve: { kind: 'assigned', id: 'CVE-2026-1111' } },
    `cve ${C} CVE-2026-12345`,
    'ok',
    /It was CVE-2026-1111/,
  ],
  [
    { cve: { kind: 'assigned', id: 'CVE-2026-1111' } },
    `cve ${C} request`,
    'E-STATE',
    /has CVE-2026-1111 already/,
  ],
  [{}, `cve ${C} CVE-26-1`, 'E-SYNTAX', /an id like CVE-2026-12345/],
  [{}, `cve ${C} CVE-2026-1111 CVE-2026-2222`, 'E-SYNTAX', /one CVE id/],
  [
    {},
    `affects ${C} <1.4 1.2.0 1.2.0`,
    'ok',
    /affects <1\.4, 1\.2\.0\./,
    now => [opened(now.affects), ['<1.4', '1.2.0']],
  ],
  [{ affects: [plaintext('1')] }, `affects ${C} 1`, 'noop', /already/],
  [{}, `affects ${C}`, 'E-SYNTAX', /versions are missing/],
  [{}, `affects ${C} ${Array.from({ length: 51 }, (_, n) => n).join(' ')}`, 'E-SYNTAX', /50 are the most/],
  [
    {},
    `fixed ${C} 1.4.2 1.3.9 wontfix=1.2,1.1`,
    'ok',
    /fixed in 1\.4\.2, 1\.3\.9; no fix for 1\.2, 1\.1\./,
    now => [
      [opened(now.fixed), opened(now.wontfix)],
      [
        ['1.4.2', '1.3.9'],
        ['1.2', '1.1'],
      ],
    ],
  ],
  [{}, `fixed ${C} wontfix=1.2`, 'ok', /fixed in no version; no fix for 1\.2/],
  [{}, `fixed ${C} 1.2 wontfix=1.2`, 'E-SYNTAX', /both fixed and not/],
  [{}, `fixed ${C} 1.2 wontfix=1.1,`, 'E-SYNTAX', /one of them is empty/],
  [{}, `fixed ${C}`, 'E-SYNTAX', /versions are missing/],
  [
    {},
    `mitigate ${C} <<\nTurn it off.\n.`,
    'ok',
    /^The text on mitigations of C-482107 is kept\.$/,
    now => [now.mitigations?.open(), 'Turn it off.'],
  ],
  [{ mitigations: plaintext('x') }, `mitigate ${C} <<\ny\n.`, 'ok', /in place of the one before/],
  [{ mitigations: plaintext('x') }, `mitigate ${C} <<\nx\n.`, 'noop', /already/],
  [{}, `mitigate ${C}`, 'E-SYNTAX', /text is missing/],
  [
    {},
    `comms ${C} <<\nTell all.\n.`,
    'ok',
    /^The communication plan of C-482107 is kept\.$/,
    now => [now.communication?.open(), 'Tell all.'],
  ],
  [
    {},
    `upstream ${C} name=zlib date=2026-12-09T16:00Z`,
    'ok',
    /zlib; it discloses at 2026-12-09T16:00Z/,
    now => [now.upstream.length, 1],
  ],
  [
    { upstream: [{ name: plaintext('zlib'), instant: undefined }] },
    `upstream ${C} name=zlib`,
    'noop',
    /already/,
  ],
  [{}, `upstream ${C} name="GNU tar"`, 'ok', /its date is open/],
  [{}, `upstream ${C} name=zlib date=2026-12-09`, 'E-DATE', /write it as 2026-12-09T16:00Z/],
  [{}, `upstream ${C} name=zlib date=2025-12-09T16:00Z`, 'E-DATE', /is past/],
  [{}, `upstream ${C} date=2026-12-09T16:00Z`, 'E-SYNTAX', /name= is missing/],
  [
    { state: 'fixing' },
    `fix-ready ${C} tested="all of ci" lgtm=carol`,
    'ok',
    /fix-ready\.\sThe reporter has no key and is told only/,
    now => [now.state, 'fix-ready'],
  ],
  [{ state: 'accepted' }, `fix-ready ${C} tested=ci lgtm=carol`, 'ok', /fix-ready/],
  [
    { state: 'triaged' },
    `fix-ready ${C} tested=ci lgtm=carol`,
    'E-STATE',
    /an admin accepts it first: accept C-482107/,
  ],
  [{ state: 'published' }, `fix-ready ${C} tested=ci lgtm=carol`, 'E-STATE', /is published/],
  [{ state: 'fixing' }, `fix-ready ${C} tested=ci`, 'E-SYNTAX', /lgtm= is missing/],
  [
    { state: 'fix-ready', fixReady: { at: NOW, tested: plaintext('ci'), lgtm: plaintext('x') } },
    `fix-ready ${C} tested=ci lgtm=x`,
    'noop',
    /already/,
  ],
  [
    {},
    `slow ${C} <<\nHolidays.\n.`,
    'ok',
    /slowed down\.\nNo clock changes by it\..*All who work on it are told, with your reason/s,
    now => [now.slowed?.reason.open(), 'Holidays.'],
  ],
  [{ slowed: { at: NOW, reason: plaintext('x') } }, `slow ${C} <<\nx\n.`, 'noop', /already/],
  [{ state: 'published' }, `slow ${C} <<\nx\n.`, 'E-STATE', /published/],
  [{ state: 'rejected' }, `tag ${C} a`, 'E-STATE', /ended as rejected/],
  [{ revision: 7 }, `tag ${C} a expect=6`, 'E-STATE', /at revision 7, not 6/],
]

suite('each verb keeps what it is sent, or says what to send instead', () => {
  for (const [given, line, status, text, kept] of ROWS)
    test(`${line.slice(0, 60)} → ${status}`, () => {
      const decision = sent(line, given)
      const result = resultOf(decision)
      assert.equal(result.status, status, result.text)
      assert.match(result.text, text)
      assert.equal(decision.events.length, status === 'ok' ? 1 : 0)
      if (kept === undefined) return
      const [actual, expected] = kept(after(decision, given)) as readonly [unknown, unknown]
      assert.deepEqual(actual, expected)
    })
})
