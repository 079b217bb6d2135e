// A flood of reports at the security address (threats.md F10): a signed command that comes behind it runs within
// a minute, and the daemon answers all the while.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { checkInvariants } from '../support/oracle.ts'
import type { ReadMail } from '../support/outgoing.ts'
import { upTo } from '../support/sweep.ts'

const COMMAND = 'security+cmd@acme.example'
const FLOOD = upTo(40, 2_000)
const CANARY = 'canary-5e1d'
const MINUTE = 60_000

test('a signed command runs within a minute of its arrival behind a flood of reports', {
  skip: missingDovecot() || missingGnuPG(),
}, async t => {
  const acme = await Installation.make(t)
  await acme.start()
  const report = (n: number) => {
    const from = `someone${n}@flood.example`
    return acme.deliver(
      plainMail({ from, to: 'security@acme.example', subject: `no ${n}`, text: `${CANARY}\n` }),
    )
  }
  await report(0)
  const [theCase = ''] = /C-[0-9]{6}/.exec((await acme.mailTo(acme.alice, 1)).text) ?? []
  await acme.stop()

  for (let n = 1; n <= FLOOD; n += 1) await report(n)
  const text = `embargod acme\ntake ${theCase}\n`
  await acme.deliver(await gpgMimeSigned(acme.alice, { to: COMMAND, text }))
  const arrived = Date.now()
  await acme.start()
  await acme.logged(/carried-out/)
  assert.ok(Date.now() - arrived < MINUTE, `it took ${Date.now() - arrived} ms`)
  // One of the flood before it at most, by turns, and few more until its answer is out.
  const started = acme.log.findLastIndex(line => line.includes('"event":"started"'))
  const settled = acme.log.slice(started).filter(line => line.includes('"event":"settled"'))
  const before = settled.findIndex(line => line.includes('carried-out'))
  assert.ok(before <= FLOOD / 3, `${before} mails were settled first`)
  assert.ok(settled.length < FLOOD, 'the flood was over already: it was too small for this test')

  const asked = Date.now()
  assert.equal((await acme.cli('status')).code, 0)
  assert.ok(Date.now() - asked < 10_000 + acme.slowestStart, `status took ${Date.now() - asked} ms`)

  // One that comes while the flood is being worked on.
  await acme.deliver(
    await gpgMimeSigned(acme.bob, { to: COMMAND, text: `embargod acme\naccept ${theCase}\n` }),
  )
  const then = Date.now()
  await acme.logged(/carried-out/, 2)
  assert.ok(Date.now() - then < MINUTE, `it took ${Date.now() - then} ms`)

  // What she changes so soon after is kept, and waits for its time even while no daemon runs.
  const kept = `embargod acme\nnote ${theCase} <<\n${CANARY}\n.\n`
  await acme.deliver(await gpgMimeSigned(acme.alice, { to: COMMAND, text: kept }))
  await acme.logged(/carried-out/, 3)

  // In steps, since each is waited for no longer than what should happen at once.
  for (let n = 0; n < FLOOD; n += 20) await acme.logged(/"reason":"new-case/, n + 1)
  await acme.logged(/"reason":"new-case/, FLOOD + 1)
  await acme.kill()
  const bobs = () => acme.submission.mails.filter(({ to }) => to.includes(acme.bob.address)).length
  const isTold = ({ text: words }: ReadMail) => words.includes(`alice: A note is kept with ${theCase}`)
  assert.equal((await acme.inboxOf(acme.bob)).filter(isTold).length, 0)
  tenMinutesPass(acme)
  let position = bobs() + 1
  await acme.start()
  while (!isTold(await acme.mailTo(acme.bob, position))) position += 1
  await acme.stop()
  tenMinutesPass(acme)
  await acme.start()
  await acme.stop()
  assert.equal((await acme.inboxOf(acme.bob)).filter(isTold).length, 1)
  await checkInvariants(acme, { canaries: [CANARY] })
})

/** As far as what was told of changes goes. */
function tenMinutesPass(acme: Installation): void {
  const database = new DatabaseSync(join(acme.folder, 'data', 'embargod.db'))
  try {
    database.exec('UPDATE changes_told SET at = at - 600000')
  } finally {
    database.close()
  }
}
