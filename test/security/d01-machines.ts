// D01 to D03, D08 to D10: machines are never answered, whatever they are; people see what they wrote, and it is kept.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { missingGnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { crlf, octetsOf, resolve } from '../support/mime.ts'
import { mail } from '../support/pgp-mime.ts'
import { upTo } from '../support/sweep.ts'
import { sharedLine } from './shared-line.ts'
import { ADMINS, COMMAND, fieldChanged, fieldPutAbove, SECURITY } from './support.ts'

/** Delivery reports of D08. */
const STORM = upTo(5, 1_000)

describe('D: machines', { skip: missingGnuPG() }, () => {
  let line: Line
  let count = 0
  before(async () => {
    line = await sharedLine()
    // What was made along the way leaves with the first mail.
    await line.take(written(`kim@${domain()}`))
  })

  /** Each from a domain of its own, so that no limit is met. */
  const domain = () => `robot${++count}.example`
  const written = (
    from: string,
    headers: readonly (readonly [string, string])[] = [],
    text = 'It crashes.\n',
  ) => plainMail({ from, to: SECURITY, subject: 'News', text, headers })
  const recipients = async (octets: Buffer) => {
    const before = line.sent.length
    const taken = await line.take(octets)
    return {
      ...taken,
      to: line.sent
        .slice(before)
        .map(({ to }) => to)
        .sort(),
    }
  }

  for (const [name, value] of [
    ['Auto-Submitted', 'auto-replied'],
    ['Auto-submitted', 'AUTO-GENERATED (by a rule); owner-email="x@y.example"'],
    ['Auto-Submitted', '\r\n auto-notified'],
    ['Precedence', 'bulk'],
    ['Precedence', 'Auto_Reply'],
    ['List-Id', '<x.lists.example>'],
    ['X-Autoreply', 'yes'],
    ['X-Autorespond', 'yes'],
    ['X-Loop', SECURITY],
    ['Feedback-ID', '1:2:3:x'],
    ['Return-Path', '<>'],
  ] as const)
    test(`D01, D02 mail with ${name}: ${value.trim()} is shown to every admin and answered by nobody`, async () => {
      const octets = written(`kim@${domain()}`)
      const { outcome, to } = await recipients(fieldPutAbove(octets, name, value))
      assert.deepEqual([outcome, to], ['report-noack', [...ADMINS].sort()])
    })

  for (const user of ['noreply', 'no-reply', 'owner-list', 'list-request'])
    test(`D02 mail of ${user}@ is answered by nobody`, async () => {
      const { outcome, to } = await recipients(written(`${user}@${domain()}`))
      assert.deepEqual([outcome, to], ['report-noack', [...ADMINS].sort()])
    })

  test('D02 a signed command is obeyed though it says that a machine submitted it', async () => {
    const octets = await gpgMimeSigned(line.alice, { to: COMMAND, text: 'embargod acme\nlist\n' })
    const { outcome } = await line.take(fieldPutAbove(octets, 'Auto-Submitted', 'auto-generated'))
    assert.equal(outcome, 'command')
  })

  const deliveryReport = (to: string, returned: string): Buffer => {
    const limit = `limit${++count}`
    const content = crlf(
      `Content-Type: multipart/report; report-type=delivery-status; boundary=${limit}\n\n` +
        `--${limit}\nContent-Type: text/plain\n\nIt could not be delivered.\n` +
        `--${limit}\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n` +
        'Final-Recipient: rfc822; quinn@plain.example\nAction: failed\nStatus: 5.1.1\n\n' +
        `--${limit}\nContent-Type: message/rfc822\n\n${returned}\n--${limit}--\n`,
    )
    const report = mail(resolve({ to, subject: 'Undelivered' }, 'MAILER-DAEMON@mx.example'), content)
    return fieldPutAbove(report, 'Return-Path', '<>')
  }

  test('D03 a person who asks about a bounce is a person', async () => {
    const person = `kim@${domain()}`
    const octets = written(person, [], 'I got "550 5.1.1 user unknown" when I wrote to you. Is it a bug?\n')
    const { outcome, to } = await recipients(fieldChanged(octets, 'Subject', 'Undelivered mail?'))
    assert.deepEqual([outcome, to], ['report', [...ADMINS, person].sort()])
  })

  test(`D08 ${STORM} reports of a mail that did not arrive, and reports of reports, make us write nothing`, async () => {
    const person = `kim@${domain()}`
    await line.take(written(person))
    const [row] = line.rows(
      `SELECT envelope_from AS back FROM outbox WHERE recipient = '${person}' ORDER BY id DESC LIMIT 1`,
    )
    const back = String(row?.['back'])
    assert.match(back, /^security\+b\./)
    for (let i = 0; i < STORM; i += 1) {
      const { outcome, to } = await recipients(deliveryReport(back, 'Subject: x\n\nx'))
      assert.deepEqual([outcome, to], ['bounce', []])
    }
    const nested = deliveryReport(SECURITY, deliveryReport(back, 'Subject: x\n\nx').toString('latin1'))
    assert.deepEqual((await recipients(nested)).to, [])
  })

  for (const [name, to] of [
    ['a guessed return address', 'security+b.aaaaaaaaaaaaaaaaaaaaaaaa@acme.example'],
    ['none', SECURITY],
  ] as const)
    test(`D09 a forged delivery report with ${name} changes nothing`, async () => {
      const states = () => JSON.stringify(line.rows('SELECT id, state FROM outbox ORDER BY id'))
      const before = [states(), line.state([])]
      const { outcome, to: told } = await recipients(deliveryReport(to, 'Message-ID: <a@b.example>\n\nx'))
      assert.deepEqual([outcome, told], ['bounce', []])
      assert.deepEqual([states(), line.state([])], before)
    })

  for (const name of ['Disposition-Notification-To', 'Return-Receipt-To', 'X-Confirm-Reading-To'])
    test(`D10 ${name} gets an acknowledgement and no other answer`, async () => {
      const person = `kim@${domain()}`
      const { outcome, to } = await recipients(written(person, [[name, 'spy@spy.example']]))
      assert.deepEqual([outcome, to], ['report', [...ADMINS, person].sort()])
    })

  test('D10 an invitation is read and answered by nobody', async () => {
    const person = `kim@${domain()}`
    const content = crlf(
      'Content-Type: text/calendar; method=REQUEST; charset=utf-8\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\n' +
        `BEGIN:VEVENT\nORGANIZER:mailto:spy@spy.example\nATTENDEE;RSVP=TRUE:mailto:${SECURITY}\nEND:VEVENT\nEND:VCALENDAR\n`,
    )
    const { to } = await recipients(
      octetsOf(mail(resolve({ to: SECURITY }, person), content).toString('latin1')),
    )
    assert.deepEqual(
      to.filter(one => ![...ADMINS, person].includes(one)),
      [],
    )
  })

  test('D10 a challenge of a mail filter is answered by nobody', async () => {
    const octets = written(`kim@${domain()}`, [
      ['Auto-Submitted', 'auto-replied (challenge)'],
      ['Reply-To', 'confirm+abc@challenge.example'],
    ])
    const { outcome, to } = await recipients(octets)
    assert.deepEqual([outcome, to], ['report-noack', [...ADMINS].sort()])
  })
})
