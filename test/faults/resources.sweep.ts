// What a host runs out of besides room (threats.md J04): file descriptors, inodes, a real small disk. Nothing is
// filed that is not stored, nothing is put aside for it, and the same process goes on when there is enough again.
import assert from 'node:assert/strict'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { checkInvariants, inboundOf } from '../support/oracle.ts'
import { findProgram, run } from '../support/program.ts'

const CANARY = 'canary-resources'
/** Of a report, so that a few of them need new pages. */
const LINES = 4_000
/** At each shortage; far fewer than are acknowledged in a day. */
const REPORTS = 10
const DONE = ['embargod', 'done']
/** Exit code of a start that the disk refused. */
const FAILED = 1
/** Descriptors. */
const [FEW, PLENTY] = [16, 4_096]
const [INODES, LARGEST] = [12, 64 * 1024 * 1024]
/** Long enough for harm to be done. */
const A_WHILE = 4_000

const report = (n: number): Buffer =>
  plainMail({
    from: `r${n}@plain.example`,
    to: 'security@acme.example',
    subject: 's',
    text: `${CANARY} ${n}.\n`.repeat(LINES),
  })

const missingTools = (): string | false =>
  findProgram('prlimit') === undefined ? 'needs prlimit: apt-get install util-linux' : false

/** A file system of its own at `place`, as small as said, while the work is done; false where this user may not mount. */
async function onSmallDisk(place: string, limits: string, work: () => Promise<void>): Promise<boolean> {
  await mkdir(place, { recursive: true, mode: 0o700 })
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', `${limits},mode=0700`, 'embargod', place])
  if (mounted.code !== 0) return false
  await work().finally(() => run('umount', ['--lazy', place]))
  return true
}

async function allAreReports(acme: Installation, count: number): Promise<void> {
  const outcomes = (await inboundOf(acme)).map(({ outcome }) => outcome)
  assert.deepEqual(outcomes, Array(count).fill('report'))
}

const skip = missingDovecot() || missingGnuPG() || missingTools()

test('a daemon without file descriptors goes on when it has some again', { skip }, async t => {
  const acme = await Installation.make(t)
  await acme.start()
  const limit = (count: number) => run('prlimit', ['--pid', String(acme.pid), `--nofile=${count}:${PLENTY}`])
  const { pid } = acme
  await acme.deliver(report(1))
  await acme.submission.waitForCount(3)

  // It must start another child now, and connect anew.
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1')
  for (const child of children.split(' ').filter(Boolean)) process.kill(Number(child), 'SIGKILL')
  await acme.dovecot.halt()
  await acme.dovecot.start()
  assert.equal((await limit(FEW)).code, 0)
  for (const n of [2, 3, 4]) await acme.deliver(report(n))
  await pause(A_WHILE)
  assert.ok((await acme.dovecot.list('security', DONE)).length <= (await inboundOf(acme)).length)
  assert.equal((await limit(PLENTY)).code, 0)
  await acme.dovecot.waitForCount('security', DONE, 4, 60_000)
  await acme.submission.waitForCount(12, 60_000)
  await allAreReports(acme, 4)
  assert.equal(acme.pid, pid)
  await checkInvariants(acme, { canaries: [CANARY] })
})

test('a real disk that is full, or out of inodes, stops nothing for good', { skip }, async t => {
  const acme = await Installation.make(t)
  const data = join(acme.folder, 'data')
  rmSync(data, { recursive: true })
  const done = await onSmallDisk(data, `size=48m,nr_inodes=${INODES}`, () => outlastShortage(t, acme, data))
  if (done) return
  acme.examined = true
  t.skip('this user may not mount')
})

async function outlastShortage(t: TestContext, acme: Installation, data: string): Promise<void> {
  const ballast = (name: string, octets: number) => {
    try {
      writeFileSync(join(data, name), Buffer.alloc(octets), { mode: 0o600 })
    } catch {
      // As much of it as there is room for.
    }
  }
  const take = (what: 'inodes' | 'room') => {
    if (what === 'room') ballast('ballast', LARGEST)
    else for (let i = 0; i < INODES; i += 1) ballast(`ballast-${i}`, 0)
  }
  const giveBack = () => {
    for (const name of readdirSync(data)) if (name.startsWith('ballast')) rmSync(join(data, name))
  }

  await t.test('without inodes it does not start, and says why', async () => {
    take('inodes')
    const refused = await acme.cli('once')
    assert.equal(refused.code, FAILED, refused.problem)
    assert.match(refused.problem, /cannot be written \(.*\): look after the disk/)
    giveBack()
  })

  await acme.start()
  const { pid } = acme
  await acme.deliver(report(1))
  await acme.submission.waitForCount(3)
  let reports = 1
  for (const what of ['room', 'inodes'] as const)
    await t.test(`without ${what} nothing is filed that is not stored; then it goes on`, async () => {
      take(what)
      for (const last = reports + REPORTS; reports < last; reports += 1)
        await acme.deliver(report(reports + 1))
      await pause(A_WHILE)
      assert.ok((await acme.dovecot.list('security', DONE)).length <= (await inboundOf(acme)).length)
      giveBack()
      await acme.dovecot.waitForCount('security', DONE, reports)
      await acme.submission.waitForCount(3 * reports)
      await allAreReports(acme, reports)
      assert.equal(acme.pid, pid)
    })
  await acme.logged(/"event":"store-waits"/)
  await acme.logged(/"reason":"disk-failed"/)
  await acme.submission.waitForCount(3 * reports + 2)
  await checkInvariants(acme, { canaries: [CANARY] })
  assert.equal(await acme.stop(), 0)
}
