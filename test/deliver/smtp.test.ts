import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { Deadlines } from '../../src/deliver/connection.ts'
import { DEADLINES, Submission } from '../../src/deliver/smtp.ts'
import { parseEmailAddress } from '../../src/model/scalars.ts'
import { loopbackCertificate } from '../support/certificate.ts'
import { type Answer, type SubmissionOptions, startSubmission } from '../support/submission.ts'
import { until } from '../support/workspace.ts'
import { type Script, ScriptedServer, willing } from './scripted-server.ts'

const MEGABYTE = 1_048_576

function address(text: string) {
  const parsed = parseEmailAddress(text)
  assert.ok(parsed.ok)
  return parsed.value
}

const mailOf = (octets: Uint8Array | string, to = 'member@example.org') => ({
  from: address('security@example.com'),
  to: address(to),
  octets: Buffer.from(octets),
})
const MAIL = mailOf('Subject: x\r\n\r\ntext\r\n')
const line = `${'x'.repeat(62)}\r\n`
const LARGE = mailOf(Buffer.alloc(MEGABYTE, line))
/** More than the buffers on the way hold. */
const HUGE = mailOf(Buffer.alloc(32 * MEGABYTE, line))

const deadlines = (shorter: Partial<Deadlines>): Deadlines => ({ ...DEADLINES, ...shorter })

type Way = { readonly connections?: number; readonly deadlines?: Deadlines; readonly idle?: number }

/** A submission to a real server, without TLS. */
async function toServer(t: TestContext, options: SubmissionOptions = {}, way: Way = {}) {
  const server = await until(t, startSubmission(options))
  const { host, port } = server
  const submission = new Submission({ server: { host, port, tls: 'none' }, connections: 1, ...way })
  t.after(() => submission.close(0))
  return { server, submission }
}

async function toScript(t: TestContext, script: Script, way: Way = {}) {
  const server = await until(t, new ScriptedServer(script).listen())
  const submission = new Submission({
    server: { host: '127.0.0.1', port: server.port, tls: 'none' },
    connections: 1,
    ...way,
  })
  t.after(() => submission.close(0))
  return { server, submission }
}

test('a mail reaches its one recipient octet for octet, and bounces shall bring no content back', async t => {
  const { server, submission } = await toServer(t)
  const octets = Buffer.from('Subject: x\r\n\r\n.\r\n..dot\r\n.\r\nMAIL FROM:<e@example.net>\r\n\r\nend\r\n')
  assert.deepEqual(await submission.send(mailOf(octets)), { kind: 'accepted', code: 250 })
  const [mail, ...others] = server.attempts
  assert.deepEqual(others, [])
  assert.deepEqual(mail?.octets, octets)
  assert.deepEqual([mail.from, mail.to], ['security@example.com', ['member@example.org']])
  assert.equal(mail.dsn.ret, 'HDRS')
})

test('many mails go over one kept connection', async t => {
  const { server, submission } = await toServer(t)
  for (let i = 0; i < 20; i += 1)
    assert.equal((await submission.send(mailOf(`Subject: ${i}\r\n\r\n`))).kind, 'accepted')
  assert.equal(server.mails.length, 20)
  assert.equal(server.connections, 1)
})

test('a refusal ends as its stage and class say, and the next mail goes over the same connection', async t => {
  const { server, submission } = await toServer(t)
  const cases: readonly (readonly ['mail-from' | 'recipient' | 'data', Answer, string])[] = [
    ['mail-from', '451 4.3.0 later', 'temporary mail 451'],
    ['mail-from', '550 5.7.1 no', 'permanent mail 550'],
    ['recipient', '450 4.2.1 greylisted', 'temporary rcpt 450'],
    ['recipient', '550 5.1.1 nobody', 'permanent rcpt 550'],
    ['data', '452 4.3.1 full', 'temporary final 452'],
    ['data', '554 5.6.0 no', 'permanent final 554'],
  ]
  for (const [at, answer, expected] of cases) {
    server.script({ at, answer })
    const outcome = await submission.send(MAIL)
    assert.ok('stage' in outcome)
    assert.equal(`${outcome.kind} ${outcome.stage} ${outcome.code}`, expected)
    assert.deepEqual(await submission.send(MAIL), { kind: 'accepted', code: 250 })
    assert.equal(server.connections, 1)
  }
  assert.equal(server.mails.length, cases.length)
})

test('a refusal of DATA itself is told from one of the mail', async t => {
  for (const [answer, kind] of [
    ['451 later', 'temporary'],
    ['554 no', 'permanent'],
  ] as const) {
    const { submission } = await toScript(t, (line, socket) =>
      line === 'DATA' ? answer : willing(line, socket),
    )
    assert.deepEqual(await submission.send(MAIL), { kind, stage: 'data', code: Number(answer.slice(0, 3)) })
  }
})

test('nobody listening, a refusing greeting and a wrong password are temporary, whatever the code', async t => {
  const gone = await startSubmission()
  await gone.close()
  const server = { host: gone.host, port: gone.port, tls: 'none' } as const
  const nobody = new Submission({ server, connections: 1 })
  assert.deepEqual(await nobody.send(MAIL), { kind: 'temporary', stage: 'connect', code: undefined })

  const { server: refusing, submission } = await toServer(t)
  refusing.script({ at: 'connect', answer: '554 5.7.1 blocked' })
  assert.deepEqual(await submission.send(MAIL), { kind: 'temporary', stage: 'greeting', code: 554 })
  refusing.script({ at: 'connect', answer: '421 4.3.2 busy' })
  assert.deepEqual(await submission.send(MAIL), { kind: 'temporary', stage: 'greeting', code: 421 })

  const guarded = await until(t, startSubmission({ credentials: { user: 'u', password: 'right' } }))
  for (const [password, expected] of [
    ['wrong', { kind: 'temporary', stage: 'auth', code: 535 }],
    ['right', { kind: 'accepted', code: 250 }],
  ] as const) {
    const { host, port } = guarded
    const login = { host, port, tls: 'none', user: 'u', password: { open: () => password } } as const
    const way = new Submission({ server: login, connections: 1 })
    assert.deepEqual(await way.send(MAIL), expected)
    await way.close()
  }
})

test('a loss before the final dot is temporary, after it in doubt', async t => {
  const { server, submission } = await toServer(t)
  server.script({ at: 'within-data' })
  assert.deepEqual(await submission.send(HUGE), { kind: 'temporary', stage: 'data', code: undefined })
  for (const mail of ['kept', 'lost'] as const) {
    server.script({ at: 'final-dot', mail })
    assert.deepEqual(await submission.send(MAIL), { kind: 'in-doubt' })
  }
  server.script({ at: 'final-dot', mail: 'kept' })
  assert.deepEqual(await submission.send(LARGE), { kind: 'in-doubt' })
  assert.equal((await submission.send(LARGE)).kind, 'accepted')
  assert.deepEqual(server.mails.at(-1)?.octets, LARGE.octets)
})

test('an answer to the final dot that never comes leaves the mail in doubt when the wait is over', async t => {
  const { server, submission } = await toServer(t, {}, { deadlines: deadlines({ final: 50 }) })
  server.script({ at: 'hold', until: () => new Promise(() => undefined) })
  assert.deepEqual(await submission.send(MAIL), { kind: 'in-doubt' })
  assert.equal((await submission.send(MAIL)).kind, 'accepted')
})

test('a late answer within the wait is an answer', async t => {
  const slow: Script = (line, socket) => {
    if (line !== '.') return willing(line, socket)
    setTimeout(() => socket.write('250 kept\r\n'), 400)
    return undefined
  }
  const { submission } = await toScript(t, slow, { deadlines: deadlines({ connect: 300, envelope: 300 }) })
  assert.deepEqual(await submission.send(MAIL), { kind: 'accepted', code: 250 })
})

test('in production the answer to the final dot is waited for at least ten minutes', () => {
  assert.ok(DEADLINES.final >= 600_000)
})

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
  assert.deepEqual(outcome, { kind: 'temporary', stage: 'rcpt', code: 421 })
  assert.equal(server.connections, 1)
})

test('mail larger than the server announces is refused before anything is sent', async t => {
  const { server, submission } = await toServer(t, { size: MEGABYTE })
  assert.deepEqual(await submission.send(HUGE), { kind: 'permanent', stage: 'mail', code: undefined })
  assert.equal((await submission.send(MAIL)).kind, 'accepted')
  assert.equal(server.attempts.length, 1)
})

test('several connections send at once, one mail each, and a held one holds no other', async t => {
  const { server, submission } = await toServer(t, {}, { connections: 2 })
  const release = Promise.withResolvers<void>()
  server.script({ at: 'hold', recipient: 'slow@example.org', until: () => release.promise })
  const slow = submission.send(mailOf('Subject: slow\r\n\r\n', 'slow@example.org'))
  for (let i = 0; i < 3; i += 1) assert.equal((await submission.send(MAIL)).kind, 'accepted')
  assert.equal(server.connections, 2)
  release.resolve()
  assert.equal((await slow).kind, 'accepted')
  assert.ok(server.mails.every(mail => mail.to.length === 1))
})

test('an unused connection is closed after a while', async t => {
  const { server, submission } = await toScript(t, willing, { idle: 10 })
  const closed = server.nextClose()
  assert.equal((await submission.send(MAIL)).kind, 'accepted')
  await closed
  assert.equal(server.lines.at(-1), 'QUIT')
  assert.equal((await submission.send(MAIL)).kind, 'accepted')
  assert.equal(server.connections, 2)
})

test('closing lets what is under way end, and begins nothing', async t => {
  const held = Promise.withResolvers<Socket>()
  const { server, submission } = await toScript(t, (line, socket) => {
    if (line !== '.') return willing(line, socket)
    held.resolve(socket)
    return undefined
  })
  const underWay = submission.send(MAIL)
  const waiting = submission.send(MAIL)
  const socket = await held.promise
  const closing = submission.close()
  const late = submission.send(MAIL)
  socket.write('250 kept\r\n')
  await closing
  assert.deepEqual(await underWay, { kind: 'accepted', code: 250 })
  for (const sending of [waiting, late])
    assert.deepEqual(await sending, { kind: 'temporary', stage: 'connect', code: undefined })
  assert.equal(server.lines.filter(line => line.startsWith('RCPT')).length, 1)
})

test('closing ends a connection that is still being opened, before any recipient is named', async t => {
  const reached = Promise.withResolvers<void>()
  const { server, submission } = await toScript(t, () => void reached.resolve())
  const opening = submission.send(MAIL)
  await reached.promise
  await submission.close()
  assert.deepEqual(await opening, { kind: 'temporary', stage: 'greeting', code: undefined })
  assert.equal(server.lines.length, 1)
})

test('closing cuts what does not end, and tells the doubt', async t => {
  const reached = Promise.withResolvers<void>()
  const { submission } = await toScript(t, (line, socket) => {
    if (line !== '.') return willing(line, socket)
    reached.resolve()
    return undefined
  })
  const hung = submission.send(MAIL)
  await reached.promise
  await submission.close(10)
  assert.deepEqual(await hung, { kind: 'in-doubt' })
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
