// A notice whose instant passed while nothing ran: the next start sends it, but not before the mail that waited
// meanwhile was settled, for a `cancel` may be among it (threats.md H11). One that cannot be made keeps no other.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { readAudit } from '../support/audit.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { planNotice, secondAhead, type Wanted } from '../support/notices.ts'
import { checkInvariants } from '../support/oracle.ts'

const skip = missingDovecot() || missingGnuPG()
const SECURITY = 'security@acme.example'
const COMMAND = 'security+cmd@acme.example'
/** Mails that wait besides. */
const BACKLOG = 20

test('a notice that is late goes when the mailbox is settled, unless it is cancelled there', {
  skip,
}, async t => {
  const acme = await Installation.make(t)
  const contact = await acme.person('Contact', 'oncall@one.example')
  assert.equal((await acme.importMember(contact, 'Distro One')).code, 0)
  await acme.start()
  const report = (n: number) =>
    acme.deliver(plainMail({ from: `r${n}@x.example`, to: SECURITY, subject: 's', text: `Bug ${n}.\n` }))
  await report(0)
  const first = await acme.mailTo(acme.alice, 2)
  const [theCase = ''] = /C-[0-9]{6}/.exec(first.text) ?? []

  const sendAt = secondAhead(acme, 10_000)
  const plan = async (text: string, more: Partial<Wanted> = {}) => {
    const planned = await planNotice(acme, acme.alice, { case: theCase, sendAt, text, ...more })
    const before = acme.log.filter(line => line.includes('carried-out')).length
    await acme.deliver(planned.confirm)
    await acme.logged(/carried-out/, before + 1)
    return planned.notice
  }
  const attachments = [{ fileName: 'fix.patch', content: 'diff\n' }]
  const broken = await plan('canary-broken', { sendAt: sendAt - 1_000, attachments })
  const [going, cancelled] = [await plan('canary-going'), await plan('canary-cancelled')]
  assert.ok(Date.now() < sendAt, 'the machine was too slow for this test')
  assert.equal(await acme.stop(), 0)

  assert.equal(plansKept(acme), 3)
  loseFilesOf(acme, broken)
  for (let n = 1; n <= BACKLOG; n += 1) await report(n)
  await acme.deliver(
    await gpgMimeSigned(acme.alice, { to: COMMAND, text: `embargod acme\ncancel ${cancelled}\n` }),
  )
  await pause(Math.max(0, sendAt - Date.now() + 1))

  const once = await acme.cli('once')
  assert.equal(once.code, 0, once.problem)
  const copies = await acme.inboxOf(contact)
  assert.deepEqual(
    copies.map(copy => [/N-[0-9]{6}/.exec(copy.outerSubject ?? '')?.[0], copy.text.includes('canary-going')]),
    [[going, true]],
  )
  const reasons = readAudit(join(acme.folder, 'data', 'embargod.db')).map(({ ids }) => ids['reason'])
  assert.equal(reasons.filter(reason => reason === 'new-case').length, BACKLOG + 1)
  assert.ok(reasons.lastIndexOf('carried-out') < reasons.indexOf('notice-released'))

  // Each could be confirmed until the instant of its notice.
  assert.equal(plansKept(acme), 0)

  const waits = (await acme.inboxOf(acme.bob)).filter(({ text }) => text.includes('is due and has not gone'))
  assert.deepEqual(
    waits.map(({ text }) => text.includes(broken)),
    [true],
  )
  await checkInvariants(acme, { canaries: ['canary-broken', 'canary-going', 'canary-cancelled'] })
})

function plansKept(acme: Installation): number {
  const database = new DatabaseSync(join(acme.folder, 'data', 'embargod.db'), { readOnly: true })
  try {
    return Number(database.prepare('SELECT count(*) AS kept FROM plans').get()?.['kept'])
  } finally {
    database.close()
  }
}

/** As a failing disk might: the copies of a notice are gone, and so is what they could be made from. */
function loseFilesOf(acme: Installation, notice: string): void {
  const database = new DatabaseSync(join(acme.folder, 'data', 'embargod.db'))
  try {
    database.prepare('DELETE FROM outbox WHERE notice_id = ?').run(notice)
    database.exec('DELETE FROM blobs')
  } finally {
    database.close()
  }
}
