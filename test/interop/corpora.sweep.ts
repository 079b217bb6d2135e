// Mail that nobody here wrote, through the mailbox and the running daemon: no machine is ever answered, nearly all of
// them are known for what they are, no broken mail stops anything, none is lost, and people who write about bounces
// are heard (threats.md D01 to D03, D10).
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { corpus, missingCorpora } from '../fuzz/mails.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { checkInvariants, inboundOf } from '../support/oracle.ts'

const skip = missingDovecot() || missingGnuPG() || missingCorpora()
const ADMINS = ['alice@team.example', 'bob@team.example']
const CANARY = 'canary-corpora-5b1f'

/** What people write who met a bounce, or whose report is about bounces; each from an address of their own. */
const people: readonly (readonly [subject: string, text: string, from?: string])[] = [
  ['Undelivered: my report got lost?', 'I got "550 5.1.1 user unknown" when I wrote to you.'],
  [
    'Fwd: Undelivered Mail Returned to Sender',
    'See below.\n\n> This is the mail system at host mx.example.org.\n> <security@acme.example>: host mx said: 550 5.1.1 User unknown',
  ],
  [
    'Re: Delivery Status Notification (Failure)',
    'Why was my mail not delivered? It could not be delivered, it said.',
  ],
  ['Mail delivery failed notices leak addresses', 'A permanent error 5.1.1 shows the recipient.'],
  ['AW: Mail delivery failed: returning message to sender', 'Kam das bei Ihnen an?'],
  [
    'Your server is an open relay',
    'Port 443 answers 503 - and 25 takes mail of anyone.',
    'Postmaster <postmaster@PERSON>',
  ],
  ['Out of office messages allow XSS', 'I am out of office next week, so here it is today.'],
  ['Hole in the auto reply', 'Auto-Submitted: auto-replied in the body is taken for a header.'],
  ['MAILER-DAEMON spoofing', 'From: MAILER-DAEMON can be forged: your mail was not delivered.'],
  ['Vacation responder', 'Your vacation responder answers lists.'],
]

test('the corpora through IMAP', { skip }, async t => {
  const acme = await Installation.make(t)
  await acme.start()
  let settled = 0
  /** Delivers mails and waits until each has its class; the answer is the classes in order, and who was written to. */
  const take = async (mails: readonly Buffer[]) => {
    const sentBefore = acme.submission.mails.length
    for (const octets of mails) await acme.deliver(octets)
    for (const _ of mails) {
      settled += 1
      await acme.logged(/"event":"settled","inbound":/, settled)
    }
    const waiting: readonly { readonly state: string }[] = JSON.parse(
      (await acme.cli('outbox', 'list', '--json')).out,
    )
    await acme.submission.waitForCount(waiting.filter(({ state }) => state !== 'held').length, 60_000)
    const rows = new Map((await inboundOf(acme)).map(row => [row.sha256, row]))
    const classes = mails.map(
      octets => rows.get(createHash('sha256').update(served(octets)).digest('hex'))?.outcome,
    )
    const told = acme.submission.mails.slice(sentBefore).flatMap(({ to }) => to)
    return { classes, strangers: told.filter(to => !ADMINS.includes(to)) }
  }

  await t.test('machines are never answered, and at least 98 of 100 are known', async () => {
    const machines = corpus('machine-mail')
    const { classes, strangers } = await take(machines.map(([, octets]) => octets))
    assert.deepEqual(strangers, [])
    const known = ['bounce', 'report-noack', 'duplicate']
    const taken = machines.filter((_, i) => !known.includes(classes[i] ?? '')).map(([name]) => name)
    assert.ok(machines.length > 300)
    assert.ok(taken.length <= machines.length * 0.02, taken.join(' '))
    assert.ok(!classes.includes(undefined))
  })

  await t.test('broken mail stops nothing, and each has one class', async () => {
    const { classes } = await take(corpus('mime').map(([, octets]) => octets))
    assert.ok(classes.length >= 40)
    assert.ok(classes.every(outcome => outcome !== undefined))
  })

  await t.test('people who write about bounces and answering machines are answered', async () => {
    const mails = people.map(([subject, text, from = 'Quinn <quinn@PERSON>'], i) =>
      plainMail({
        from: from.replace('PERSON', `person${i}.example`),
        to: 'security@acme.example',
        subject,
        text: `${text}\n${CANARY}\n`,
      }),
    )
    const { classes, strangers } = await take(mails)
    assert.deepEqual(classes, Array(people.length).fill('report'))
    assert.equal(strangers.length, people.length)
  })

  await checkInvariants(acme, { canaries: [CANARY] })
})

/** As IMAP serves it: CRLF throughout. */
const served = (octets: Buffer): Buffer =>
  Buffer.from(octets.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')
