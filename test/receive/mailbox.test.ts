import assert from 'node:assert/strict'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ImapFlow } from 'imapflow'
import type { Log } from '../../src/log.ts'
import {
  checkMailbox,
  type FetchedMail,
  Mailbox,
  type MailboxHandler,
  type MailboxOptions,
  type MailboxServer,
  type OversizeMail,
} from '../../src/receive/mailbox.ts'
import { loopbackCertificate } from '../support/certificate.ts'
import { type Dovecot, missingDovecot, startDovecot } from '../support/dovecot.ts'
import { until } from '../support/workspace.ts'
import { ScriptedImap } from './scripted-imap.ts'

const skip = missingDovecot()
const DONE = ['embargod', 'done']
const QUICK = { first: 10, longest: 40, afterRefusedLogin: 10 }
const LIMIT = 1_000_000
const WAIT = 10_000

const ODD = Buffer.concat([
  Buffer.from('From: a@example.org\r\nSubject: odd\r\n\r\n.\r\n..\r\n\ttab \r\n)\r\nA1 OK\r\n{5}\r\n'),
  Buffer.from([0x80, 0xff, 0xfe, 0x0d, 0x0a]),
])
const mailNo = (n: number): Buffer => Buffer.from(`Subject: ${n}\r\n\r\ntext ${n}\r\n`)

/** Keeps what it is given in memory, and lets a test wait for it. */
class Ledger implements MailboxHandler {
  readonly stored: FetchedMail[] = []
  readonly oversize: OversizeMail[] = []
  readonly happened: string[] = []
  readonly logged: string[] = []
  /** Mails stored when the mailbox was last settled. */
  settledMails = 0
  readonly #known = new Set<string>()
  readonly #waiters = new Set<() => void>()
  /** Runs before a mail counts as stored. */
  storing: (mail: FetchedMail) => Promise<void> = async () => undefined

  readonly log: Log = event => this.#note(this.logged, event)

  isKnown(mailbox: string, uidValidity: number, uid: number): 'stored' | 'new' {
    return this.#known.has(`${mailbox} ${uidValidity} ${uid}`) ? 'stored' : 'new'
  }

  async store(mail: FetchedMail): Promise<void> {
    await this.storing(mail)
    this.knows(mail)
    this.#note(this.stored, mail)
  }

  async storeOversize(mail: OversizeMail): Promise<void> {
    this.knows(mail)
    this.#note(this.oversize, mail)
  }

  settled(): void {
    this.settledMails = this.stored.length
    this.#note(this.happened, 'settled')
  }

  state(state: string): void {
    this.#note(this.happened, state)
  }

  knows({ mailbox, uidValidity, uid }: Omit<FetchedMail, 'octets'>): void {
    const place = `${mailbox} ${uidValidity} ${uid}`
    assert.ok(!this.#known.has(place), `${place} was stored twice`)
    this.#known.add(place)
  }

  get octets(): readonly Uint8Array[] {
    return this.stored.map(mail => mail.octets)
  }

  /** Resolves as soon as `holds`; rejects after ten seconds. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(look)
        reject(new Error(`not so: ${this.happened.join(' ')} (${this.stored.length} stored; ${this.logged})`))
      }, WAIT)
      const look = () => {
        if (!holds()) return
        clearTimeout(timer)
        this.#waiters.delete(look)
        resolve()
      }
      this.#waiters.add(look)
      look()
    })
  }

  times(what: string): number {
    return this.happened.filter(event => event === what).length
  }

  #note<T>(list: T[], entry: T): void {
    list.push(entry)
    for (const look of this.#waiters) look()
  }
}

const loginTo = (dovecot: Dovecot, change: Partial<MailboxServer> = {}): MailboxServer => ({
  host: dovecot.host,
  port: dovecot.imapPort,
  tls: 'none',
  user: 'security',
  password: { open: () => dovecot.password },
  mailbox: 'INBOX',
  done: DONE,
  ...change,
})

const openDovecot = (t: TestContext) => until(t, startDovecot({ users: ['security'] }))

function watch(t: TestContext, server: MailboxServer, change: Partial<MailboxOptions> = {}) {
  const ledger = new Ledger()
  const options = { server, handler: ledger, maxMail: LIMIT, log: ledger.log, waits: QUICK, ...change }
  const mailbox = new Mailbox(options)
  t.after(() => mailbox.stop())
  return { ledger, mailbox }
}

async function watchScripted(
  t: TestContext,
  prepare: (server: ScriptedImap) => void,
  change: Partial<MailboxOptions> = {},
) {
  const server = await until(t, new ScriptedImap().listen())
  prepare(server)
  const watched = watch(t, scriptedLogin(server), change)
  watched.mailbox.start()
  return { server, ...watched }
}

const scriptedLogin = ({ port }: ScriptedImap, tls: MailboxServer['tls'] = 'none'): MailboxServer => ({
  host: '127.0.0.1',
  port,
  tls,
  user: 'security',
  password: { open: () => 'hunter2' },
  mailbox: 'INBOX',
  done: DONE,
})

test('mail that waits and mail that arrives is stored octet for octet and then filed', { skip }, async t => {
  const dovecot = await openDovecot(t)
  await dovecot.deliver('security', ODD)
  await dovecot.deliver('security', mailNo(1))
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  mailbox.start()
  await ledger.until(() => ledger.happened.includes('settled'))
  assert.deepEqual(ledger.octets, [ODD, mailNo(1)])
  assert.deepEqual(ledger.happened.slice(0, 2), ['connected', 'settled'])
  await dovecot.waitForCount('security', DONE, 2)
  await dovecot.deliver('security', mailNo(2))
  const filed = await dovecot.waitForCount('security', DONE, 3)
  await ledger.until(() => ledger.settledMails === 3)
  assert.deepEqual(ledger.octets, [ODD, mailNo(1), mailNo(2)])
  assert.deepEqual(
    filed.map(mail => [mail.octets, mail.flags]),
    [ODD, mailNo(1), mailNo(2)].map(octets => [octets, '']),
  )
  assert.deepEqual(await dovecot.list('security'), [])
})

test('mail is filed only when it is stored, and stays if storing fails', { skip }, async t => {
  const dovecot = await openDovecot(t)
  await dovecot.deliver('security', mailNo(1))
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  const asked = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  ledger.storing = async () => {
    asked.resolve()
    await release.promise
    ledger.storing = async () => undefined
    throw new Error('disk full')
  }
  mailbox.start()
  await asked.promise
  assert.equal((await dovecot.list('security')).length, 1)
  release.resolve()
  await dovecot.waitForCount('security', DONE, 1)
  assert.deepEqual(ledger.octets, [mailNo(1)])
  assert.deepEqual(
    ledger.happened.filter(event => event !== 'settled'),
    ['connected', 'lost', 'connected'],
  )
})

test('a mail that was stored but not filed is filed, and not stored again', { skip }, async t => {
  const dovecot = await openDovecot(t)
  await dovecot.deliver('security', mailNo(1))
  const report = await checkMailbox(loginTo(dovecot))
  assert.ok(report.kind === 'ok')
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  ledger.knows({ mailbox: 'INBOX', uidValidity: report.uidValidity, uid: 1 })
  await dovecot.deliver('security', mailNo(2))
  mailbox.start()
  await dovecot.waitForCount('security', DONE, 2)
  assert.deepEqual(ledger.octets, [mailNo(2)])
})

test('after the server was away everything that came meanwhile is taken in', { skip }, async t => {
  const dovecot = await openDovecot(t)
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  mailbox.start()
  await ledger.until(() => ledger.happened.includes('settled'))
  await dovecot.halt()
  await ledger.until(() => ledger.times('lost') >= 3)
  await dovecot.deliver('security', mailNo(1))
  await dovecot.start()
  await dovecot.waitForCount('security', DONE, 1)
  assert.deepEqual(ledger.octets, [mailNo(1)])
  assert.equal(ledger.times('connected'), 2)
})

test('after a new UIDVALIDITY no mail is taken for another with its number', { skip }, async t => {
  const dovecot = await openDovecot(t)
  // Mail that cannot be filed stays, and is numbered anew.
  const locked = await lockFiling(dovecot)
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  await dovecot.deliver('security', mailNo(1))
  await dovecot.deliver('security', mailNo(2))
  mailbox.start()
  await ledger.until(() => ledger.logged.includes('filing-failed'))
  await dovecot.halt()
  const [first] = await dovecot.list('security')
  assert.ok(first)
  await dovecot.renewUidValidity('security')
  await locked.open()
  await dovecot.start()
  await dovecot.waitForCount('security', DONE, 2)
  const [before, after] = [ledger.stored.slice(0, 2), ledger.stored.slice(2)]
  assert.deepEqual(
    after.map(mail => [mail.uid, mail.octets]),
    before.map(mail => [mail.uid, mail.octets]),
  )
  assert.equal(new Set(ledger.stored.map(mail => mail.uidValidity)).size, 2)
})

/** A filing mailbox into which the server may not write. */
async function lockFiling(dovecot: Dovecot) {
  const folder = join(dovecot.maildir('security'), '.embargod.done')
  await mkdir(folder, { mode: 0o500 })
  await chmod(folder, 0o500)
  return { open: () => rm(folder, { recursive: true }) }
}

test('a filing mailbox that cannot be written to loses nothing, and is tried again', { skip }, async t => {
  const dovecot = await openDovecot(t)
  const locked = await lockFiling(dovecot)
  await dovecot.deliver('security', mailNo(1))
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  mailbox.start()
  await ledger.until(() => ledger.happened.includes('settled'))
  assert.deepEqual(
    ledger.logged.filter(event => event !== 'mailbox-connected'),
    ['filing-failed'],
  )
  assert.equal((await dovecot.list('security')).length, 1)
  await locked.open()
  mailbox.poll()
  await dovecot.waitForCount('security', DONE, 1)
  assert.equal(ledger.stored.length, 1)
  assert.equal(ledger.times('connected'), 1)
})

test('a mail over the limit gives its header and stays, and holds up no other', { skip }, async t => {
  const dovecot = await openDovecot(t)
  const header = 'Subject: large\r\nX-Long: x\r\n\r\n'
  await dovecot.deliver('security', header + 'x'.repeat(LIMIT))
  const largest = Buffer.from('Subject: y\r\n\r\n'.padEnd(LIMIT - 2, 'y').concat('\r\n'))
  await dovecot.deliver('security', largest)
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  mailbox.start()
  await dovecot.waitForCount('security', DONE, 1)
  assert.deepEqual(ledger.octets, [largest])
  const [mail] = ledger.oversize
  assert.equal(Buffer.from(mail?.header ?? []).toString(), header)
  assert.equal(mail?.size, header.length + LIMIT)
  await dovecot.halt()
  await dovecot.start()
  await ledger.until(() => ledger.times('settled') >= 2 && ledger.times('connected') === 2)
  assert.equal(ledger.oversize.length, 1)
  assert.equal((await dovecot.list('security')).length, 1)
})

test('a full mailbox is taken in in order, in more than one batch', { skip }, async t => {
  const dovecot = await openDovecot(t)
  const all = Array.from({ length: 230 }, (_, n) => mailNo(n))
  for (const mail of all) await dovecot.deliver('security', mail)
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  mailbox.start()
  await dovecot.waitForCount('security', DONE, all.length, WAIT)
  assert.deepEqual(ledger.octets, all)
  const uids = ledger.stored.map(mail => mail.uid)
  assert.deepEqual(
    uids,
    uids.toSorted((a, b) => a - b),
  )
})

test('mail that others have read or marked as deleted is taken in all the same', { skip }, async t => {
  const dovecot = await openDovecot(t)
  await dovecot.deliver('security', mailNo(1))
  await dovecot.deliver('security', mailNo(2))
  const auth = { user: 'security', pass: dovecot.password }
  const { host, imapPort } = dovecot
  const other = new ImapFlow({ host, port: imapPort, doSTARTTLS: false, auth, logger: false })
  await other.connect()
  await other.mailboxOpen('INBOX')
  await other.messageFlagsAdd('1', ['\\Seen'])
  await other.messageFlagsAdd('2', ['\\Deleted'])
  await other.logout()
  const { ledger, mailbox } = watch(t, loginTo(dovecot))
  mailbox.start()
  const filed = await dovecot.waitForCount('security', DONE, 2)
  assert.deepEqual(ledger.octets, [mailNo(1), mailNo(2)])
  assert.deepEqual(
    filed.map(mail => mail.flags),
    ['S', 'T'],
  )
})

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

test('a refused login is repeated only after its own wait, whatever polls', { skip }, async t => {
  const dovecot = await openDovecot(t)
  const wrong = loginTo(dovecot, { password: { open: () => 'wrong' } })
  const patient = watch(t, wrong, { waits: { first: 1, longest: 2, afterRefusedLogin: 3_600_000 } })
  patient.mailbox.start()
  await patient.ledger.until(() => patient.ledger.happened.includes('auth-failed'))
  for (let i = 0; i < 5; i += 1) patient.mailbox.poll()
  await patient.mailbox.stop()
  assert.deepEqual(patient.ledger.happened, ['auth-failed'])
})

test('implicit TLS and STARTTLS need a trusted certificate', { skip }, async t => {
  const dovecot = await openDovecot(t)
  const ways = [
    { tls: 'implicit', port: dovecot.imapsPort },
    { tls: 'starttls', port: dovecot.imapPort },
  ] as const
  for (const way of ways) {
    const trustedCertificates = dovecot.certificate.certificate
    assert.equal((await checkMailbox(loginTo(dovecot, { ...way, trustedCertificates }))).kind, 'ok')
    for (const other of [undefined, loopbackCertificate().certificate]) {
      const report = await checkMailbox(loginTo(dovecot, { ...way, trustedCertificates: other }))
      assert.ok(report.kind === 'fault' && report.state === 'lost')
      assert.match(report.reason ?? '', /CERT/)
    }
  }
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

test('check reports the mailbox, or what is wrong by code alone', { skip }, async t => {
  const dovecot = await openDovecot(t)
  await dovecot.deliver('security', mailNo(1))
  const report = await checkMailbox(loginTo(dovecot))
  assert.ok(report.kind === 'ok' && report.uidValidity > 0)
  const { mails, filing, news } = report
  assert.deepEqual([mails, filing, news], [1, 'move', 'idle'])
  const missing = await checkMailbox(loginTo(dovecot, { mailbox: 'Nowhere' }))
  assert.deepEqual(missing, { kind: 'fault', state: 'unusable', reason: 'NONEXISTENT' })
  const refused = await checkMailbox(loginTo(dovecot, { password: { open: () => 'wrong' } }))
  assert.deepEqual(refused, { kind: 'fault', state: 'auth-failed', reason: 'AUTHENTICATIONFAILED' })
  await dovecot.halt()
  const gone = await checkMailbox(loginTo(dovecot))
  assert.deepEqual(gone, { kind: 'fault', state: 'lost', reason: 'ECONNREFUSED' })
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

test('a mail that is gone before it is fetched is logged, and the rest goes on', async t => {
  const { ledger } = await watchScripted(t, server => {
    server.mails.set(1, mailNo(1)).set(3, mailNo(3))
    server.replace = command =>
      command.startsWith('UID SEARCH') ? '* SEARCH 1 2 3\r\nTAG OK done\r\n' : undefined
  })
  await ledger.until(() => ledger.happened.includes('settled'))
  assert.deepEqual(ledger.octets, [mailNo(1), mailNo(3)])
  assert.ok(ledger.logged.includes('mail-vanished'))
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
