import assert from 'node:assert/strict'
import { test } from 'node:test'
import nodemailer from 'nodemailer'
import { type Submission, type SubmissionOptions, startSubmission } from './submission.ts'
import { until } from './workspace.ts'

const MAIL = Buffer.concat([
  Buffer.from('From: a@example.org\r\nSubject: octets\r\n\r\n.dot\r\n..two\r\n.\r\n\ttab \r\n'),
  Buffer.from([0x80, 0xff, 0xfe, 0x0d, 0x0a]),
])

const transport = (server: Submission, options: object = {}) =>
  nodemailer.createTransport({ host: server.host, port: server.port, ignoreTLS: true, ...options })

const send = (server: Submission, to: readonly string[] = ['b@example.org'], options: object = {}) =>
  transport(server, options).sendMail({ envelope: { from: 'a@example.org', to: [...to] }, raw: MAIL })

const started = (t: Parameters<typeof until>[0], options?: SubmissionOptions) =>
  until(t, startSubmission(options))

test('the octets that were sent are the octets that are kept', async t => {
  const server = await started(t)
  await send(server)
  const [mail] = await server.waitForCount(1)
  assert.deepEqual(mail?.octets, MAIL)
  assert.equal(mail?.from, 'a@example.org')
  assert.deepEqual(mail?.to, ['b@example.org'])
  assert.equal(mail?.secure, false)
})

test('delivery status parameters are kept', async t => {
  const server = await started(t)
  await transport(server).sendMail({
    envelope: { from: '', to: ['b@example.org'] },
    raw: MAIL,
    dsn: { id: 'envelope-1', return: 'headers', notify: ['failure', 'delay'], recipient: 'o@example.org' },
  })
  const [mail] = server.mails
  assert.equal(mail?.from, '')
  assert.deepEqual(mail?.dsn, {
    ret: 'HDRS',
    envelopeId: 'envelope-1',
    notify: [['FAILURE', 'DELAY']],
    originalRecipients: ['rfc822;o@example.org'],
  })
})

test('one recipient is refused, the other gets the mail', async t => {
  const server = await started(t)
  server.script({ at: 'recipient', recipient: 'gone@example.org', answer: '550 5.1.1 no such user' })
  const info = await send(server, ['gone@example.org', 'b@example.org'])
  assert.deepEqual(info.rejected, ['gone@example.org'])
  assert.deepEqual(server.mails[0]?.to, ['b@example.org'])
  assert.deepEqual(
    server.attempts.map(({ outcome, to }) => [outcome, ...to]),
    [
      ['refused-recipient', 'gone@example.org'],
      ['accepted', 'b@example.org'],
    ],
  )
})

for (const at of ['connect', 'mail-from', 'recipient', 'data'] as const)
  test(`a refusal at ${at} is given as scripted, as often as scripted`, async t => {
    const server = await started(t)
    server.script({ at, answer: '451 4.3.0 try later', times: 2 })
    const refused = { responseCode: 451, message: /4\.3\.0 try later/ }
    await assert.rejects(send(server), refused)
    await assert.rejects(send(server), refused)
    assert.equal(server.mails.length, 0)
    await send(server)
    assert.equal(server.mails.length, 1)
  })

for (const mail of ['kept', 'lost'] as const)
  test(`after the final dot the connection ends without an answer and the mail is ${mail}`, async t => {
    const server = await started(t)
    server.script({ at: 'final-dot', mail })
    await assert.rejects(send(server), { code: 'ECONNECTION' })
    const attempt = await server.waitForAttempt(({ outcome }) => outcome === mail)
    assert.deepEqual(attempt.octets, MAIL)
    assert.equal(server.mails.length, mail === 'kept' ? 1 : 0)
  })

test('the connection ends within DATA and nothing is kept', async t => {
  const server = await started(t)
  server.script({ at: 'within-data' })
  await assert.rejects(send(server), /./)
  await server.waitForAttempt(({ outcome }) => outcome === 'cut')
  assert.equal(server.mails.length, 0)
})

/** A gate that a scripted hold waits at. */
function gate() {
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  const until = () => {
    reached.resolve()
    return opened.promise
  }
  return { until, reached: reached.promise, open: opened.resolve }
}

test('an answer is held until it is let go', async t => {
  const server = await started(t)
  const { until, reached, open } = gate()
  server.script({ at: 'hold', until })
  let answered = false
  const sending = send(server).then(() => {
    answered = true
  })
  await reached
  await send(server, ['c@example.org'])
  assert.equal(answered, false)
  open()
  await sending
  assert.equal(server.mails.length, 2)
})

test('connections are cut and the server goes on', async t => {
  const server = await started(t)
  const { until, reached, open } = gate()
  server.script({ at: 'hold', until })
  const failed = assert.rejects(send(server), { code: 'ECONNECTION' })
  await reached
  assert.equal(server.connections, 1)
  server.cutConnections()
  await failed
  open()
  await send(server)
  assert.deepEqual(
    server.attempts.map(({ outcome }) => outcome),
    ['kept', 'accepted'],
  )
})

test('STARTTLS and TLS from the start are verified with the certificate, AUTH is checked', async t => {
  const credentials = { user: 'embargod', password: 'secret' }
  for (const tls of ['starttls', 'implicit'] as const) {
    const server = await started(t, { tls, credentials })
    const secured = {
      ignoreTLS: false,
      requireTLS: true,
      secure: tls === 'implicit',
      tls: { ca: server.certificate.certificate },
    }
    await assert.rejects(send(server, undefined, { ...secured, tls: {} }), /self-signed|unable to verify/)
    const wrong = { user: 'embargod', pass: 'wrong' }
    await assert.rejects(send(server, undefined, { ...secured, auth: wrong }), { responseCode: 535 })
    await assert.rejects(send(server, undefined, secured), { responseCode: 530 })
    await send(server, undefined, { ...secured, auth: { user: 'embargod', pass: 'secret' } })
    assert.equal(server.mails[0]?.secure, true)
    assert.equal(server.mails[0]?.user, 'embargod')
  }
})

test('waiting resolves with a mail still to come and rejects with what came instead', async t => {
  const server = await started(t)
  const coming = server.waitFor(mail => mail.to.includes('c@example.org'))
  await send(server)
  await send(server, ['c@example.org'])
  assert.deepEqual((await coming).to, ['c@example.org'])
  await assert.rejects(
    server.waitForCount(3, 20),
    /no 3 mails within 20 ms; there were: accepted to b@example.org \(\d+ octets, "octets"\); accepted to c/,
  )
})

test('a server comes back on its former port', async t => {
  const first = await startSubmission()
  const { port } = first
  await first.close()
  const second = await started(t, { port })
  await send(second)
  assert.equal(second.mails.length, 1)
})
