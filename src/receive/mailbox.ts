// The way in: every mail of one mailbox is fetched octet for octet, handed over, and filed on the server only
// when it is stored. It reconnects by itself, never looks into a mail and keeps nothing of its own.
import { setTimeout as pause } from 'node:timers/promises'
import { type Log, logCode } from '../log.ts'
import { MINUTE, SECOND } from '../model/time.ts'
import {
  DEADLINES,
  type Deadlines,
  type Filing,
  faultOf,
  MAX_HEADER,
  MailboxConnection,
  type MailboxFault,
  type MailboxServer,
} from './imap.ts'
import type { HeaderTerm } from './lane.ts'

export type { MailboxServer } from './imap.ts'

/** A mail is known by mailbox, UIDVALIDITY and UID (RFC 9051 §2.3.1.1). */
export type MailPlace = { readonly mailbox: string; readonly uidValidity: number; readonly uid: number }
export type FetchedMail = MailPlace & { readonly octets: Uint8Array }
/** `size` in octets as the server says; `header` at most 64 KB. */
export type OversizeMail = MailPlace & { readonly header: Uint8Array; readonly size: number }

export type MailboxState = 'connected' | MailboxFault['state']

export type MailboxHandler = {
  isKnown(mailbox: string, uidValidity: number, uid: number): 'stored' | 'new'
  /** Whether a mail of exactly these octets was ever stored, under whatever number. */
  holds(octets: Uint8Array): 'stored' | 'new'
  /** Resolves when the mail is durably stored, and only then is it filed; a rejection ends the connection. */
  store(mail: FetchedMail): Promise<void>
  /** The mail itself stays in the mailbox and is not asked for again. */
  storeOversize(mail: OversizeMail): Promise<void>
  /** Every mail that was there when the mailbox was last looked at is stored; after each such look. */
  settled(): void
  /** What came of filing mails away, after each try. */
  filing(outcome: 'filed' | 'refused'): void
  /** `uidValidity` with `connected` only. */
  state(state: MailboxState, uidValidity: number | undefined): void
}

/** Milliseconds. */
export type Waits = {
  /** Before the first new connection; doubled each time, with jitter, up to `longest`. */
  readonly first: number
  readonly longest: number
  /** At least this between logins once one was refused. */
  readonly afterRefusedLogin: number
}

export type MailboxOptions = {
  readonly server: MailboxServer
  readonly handler: MailboxHandler
  /** Octets of the largest mail to fetch. */
  readonly maxMail: number
  /** What the header of a mail holds that is taken before others, where many wait. */
  readonly first?: readonly HeaderTerm[]
  readonly log: Log
  readonly waits?: Waits
  readonly deadlines?: Deadlines
}

export type MailboxReport =
  | {
      readonly kind: 'ok'
      readonly mails: number
      readonly uidValidity: number
      readonly filing: Filing
      readonly news: 'idle' | 'polling'
    }
  | ({ readonly kind: 'fault' } & MailboxFault)

const WAITS: Waits = { first: SECOND, longest: 5 * MINUTE, afterRefusedLogin: 30 * SECOND }
/** A connection that lived this long starts the waits anew. */
const STABLE = MINUTE
/** Mails that are looked at and filed together; they are fetched one by one. */
const BATCH = 100
/** Mails whose headers the server searches at once: a whole mailbox could take it longer than we wait. */
const SEARCHED = 2_000

/** A mail at which that many connections ended comes after all others, lest it keep them from being read. */
const SUSPECT = 2

type Session = {
  readonly connection: MailboxConnection
  /** Highest UID seen, all below which were looked at or are about to be. */
  last: number
  /** Highest UID whose header was searched, or is among `unsearched`. */
  listed: number
  unsearched: number[]
  /** Found by their header, to be taken before others. */
  first: number[]
  /** UIDs to look at again: stored and not filed, or not readable yet. */
  readonly again: Map<number, 'unfiled' | 'unreadable'>
  /** UIDs looked at that stay in the mailbox, those to look at again among them. */
  readonly left: Set<number>
}

export class Mailbox {
  readonly #options: MailboxOptions
  readonly #stopping = new AbortController()
  #awake = Promise.withResolvers<void>()
  #connection: MailboxConnection | undefined
  #ended: Promise<void> | undefined
  /** How often connections ended at a UID. */
  readonly #ends = new Map<number, number>()

  constructor(options: MailboxOptions) {
    this.#options = options
  }

  start(): void {
    this.#ended ??= this.#run()
  }

  /** Looks for mail now; never shortens the wait for a new connection. */
  poll(): void {
    this.#awake.resolve()
  }

  /** Ends the connection; a mail that is being stored is stored, and filed after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#connection?.close()
    this.#awake.resolve()
    await this.#ended
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted
  }

  async #run(): Promise<void> {
    const { handler, waits = WAITS } = this.#options
    const { signal } = this.#stopping
    let wait = waits.first
    while (!this.#stopped) {
      const startedAt = performance.now()
      const state = await this.#connect()
      if (this.#stopped) return
      handler.state(state, undefined)
      if (performance.now() - startedAt > STABLE) wait = waits.first
      const jittered = wait * (0.5 + Math.random() / 2)
      const least = state === 'auth-failed' ? waits.afterRefusedLogin : 0
      wait = Math.min(2 * wait, waits.longest)
      await pause(Math.max(jittered, least), undefined, { signal }).catch(() => undefined)
    }
  }

  /** One connection from login to its end. */
  async #connect(): Promise<MailboxFault['state']> {
    const { server, handler, maxMail, log, deadlines } = this.#options
    const connection = new MailboxConnection(server, maxMail, () => this.#awake.resolve(), deadlines)
    this.#connection = connection
    try {
      await connection.open()
      if (this.#stopped) return 'lost'
      handler.state('connected', connection.uidValidity)
      log('mailbox-connected', { uidValidity: connection.uidValidity })
      await this.#receive({
        connection,
        last: 0,
        listed: 0,
        unsearched: [],
        first: [],
        again: new Map(),
        left: new Set(),
      })
      return 'lost'
    } catch (error) {
      const { state, reason } = faultOf(error)
      if (!this.#stopped) log('mailbox-lost', { state: logCode(state), reason: logCode(reason ?? 'unknown') })
      return state
    } finally {
      connection.close()
    }
  }

  /** Takes in what is there and then what arrives, until the connection ends. */
  async #receive(session: Session): Promise<void> {
    const { silence } = this.#options.deadlines ?? DEADLINES
    for (;;) {
      this.#awake = Promise.withResolvers()
      const unread = await this.#takeAll(session)
      if (unread === 0) this.#options.handler.settled()
      session.connection.listen()
      // A server that went away without a word leaves this look unanswered, which ends the connection.
      const timer = setTimeout(() => this.poll(), silence)
      await this.#awake.promise
      clearTimeout(timer)
      if (this.#stopped || !session.connection.usable) return
    }
  }

  /** Returns how many mails could not be read. */
  async #takeAll(session: Session): Promise<number> {
    const { connection, last, again, left } = session
    const found = await connection.uidsAfter(last)
    // Servers that were set back count UIDs from where they once were.
    const arrived = found.filter(uid => uid > last || !left.has(uid))
    const uids = [...new Set([...again.keys(), ...arrived])].sort((a, b) => a - b)
    session.last = Math.max(last, uids.at(-1) ?? 0)
    const sound = uids.filter(uid => !this.#isSuspect(uid))
    const suspects = uids.filter(uid => this.#isSuspect(uid))
    let unread = 0
    for (let start = 0; start < sound.length; start += BATCH) {
      if (sound.length > BATCH) await this.#takeFirst(session)
      unread += await this.#takeBatch(session, sound.slice(start, start + BATCH))
    }
    for (const uid of suspects) unread += await this.#takeBatch(session, [uid])
    return unread
  }

  #isSuspect(uid: number): boolean {
    return (this.#ends.get(uid) ?? 0) >= SUSPECT
  }

  /**
   * Takes a batch of what must not wait behind a flood, mail that came since included; the others have every
   * other turn. What is taken here is known when its own turn comes.
   */
  async #takeFirst(session: Session): Promise<void> {
    const { server, handler, first: terms = [] } = this.#options
    const { connection, first } = session
    if (terms.length === 0) return
    const { listed } = session
    const isNew = (uid: number) =>
      handler.isKnown(server.mailbox, connection.uidValidity, uid) === 'new' && !this.#isSuspect(uid)
    const arrived = (await connection.uidsAfter(listed)).filter(uid => uid > listed)
    session.listed = Math.max(listed, arrived.at(-1) ?? 0)
    session.unsearched = [...session.unsearched, ...arrived.filter(isNew)]
    first.push(...(await connection.withHeader(session.unsearched.splice(0, SEARCHED), terms)))
    const batch = first.splice(0, BATCH).filter(isNew)
    if (batch.length > 0) await this.#takeBatch(session, batch)
  }

  async #takeBatch(session: Session, uids: readonly number[]): Promise<number> {
    const { handler, server, maxMail, log } = this.#options
    const { connection, again, left } = session
    const { uidValidity, filing } = connection
    const isStored = (uid: number) => handler.isKnown(server.mailbox, uidValidity, uid) === 'stored'
    const stored = new Set(uids.filter(isStored))
    const looked = filing === 'none' ? uids.filter(uid => !stored.has(uid)) : uids
    const sizes = await connection.sizes(looked)
    const toFile: number[] = []
    let unread = 0
    for (const uid of uids) left.add(uid)
    for (const uid of looked) {
      const before = again.get(uid)
      again.delete(uid)
      const size = sizes.get(uid)
      if (size === undefined) {
        if (!stored.has(uid)) log('mail-vanished', { uidValidity, uid })
      } else if (before === 'unfiled') {
        toFile.push(uid)
      } else if (size <= maxMail || !stored.has(uid)) {
        const known = stored.has(uid)
        this.#ends.set(uid, (this.#ends.get(uid) ?? 0) + 1)
        const taken = await this.#take(connection, uid, size, known ? 'known' : 'new')
        this.#ends.delete(uid)
        if (taken === 'stored') toFile.push(uid)
        if (taken !== 'unreadable') continue
        log('mail-unreadable', { uidValidity, uid, size })
        again.set(uid, 'unreadable')
        unread += 1
      }
    }
    await this.#file(session, toFile)
    return unread
  }

  /** `number`: whether a mail with this UID was stored before, which need not be this one. */
  async #take(
    connection: MailboxConnection,
    uid: number,
    size: number,
    number: 'known' | 'new',
  ): Promise<'stored' | 'oversize' | 'unreadable'> {
    const { handler, server, maxMail, log } = this.#options
    const { uidValidity } = connection
    const place = { mailbox: server.mailbox, uidValidity, uid }
    // One octet more than allowed: a server that understates the size cannot make us hold more.
    const octets = size > maxMail ? undefined : await connection.octets(uid, maxMail + 1, size)
    if (size > maxMail || (octets !== undefined && octets.length > maxMail)) {
      if (number === 'known') return 'oversize'
      const header = await connection.header(uid)
      if (header === undefined) return 'unreadable'
      await handler.storeOversize({ ...place, header, size: Math.max(size, octets?.length ?? 0) })
      return 'oversize'
    }
    if (octets === undefined) return 'unreadable'
    // Some servers only estimate the size. What comes twice alike is the mail.
    const again = octets.length === size ? octets : await connection.octets(uid, maxMail + 1, octets.length)
    if (again === undefined || !again.equals(octets)) return 'unreadable'
    if (number === 'known') {
      if (handler.holds(octets) === 'stored') return 'stored'
      log('uid-reused', { uidValidity, uid })
    }
    await handler.store({ ...place, octets })
    return 'stored'
  }

  /** Nothing is lost if this fails: the mail is stored, and filing is tried again at the next look. */
  async #file({ connection, again, left }: Session, uids: readonly number[]): Promise<void> {
    if (uids.length === 0) return
    const { handler, log } = this.#options
    const { uidValidity, filing } = connection
    const outcome = await connection.file(uids)
    handler.filing(outcome)
    if (outcome === 'filed') {
      for (const uid of uids) left.delete(uid)
      return
    }
    log('filing-failed', { uidValidity, mails: uids.length })
    if (filing !== 'none') for (const uid of uids) again.set(uid, 'unfiled')
  }
}

/** Connects, logs in, looks at the mailbox and leaves. @throws on `tls: none` to anywhere but loopback. */
export async function checkMailbox(server: MailboxServer): Promise<MailboxReport> {
  const connection = new MailboxConnection(server, MAX_HEADER, () => undefined)
  try {
    await connection.open()
    const { mails, uidValidity, filing, news } = connection
    return { kind: 'ok', mails, uidValidity, filing, news }
  } catch (error) {
    return { kind: 'fault', ...faultOf(error) }
  } finally {
    connection.close()
  }
}
