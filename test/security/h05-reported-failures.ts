// Threats H03, H05, D08, D09: what a delivery report may do to a mail that the server accepted. In the test's own
// process, on the instance that all share.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { missingGnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { sharedLine } from './shared-line.ts'
import { COMMAND } from './support.ts'

/** As Postfix writes one (RFC 3464): to the envelope sender of the mail that it is about. */
const report = (to: string, action: string, status: string): Buffer =>
  Buffer.from(
    [
      'Return-Path: <>',
      'From: MAILER-DAEMON@mx.example (Mail Delivery System)',
      `To: ${to}`,
      'Subject: Mail delivery status',
      `Message-ID: <${Math.random().toString(36).slice(2)}@mx.example>`,
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      '',
      '--b',
      '',
      'This is the mail system at host mx.example.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example',
      '',
      'Final-Recipient: rfc822; quinn@plain.example',
      `Action: ${action}`,
      `Status: ${status}`,
      '',
      '--b--',
      '',
    ].join('\r\n'),
  )

describe('H05: a failure that is reported later', { skip: missingGnuPG() }, () => {
  let line: Line
  before(async () => {
    line = await sharedLine()
  })

  const newest = (kind: string) => {
    const found = line.instance.store.outbox.list({}).find(delivery => delivery.kind === kind)
    assert.ok(found)
    return found
  }
  const state = (id: ReturnType<typeof newest>['id']) => line.instance.store.outbox.find(id)?.state
  const reply = async () => {
    const id = await line.report('quinn@plain.example')
    const text = `embargod acme\nreply ${id} clear=yes <<\nWe look into it.\n.\n`
    assert.equal(
      (await line.take(await gpgMimeSigned(line.alice, { to: COMMAND, text }))).reason,
      'carried-out',
    )
    return newest('reply')
  }

  test('reopens the mail once, however many reports come, and answers none of them', async () => {
    const { id, from } = await reply()
    assert.equal(state(id), 'sent')
    const sent = line.sent.length
    assert.equal((await line.take(report(from, 'delayed', '4.4.1'))).reason, 'delivery-status')
    assert.equal(state(id), 'sent')
    assert.equal((await line.take(report(from, 'failed', '5.1.1'))).reason, 'delivery-failed')
    assert.equal(state(id), 'failed')
    assert.deepEqual(
      line.instance.store.outbox.untold().map(one => one.id),
      [id],
      'the admins are to be told',
    )
    for (const action of ['failed', 'delivered'])
      assert.equal((await line.take(report(from, action, '5.1.1'))).reason, 'delivery-status')
    assert.equal(state(id), 'failed')
    assert.equal(line.sent.length, sent)
  })

  test('of an acknowledgement is noted, and tells nobody', async () => {
    await line.report('zoe@plain.example')
    const { id, from } = newest('acknowledgement')
    const before = line.instance.store.outbox.untold().length
    assert.equal((await line.take(report(from, 'failed', '5.1.1'))).reason, 'delivery-failed')
    assert.equal(state(id), 'failed')
    assert.equal(line.instance.store.outbox.untold().length, before)
  })

  test('is told of a challenge, which nobody answers (D10)', async () => {
    const { id, from } = await reply()
    const sent = line.sent.length
    const text =
      'I apologize for this automatic reply. To control spam, I let in mail of those alone who are on my list of ' +
      'approved senders. To be added to it, please fill in the form.\n'
    const challenge = plainMail({ from: 'quinn@plain.example', to: from, subject: 'Re: Your report', text })
    assert.equal((await line.take(challenge)).reason, 'delivery-failed')
    assert.equal(state(id), 'failed')
    assert.ok(line.instance.store.outbox.untold().some(one => one.id === id))
    assert.equal(line.sent.length, sent)
  })

  test('at an address that somebody made up changes nothing', async () => {
    const { id, from } = await reply()
    const made = from.replace(/[a-z2-7](?=@)/, letter => (letter === 'a' ? 'b' : 'a'))
    assert.equal((await line.take(report(made, 'failed', '5.1.1'))).outcome, 'bounce')
    assert.equal(state(id), 'sent')
  })
})
