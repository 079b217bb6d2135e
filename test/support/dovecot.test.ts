import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ImapFlow } from 'imapflow'
import nodemailer from 'nodemailer'
import { type Dovecot, missingDovecot, startDovecot } from './dovecot.ts'
import { until } from './workspace.ts'

const skip = missingDovecot()
const DONE = ['embargod', 'done']

const MAIL = Buffer.concat([
  Buffer.from('From: a@example.org\r\nSubject: octets\r\n\r\n.dot\r\n\ttab \r\n'),
  Buffer.from([0x80, 0xff, 0xfe, 0x0d, 0x0a]),
])

async function connect(dovecot: Dovecot, user: string, tls: 'plain' | 'tls' = 'plain') {
  const client = new ImapFlow({
    host: dovecot.host,
    port: tls === 'tls' ? dovecot.imapsPort : dovecot.imapPort,
    secure: tls === 'tls',
    doSTARTTLS: false,
    tls: { ca: dovecot.certificate.certificate },
    auth: { user, pass: dovecot.password },
    logger: false,
  })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

async function sources(client: ImapFlow): Promise<readonly Buffer[]> {
  await client.mailboxOpen('INBOX')
  const found: Buffer[] = []
  for await (const { source } of client.fetch('1:*', { source: true })) found.push(source ?? Buffer.alloc(0))
  return found
}

test('IMAP serves exactly the octets that were delivered, with and without TLS', { skip }, async t => {
  const dovecot = await until(t, startDovecot({ users: ['security', 'distributors'] }))
  await dovecot.deliver('security', MAIL)
  for (const tls of ['plain', 'tls'] as const) {
    const client = await connect(dovecot, 'security', tls)
    assert.deepEqual(await sources(client), [MAIL])
    await client.logout()
  }
  assert.deepEqual(await dovecot.list('distributors'), [])
  assert.deepEqual(
    (await dovecot.list('security')).map(mail => mail.octets),
    [MAIL],
  )
})

test('mail is listed in the order of delivery and found where a client filed it', { skip }, async t => {
  const dovecot = await until(t, startDovecot({ users: ['security'] }))
  for (let i = 0; i < 12; i += 1) await dovecot.deliver('security', `Subject: ${i}\r\n\r\n`)
  const listed = await dovecot.list('security')
  assert.deepEqual(
    listed.map(mail => mail.octets.toString()),
    Array.from({ length: 12 }, (_, i) => `Subject: ${i}\r\n\r\n`),
  )
  const client = await connect(dovecot, 'security')
  const filed = dovecot.waitForCount('security', DONE, 12)
  await client.mailboxCreate(DONE)
  await client.mailboxOpen('INBOX')
  await client.messageFlagsAdd('1', ['\\Seen'])
  await client.messageMove('1:*', DONE.join('.'))
  assert.deepEqual(
    (await filed).map(mail => mail.octets),
    listed.map(mail => mail.octets),
  )
  assert.deepEqual((await dovecot.list('security', DONE))[0]?.flags, 'S')
  assert.deepEqual(await dovecot.list('security'), [])
  await client.logout()
})

test('an idling client hears of a delivery', { skip }, async t => {
  const dovecot = await until(t, startDovecot({ users: ['security'] }))
  const client = await connect(dovecot, 'security')
  await client.mailboxOpen('INBOX')
  const heard = new Promise<number>(resolve => client.on('exists', ({ count }) => resolve(count)))
  const idling = client.idle()
  await dovecot.deliver('security', MAIL)
  assert.equal(await heard, 1)
  await client.logout()
  await idling
})

test('LMTP keeps the octets and adds header fields above them', { skip }, async t => {
  const dovecot = await until(t, startDovecot({ users: ['security'] }))
  const transport = nodemailer.createTransport({
    host: dovecot.host,
    port: dovecot.lmtpPort,
    lmtp: true,
    ignoreTLS: true,
  })
  const text = 'From: a@example.org\r\nSubject: lmtp\r\n\r\n.dot\r\n'
  await transport.sendMail({
    envelope: { from: 'a@example.org', to: ['security+cmd@example.org'] },
    raw: text,
  })
  const [mail] = await dovecot.waitForCount('security', 'INBOX', 1)
  const octets = mail?.octets.toString('latin1') ?? ''
  assert.ok(octets.endsWith(text))
  assert.match(octets, /^Delivered-To: <?security\+cmd@example\.org>?\r\n/m)
})

test('a halted server drops its clients and comes back on the same port with its mail', { skip }, async t => {
  const dovecot = await until(t, startDovecot({ users: ['security'] }))
  await dovecot.deliver('security', MAIL)
  const client = await connect(dovecot, 'security')
  const before = await client.mailboxOpen('INBOX')
  const closed = new Promise(resolve => client.once('close', resolve))
  await dovecot.halt()
  await closed
  await assert.rejects(connect(dovecot, 'security'))
  await dovecot.renewUidValidity('security')
  await dovecot.start()
  const again = await connect(dovecot, 'security')
  assert.deepEqual(await sources(again), [MAIL])
  assert.ok(again.mailbox && again.mailbox.uidValidity !== before.uidValidity)
  await again.logout()
})

test('mail that does not come is reported with what is there', { skip }, async t => {
  const dovecot = await until(t, startDovecot({ users: ['security'] }))
  await dovecot.deliver('security', MAIL)
  await assert.rejects(
    dovecot.waitForCount('security', 'INBOX', 2, 20),
    /1 mails of security in INBOX, not 2/,
  )
})
