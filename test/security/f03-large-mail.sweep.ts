// Threat F03 with the running daemon: ten mails of 25 MB at once are reports, one of 100 MB is put aside and stays
// in the mailbox; the operator is answered all the while, and neither process holds more than it may.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { sha256Of } from '../../src/digest.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { checkInvariants, inboundOf } from '../support/oracle.ts'
import { upTo } from '../support/sweep.ts'

const skip = missingDovecot() || missingGnuPG()
const run = promisify(execFile)
const LAUNCH = fileURLToPath(new URL('../../src/launch.js', import.meta.url))
const SECURITY = 'security@acme.example'
const CANARY = 'canary-large-55e0'
/** Milliseconds. */
const ANSWER = 2_000
/** Kilobytes. What the daemon is to keep to, 200 MB, is measured by the bench; here the collector has some slack. */
const DAEMON = 230 * 1024
const CHILD = 512 * 1024
const MB = 1024 * 1024
const LARGE = upTo(2, 10)
const fileFor = (size: number): Buffer => randomBytes(Math.floor((size - 1_000) / 78) * 57)
const ceilings = { resident: 512 * MB, onDisk: 1024 * MB }

/** A mail with one file. */
const withFile = (from: string, file: Buffer): Buffer => {
  const lines = file.toString('base64').replace(/.{76}/g, '$&\r\n')
  return Buffer.from(
    `From: ${from}\r\nTo: ${SECURITY}\r\nSubject: ${CANARY}\r\nMessage-ID: <${from}>\r\nMIME-Version: 1.0\r\n` +
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nThe core is attached.\r\n' +
      '--b\r\nContent-Type: application/octet-stream\r\n' +
      'Content-Disposition: attachment; filename=core.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n' +
      `${lines}\r\n--b--\r\n`,
    'latin1',
  )
}

test('F03 large mail is taken in or put aside, and holds nobody up', { skip }, async t => {
  const acme = await Installation.make(t)
  const digests: string[] = []
  for (let i = 0; i < LARGE; i += 1) {
    const file = fileFor(25 * MB - 10_000)
    digests.push(sha256Of(file))
    await acme.deliver(withFile(`eve@large${i}.example`, file))
  }
  const huge = withFile('eve@huge.example', fileFor(100 * MB))
  await acme.deliver(huge)
  await acme.start()
  let childPeak = 0
  let slowest = 0
  let answered = 0
  let settled = 0
  const all = (async () => {
    // One after the other, so that patience is for each.
    for (let count = 1; count <= LARGE + 1; count += 1)
      await acme.logged(/"event":"settled","inbound":/, count)
    settled = LARGE + 1
  })()
  while (settled === 0) {
    const start = performance.now()
    const status = await acme.cli('status')
    slowest = Math.max(slowest, performance.now() - start)
    assert.equal(status.code, 0, status.problem)
    answered += 1
    for (const pid of await childrenOf(acme.pid ?? 0)) childPeak = Math.max(childPeak, await peakOf(pid))
    await Promise.race([all, new Promise(setImmediate)])
  }
  const rows = await inboundOf(acme)
  const aside = rows.filter(({ outcome }) => outcome === 'shunt')
  assert.deepEqual(
    aside.map(({ reason }) => reason),
    ['oversize'],
  )
  assert.equal(rows.filter(({ outcome }) => outcome === 'report').length, LARGE)
  const mails = JSON.parse((await acme.cli('outbox', 'list', '--json')).out)
  await acme.submission.waitForCount(mails.length, 120_000)
  // It stays where it is, its header and size are kept with the digest of that header, and the admins know.
  const inbox = await acme.dovecot.list('security')
  assert.deepEqual(
    inbox.map(({ octets }) => sha256Of(octets)),
    [sha256Of(huge)],
  )
  const header = huge.subarray(0, huge.indexOf('\r\n\r\n') + 4)
  assert.equal(aside[0]?.sha256, sha256Of(header))
  const kept = await acme.cli('shunt', 'show', String(aside[0]?.id), '--reveal')
  assert.equal(kept.out.trimEnd(), header.toString('latin1').trimEnd())
  assert.equal(aside[0]?.size, huge.length)
  for (const admin of [acme.alice, acme.bob]) {
    const told = (await acme.inboxOf(admin)).filter(({ text }) => /A mail is too large/.test(text))
    assert.equal(told.length, 1)
  }
  for (const line of acme.log) assert.doesNotThrow(() => JSON.parse(line), line)
  const daemonPeak = await peakOf(acme.pid ?? 0)
  t.diagnostic(
    `${answered} answers, the slowest after ${Math.round(slowest)} ms; daemon ${daemonPeak} kB, child ${childPeak} kB`,
  )

  // What was left out is had on the host, octet for octet.
  const [report] = rows.filter(({ outcome }) => outcome === 'report')
  const list = (await acme.cli('inbound', 'show', String(report?.id), '--reveal')).out
  const [, digest = '', size] = /^([0-9a-f]{64}) {2}([0-9]+) octets .* core\.bin$/m.exec(list) ?? []
  assert.ok(digests.includes(digest), list)
  const part = ['inbound', 'show', String(report?.id), '--part', digest.slice(0, 16), '--reveal']
  const { stdout } = await run(process.execPath, [LAUNCH, '--config', acme.config, ...part], {
    encoding: 'buffer',
    maxBuffer: 32 * MB,
  })
  assert.equal(stdout.length, Number(size))
  assert.equal(sha256Of(stdout), digest)
  assert.notEqual((await acme.cli('inbound', 'show', String(report?.id), '--part', digest)).code, 0)

  assert.ok(slowest < ANSWER, `${slowest} ms`)
  assert.ok(childPeak > 0 && childPeak < CHILD, `${childPeak} kB`)
  assert.ok(daemonPeak > 0 && daemonPeak < DAEMON, `${daemonPeak} kB`)
  await checkInvariants(acme, { canaries: [CANARY], ceilings })
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
