import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { DEADLINES, Submission } from '../../src/deliver/smtp.ts'
import { type Answer, startSubmission } from '../support/submission.ts'
import { wholeOf } from '../support/whole.ts'
import { until } from '../support/workspace.ts'
import { type Script, willing } from './scripted-server.ts'
import { deadlines, HUGE, LARGE, MAIL, mailOf, toScript, toServer } from './sending.ts'

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

test('connections opened ahead carry the next mails; a server that is away is left to these', async t => {
  const { server, submission } = await toServer(t, {}, { connections: 2 })
  server.script({ at: 'connect', answer: '421 4.3.2 busy' })
  await submission.warm()
  assert.equal(server.connections, 1)
  await submission.warm()
  assert.equal(server.connections, 2)
  await submission.warm()
  assert.equal(server.connections, 2)
  server.script({ at: 'connect', answer: '421 4.3.2 busy' })
  const sent = await Promise.all([submission.send(MAIL), submission.send(MAIL)])
  assert.deepEqual(sent, [
    { kind: 'accepted', code: 250 },
    { kind: 'accepted', code: 250 },
  ])
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
  assert.deepEqual(server.mails.at(-1)?.octets, wholeOf(LARGE.octets))
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

test('J03 closing lets what is under way end, and begins nothing', async t => {
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
