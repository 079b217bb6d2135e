// What the tests of the mailbox share: a ledger that keeps what it is handed, and ways to watch a mailbox.
import assert from 'node:assert/strict'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Log } from '../../src/log.ts'
import type { MailboxServer } from '../../src/receive/imap.ts'
import { Mailbox, type MailboxOptions } from '../../src/receive/mailbox.ts'
import type { FetchedMail, MailboxHandler, OversizeMail } from '../../src/receive/mailbox-handler.ts'
import { type Dovecot, startDovecot } from '../support/dovecot.ts'
import { until } from '../support/workspace.ts'
import { ScriptedImap } from './scripted-imap.ts'

export const DONE = ['embargod', 'done']
const QUICK = { first: 10, longest: 40, afterRefusedLogin: 10 }
export const LIMIT = 1_000_000
export const WAIT = 10_000

export const ODD = Buffer.concat([
  Buffer.from('From: a@example.org\r\nSubject: odd\r\n\r\n.\r\n..\r\n\ttab \r\n)\r\nA1 OK\r\n{5}\r\n'),
  Buffer.from([0x80, 0xff, 0xfe, 0x0d, 0x0a]),
])
export const mailNo = (n: number): Buffer => Buffer.from(`Subject: ${n}\r\n\r\ntext ${n}\r\n`)

/** Keeps what it is given in memory, and lets a test wait for it. */
class Ledger implements MailboxHandler {
  readonly stored: FetchedMail[] = []
  readonly oversize: OversizeMail[] = []
  readonly happened: string[] = []
  readonly logged: string[] = []
  /** What came of filing, each time. */
  readonly filings: string[] = []
  /** Mails stored when the mailbox was last settled. */
  settledMails = 0
  readonly #known = new Map<string, Uint8Array>()
  readonly #waiters = new Set<() => void>()
  /** Runs before a mail counts as stored. */
  storing: (mail: FetchedMail) => Promise<void> = async () => undefined

  readonly log: Log = event => this.#note(this.logged, event)

  isKnown(mailbox: string, uidValidity: number, uid: number): 'stored' | 'new' {
    return this.#known.has(`${mailbox} ${uidValidity} ${uid}`) ? 'stored' : 'new'
  }

  async store(mail: FetchedMail): Promise<void> {
    await this.storing(mail)
    this.knows(mail, mail.octets)
    this.#note(this.stored, mail)
  }

  async storeOversize(mail: OversizeMail): Promise<void> {
    this.knows(mail, mail.header)
    this.#note(this.oversize, mail)
  }

  settled(): void {
    this.settledMails = this.stored.length
    this.#note(this.happened, 'settled')
  }

  state(state: string): void {
    this.#note(this.happened, state)
  }

  holds(octets: Uint8Array): 'stored' | 'new' {
    return [...this.#known.values()].some(one => Buffer.compare(one, octets) === 0) ? 'stored' : 'new'
  }

  vanished(): void {
    this.happened.push('vanished')
  }

  filing(outcome: string): void {
    this.#note(this.filings, outcome)
  }

  knows({ mailbox, uidValidity, uid }: Omit<FetchedMail, 'octets'>, octets: Uint8Array): void {
    const place = `${mailbox} ${uidValidity} ${uid}`
    const before = this.#known.get(place)
    assert.ok(before === undefined || Buffer.compare(before, octets) !== 0, `${place} was stored twice`)
    this.#known.set(before === undefined ? place : `${place} again ${this.#known.size}`, octets)
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

export const loginTo = (dovecot: Dovecot, change: Partial<MailboxServer> = {}): MailboxServer => ({
  host: dovecot.host,
  port: dovecot.imapPort,
  tls: 'none',
  user: 'security',
  password: { open: () => dovecot.password },
  mailbox: 'INBOX',
  done: DONE,
  ...change,
})

export const openDovecot = (t: TestContext) => until(t, startDovecot({ users: ['security'] }))

/** A killed server leaves its lock on the mailbox, for which the next one would wait seconds. */
export const unlock = (dovecot: Dovecot) =>
  rm(join(dovecot.maildir('security'), 'dovecot-uidlist.lock'), { force: true })

/** A filing mailbox into which the server may not write. */
export async function lockFiling(dovecot: Dovecot) {
  const folder = join(dovecot.maildir('security'), '.embargod.done')
  await mkdir(folder, { mode: 0o500 })
  await chmod(folder, 0o500)
  return { open: () => rm(folder, { recursive: true }) }
}

export function watch(t: TestContext, server: MailboxServer, change: Partial<MailboxOptions> = {}) {
  const ledger = new Ledger()
  const options = { server, handler: ledger, maxMail: LIMIT, log: ledger.log, waits: QUICK, ...change }
  const mailbox = new Mailbox(options)
  t.after(() => mailbox.stop())
  return { ledger, mailbox }
}

export async function watchScripted(
  t: TestContext,
  prepare: (server: ScriptedImap) => void,
  change: Partial<MailboxOptions> = {},
  known: readonly FetchedMail[] = [],
) {
  const server = await until(t, new ScriptedImap().listen())
  prepare(server)
  const watched = watch(t, scriptedLogin(server), change)
  for (const mail of known) watched.ledger.knows(mail, mail.octets)
  watched.mailbox.start()
  return { server, ...watched }
}

export const scriptedLogin = ({ port }: ScriptedImap, tls: MailboxServer['tls'] = 'none'): MailboxServer => ({
  host: '127.0.0.1',
  port,
  tls,
  user: 'security',
  password: { open: () => 'hunter2' },
  mailbox: 'INBOX',
  done: DONE,
})
