// Breaks one invariant after the other by hand: an oracle that finds nothing wrong must be able to find it.
import assert from 'node:assert/strict'
import { copyFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import nodemailer from 'nodemailer'
import { readAudit, rewriteAudit } from './audit.ts'
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
      "UPDATE audit SET ids = replace(ids, 'actor', 'author') WHERE seq = 1",
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

  await t.test('who changed something is not who may have', async () => {
    const whole = join(folder, 'whole.db')
    await copyFile(database, whole)
    const changes: readonly (readonly [from: string, to: string])[] = [
      ['"actor":"outsider"', '"actor":"admin"'],
      ['"outcome":"report"', '"outcome":"command"'],
      ['"source":"imap"', '"source":"cli"'],
      ['"sha256":"', '"sha256":"not '],
    ]
    for (const [from, to] of changes) {
      let found = 0
      rewriteAudit(database, row => {
        const ids = String(row['ids'])
        found += ids.includes(from) ? 1 : 0
        return { ...row, ids: ids.replace(from, to) }
      })
      assert.ok(found > 0, from)
      await assert.rejects(check, /I7/, to)
      await copyFile(whole, database)
    }
    await rm(whole)
    await check()
  })

  await t.test('a mail that the audit calls accepted and nobody took', async () => {
    const whole = join(folder, 'whole.db')
    await copyFile(database, whole)
    rewriteAudit(database, row =>
      row['kind'] === 'delivery-accepted'
        ? { ...row, ids: String(row['ids']).replace(/"messageId":"[0-9a-f]/, '"messageId":"x') }
        : row,
    )
    await assert.rejects(check, /I3: audit row [0-9]+ of a mail that never came/)
    await copyFile(whole, database)
    await rm(whole)
  })

  await t.test('too much memory, too much on disk, a word in the environment', async () => {
    await acme.start({ LEAK: canary })
    await assert.rejects(check, /I2: a canary got out/)
    await acme.stop()
    await acme.start()
    const MEGABYTE = 1024 * 1024
    const under = (ceilings: { readonly resident: number; readonly onDisk: number }) =>
      checkInvariants(acme, { canaries: [canary], ceilings })
    await assert.rejects(under({ resident: 20 * MEGABYTE, onDisk: 256 * MEGABYTE }), /I6: process/)
    await assert.rejects(under({ resident: 512 * MEGABYTE, onDisk: 10_000 }), /I6: [0-9]+ octets on disk/)
  })

  await t.test(
    'a mail that is not in the audit, a second copy, and mail that is not for one alone',
    async () => {
      const { host, port } = submission
      const transport = nodemailer.createTransport({ host, port, ignoreTLS: true })
      const [first] = submission.mails
      assert.ok(first !== undefined)
      const known = submission.attempts.length
      const headed = (field: string) => Buffer.concat([Buffer.from(`${field}\r\n`), first.octets])
      const strange = Buffer.from('To: one@distro.example\r\nMessage-ID: <strange@acme.example>\r\n\r\nx\r\n')
      const [one, two] = ['one@distro.example', 'two@distro.example']
      for (const [octets, to, said] of [
        [strange, [one], /I3: a mail without an audit row/],
        [first.octets, first.to, /I3: 2 copies, 0 doubts/],
        [first.octets, [one], /I4: To is the recipient/],
        [headed(`Cc: ${two}`), first.to, /I4/],
        [headed(`Bcc: ${two}`), first.to, /I4/],
        [first.octets, [one, two], /I4: recipients/],
        [openedByTwo(one), [one], /I4: keys that open it/],
        [Buffer.from(`To: ${one}\r\nMessage-ID: <x@acme.example>\r\n\r\n${canary}`), [one], /I2/],
      ] as const) {
        await transport.sendMail({ envelope: { from: 'security@acme.example', to: [...to] }, raw: octets })
        await assert.rejects(check, said)
        submission.forgetFrom(known)
      }
      await check()
    },
  )
})

/** A mail whose message begins with two session keys (RFC 9580 §5.1). */
function openedByTwo(to: string): Buffer {
  const packets = Buffer.from([0xc1, 2, 3, 0, 0xc1, 2, 3, 0, 0xd2, 1, 1])
  const head = `To: ${to}\r\nMessage-ID: <two@acme.example>\r\nContent-Type: multipart/encrypted\r\n`
  const armor = `-----BEGIN PGP MESSAGE-----\r\n\r\n${packets.toString('base64')}\r\n-----END PGP MESSAGE-----\r\n`
  return Buffer.from(`${head}\r\n${armor}`)
}
