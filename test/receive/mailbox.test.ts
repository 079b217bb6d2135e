import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ImapFlow } from 'imapflow'
import { checkMailbox } from '../../src/receive/mailbox-check.ts'
import { loopbackCertificate } from '../support/certificate.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { ScriptedImap } from './scripted-imap.ts'
import {
  DONE,
  LIMIT,
  lockFiling,
  loginTo,
  mailNo,
  ODD,
  openDovecot,
  unlock,
  WAIT,
  watch,
} from './watched-mailbox.ts'

const skip = missingDovecot()

test('mail that waits and mail that arrives is stored octet for octet and then filed', { skip }, async t => {
  const dovecot = await openDovecot(t)
  await dovecot.deliver('security', ODD)
  await dovecot.deliver('security', mailNo(1))
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  mailbox.start()
  await ledger.until(() => ledger.happened.includes('settled'))
  assert.deepEqual(ledger.octets, [ODD, mailNo(1)])
  assert.deepEqual(ledger.happened.slice(0, 2), ['connected', 'settled'])
  await dovecot.waitForCount('security', DONE, 2)
  await dovecot.deliver('security', mailNo(2))
  const filed = await dovecot.waitForCount('security', DONE, 3)
  await ledger.until(() => ledger.settledMails === 3)
  assert.deepEqual(ledger.octets, [ODD, mailNo(1), mailNo(2)])
  assert.deepEqual(
    filed.map(mail => [mail.octets, mail.flags]),
    [ODD, mailNo(1), mailNo(2)].map(octets => [octets, '']),
  )
  assert.deepEqual(await dovecot.list('security'), [])
})

test('mail is filed only when it is stored, and stays if storing fails', { skip }, async t => {
  const dovecot = await openDovecot(t)
  await dovecot.deliver('security', mailNo(1))
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  const asked = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  ledger.storing = async () => {
    asked.resolve()
    await release.promise
    ledger.storing = async () => undefined
    throw new Error('disk full')
  }
  mailbox.start()
  await asked.promise
  assert.equal((await dovecot.list('security')).length, 1)
  release.resolve()
  await dovecot.waitForCount('security', DONE, 1)
  assert.deepEqual(ledger.octets, [mailNo(1)])
  assert.deepEqual(
    ledger.happened.filter(event => event !== 'settled'),
    ['connected', 'lost', 'connected'],
  )
})

test('a mail that was stored but not filed is filed, and not stored again', { skip }, async t => {
  const dovecot = await openDovecot(t)
  await dovecot.deliver('security', mailNo(1))
  const report = await checkMailbox(loginTo(dovecot))
  assert.ok(report.kind === 'ok')
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  ledger.knows({ mailbox: 'INBOX', uidValidity: report.uidValidity, uid: 1 }, mailNo(1))
  await dovecot.deliver('security', mailNo(2))
  mailbox.start()
  await dovecot.waitForCount('security', DONE, 2)
  assert.deepEqual(ledger.octets, [mailNo(2)])
})

test('after the server was away everything that came meanwhile is taken in', { skip }, async t => {
  const dovecot = await openDovecot(t)
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  mailbox.start()
  await ledger.until(() => ledger.happened.includes('settled'))
  await dovecot.halt()
  await ledger.until(() => ledger.times('lost') >= 3)
  await dovecot.deliver('security', mailNo(1))
  await unlock(dovecot)
  await dovecot.start()
  await dovecot.waitForCount('security', DONE, 1)
  assert.deepEqual(ledger.octets, [mailNo(1)])
  assert.equal(ledger.times('connected'), 2)
})

test('after a new UIDVALIDITY no mail is taken for another with its number', { skip }, async t => {
  const dovecot = await openDovecot(t)
  // Mail that cannot be filed stays, and is numbered anew.
  const locked = await lockFiling(dovecot)
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  await dovecot.deliver('security', mailNo(1))
  await dovecot.deliver('security', mailNo(2))
  mailbox.start()
  await ledger.until(() => ledger.settledMails === 2)
  assert.ok(ledger.logged.includes('filing-failed'))
  await dovecot.halt()
  const [first] = await dovecot.list('security')
  assert.ok(first)
  await dovecot.renewUidValidity('security')
  await locked.open()
  await unlock(dovecot)
  await dovecot.start()
  await dovecot.waitForCount('security', DONE, 2)
  const [before, after] = [ledger.stored.slice(0, 2), ledger.stored.slice(2)]
  assert.deepEqual(
    after.map(mail => [mail.uid, mail.octets]),
    before.map(mail => [mail.uid, mail.octets]),
  )
  assert.equal(new Set(ledger.stored.map(mail => mail.uidValidity)).size, 2)
})

test('a filing mailbox that cannot be written to loses nothing, and is tried again', { skip }, async t => {
  const dovecot = await openDovecot(t)
  const locked = await lockFiling(dovecot)
  await dovecot.deliver('security', mailNo(1))
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  mailbox.start()
  await ledger.until(() => ledger.happened.includes('settled'))
  assert.deepEqual(
    ledger.logged.filter(event => event !== 'mailbox-connected'),
    ['filing-failed'],
  )
  assert.deepEqual(ledger.filings, ['refused'])
  assert.equal((await dovecot.list('security')).length, 1)
  await locked.open()
  mailbox.poll()
  await dovecot.waitForCount('security', DONE, 1)
  assert.equal(ledger.stored.length, 1)
  assert.equal(ledger.times('connected'), 1)
})

test('a mail over the limit gives its header and stays, and holds up no other', { skip }, async t => {
  const dovecot = await openDovecot(t)
  const header = 'Subject: large\r\nX-Long: x\r\n\r\n'
  await dovecot.deliver('security', header + 'x'.repeat(LIMIT))
  const largest = Buffer.from('Subject: y\r\n\r\n'.padEnd(LIMIT - 2, 'y').concat('\r\n'))
  await dovecot.deliver('security', largest)
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  mailbox.start()
  await dovecot.waitForCount('security', DONE, 1)
  await ledger.until(() => ledger.settledMails === 1)
  assert.deepEqual(ledger.octets, [largest])
  const [mail] = ledger.oversize
  assert.equal(Buffer.from(mail?.header ?? []).toString(), header)
  assert.equal(mail?.size, header.length + LIMIT)
  await dovecot.halt()
  await unlock(dovecot)
  await dovecot.start()
  await ledger.until(() => ledger.times('settled') >= 2 && ledger.times('connected') === 2)
  assert.equal(ledger.oversize.length, 1)
  assert.equal((await dovecot.list('security')).length, 1)
})

test('a full mailbox is taken in in order, in more than one batch', { skip }, async t => {
  const dovecot = await openDovecot(t)
  const all = Array.from({ length: 230 }, (_, n) => mailNo(n))
  for (const mail of all) await dovecot.deliver('security', mail)
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  mailbox.start()
  await dovecot.waitForCount('security', DONE, all.length, WAIT)
  assert.deepEqual(ledger.octets, all)
  const uids = ledger.stored.map(mail => mail.uid)
  assert.deepEqual(
    uids,
    uids.toSorted((a, b) => a - b),
  )
})

test('G08 mail that others have read or marked as deleted is taken in all the same', { skip }, async t => {
  const dovecot = await openDovecot(t)
  await dovecot.deliver('security', mailNo(1))
  await dovecot.deliver('security', mailNo(2))
  const auth = { user: 'security', pass: dovecot.password }
  const { host, imapPort } = dovecot
  const other = new ImapFlow({ host, port: imapPort, doSTARTTLS: false, auth, logger: false })
  await other.connect()
  await other.mailboxOpen('INBOX')
  await other.messageFlagsAdd('1', ['\\Seen'])
  await other.messageFlagsAdd('2', ['\\Deleted'])
  await other.logout()
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  mailbox.start()
  const filed = await dovecot.waitForCount('security', DONE, 2)
  assert.deepEqual(ledger.octets, [mailNo(1), mailNo(2)])
  assert.deepEqual(
    filed.map(mail => mail.flags),
    ['S', 'T'],
  )
})

test('a refused login is repeated only after its own wait, whatever polls', { skip }, async t => {
  const dovecot = await openDovecot(t)
  const wrong = loginTo(dovecot, { password: { open: () => 'wrong' } })
  const patient = watch(t, wrong, { waits: { first: 1, longest: 2, afterRefusedLogin: 3_600_000 } })
  patient.mailbox.start()
  await patient.ledger.until(() => patient.ledger.happened.includes('auth-failed'))
  for (let i = 0; i < 5; i += 1) patient.mailbox.poll()
  await patient.mailbox.stop()
  assert.deepEqual(patient.ledger.happened, ['auth-failed'])
})

test('implicit TLS and STARTTLS need a trusted certificate', { skip }, async t => {
  const dovecot = await openDovecot(t)
  const ways = [
    { tls: 'implicit', port: dovecot.imapsPort },
    { tls: 'starttls', port: dovecot.imapPort },
  ] as const
  for (const way of ways) {
    const trustedCertificates = dovecot.certificate.certificate
    assert.equal((await checkMailbox(loginTo(dovecot, { ...way, trustedCertificates }))).kind, 'ok')
    for (const other of [undefined, loopbackCertificate().certificate]) {
      const report = await checkMailbox(loginTo(dovecot, { ...way, trustedCertificates: other }))
      assert.ok(report.kind === 'fault' && report.state === 'lost')
      assert.match(report.reason ?? '', /CERT/)
    }
  }
})

test('check reports the mailbox, or what is wrong by code alone', { skip }, async t => {
  const dovecot = await openDovecot(t)
  await dovecot.deliver('security', mailNo(1))
  const report = await checkMailbox(loginTo(dovecot))
  assert.ok(report.kind === 'ok' && report.uidValidity > 0)
  const { mails, filing, news } = report
  assert.deepEqual([mails, filing, news], [1, 'move', 'idle'])
  const missing = await checkMailbox(loginTo(dovecot, { mailbox: 'Nowhere' }))
  assert.deepEqual(missing, { kind: 'fault', state: 'unusable', reason: 'NONEXISTENT' })
  const refused = await checkMailbox(loginTo(dovecot, { password: { open: () => 'wrong' } }))
  assert.deepEqual(refused, { kind: 'fault', state: 'auth-failed', reason: 'AUTHENTICATIONFAILED' })
  const closed = await new ScriptedImap().listen()
  const { port } = closed
  await closed.close()
  const gone = await checkMailbox(loginTo(dovecot, { port }))
  assert.deepEqual(gone, { kind: 'fault', state: 'lost', reason: 'ECONNREFUSED' })
})
