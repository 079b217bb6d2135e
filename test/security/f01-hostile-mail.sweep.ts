// Threats F01 to F09 with the running daemon: mail made to exhaust or confuse. Each ends in one class and soon, the
// operator is answered all the while, the child keeps within its bounds, and the next good mail is a report.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { armor } from '../openpgp/material.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { checkInvariants } from '../support/oracle.ts'

const skip = missingDovecot() || missingGnuPG()
const SECURITY = 'security@acme.example'
const CANARY = 'canary-hostile-90ab'
/** Milliseconds: of the command line's answer, and of a mail from arrival to its class. */
const ANSWER = 10_000
const MAIL = 30_000
/** Kilobytes. */
const CHILD = 512 * 1024

type Hostile = readonly [
  name: string,
  outcome: 'report' | 'report-noack' | 'shunt',
  mail: () => string | Buffer,
]

let authors = 0
const header = (more = ''): string => {
  authors += 1
  return `From: eve@evil${authors}.example\r\nTo: ${SECURITY}\r\nSubject: ${CANARY}\r\n${more}`
}
const nested = (levels: number): string =>
  `${header()}${Array.from({ length: levels }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`).join('')}\r\nx\r\n`
const many = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('')
const field = (name: string, value: string): string => `${header(`${name}: ${value}\r\n`)}\r\nx\r\n`
const from = (value: string): string => `From: ${value}\r\nTo: ${SECURITY}\r\n\r\nx\r\n`
const packets = (octets: Buffer): string => `${header()}\r\n${armor('MESSAGE', octets)}`
const attached = (name: string): string =>
  `--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-ID: <same@x>\r\n\r\nx\r\n`

const mails: readonly Hostile[] = [
  ['F01 10 levels', 'report', () => nested(10)],
  ['F01 100 levels', 'shunt', () => nested(100)],
  ['F01 100,000 levels', 'shunt', () => nested(100_000)],
  [
    'F01 10,000 mails in each other',
    'report',
    () => header() + 'Content-Type: message/rfc822\r\n\r\n'.repeat(10_000),
  ],
  [
    'F02 a million empty parts',
    'shunt',
    () => `${header('Content-Type: multipart/mixed; boundary=b\r\n')}\r\n${'--b\r\n\r\n'.repeat(1_000_000)}`,
  ],
  ['F02 a million header lines', 'shunt', () => header(many(1_000_000, i => `X-${i % 10}: y\r\n`))],
  ['F02 16,000 header fields', 'shunt', () => header(many(16_000, i => `X-${i}: y\r\n`))],
  ['F02 a header of 20 MB in one line', 'shunt', () => header(`X: ${'y'.repeat(20_000_000)}\r\n`)],
  ['F02 a line of 8 MB', 'report', () => `${header()}\r\n${'y'.repeat(8_000_000)}`],
  [
    'F05 10,000 signature packets',
    'report',
    () => packets(Buffer.concat(Array(10_000).fill(Buffer.from([0xc2, 2, 4, 0])))),
  ],
  [
    'F05 a packet of 4 GB, they say',
    'report',
    () => packets(Buffer.from([0xd2, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3])),
  ],
  [
    'F05 endless partial lengths',
    'report',
    () => packets(Buffer.concat([Buffer.from([0xd2]), Buffer.alloc(100_000, 0xe0)])),
  ],
  // Version 6 with Argon2, 2^31 KB of memory (RFC 9580 §3.7.1.4).
  [
    'F05 a passphrase that takes 2 TB',
    'report',
    () =>
      packets(
        Buffer.from([
          0xc3,
          30,
          6,
          28,
          9,
          2,
          20,
          4,
          ...Array(16).fill(7),
          255,
          16,
          31,
          ...Array(7).fill(9),
          0xd2,
          40,
          2,
          9,
          2,
          10,
          ...Array(36).fill(5),
        ]),
      ),
  ],
  ['F06 100,000 brackets in From', 'report-noack', () => from(`${'('.repeat(100_000)} eve@evil.example`)],
  ['F06 100,000 quotes in From', 'report-noack', () => from(`${'"\\'.repeat(50_000)} eve@evil.example`)],
  ['F06 100,000 angles and commas in From', 'report-noack', () => from('<,'.repeat(50_000))],
  ['F06 nested groups in From', 'report-noack', () => from(`${'a:'.repeat(50_000)}eve@evil.example;`)],
  ['F06 100,000 parameters', 'report', () => field('Content-Type', `text/plain${'; a=b'.repeat(100_000)}`)],
  [
    'F06 40,000 continuations',
    'report',
    () => field('Content-Disposition', `attachment${many(40_000, i => `; filename*${i}*=%41`)}`),
  ],
  ['F06 60,000 encoded words', 'report', () => field('Comments', '=?utf-8?q?a?= '.repeat(60_000))],
  [
    'F06 a subject of encoded words',
    'report',
    () =>
      `From: eve@words.example\r\nTo: ${SECURITY}\r\nSubject: ${'=?iso-2022-jp?b?GyRC?= '.repeat(3_000)}\r\n\r\nx\r\n`,
  ],
  [
    'F06 base64 with a million line breaks',
    'report',
    () => `${header('Content-Transfer-Encoding: base64\r\n')}\r\n${'Q\r\n'.repeat(1_000_000)}`,
  ],
  ['F08 no header', 'report-noack', () => '\r\nx\r\n'],
  ['F08 no body', 'report', () => header()],
  [
    'F08 a year 9999, two subjects, two types',
    'report',
    () =>
      `${header('Date: Fri, 31 Dec 9999 23:59:60 +9999\r\nSubject: b\r\nContent-Type: text/html\r\nContent-Type: text/plain\r\n')}\r\nx\r\n`,
  ],
  [
    'F08 a multipart without boundary',
    'report',
    () => `${header('Content-Type: multipart/mixed\r\n')}\r\nx\r\n`,
  ],
  [
    'F08 a boundary that begins another',
    'report',
    () =>
      `${header('Content-Type: multipart/mixed; boundary=b\r\n')}\r\n--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n\r\nx\r\n--b--\r\n--bb--\r\n`,
  ],
  [
    'F08 an mbox line',
    'report',
    () => `From eve@evil.example Sat Nov 21 12:00:00 2026\r\n${header()}\r\nx\r\n`,
  ],
  [
    'F09 names of files',
    'report',
    () =>
      `${header('Content-Type: multipart/mixed; boundary=b\r\n')}\r\n${['../../x', '/etc/passwd', 'C:\\x', 'CON', 'a\u202efdp.exe', `${'n'.repeat(10_000)}`, '.', ''].map(attached).join('')}--b--\r\n`,
  ],
  [
    'F09 yEnc and a third of a mail',
    'report',
    () =>
      `${header('Content-Type: message/partial; id=x; number=1; total=3\r\n')}\r\n=ybegin line=128 size=3 name=x\r\n***\r\n=yend\r\n`,
  ],
]

test('hostile mail takes neither time nor memory nor the others’ place', { skip }, async t => {
  const acme = await Installation.make(t)
  await acme.start()
  const before = await readdir(acme.folder)
  let answered = 0
  let slowest = 0
  let childPeak = 0
  /** Asks for the status and looks at the child, over and over, until the mail has its class. */
  const during = async (settled: Promise<string>): Promise<string> => {
    let line: string | undefined
    const ended = settled.then(text => {
      line = text
    })
    while (line === undefined) {
      const start = performance.now()
      const status = await acme.cli('status')
      slowest = Math.max(slowest, performance.now() - start)
      assert.equal(status.code, 0, status.problem)
      answered += 1
      for (const pid of await childrenOf(acme.pid ?? 0)) childPeak = Math.max(childPeak, await peakOf(pid))
      await Promise.race([ended, new Promise(setImmediate)])
    }
    return line
  }
  for (const [i, [name, expected, make]] of mails.entries())
    await t.test(name, async () => {
      const octets = make()
      const start = performance.now()
      await acme.deliver(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets)
      const { outcome } = JSON.parse(await during(acme.logged(/"event":"settled","inbound":/, i + 1)))
      assert.equal(outcome, expected)
      assert.ok(performance.now() - start < MAIL)
    })
  await t.test('the operator was answered within two seconds, the child kept its bounds', () => {
    t.diagnostic(
      `${answered} answers, the slowest after ${Math.round(slowest)} ms; the child held ${childPeak} kB`,
    )
    assert.ok(answered >= mails.length && slowest < ANSWER, `${slowest} ms`)
    assert.ok(childPeak > 0 && childPeak < CHILD, `${childPeak} kB`)
  })
  await t.test('the next good mail is a report', async () => {
    await acme.deliver(plainMail({ from: 'quinn@plain.example', to: SECURITY, text: `${CANARY}\n` }))
    assert.match(await acme.logged(/"event":"settled","inbound":/, mails.length + 1), /"outcome":"report"/)
  })
  assert.deepEqual(
    (await readdir(acme.folder)).filter(name => !before.includes(name)),
    [],
  )
  await acme.submission.waitForCount(
    JSON.parse((await acme.cli('outbox', 'list', '--json')).out).length,
    30_000,
  )
  await checkInvariants(acme, { canaries: [CANARY] })
})

const childrenOf = async (pid: number): Promise<readonly number[]> =>
  (await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1').catch(() => ''))
    .split(' ')
    .filter(Boolean)
    .map(Number)

/** Resident kilobytes at their highest; 0 once the process is gone. */
const peakOf = async (pid: number): Promise<number> =>
  Number(
    /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'latin1').catch(() => ''))?.[1] ?? 0,
  )
