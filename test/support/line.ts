// The line from a stored mail to the outbox within the test's own process: an instance made by `init`, its real
// store, keys and sandbox child, and people whose keys GnuPG made. There is no mailbox and no server: mails are
// put into the queue, and what would be sent is taken out of the outbox.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import BetterSqlite3 from 'better-sqlite3'
import { sha256Of } from '../../src/digest.ts'
import { type Instance, openInstance } from '../../src/instance/instance.ts'
import { type Instant, instant } from '../../src/model/scalars.ts'
import type { WrittenRequest } from '../../src/pipeline/operator-request.ts'
import { GnuPG } from './gpg.ts'
import { plainMail } from './mail.ts'
import { checkLine } from './oracle.ts'
import { type ReadMail, readMail } from './outgoing.ts'
import { type Cli, cli } from './verbs.ts'
import { wholeOf } from './whole.ts'
import { makeFolder, removeFolder, type TestEnd, until } from './workspace.ts'

const DAY = 86_400_000
const MONTH = 30 * DAY
/** Words that only an entitled key may read. */
const REPORT = 'It crashes when a backup is restored.\n'

export type Taken = { readonly outcome: string; readonly reason: string; readonly mails: number }
/** Where it comes from: a mailbox, or the command line. */
type Place =
  | {
      readonly source: 'imap'
      readonly mailbox: string
      readonly uidValidity: number
      readonly uid: number
    }
  | { readonly source: 'cli' }

export type Sent = { readonly to: string; readonly octets: Buffer }

export class Line {
  readonly folder: string
  readonly alice: GnuPG
  readonly bob: GnuPG
  /** A contact on the list. */
  readonly mallory: GnuPG
  /** What left so far, oldest first. */
  readonly sent: Sent[] = []
  /** Of everybody's key, in hours. */
  readonly keyAge = MONTH / 3_600_000
  readonly #settled = new Map<unknown, Taken>()
  readonly #logged: string[] = []
  #instance: Instance | undefined
  #uid = 0

  private constructor(folder: string, people: readonly [GnuPG, GnuPG, GnuPG]) {
    this.folder = folder
    ;[this.alice, this.bob, this.mallory] = people
  }

  /** `domain`: of our addresses. */
  static async make(t: TestEnd, domain = 'acme.example'): Promise<Line> {
    const folder = await makeFolder()
    // Keys old enough that an old signature of theirs is one.
    const fakedTime = Date.now() - MONTH
    const people = await Promise.all([
      until(t, GnuPG.create('Alice Admin', 'alice@team.example', { fakedTime })),
      until(t, GnuPG.create('Bob Admin', 'bob@team.example', { fakedTime })),
      until(t, GnuPG.create('Mallory Member', 'mallory@member.example', { fakedTime })),
    ])
    const line = new Line(folder, people)
    await line.#initialise(domain)
    t.after(async () => {
      await line.close()
      await checkLine(line, [REPORT.trim()]).finally(() => removeFolder(folder))
    })
    await line.open()
    await line.join(line.mallory, 'Distro', 'Mallory')
    return line
  }

  async #initialise(domain: string): Promise<void> {
    const { folder } = this
    for (const person of [this.alice, this.bob])
      await writeFile(join(folder, `${person.address}.asc`), await person.exportArmored())
    await writeFile(join(folder, 'password'), 'unused', { mode: 0o600 })
    const server = (name: string) => [
      ...[`--${name}-host`, '127.0.0.1', `--${name}-port`, '9', `--${name}-tls`, 'none'],
      ...[`--${name}-user`, 'security', `--${name}-password-file`, join(folder, 'password')],
    ]
    await this.#run(
      ...['init', '--instance', 'acme', '--security', `security@${domain}`],
      ...['--data', join(folder, 'data'), ...server('imap'), ...server('smtp')],
      ...['--admin', `alice <alice@team.example> ${join(folder, 'alice@team.example.asc')}`],
      ...['--admin', `bob <bob@team.example> ${join(folder, 'bob@team.example.asc')}`],
      ...['--project', `velero=distributors@${domain}`],
    )
    await Promise.all([this.alice, this.bob].map(one => this.knows(one)))
  }

  /** Has our public keys from now on. */
  async knows(person: GnuPG): Promise<void> {
    const keys = await Promise.all(['mail', 'list-velero'].map(key => this.publicKey(key)))
    await person.importKey(Buffer.concat(keys))
  }

  /** Puts somebody on the list as `member import` does while the daemon runs. */
  async join(person: GnuPG, organisation: string, name: string): Promise<void> {
    const certificate = (await person.exportPublic()).toString('base64')
    const named = { project: 'velero', organisation, name, address: person.address }
    const request: WrittenRequest = { kind: 'member-import', ...named, certificate }
    const taken = await this.#settle(Buffer.from(JSON.stringify(request)), { source: 'cli' })
    assert.equal(taken.reason, 'member-imported')
    await this.knows(person)
  }

  async #run(...args: readonly string[]): Promise<Cli> {
    const result = await cli('--config', join(this.folder, 'embargod.yaml'), ...args)
    assert.equal(result.code, 0, `${result.problem}${result.out}`)
    return result
  }

  get instance(): Instance {
    assert.ok(this.#instance, 'the instance is closed')
    return this.#instance
  }

  async open(): Promise<void> {
    const opened = await openInstance(join(this.folder, 'embargod.yaml'), (event, fields = {}) => {
      this.#logged.push(JSON.stringify({ event, ...fields }))
      const { inbound, outcome, reason, mails } = fields
      if (event === 'settled')
        this.#settled.set(inbound, {
          outcome: String(outcome),
          reason: String(reason),
          mails: Number(mails),
        })
    })
    assert.ok(opened.ok, JSON.stringify(opened))
    this.#instance = opened.value
  }

  async close(): Promise<void> {
    await this.#instance?.close()
    this.#instance = undefined
  }

  /** Changes the configuration file as an operator would, between an end and a start. */
  async restart(change: (text: string) => string): Promise<void> {
    await this.close()
    const file = join(this.folder, 'embargod.yaml')
    const text = await readFile(file, 'utf8')
    const changed = change(text)
    assert.notEqual(changed, text, 'the edit changed nothing')
    await writeFile(file, changed, { mode: 0o600 })
    await this.open()
  }

  publicKey(which: string): Promise<Buffer> {
    return readFile(join(this.folder, 'keys', `${which}.pub.asc`))
  }

  async fingerprintOf(which: string): Promise<string> {
    const [fingerprint = ''] = await this.alice.importKey(await this.publicKey(which))
    return fingerprint
  }

  /** Takes one mail through to its class, and what follows from it out of the outbox. */
  async take(octets: Uint8Array, receivedAt: Instant = this.instance.clock.now()): Promise<Taken> {
    this.#uid += 1
    const place = { source: 'imap', mailbox: 'INBOX', uidValidity: 1, uid: this.#uid } as const
    const taken = await this.#settle(octets, place, receivedAt)
    this.#empty()
    return taken
  }

  /** Puts octets into the first queue and settles what is there until they have a class. */
  async #settle(
    octets: Uint8Array,
    place: Place,
    receivedAt: Instant = this.instance.clock.now(),
  ): Promise<Taken> {
    const { store, keyring, pipeline, clock } = this.instance
    const raw = await keyring.encryptForStorage(octets, clock.now())
    const mail = { sha256: sha256Of(octets), size: octets.length, raw, receivedAt }
    const inbound = store.inbound.receive({ ...place, ...mail })
    for (;;) {
      const taken = this.#settled.get(inbound)
      if (taken !== undefined) return taken
      assert.equal(await pipeline.settleNext(), 'worked', 'the mail has no class')
    }
  }

  #empty(): void {
    const { store, clock } = this.instance
    for (let [mail] = store.outbox.exchange([], 1, clock.now()); mail !== undefined; ) {
      this.sent.push({ to: mail.to, octets: wholeOf(mail.octets) })
      const answer = { id: mail.id, outcome: { kind: 'accepted', code: 250 }, at: clock.now() } as const
      ;[mail] = store.outbox.exchange([answer], 1, clock.now())
    }
  }

  /** Lets a day pass: whatever was sent was sent a day earlier. Then what is owed is paid, if it may be. */
  async aDayLater(): Promise<void> {
    // With the library that holds the file open: a second one in this process would undo its locks.
    const database = new BetterSqlite3(join(this.folder, 'data/embargod.db'))
    database.exec(`UPDATE outbox SET created_at = created_at - ${DAY}`)
    database.close()
    await this.instance.pipeline.payOwed()
    this.#empty()
  }

  /** Tells what is kept to be told together, however short ago others were told. */
  async tellChanges(): Promise<'told' | 'nothing'> {
    const database = new BetterSqlite3(join(this.folder, 'data/embargod.db'))
    database.exec('DELETE FROM changes_told')
    database.close()
    const told = await this.instance.pipeline.tellChanges()
    this.#empty()
    return told
  }

  /** Whatever is due by now is carried out, as the daemon would; the answer is to how many cases something happened. */
  async timePasses(): Promise<number> {
    const { pipeline, clock } = this.instance
    let count = 0
    for (
      let wake = pipeline.nextWake();
      wake !== undefined && wake.at <= clock.now();
      wake = pipeline.nextWake()
    ) {
      assert.equal(await pipeline.timePassed(wake.of), 'settled', 'woken for nothing')
      count += 1
    }
    this.#empty()
    return count
  }

  /** A report in clear of a stranger; the answer is its case. */
  async report(from = 'quinn@plain.example'): Promise<string> {
    const before = new Set(this.instance.store.allCases({ limit: 100_000 }).map(({ id }) => id))
    await this.take(plainMail({ from, to: 'security@acme.example', subject: 'It crashes', text: REPORT }))
    const opened = this.instance.store.allCases({ limit: 100_000 }).find(({ id }) => !before.has(id))
    assert.ok(opened)
    return opened.id
  }

  theCase(id: string) {
    const found = this.instance.store.allCases({ limit: 100_000 }).find(one => one.id === id)
    assert.ok(found)
    return found
  }

  /** The newest mail to a person, as they read it. */
  async lastMailTo(person: GnuPG): Promise<ReadMail> {
    const mail = this.sent.findLast(({ to }) => to === person.address)
    assert.ok(mail, `no mail to ${person.address}`)
    return readMail(mail.octets, person)
  }

  /** Everything that only people with authority may change: cases but for their mail, contacts, notices, plans. */
  state(cases: readonly string[]): string {
    const { store, config } = this.instance
    const own = cases.map(id => {
      const { revision, thread, offers, ...rest } = this.theCase(id)
      return { ...rest, decided: revision - thread.length - offers.length }
    })
    const kept = [own, store.contacts(config.settings), store.scheduledNotices(), this.rows(WAITING)]
    return createHash('sha256').update(JSON.stringify(kept)).digest('hex')
  }

  /** What SQLite alone reads in the database. */
  rows(query: string): readonly Record<string, unknown>[] {
    const database = new DatabaseSync(join(this.folder, 'data/embargod.db'), { readOnly: true })
    try {
      return database.prepare(query).all()
    } finally {
      database.close()
    }
  }

  get log(): string {
    return this.#logged.join('\n')
  }
}

const WAITING = 'SELECT token_sha256, issuer, state, expires_at FROM plans ORDER BY token_sha256'

/** An instant that lies so many milliseconds from now. */
export const fromNow = (milliseconds: number): Instant => instant(Date.now() + milliseconds)
