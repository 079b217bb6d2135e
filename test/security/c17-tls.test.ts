// C17: a server that offers no TLS, or slips words in before it, gets neither a password nor a mail.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Submission } from '../../src/deliver/smtp.ts'
import { checkMailbox } from '../../src/receive/mailbox-check.ts'
import { willing } from '../deliver/scripted-server.ts'
import { deadlines, MAIL, toScript } from '../deliver/sending.ts'
import { ScriptedImap } from '../receive/scripted-imap.ts'

const PASSWORD = { open: () => 'correct horse' }

for (const [name, capabilities, answer] of [
  ['is not offered', 'IMAP4rev1 IDLE MOVE UIDPLUS', 'TAG BAD unknown\r\n'],
  ['is refused', 'IMAP4rev1 STARTTLS', 'TAG NO not now\r\n'],
  [
    'is followed by words in clear',
    'IMAP4rev1 STARTTLS',
    'TAG OK begin\r\n* OK [ALERT] injected\r\n* 1 EXISTS\r\n',
  ],
] as const)
  test(`C17 an IMAP server whose STARTTLS ${name} is told no password`, async t => {
    const server = await new ScriptedImap().listen()
    t.after(() => server.close())
    server.capabilities = capabilities
    server.replace = command => (command === 'STARTTLS' ? answer : undefined)
    const login = { user: 'security', password: PASSWORD, mailbox: 'INBOX', done: ['done'] }
    const report = await checkMailbox({ host: '127.0.0.1', port: server.port, tls: 'starttls', ...login })
    assert.equal(report.kind, 'fault')
    const said = server.commands.join('\n')
    assert.doesNotMatch(said, /LOGIN|AUTHENTICATE|SELECT|correct horse/)
  })

for (const [name, hello, answer] of [
  ['is not offered', '250 scripted.test', '502 unknown'],
  ['is refused', '250-scripted.test\r\n250 STARTTLS', '454 not now'],
  ['is followed by words in clear', '250-scripted.test\r\n250 STARTTLS', '220 go\r\n250 injected'],
] as const)
  test(`C17 an SMTP server whose STARTTLS ${name} is told no password and no mail`, async t => {
    const { server } = await toScript(t, (line, socket) => {
      if (/^EHLO/.test(line)) return hello
      return line === 'STARTTLS' ? answer : willing(line, socket)
    })
    const way = {
      host: '127.0.0.1',
      port: server.port,
      tls: 'starttls',
      user: 'u',
      password: PASSWORD,
    } as const
    const submission = new Submission({ server: way, connections: 1, deadlines: deadlines({ connect: 300 }) })
    t.after(() => submission.close(0))
    assert.equal((await submission.send(MAIL)).kind, 'temporary')
    assert.doesNotMatch(server.lines.join('\n'), /^(?:AUTH|MAIL|RCPT|DATA|Subject)/m)
  })
