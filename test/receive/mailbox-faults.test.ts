import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkMailbox } from '../../src/receive/mailbox-check.ts'
import { until } from '../support/workspace.ts'
import { ScriptedImap } from './scripted-imap.ts'
import { LIMIT, mailNo, ODD, scriptedLogin, watch, watchScripted } from './watched-mailbox.ts'

test('fetching marks nothing as read', async t => {
  const { server, ledger } = await watchScripted(t, ({ mails }) => mails.set(4, mailNo(4)))
  await ledger.until(() => ledger.happened.includes('settled'))
  const fetched = server.commands.filter(command => command.includes('BODY'))
  assert.ok(fetched.length > 0 && fetched.every(command => command.includes('BODY.PEEK[]')))
})

test('a server that cannot judge a login now is a loss, and no refused login', async t => {
  const { ledger } = await watchScripted(t, server => {
    server.replace = command => (command.startsWith('LOGIN') ? 'TAG NO [UNAVAILABLE] later\r\n' : undefined)
  })
  await ledger.until(() => ledger.times('lost') >= 2)
  assert.equal(ledger.times('auth-failed'), 0)
})

test('STARTTLS that is stripped or refused, and PREAUTH, never lead to a login in clear', async t => {
  const ways: readonly ((server: ScriptedImap) => void)[] = [
    () => undefined,
    server => {
      server.capabilities += ' STARTTLS'
      server.replace = command => (command === 'STARTTLS' ? 'TAG NO not now\r\n' : undefined)
    },
    server => {
      server.capabilities += ' STARTTLS'
      server.replace = command =>
        command === 'STARTTLS' ? 'TAG OK go\r\n* CAPABILITY IMAP4rev1\r\n' : undefined
    },
    server => {
      server.greeting = '* PREAUTH welcome'
    },
  ]
  for (const prepare of ways) {
    const server = await until(t, new ScriptedImap().listen())
    prepare(server)
    const report = await checkMailbox(scriptedLogin(server, 'starttls'))
    assert.ok(report.kind === 'fault' && report.state === 'lost')
    assert.deepEqual(
      server.commands.filter(command => /LOGIN|AUTH|SELECT|hunter2/.test(command)),
      [],
    )
  }
})

test('a mailbox without TLS exists on loopback only', async () => {
  const server = { ...scriptedLogin(new ScriptedImap()), host: 'mail.example.org' }
  await assert.rejects(checkMailbox(server))
})

test('a mailbox without a usable UIDVALIDITY is refused', async t => {
  for (const uidValidity of [undefined, 0, 4_294_967_296]) {
    const { server, ledger, mailbox } = await watchScripted(t, scripted => {
      scripted.uidValidity = uidValidity
      scripted.mails.set(1, mailNo(1))
    })
    await ledger.until(() => ledger.happened.includes('unusable'))
    await mailbox.stop()
    assert.ok(!server.commands.some(command => /SEARCH|FETCH/.test(command)))
  }
})

test('a connection lost within a mail stores nothing of it; the next one stores it whole', async t => {
  let cuts = 0
  const { server, ledger } = await watchScripted(t, scripted => {
    scripted.mails.set(1, mailNo(1)).set(2, ODD)
    scripted.replace = (command, { mails }) => {
      if (!/^UID FETCH 2 .*PEEK\[\]/.test(command) || cuts === 3) return undefined
      cuts += 1
      const { length } = mails.get(2) ?? ODD
      const octets = ODD.subarray(0, 20 * cuts).toString('latin1')
      return `* 2 FETCH (UID 2 BODY[]<0> {${length}}\r\n${octets}cut`
    }
  })
  await ledger.until(() => ledger.happened.includes('settled'))
  assert.deepEqual(ledger.octets, [mailNo(1), ODD])
  assert.equal(ledger.times('lost'), 3)
  assert.equal(server.mails.size, 0)
})

test('answers about other mail, and other events, are not taken for the mail asked for', async t => {
  const { ledger } = await watchScripted(t, server => {
    server.mails.set(1, mailNo(1)).set(2, mailNo(2))
    server.replace = (command, scripted) => {
      const uid = Number(/^UID FETCH (\d) .*PEEK\[\]/.exec(command)?.[1])
      if (!uid) return undefined
      const other = scripted.fetchAnswer(3 - uid, command)
      const flags = '* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n'
      return `${flags}${other}${scripted.fetchAnswer(uid, command)}* 9 EXPUNGE\r\nTAG OK done\r\n`
    }
  })
  await ledger.until(() => ledger.stored.length === 2)
  assert.deepEqual(ledger.octets, [mailNo(1), mailNo(2)])
})

test('an announced literal far over the limit ends the connection before it is read', async t => {
  const { ledger } = await watchScripted(t, server => {
    server.mails.set(1, mailNo(1))
    server.replace = command =>
      /PEEK\[\]/.test(command) ? `* 1 FETCH (UID 1 BODY[]<0> {${2 ** 30}}\r\n` : undefined
  })
  await ledger.until(() => ledger.times('lost') >= 2)
  assert.equal(ledger.stored.length, 0)
})

test('a server that understates the size of a mail over the limit gets its header stored', async t => {
  const large = Buffer.from(`Subject: large\r\n\r\n${'x'.repeat(LIMIT)}`)
  const { ledger, server } = await watchScripted(t, scripted => {
    scripted.mails.set(1, large)
    scripted.replace = command =>
      command.includes('RFC822.SIZE') ? '* 1 FETCH (UID 1 RFC822.SIZE 10)\r\nTAG OK done\r\n' : undefined
  })
  await ledger.until(() => ledger.happened.includes('settled'))
  assert.equal(Buffer.from(ledger.oversize[0]?.header ?? []).toString(), 'Subject: large\r\n\r\n')
  assert.deepEqual([ledger.oversize[0]?.size, ledger.stored.length, server.mails.size], [LIMIT + 1, 0, 1])
})

test('where the size is only an estimate, what comes twice alike is the mail', async t => {
  const wrongSize = (command: string) =>
    command.includes('RFC822.SIZE') ? '* 1 FETCH (UID 1 RFC822.SIZE 10)\r\nTAG OK done\r\n' : undefined
  const alike = await watchScripted(t, server => {
    server.mails.set(1, ODD)
    server.replace = wrongSize
  })
  await alike.ledger.until(() => alike.ledger.stored.length === 1)
  assert.deepEqual(alike.ledger.octets, [ODD])

  let fetches = 0
  const differs = await watchScripted(t, server => {
    server.mails.set(1, ODD)
    server.replace = (command, scripted) => {
      if (!/PEEK\[\]/.test(command)) return wrongSize(command)
      fetches += 1
      return `${scripted.fetchAnswer(1, command, ODD.subarray(fetches))}TAG OK done\r\n`
    }
  })
  await differs.ledger.until(() => differs.ledger.logged.includes('mail-unreadable'))
  assert.deepEqual([differs.ledger.stored.length, differs.server.mails.size], [0, 1])
  assert.equal(differs.ledger.times('settled'), 0)
  differs.server.replace = () => undefined
  differs.mailbox.poll()
  await differs.ledger.until(() => differs.ledger.happened.includes('settled'))
  assert.deepEqual(differs.ledger.octets, [ODD])
})

test('G08 a mail that is gone before it is fetched is told, and the rest goes on', async t => {
  const { ledger } = await watchScripted(t, server => {
    server.mails.set(1, mailNo(1)).set(3, mailNo(3))
    server.replace = command =>
      command.startsWith('UID SEARCH') ? '* SEARCH 1 2 3\r\nTAG OK done\r\n' : undefined
  })
  await ledger.until(() => ledger.happened.includes('settled'))
  assert.deepEqual(ledger.octets, [mailNo(1), mailNo(3)])
  assert.ok(ledger.logged.includes('mail-vanished'))
  assert.equal(ledger.happened.filter(one => one === 'vanished').length, 1)
})

test('without MOVE mail is copied and only it is expunged; without UIDPLUS it stays', async t => {
  const filing = /^UID (COPY|STORE|EXPUNGE|MOVE)|^EXPUNGE|^CLOSE/
  const copying = await watchScripted(t, server => {
    server.capabilities = 'IMAP4rev1 IDLE UIDPLUS'
    server.mails.set(5, mailNo(5))
  })
  await copying.ledger.until(() => copying.ledger.happened.includes('settled'))
  assert.deepEqual(
    copying.server.commands.filter(command => filing.test(command)),
    ['UID COPY 5 embargod/done', 'UID STORE 5 +FLAGS.SILENT (\\Deleted)', 'UID EXPUNGE 5'],
  )
  const staying = await watchScripted(t, server => {
    server.capabilities = 'IMAP4rev1 IDLE'
    server.mails.set(5, mailNo(5))
  })
  await staying.ledger.until(() => staying.ledger.happened.includes('settled'))
  staying.server.mails.set(6, mailNo(6))
  staying.server.tell('* 2 EXISTS')
  await staying.ledger.until(() => staying.ledger.stored.length === 2)
  assert.deepEqual(staying.ledger.octets, [mailNo(5), mailNo(6)])
  assert.deepEqual(
    staying.server.commands.filter(command => filing.test(command)),
    [],
  )
})

test('a server without IDLE is asked when polled', async t => {
  const { server, ledger, mailbox } = await watchScripted(t, scripted => {
    scripted.capabilities = 'IMAP4rev1 MOVE UIDPLUS'
  })
  await ledger.until(() => ledger.happened.includes('settled'))
  server.mails.set(1, mailNo(1))
  mailbox.poll()
  await ledger.until(() => ledger.stored.length === 1)
  assert.ok(!server.commands.includes('IDLE'))
})

test('stopping ends the wait for news, for a connection and for a greeting at once', async t => {
  const listening = await watchScripted(t, () => undefined)
  await listening.server.next(/^IDLE/)
  await listening.mailbox.stop()
  assert.deepEqual(listening.ledger.happened, ['connected', 'settled'])

  const silent = await watchScripted(t, server => {
    server.replace = command => (command === 'CAPABILITY' ? '' : undefined)
  })
  await silent.server.next(/^CAPABILITY/)
  await silent.mailbox.stop()
  assert.deepEqual(silent.ledger.happened, [])

  const server = await new ScriptedImap().listen()
  const login = scriptedLogin(server)
  await server.close()
  const waiting = watch(t, login, { waits: { first: 3_600_000, longest: 3_600_000, afterRefusedLogin: 1 } })
  waiting.mailbox.start()
  await waiting.ledger.until(() => waiting.ledger.happened.includes('lost'))
  await waiting.mailbox.stop()
  assert.deepEqual(waiting.ledger.happened, ['lost'])
})

test('G11 mail that is stored and stays is not fetched again, nor waits a new one for it', async t => {
  const many = Array.from({ length: 250 }, (_, i) => i + 1)
  const full = (server: ScriptedImap) => {
    for (const uid of [...many, 300]) server.mails.set(uid, mailNo(uid))
  }
  const fetched = (server: ScriptedImap) =>
    server.commands.flatMap(command => /^UID FETCH ([0-9]+) .*PEEK\[\]/.exec(command)?.[1] ?? []).map(Number)
  const known = many.map(uid => ({ mailbox: 'INBOX', uidValidity: 7, uid, octets: mailNo(uid) }))

  const staying = await watchScripted(
    t,
    server => {
      full(server)
      server.capabilities = 'IMAP4rev1 IDLE'
    },
    {},
    known,
  )
  await staying.ledger.until(() => staying.ledger.happened.includes('settled'))
  assert.deepEqual(fetched(staying.server), [300])

  const refusing = await watchScripted(
    t,
    server => {
      full(server)
      server.replace = command => (command.startsWith('UID MOVE') ? 'TAG NO full\r\n' : undefined)
    },
    {},
    known,
  )
  const { ledger, server, mailbox } = refusing
  await ledger.until(() => ledger.times('settled') === 1)
  assert.deepEqual(fetched(server), [300])
  mailbox.poll()
  await ledger.until(() => ledger.times('settled') === 2)
  assert.equal(fetched(server).length, 100, 'a batch of a hundred a look, of which one is known')
  server.replace = () => undefined
  mailbox.poll()
  await ledger.until(() => ledger.filings.includes('filed') && server.mails.size === 0)
  assert.deepEqual(ledger.octets, [mailNo(300)])
})
