// Which mail is taken for one that may be a command, by its header alone; and that a server finds the same.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EmailAddress } from '../../src/model/scalars.ts'
import type { Addresses } from '../../src/model/settings.ts'
import { commandTerms, laneOf } from '../../src/receive/lane.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { processorTime } from '../support/processor-time.ts'
import { SWEEP, upTo } from '../support/sweep.ts'
import { address, wire } from './opening.ts'
import { DONE, loginTo, mailNo, openDovecot, WAIT, watch } from './watched-mailbox.ts'

const security: EmailAddress = address('security@acme.example')
const command = address('security+cmd@acme.example')
const tagged: Addresses = { security, command, separator: '+' }
const shared: Addresses = { security, command: security, separator: 'none' }
const DELIVERED = ['Delivered-To']

for (const [name, header, lane] of [
  ['to the command address', 'To: security+cmd@acme.example', 'command'],
  ['to it among others, with a name', 'To: a@b.example,\n "Ann, B." <Security+CMD@acme.example>', 'command'],
  ['copied to it', 'To: a@b.example\nCc: security+cmd@acme.example', 'command'],
  ['that was delivered to it', 'Delivered-To: security+cmd@acme.example\nTo: x@y.example', 'command'],
  ['folded within its field', 'to:\n\tsecurity+cmd@acme.example', 'command'],
  ['to security', 'To: security@acme.example', 'other'],
  ['that only a header says was delivered there', 'X-Original-To: security+cmd@acme.example', 'other'],
  ['whose display name is the address', 'To: "security+cmd@acme.example" <security@acme.example>', 'other'],
  ['that names it in its text', 'To: security@acme.example\n\nTo: security+cmd@acme.example', 'other'],
  ['without any header', '\nTo: security+cmd@acme.example', 'other'],
] as const)
  test(`mail ${name} is in the ${lane} lane`, () => {
    const octets = wire(`From: a@b.example\n${header}\n\nwords\n`)
    assert.equal(laneOf(name.startsWith('without') ? wire(header) : octets, tagged, DELIVERED), lane)
  })

test('where one address takes all, what is signed or encrypted may be a command', () => {
  const lane = (type: string) => laneOf(wire(`Content-Type: ${type}\n\n`), shared, DELIVERED)
  assert.equal(lane('multipart/signed; boundary=x'), 'command')
  assert.equal(lane(' Multipart/Encrypted;\n boundary=x'), 'command')
  assert.equal(lane('text/plain'), 'other')
})

test('a header beyond all bounds costs no time', () => {
  const started = processorTime()
  for (const header of [
    'To: '.repeat(100_000),
    `To: ${'('.repeat(500_000)}`,
    `To: ${'a@b.example,'.repeat(50_000)}`,
  ])
    assert.equal(laneOf(wire(`${header}\n${header}\n\n`), tagged, DELIVERED), 'other')
  assert.ok(processorTime() - started < 1_000)
})

const FLOOD = upTo(130, 3_000)
const behind = [
  [
    'to the command address',
    tagged,
    ['To: Ann <security+cmd@acme.example>', 'Delivered-To: security+cmd@acme.example'],
  ],
  ['signed, where one address takes all,', shared, ['Content-Type: multipart/signed; boundary=x']],
] as const
// Every day the first alone.
for (const [name, addresses, headers] of behind.slice(0, SWEEP === undefined ? 1 : behind.length))
  test(`behind a full mailbox mail ${name} is taken after a batch at most`, {
    skip: missingDovecot(),
  }, async t => {
    const dovecot = await openDovecot(t)
    const flood = Array.from({ length: FLOOD }, (_, n) => mailNo(n))
    for (const mail of flood) await dovecot.deliver('security', mail)
    for (const header of headers) await dovecot.deliver('security', wire(`${header}\n\nurgent\n`))
    const { ledger, mailbox } = watch(t, loginTo(dovecot), { first: commandTerms(addresses, DELIVERED) })
    let late: Promise<unknown> | undefined
    ledger.storing = async ({ octets }) => {
      // Arrives while the flood is being taken in.
      if (flood[40]?.equals(octets)) late = dovecot.deliver('security', wire(`${headers[0]}\n\nlate\n`))
    }
    mailbox.start()
    const all = FLOOD + headers.length + 1
    await dovecot.waitForCount('security', DONE, all, WAIT + 20 * FLOOD)
    await late
    const at = (words: string) =>
      ledger.stored.findIndex(mail => `${Buffer.from(mail.octets)}`.includes(words))
    assert.equal(at('urgent'), 0)
    assert.ok(at('late') < 2 * 100 + 5, `the late one was taken as number ${at('late')}`)
    assert.equal(ledger.stored.length, all)
  })
