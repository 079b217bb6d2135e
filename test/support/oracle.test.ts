// Breaks one invariant after the other by hand: an oracle that finds nothing wrong must be able to find it.
import assert from 'node:assert/strict'
import { copyFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import nodemailer from 'nodemailer'
import { readAudit } from './audit.ts'
import { missingDovecot } from './dovecot.ts'
import { missingGnuPG } from './gpg.ts'
import { Installation } from './installation.ts'
import { plainMail } from './mail.ts'
import { checkInvariants } from './oracle.ts'

const skip = missingDovecot() || missingGnuPG()

test('the oracle finds each invariant broken, and none where all is well', { skip }, async t => {
  const canary = 'canary-0b6cf28a51f0'
  const acme = await Installation.make(t)
  const { submission, folder } = acme
  const check = () => checkInvariants(acme, { canaries: [canary] })
  await acme.start()
  const report = {
    from: 'quinn@plain.example',
    to: 'security@acme.example',
    subject: canary,
    text: `${canary}\n`,
  }
  await acme.deliver(plainMail(report))
  await submission.waitForCount(3)
  const database = join(folder, 'data', 'embargod.db')

  await t.test('all is well', check)

  await t.test('a word in the log, or in a temporary file', async () => {
    acme.log.push(canary)
    await assert.rejects(check, /I2: a canary got out/)
    acme.log.pop()
    const spooled = join(acme.temporary, 'spooled')
    await writeFile(spooled, Buffer.from(`x${canary}`).toString('base64'))
    await assert.rejects(check, /I2: a canary got out/)
    await writeFile(spooled, 'harmless')
    await assert.rejects(check, /I2: a temporary file was left/)
    await rm(spooled)
  })

  await t.test('a daemon that died', async () => {
    acme.deaths.push('ended with SIGSEGV')
    await assert.rejects(check, /I5/)
    acme.deaths.pop()
    await check()
  })

  await t.test('a mail that nobody classed', async () => {
    assert.equal(await acme.stop(), 0)
    await check()
    await acme.deliver(plainMail({ ...report, subject: 'another' }))
    await assert.rejects(check, /I1: mails in the mailbox/)
    await acme.start()
    await submission.waitForCount(6)
    await check()
  })

  await t.test('a row of the audit changed, taken out, or without its journal', async () => {
    const changes = [
      "UPDATE audit SET ids = replace(ids, 'outsider', 'operator') WHERE seq = 1",
      'UPDATE audit SET at = at + 1 WHERE seq = 2',
      'DELETE FROM audit WHERE seq = 2',
      'DELETE FROM journal WHERE seq = 1',
      'UPDATE journal SET body = zeroblob(length(body)) WHERE seq = 1',
    ]
    assert.equal(await acme.stop(), 0)
    for (const change of changes) {
      const copy = join(folder, 'copy.db')
      await copyFile(database, copy)
      const connection = new DatabaseSync(copy)
      connection.exec('PRAGMA foreign_keys = OFF')
      for (const { name } of connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .all())
        connection.exec(`DROP TRIGGER ${name}`)
      assert.equal(readAudit(copy).length, readAudit(database).length)
      connection.exec(change)
      connection.close()
      assert.throws(() => readAudit(copy), /audit (?:row|chain)|journal/, change)
      await rm(copy)
    }
  })

  await t.test('a mail that is not in the audit, and one for two', async () => {
    const transport = nodemailer.createTransport({
      host: submission.host,
      port: submission.port,
      ignoreTLS: true,
    })
    const send = (...to: readonly string[]) =>
      transport.sendMail({
        envelope: { from: 'security@acme.example', to: [...to] },
        raw: `To: ${to.join(', ')}\r\nMessage-ID: <strange@acme.example>\r\n\r\nx\r\n`,
      })
    await send('one@distro.example')
    await assert.rejects(check, /I3: a mail without an audit row/)
    await send('one@distro.example', 'two@distro.example')
    await assert.rejects(check, /I4: recipients/)
  })
})
