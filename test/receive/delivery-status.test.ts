import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Part } from '../../src/model/mail.ts'
import { deliveryStatuses } from '../../src/receive/delivery-status.ts'
import { sha256Of } from '../../src/receive/part.ts'
import { wire } from './opening.ts'

const part = (mediaType: string, text: string): Part => ({
  mediaType,
  disposition: 'attachment',
  fileName: undefined,
  text: undefined,
  octets: wire(text),
  sha256: sha256Of(wire(text)),
  encrypted: false,
  signature: { kind: 'none' },
})

const perMessage = 'Reporting-MTA: dns; mx.example.org\nArrival-Date: Mon, 1 Sep 2025 00:00:00 +0000'

test('each recipient of a report has its action, its status and its address', () => {
  const report = `${perMessage}\n\nFinal-Recipient: rfc822; a@x.org\nAction: failed\nStatus: 5.1.1 (no such user)\n\nFinal-Recipient: RFC822;<b@x.org>\nAction: Delayed (still trying)\nStatus: 4.4.1\n`
  const returned = 'Message-ID: <m@project.org>\nSubject: s\n\nbody'
  const statuses = deliveryStatuses([
    part('message/delivery-status', report),
    part('message/rfc822', returned),
  ])
  assert.deepEqual(statuses, [
    { action: 'failed', status: '5.1.1', finalRecipient: 'a@x.org', originalMessageId: '<m@project.org>' },
    { action: 'delayed', status: '4.4.1', finalRecipient: 'b@x.org', originalMessageId: '<m@project.org>' },
  ])
})

test('only the header of the mail may be returned, or nothing of it', () => {
  const report = part('message/delivery-status', `${perMessage}\n\nAction: relayed\n`)
  const header = part('text/rfc822-headers', 'Message-ID: <m@project.org>\n')
  assert.equal(deliveryStatuses([report, header])[0]?.originalMessageId, '<m@project.org>')
  assert.deepEqual(deliveryStatuses([report]), [
    { action: 'relayed', status: undefined, finalRecipient: undefined, originalMessageId: undefined },
  ])
})

test('unknown actions and mails without report say nothing', () => {
  assert.deepEqual(deliveryStatuses([part('message/delivery-status', 'Action: exploded\n')]), [])
  assert.deepEqual(deliveryStatuses([part('text/plain', 'Action: failed\n')]), [])
})

test('a report of 100,000 recipients is read as far as its bound', () => {
  const groups = 'Action: failed\nStatus: 5.0.0\n\n'.repeat(100_000)
  assert.equal(deliveryStatuses([part('message/delivery-status', groups)]).length, 200)
})
