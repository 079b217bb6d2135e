// Servers that break their own promises (threats.md G02, G04, G05): numbers that go back or come twice, answers
// about other mail, literals of another length, news of nothing. Nothing is lost, nothing stored twice, no octets
// under a number that they do not have, and no look hangs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { upTo } from '../support/sweep.ts'
import { LIMIT, mailNo, ODD, watchScripted } from './watched-mailbox.ts'

/** For servers that leave a command without an end. */
const QUICK = { connect: 500, command: 150, fetch: 150, silence: 10_000 }
const OK = 'TAG OK done\r\n'
const asksFor = (uid: number, command: string) =>
  command.startsWith(`UID FETCH ${uid} `) && command.includes('BODY.PEEK[]')

test('a UID below the last, and one that another mail had, are taken in within a session', async t => {
  const { server, ledger, mailbox } = await watchScripted(t, ({ mails }) => mails.set(5, mailNo(5)))
  await ledger.until(() => ledger.settledMails === 1)
  const arrivals: readonly (readonly [number, Buffer])[] = [
    [3, mailNo(3)],
    [5, ODD],
    [4, mailNo(4)],
    [3, mailNo(33)],
  ]
  for (const [count, [uid, octets]] of arrivals.entries()) {
    server.mails.set(uid, octets)
    mailbox.poll()
    await ledger.until(() => ledger.settledMails === count + 2)
  }
  assert.deepEqual(ledger.octets, [mailNo(5), ...arrivals.map(([, octets]) => octets)])
  assert.equal(ledger.times('connected'), 1)
  assert.equal(server.mails.size, 0)
  assert.equal(ledger.logged.filter(event => event === 'uid-reused').length, 2)
})

test('a mailbox that is set back gives numbers again; each mail is stored before it is filed', async t => {
  const { server, ledger } = await watchScripted(t, ({ mails }) => mails.set(1, mailNo(1)).set(2, mailNo(2)))
  await ledger.until(() => ledger.settledMails === 2)
  // What was filed is in the inbox again, and a later mail has the number of one that is lost to the server.
  server.mails.set(1, mailNo(1)).set(2, ODD)
  server.tell('* BYE restored')
  server.hangUp()
  await ledger.until(() => ledger.settledMails === 3)
  assert.deepEqual(ledger.octets, [mailNo(1), mailNo(2), ODD])
  assert.equal(server.mails.size, 0)
})

test('UIDVALIDITY that changes while the mailbox is open loses no mail', async t => {
  const { server, ledger, mailbox } = await watchScripted(t, ({ mails }) => mails.set(1, mailNo(1)))
  await ledger.until(() => ledger.settledMails === 1)
  server.uidValidity = 8
  server.mails.set(1, mailNo(2))
  server.tell('* OK [UIDVALIDITY 8] anew')
  mailbox.poll()
  await ledger.until(() => ledger.settledMails === 2)
  assert.deepEqual(ledger.octets, [mailNo(1), mailNo(2)])
})

test('answers about other mail, about flags alone or about no mail are not the mail', async t => {
  const flags = '* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n'
  const lies: readonly ((other: string) => string)[] = [
    other => other,
    () => flags,
    () => '',
    () => `* 1 FETCH (BODY[]<0> {${ODD.length}}\r\n${ODD.toString('latin1')})\r\n`,
    () => '* 1 FETCH (UID 1 BODY[]<0> NIL)\r\n',
  ]
  for (const lie of lies) {
    const { server, ledger, mailbox } = await watchScripted(t, scripted => {
      scripted.mails.set(1, mailNo(1)).set(2, mailNo(2))
      scripted.replace = command => {
        if (command.includes('RFC822.SIZE')) return undefined
        return asksFor(1, command) ? lie(scripted.fetchAnswer(2, command)) + OK : undefined
      }
    })
    await ledger.until(() => ledger.logged.includes('mail-unreadable') && ledger.filings.length === 1)
    assert.deepEqual([ledger.octets, ledger.times('settled'), server.mails.size], [[mailNo(2)], 0, 1])
    server.replace = () => undefined
    mailbox.poll()
    await ledger.until(() => ledger.settledMails === 2)
    assert.deepEqual(ledger.octets, [mailNo(2), mailNo(1)])
    await mailbox.stop()
  }
})

test('a mail that the server cannot read, or ends the connection at, keeps no other from being read', async t => {
  for (const answer of ['TAG NO [SERVERBUG] broken\r\n', '* BYE broken\r\ncut']) {
    const { server, ledger, mailbox } = await watchScripted(t, scripted => {
      for (const uid of [1, 2, 3]) scripted.mails.set(uid, mailNo(uid))
      scripted.replace = command => (asksFor(2, command) ? answer : undefined)
    })
    await ledger.until(() => ledger.filings.length > 0 && ledger.stored.length === 2)
    assert.equal(ledger.times('settled'), 0)
    server.replace = () => undefined
    mailbox.poll()
    await ledger.until(() => ledger.settledMails === 3)
    assert.deepEqual(
      ledger.octets,
      [1, 3, 2].map(n => mailNo(n)),
    )
    assert.equal(server.mails.size, 0)
    await mailbox.stop()
  }
})

test('flags instead of a size do not keep the mail from being read', async t => {
  const { ledger } = await watchScripted(t, server => {
    server.mails.set(1, ODD)
    server.replace = command =>
      command.includes('RFC822.SIZE') ? `* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n${OK}` : undefined
  })
  await ledger.until(() => ledger.settledMails === 1)
  assert.deepEqual(ledger.octets, [ODD])
})

test('a literal that is longer or shorter than announced is stored by nobody', async t => {
  const mail = Buffer.from(`Subject: long\r\n\r\n${'text of many lines\r\n'.repeat(10)}`)
  const body = mail.toString('latin1')
  for (const announced of [mail.length + 20, mail.length + 200, mail.length - 21, 1, LIMIT]) {
    let lies = 2
    const { ledger, mailbox } = await watchScripted(
      t,
      server => {
        server.mails.set(1, mail)
        server.replace = command => {
          if (lies === 0) return undefined
          // The same lie about the size, or the octets would be told by their number.
          if (command.includes('RFC822.SIZE')) return `* 1 FETCH (UID 1 RFC822.SIZE ${announced})\r\n${OK}`
          if (!asksFor(1, command)) return undefined
          lies -= 1
          return `* 1 FETCH (UID 1 BODY[]<0> {${announced}}\r\n${body})\r\n${OK}`
        }
      },
      { deadlines: QUICK },
    )
    while (ledger.settledMails < 1) {
      mailbox.poll()
      await pause(20)
    }
    assert.deepEqual(ledger.octets, [mail], `announced ${announced}`)
    await mailbox.stop()
  }
})

test('commands that are never answered, or under another tag, end the connection', async t => {
  for (const lie of ['', 'X1 OK done\r\n', '* OK still here\r\n* 9 EXISTS\r\n']) {
    let lies = 0
    const { ledger, mailbox } = await watchScripted(
      t,
      server => {
        server.mails.set(1, ODD)
        server.replace = command => {
          if (!/^UID (?:SEARCH|FETCH|MOVE)/.test(command) || lies === 2) return undefined
          lies += 1
          return lie
        }
      },
      { deadlines: QUICK },
    )
    await ledger.until(() => ledger.settledMails === 1)
    assert.ok(ledger.times('lost') >= 2)
    assert.deepEqual(ledger.octets, [ODD])
    await mailbox.stop()
  }
})

test('news of mail that is not there, over and over, costs a few looks', async t => {
  const { server, ledger } = await watchScripted(t, () => undefined)
  await server.next(/^IDLE/)
  const before = server.commands.length
  const lines = Array.from({ length: upTo(5_000, 100_000) }, (_, n) => `* ${n} EXISTS`)
  server.tell(['* 3 EXPUNGE', '* 1 FETCH (FLAGS (\\Seen))', ...lines].join('\r\n'))
  server.mails.set(1, ODD)
  server.tell('* 1 EXISTS')
  await ledger.until(() => ledger.settledMails === 1)
  assert.deepEqual(ledger.octets, [ODD])
  const looks = server.commands.slice(before).filter(command => command.startsWith('UID SEARCH')).length
  assert.ok(looks < 100, `${looks} looks`)
})
