// A disk that is full, failing or read-only, from the n-th write on (threats.md J04): nothing is filed that is
// not stored, nothing is lost or done twice, nothing is disclosed without room for its ledger, and the same
// process goes on when the disk is well. EMBARGOD_DISK=n tries every n-th write of the path, the errors in turn.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Ledger } from '../scenario/ledger.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { type DiskError, HostFaults, missingCompiler } from '../support/host-faults.ts'
import { Installation } from '../support/installation.ts'
import { planNotice, secondAhead } from '../support/notices.ts'
import { checkInvariants } from '../support/oracle.ts'
import { outlastFutureRows, outlastJump } from './clock-jumps.ts'
import { DAMAGES, MORE_DAMAGES, refuseDamages } from './damage.ts'

const skip = missingDovecot() || missingGnuPG() || missingCompiler()
const step = process.env['EMBARGOD_DISK']
/** Writes of a fan-out to one contact, about. */
const FAN_OUT = 30
/** Writes of the first start of all. */
const FIRST_START = 100
const NOTICE = 'canary-notice-d15c'
const ERRORS: readonly DiskError[] = ['ENOSPC', 'EIO', 'EROFS', 'ENOMEM']
const inTurn = (i: number): DiskError => ERRORS[i % ERRORS.length] ?? 'EIO'
/** Log lines of a fault that the daemon noticed. */
const NOTICED = /"event":"(?:store-waits|settle-failed|dispatch-waits|release-failed|alert-failed)"/
const PATIENCE = 45_000
/** A fault that is noticed is noticed by then; one of a mere checkpoint is not. */
const LONG_ENOUGH = 1_500

type State = { readonly stored: ReadonlySet<string>; readonly open: number; readonly underWay: number }

/** What the database has on disk, read by SQLite alone. */
function stateOf(acme: Installation): State {
  const database = new DatabaseSync(join(acme.folder, 'data', 'embargod.db'), { readOnly: true })
  try {
    const count = (sql: string) => Number(Object.values(database.prepare(sql).get() ?? {})[0])
    const stored = database.prepare("SELECT sha256 FROM inbound WHERE source = 'imap'").all()
    return {
      stored: new Set(stored.map(row => String(row['sha256']))),
      open: count('SELECT count(*) FROM inbound WHERE settled_at IS NULL'),
      underWay: count("SELECT count(*) FROM outbox WHERE state IN ('ready', 'sending')"),
    }
  } finally {
    database.close()
  }
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE; !(await holds()); await pause(20))
    assert.ok(Date.now() < end, `never: ${what}`)
}

async function filedIsStored(acme: Installation): Promise<void> {
  const { stored } = stateOf(acme)
  for (const { octets } of await acme.dovecot.list('security', ['embargod', 'done'])) {
    const served = octets.toString('latin1').replace(/\r?\n/g, '\r\n')
    const sha256 = createHash('sha256').update(served, 'latin1').digest('hex')
    assert.ok(stored.has(sha256), 'a mail was filed that is not stored')
  }
}

/** 1, 1 + step, … up to `last`. */
const stepping = (last: number, step: number): readonly number[] =>
  Array.from({ length: Math.ceil(last / step) }, (_, n) => 1 + n * step)

async function childrenOf(pid = 0): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1')
  return children.split(' ').filter(Boolean).map(Number)
}

const noticed = (acme: Installation): number => acme.log.filter(line => NOTICED.test(line)).length

test('a failing disk, a clock that jumps and a damaged store lose nothing and send nothing early', {
  skip,
}, async t => {
  const acme = await Installation.make(t)
  // A sweep has more reports than strangers of one domain are answered in a day.
  await acme.edit(text => text.replace(/^( *)#?(acknowledgementsPerDomainAndDay): 50/m, '$1$2: 1000'))
  const host = await HostFaults.make(t, join(acme.folder, 'data'))
  const contact = await acme.person('Contact', 'oncall@one.example')
  const imported = await acme.importMember(contact, 'Distro')
  assert.equal(imported.code, 0, imported.problem)
  await acme.start(host.environment)
  const { pid } = acme
  const ledger = new Ledger(acme)
  await ledger.open()

  let mails = 1
  const settled = () =>
    until('all settled and sent', () => {
      const { stored, open, underWay } = stateOf(acme)
      return stored.size >= mails && open === 0 && underWay === 0
    })
  const deliver = async () => {
    mails += 1
    await (mails % 2 === 0 ? ledger.report() : ledger.command())
  }
  /** The fault has been there long enough to do harm; the disk gets well. */
  const overcome = async (before: number) => {
    const end = Date.now() + LONG_ENOUGH
    while (noticed(acme) === before && Date.now() < end) await pause(20)
    await filedIsStored(acme)
    await host.well()
  }

  await settled()
  const start = await host.counted()
  await deliver()
  await settled()
  await acme.dovecot.waitForCount('security', ['embargod', 'done'], mails)
  const path = (await host.counted()) - start
  t.diagnostic(`${path} writes from a report's arrival to its mails' acceptance`)
  assert.ok(path > 20)

  const some = [0.02, 0.3, 0.6].map(share => Math.ceil(share * path))
  const points = step === undefined ? some : stepping(path, Number(step))
  let failed = 0
  for (const [i, write] of points.entries()) {
    const error = inTurn(i)
    await t.test(`${error} from write ${write} on`, async () => {
      await settled()
      const [refused, before] = [await host.refused(), noticed(acme)]
      await host.failAt(write, error)
      await deliver()
      await overcome(before)
      await settled()
      failed += Math.min(1, (await host.refused()) - refused)
    })
  }
  assert.ok(failed > points.length / 2, 'too few of the writes failed')

  await t.test('admins are told', async () => {
    await acme.logged(/"reason":"disk-failed"/)
    await settled()
    const told = (await acme.inboxOf(acme.bob)).filter(({ text }) =>
      text.includes('could not be written from'),
    )
    assert.equal(told.length, 1)
  })

  const copies = () => acme.submission.mails.filter(({ to }) => to.includes(contact.address))
  const schedule = async (): Promise<number> => {
    const sendAt = secondAhead(acme, 3_000)
    const plan = { case: ledger.baseCase, sendAt, text: NOTICE }
    const { notice, confirm } = await planNotice(acme, acme.bob, plan)
    const before = acme.log.filter(line => line.includes('carried-out')).length
    await acme.deliver(confirm)
    await acme.logged(/carried-out/, before + 1)
    ledger.notice(notice, sendAt)
    mails += 2
    await until('the copy is made', () => stateOf(acme).underWay === 1)
    assert.ok(Date.now() < sendAt, 'the machine was too slow for this test')
    return sendAt
  }

  await t.test('nothing is disclosed while its ledger has no room, and it goes when there is', async () => {
    const sendAt = await schedule()
    await host.failAt(1_000_000, 'ENOSPC')
    // Told at the instant, whether or not the last look ahead of it fell into the fault.
    const isTold = (line: string) =>
      line.includes('"reason":"notice-waits"') && Date.parse(JSON.parse(line).at) >= sendAt
    await until('told at its instant', () => acme.log.some(isTold))
    assert.equal(copies().length, 0)
    await host.well()
    await settled()
    assert.equal(copies().length, 1)
    const told = (await acme.inboxOf(acme.bob)).filter(({ text }) =>
      /has not gone out.*no\s+room\s+left/s.test(text),
    )
    assert.equal(told.length, 1)
  })

  for (const write of step === undefined ? [] : stepping(FAN_OUT, Number(step)))
    await t.test(`EIO from write ${write} after the instant on`, async () => {
      const sent = copies().length
      const sendAt = await schedule()
      await pause(Math.max(0, sendAt - Date.now() - 20))
      const before = noticed(acme)
      await host.failAt(write, 'EIO')
      await overcome(before)
      await settled()
      assert.equal(copies().length, sent + 1)
    })

  await t.test('in the end everything is there, once, by the same process', async () => {
    await settled()
    assert.equal(acme.pid, pid)
    assert.equal((await ledger.compare([contact])).due, undefined)
  })

  await t.test('a notice waits out a clock that jumped, restarts included', async () => {
    const scene = { acme, host, contact, theCase: ledger.baseCase, text: NOTICE }
    await outlastJump(scene)
    if (step !== undefined) await outlastFutureRows(scene)
  })

  await t.test('J06 a second daemon on the same data directory ends at once and sends nothing', async () => {
    const sent = acme.submission.attempts.length
    const second = await acme.cli('run')
    assert.equal(second.code, 75)
    assert.match(second.problem, /^[^\n]+\n?$/)
    assert.equal(acme.submission.attempts.length, sent)
  })

  await t.test('J08 the loss of the child that reads mail costs no mail', async () => {
    for (const child of await childrenOf(acme.pid)) process.kill(child, 'SIGKILL')
    const cases = acme.log.filter(line => line.includes('new-case')).length
    await ledger.report()
    await acme.logged(/"reason":"new-case"/, cases + 1)
  })

  await settled()
  await checkInvariants(acme, { canaries: [NOTICE] })

  await t.test('J03 SIGHUP ends it in order, as SIGTERM does', async () => {
    const started = performance.now()
    assert.equal(await acme.stop('SIGHUP'), 0)
    assert.ok(performance.now() - started < 10_000)
  })

  await refuseDamages(t, acme, step === undefined ? DAMAGES : [...DAMAGES, ...MORE_DAMAGES])

  const data = join(acme.folder, 'data')
  const starts = step === undefined ? [] : stepping(FIRST_START, Number(step))
  for (const [i, write] of starts.entries()) {
    const error = inTurn(i)
    await t.test(
      `a first start with ${error} from write ${write} on says so, and the next works`,
      async () => {
        rmSync(data, { recursive: true })
        await host.failAt(write, error)
        const lines = acme.log.length
        const refused = await acme.start(host.environment).then(
          () => false,
          () => true,
        )
        await host.well()
        assert.doesNotMatch(acme.log.slice(lines).join('\n'), /^\s+at |restore a backup/m)
        if (refused) {
          await acme.start(host.environment)
          assert.equal(await acme.stop(), 0)
        } else await acme.kill()
      },
    )
  }
})
