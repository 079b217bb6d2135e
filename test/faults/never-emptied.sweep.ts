// A mailbox that nobody ever empties, with 200,000 processed mails in it (threats.md G11): a start fetches none of
// them again where the server cannot file mail, and one batch where it refuses to, after what is new. How long it
// takes is told.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { chown, link, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { checkMailbox } from '../../src/receive/mailbox-check.ts'
import { lockFiling, loginTo } from '../receive/watched-mailbox.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { checkInvariants } from '../support/oracle.ts'
import { upTo } from '../support/sweep.ts'
import { until } from '../support/workspace.ts'

const skip = missingDovecot() || missingGnuPG()
const WORDS = 'canary-never-emptied'
const MAILS = upTo(2_000, 200_000)
/** Links to one file; file systems have a limit. */
const LINKS = 20_000
/** Mails that are looked at and filed together. */
const BATCH = 100
const CANNOT_FILE = { capability: 'IMAP4rev1 IDLE LITERAL+' }

const report = (from: string): Buffer =>
  plainMail({ from, to: 'security@acme.example', subject: 'bug', text: `It crashes: ${WORDS}.\n`.repeat(20) })

const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex')

/** What lies in the mailbox lies there so many times more. */
async function fillMailbox({ dovecot }: Installation): Promise<void> {
  const inbox = dovecot.maildir('security')
  const [name = ''] = await readdir(join(inbox, 'cur'))
  const octets = await readFile(join(inbox, 'cur', name))
  const { uid, gid } = await stat(inbox)
  let source = ''
  for (let i = 0; i < MAILS; i += 1) {
    const path = join(inbox, 'cur', `1600000000.M${String(i).padStart(6, '0')}.loopback:2,`)
    if (i % LINKS > 0) await link(source, path)
    else {
      await writeFile(path, octets, { mode: 0o600 })
      await chown(path, uid, gid)
      source = path
    }
  }
}

/** The store knows each as settled, with its octets and its row of the audit chain. */
function fillStore({ folder }: Installation): void {
  const database = new DatabaseSync(join(folder, 'data', 'embargod.db'))
  const last = database.prepare('SELECT seq, at, hash FROM audit ORDER BY seq DESC LIMIT 1').get() ?? {}
  const insert = database.prepare(
    `INSERT INTO inbound (source, mailbox, uid_validity, uid, sha256, size, received_at, outcome, reason, settled_at)
     SELECT source, mailbox, uid_validity, uid + :more, :digest, size, received_at, 'bounce', 'bounce', settled_at
     FROM inbound WHERE id = 1`,
  )
  const raw = database.prepare('INSERT INTO raw_mail SELECT ?, octets FROM raw_mail WHERE inbound = 1')
  const audit = database.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)')
  database.exec('BEGIN')
  let previous = String(last['hash'])
  for (let more = 1; more <= MAILS; more += 1) {
    const digest = sha256(`mail ${more}`)
    raw.run(insert.run({ more, digest }).lastInsertRowid)
    const row = [
      Number(last['seq']) + more,
      Number(last['at']),
      'settled',
      JSON.stringify({ sha256: digest }),
      sha256(''),
      previous,
    ]
    previous = sha256(JSON.stringify(row))
    audit.run(...row, previous)
  }
  database.exec('COMMIT')
  database.close()
}

/** How many mails a start behind a new one fetches, and of how many it asks for the size. */
async function startBehind(t: TestContext, acme: Installation, proxy: FaultProxy, from: string) {
  await acme.deliver(report(from))
  const [began, sent] = [performance.now(), acme.submission.mails.length]
  proxy.requests = ''
  await acme.start()
  await acme.submission.waitFor(({ to }) => to.includes(from))
  t.diagnostic(`acknowledged ${Math.round(performance.now() - began)} ms after the start, of ${MAILS} mails`)
  // The report, to each admin.
  await acme.submission.waitForCount(sent + 3)
  // The look is over.
  while (!/ IDLE\r\n/.test(proxy.requests)) await pause(5)
  assert.equal(await acme.stop(), 0)
  const fetches = [...proxy.requests.matchAll(/UID FETCH ([0-9,:]+) \((.*)\r\n/g)]
  const mailsOf = (item: string) =>
    fetches.flatMap(([, uids = '', items = '']) => (items.includes(item) ? uids.split(/[,:]/) : [])).length
  return { fetched: mailsOf('BODY.PEEK'), sized: mailsOf('RFC822.SIZE') }
}

test('a mailbox that is never emptied is not read again', { skip, timeout: 600_000 }, async t => {
  const acme = await Installation.make(t)
  const { dovecot, submission } = acme
  const proxy = await until(t, new FaultProxy(dovecot.imapPort).listen())
  await acme.edit(text => text.replace(`port: ${dovecot.imapPort}`, `port: ${proxy.port}`))
  await dovecot.halt()
  await dovecot.start(CANNOT_FILE)
  await acme.deliver(report('first@plain.example'))
  const once = await acme.cli('once')
  assert.equal(once.code, 0, once.problem)
  await checkInvariants(acme, { canaries: [WORDS], filing: 'refused' })
  const sent = submission.mails.length
  await fillMailbox(acme)
  fillStore(acme)
  // Who comes first after so many waits until the server has numbered them.
  const numbered = await checkMailbox(loginTo(dovecot))
  assert.ok(numbered.kind === 'ok' && numbered.mails === MAILS + 1)

  await t.test('on a server that cannot file mail', async t => {
    assert.deepEqual(await startBehind(t, acme, proxy, 'second@plain.example'), { fetched: 1, sized: 1 })
  })

  await t.test('on a server that refuses to', async t => {
    await dovecot.halt()
    await lockFiling(dovecot)
    await dovecot.start()
    const { fetched, sized } = await startBehind(t, acme, proxy, 'third@plain.example')
    assert.ok(fetched >= 1 && fetched <= 1 + BATCH, `${fetched} mails were fetched`)
    assert.ok(sized <= 1 + BATCH, `${sized} mails were looked at`)
  })

  assert.equal(submission.mails.length, sent + 6)
})
