import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Submission } from '../../src/deliver/smtp.ts'
import { loopbackCertificate } from '../support/certificate.ts'
import { startSubmission } from '../support/submission.ts'
import { until } from '../support/workspace.ts'
import { type Script, willing } from './scripted-server.ts'
import { deadlines, HUGE, MAIL, MEGABYTE, toScript, toServer } from './sending.ts'

test('an unterminated or unknown answer after the final dot decides nothing', async t => {
  for (const answer of ['250 fin', '550 no', '354 again\r\n', 'hello\r\n']) {
    const { submission } = await toScript(t, (line, socket) => {
      if (line !== '.') return willing(line, socket)
      socket.end(answer)
      return undefined
    })
    assert.deepEqual(await submission.send(MAIL), { kind: 'in-doubt' }, answer)
  }
})

test('an answer amid the data ends the attempt before the final dot', async t => {
  for (const [answer, expected] of [
    ['552 too much', { kind: 'permanent', stage: 'data', code: 552 }],
    ['250 taken', { kind: 'temporary', stage: 'data', code: undefined }],
  ] as const) {
    let answered = false
    const { server, submission } = await toScript(t, (line, socket) => {
      if (!line.startsWith('xxx')) return willing(line, socket)
      if (answered) return undefined
      answered = true
      return answer
    })
    const closed = server.nextClose()
    assert.deepEqual(await submission.send(HUGE), expected)
    await closed
    assert.ok(!server.lines.includes('.'))
    assert.equal((await submission.send(MAIL)).kind, 'accepted')
    assert.equal(server.connections, 2)
  }
})

test('replies that drip in, or never end, do not outlast the deadline', async t => {
  const drip: Script = (line, socket) => {
    if (!line.startsWith('MAIL')) return willing(line, socket)
    const timer = setInterval(() => socket.write('250-x\r\n'), 5)
    socket.once('close', () => clearInterval(timer))
    return undefined
  }
  const slow = await toScript(t, drip, { deadlines: deadlines({ envelope: 60 }) })
  assert.deepEqual(await slow.submission.send(MAIL), { kind: 'temporary', stage: 'mail', code: undefined })
  const flood: Script = (line, socket) => {
    if (!line.startsWith('MAIL')) return willing(line, socket)
    return '250-x'.repeat(20_000)
  }
  const endless = await toScript(t, flood)
  assert.deepEqual(await endless.submission.send(MAIL), { kind: 'temporary', stage: 'mail', code: undefined })
})

test('a server that is silent after connecting is given up', async t => {
  const { server, submission } = await toScript(t, () => undefined, { deadlines: deadlines({ connect: 50 }) })
  assert.deepEqual(await submission.send(MAIL), { kind: 'temporary', stage: 'greeting', code: undefined })
  assert.equal(server.lines.length, 1)
})

test('a server that ends the session after each mail loses nothing: the next mail goes at once', async t => {
  let mails = 0
  const { server, submission } = await toScript(t, (line, socket) => {
    if (line === '.') mails += 1
    if (line.startsWith('MAIL') && mails % 2 === 1) {
      mails += 1
      socket.end('421 4.7.0 enough\r\n')
      return undefined
    }
    return willing(line, socket)
  })
  for (let i = 0; i < 4; i += 1) assert.equal((await submission.send(MAIL)).kind, 'accepted')
  assert.equal(server.lines.filter(line => line === '.').length, 4)
  const { server: other, submission: way } = await toServer(t)
  for (let i = 0; i < 3; i += 1) {
    assert.equal((await way.send(MAIL)).kind, 'accepted')
    other.cutConnections()
  }
})

test('a fresh connection answered 421 is not tried again at once', async t => {
  const { server, submission } = await toScript(t, (line, socket) => {
    if (!line.startsWith('RCPT')) return willing(line, socket)
    socket.end('421 4.7.0 go away\r\n')
    return undefined
  })
  const outcome = await submission.send(MAIL)
  assert.deepEqual(outcome, { kind: 'temporary', stage: 'rcpt', code: 421, status: '4.7.0' })
  assert.equal(server.connections, 1)
})

test('mail larger than the server announces is refused before anything is sent', async t => {
  const { server, submission } = await toServer(t, { size: MEGABYTE })
  assert.deepEqual(await submission.send(HUGE), {
    kind: 'permanent',
    stage: 'mail',
    code: undefined,
    status: '5.3.4',
  })
  assert.equal((await submission.send(MAIL)).kind, 'accepted')
  assert.equal(server.attempts.length, 1)
})

test('implicit TLS and STARTTLS work with a trusted certificate', async t => {
  for (const tls of ['implicit', 'starttls'] as const) {
    const server = await until(t, startSubmission({ tls, credentials: { user: 'u', password: 'p' } }))
    const { host, port } = server
    const trustedCertificates = server.certificate.certificate
    const login = { host, port, tls, user: 'u', password: { open: () => 'p' }, trustedCertificates }
    const submission = new Submission({ server: login, connections: 1 })
    assert.deepEqual(await submission.send(MAIL), { kind: 'accepted', code: 250 })
    assert.equal(server.mails[0]?.secure, true)
    await submission.close()
  }
})

test('an untrusted certificate ends the attempt before login and mail', async t => {
  for (const tls of ['implicit', 'starttls'] as const)
    for (const trustedCertificates of [undefined, loopbackCertificate().certificate]) {
      const server = await until(t, startSubmission({ tls }))
      const { host, port } = server
      const submission = new Submission({ server: { host, port, tls, trustedCertificates }, connections: 1 })
      const outcome = await submission.send(MAIL)
      assert.ok(outcome.kind === 'temporary' && ['connect', 'greeting'].includes(outcome.stage))
      assert.equal(server.attempts.length, 0)
    }
})

test('STARTTLS that is stripped, refused or garbled is never gone without', async t => {
  const answers = ['502 unknown', '454 not now', '220 go\r\n250 injected', undefined]
  for (const answer of answers) {
    const { server } = await toScript(t, (line, socket) => {
      if (line !== 'STARTTLS') return willing(line, socket)
      if (answer === undefined) socket.destroy()
      return answer
    })
    const submission = new Submission({
      server: {
        host: '127.0.0.1',
        port: server.port,
        tls: 'starttls',
        user: 'u',
        password: { open: () => 'secret' },
      },
      connections: 1,
      deadlines: deadlines({ connect: 300 }),
    })
    const outcome = await submission.send(MAIL)
    assert.ok(outcome.kind === 'temporary' && outcome.stage === 'greeting')
    assert.deepEqual(
      server.lines.filter(line => /^(AUTH|MAIL|RCPT|DATA)/.test(line)),
      [],
    )
    await submission.close()
  }
})

test('a submission without TLS exists on loopback only', () => {
  for (const host of ['mail.example.org', '10.0.0.1', '127.0.0.1.example.org', '::2'])
    assert.throws(() => new Submission({ server: { host, port: 587, tls: 'none' }, connections: 1 }))
})

test('check tells what is wrong by stage and code, and repeats no words of the server', async t => {
  const login = { user: 'u', password: { open: () => 'hunter2' } }
  const server = await until(t, startSubmission({ credentials: { user: 'u', password: 'hunter2' } }))
  const { host, port } = server
  const good = new Submission({ server: { host, port, tls: 'none', ...login }, connections: 1 })
  assert.equal(await good.check(), 'ok')
  const { server: talking } = await toScript(t, (line, socket) =>
    line.startsWith('AUTH') ? '535 5.7.8 u:hunter2 is wrong' : willing(line, socket),
  )
  const bad = new Submission({ server: { host, port: talking.port, tls: 'none', ...login }, connections: 1 })
  const fault = await bad.check()
  assert.deepEqual(fault, { kind: 'temporary', stage: 'auth', code: 535, reason: 'EAUTH' })
  await server.close()
  const gone = await good.check()
  assert.ok(gone !== 'ok' && gone.stage === 'connect' && gone.reason === 'ECONNREFUSED')
})
