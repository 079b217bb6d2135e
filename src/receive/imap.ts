// One IMAP connection to one mailbox, behind names of ours: the only file that meets the IMAP client. UIDs go
// in, octets come out; server texts never leave it, and it never decides what becomes of a mail.

import { type FetchMessageObject, type FetchQueryObject, ImapFlow, type ImapFlowError } from 'imapflow'
import { letGo, PIECE_OCTETS } from '../model/octets.ts'
import { isLoopback } from '../model/settings.ts'
import { MINUTE, SECOND } from '../model/time.ts'
import type { HeaderTerm } from './lane.ts'

export type MailboxServer = {
  readonly host: string
  readonly port: number
  /** `starttls` is required, never merely offered; `none` is for loopback only. */
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly user: string
  readonly password: { open(): string }
  readonly mailbox: string
  /** Where mail is filed: names from the outermost mailbox in, for the separator differs between servers. */
  readonly done: readonly string[]
  /** PEM certificates to trust instead of the system's. */
  readonly trustedCertificates?: string | undefined
}

/** `unusable`: the mailbox is missing or keeps no UIDs. `reason` is a code (`ECONNREFUSED`), never a text. */
export type MailboxFault = {
  readonly state: 'lost' | 'auth-failed' | 'unusable'
  readonly reason: string | undefined
}

/** `none`: mail stays where it is, for the server could not remove it alone (RFC 6851, RFC 4315). */
export type Filing = 'move' | 'copy' | 'none'

/** A mail as it lies in the filing mailbox. */
export type Filed = { readonly uid: number; readonly octets: Uint8Array }

/** Longest beginning of a header that is fetched of a mail over the limit. */
export const MAX_HEADER = 64 * 1024

/** Octets beyond which a mail is fetched in pieces. */
const LARGE = 2 * PIECE_OCTETS

/** Milliseconds. */
export type Deadlines = {
  /** DNS, TCP, TLS, greeting and login in all. */
  readonly connect: number
  readonly command: number
  /** For all of one mail. */
  readonly fetch: number
  /** Silence after which the client asks whether the server lives; as much again, and it is lost. */
  readonly silence: number
}

export const DEADLINES: Deadlines = {
  connect: 2 * MINUTE,
  command: MINUTE,
  fetch: 6 * MINUTE,
  silence: 2 * MINUTE,
}
/** RFC 2177 allows 29. */
const IDLE_RENEWAL = 25 * MINUTE
/** A line lists the UIDs of all mails. */
const MAX_LINE = 32 * 1024 * 1024
const MAX_UIDVALIDITY = 0xffff_ffff

/** Used once: after a loss there is a new one. Commands reject when the connection is lost. */
export class MailboxConnection {
  readonly #server: MailboxServer
  readonly #deadlines: Deadlines
  readonly #client: ImapFlow
  #uidValidity = 0
  #filing: Filing = 'none'
  /** Path of the filing mailbox once it is known to exist. */
  #done: string | undefined

  /** `news` is told of arrivals and of the end. `maxMail`: the most octets that are ever fetched at once. */
  constructor(server: MailboxServer, maxMail: number, news: () => void, deadlines = DEADLINES) {
    this.#server = server
    this.#deadlines = deadlines
    this.#client = newClient(server, maxMail, deadlines.silence)
    this.#client.on('exists', news)
    this.#client.once('close', news)
    // Without a listener a connection that breaks would end the process; `close` always follows.
    this.#client.on('error', () => undefined)
  }

  get uidValidity(): number {
    return this.#uidValidity
  }

  get filing(): Filing {
    return this.#filing
  }

  get usable(): boolean {
    return this.#client.usable
  }

  /** Connects, logs in and selects the mailbox. @throws what `faultOf` reads. */
  async open(): Promise<void> {
    const client = this.#client
    await this.#within(this.#deadlines.connect, client.connect())
    if (this.#server.tls !== 'none' && !client.secureConnection) throw new Unusable('ETLS')
    const mailbox = await this.#within(this.#deadlines.command, client.mailboxOpen(this.#server.mailbox))
    this.#uidValidity = Number(mailbox.uidValidity)
    if (!(this.#uidValidity >= 1 && this.#uidValidity <= MAX_UIDVALIDITY)) throw new Unusable('UIDVALIDITY')
    const { capabilities } = client
    // Without UIDPLUS an EXPUNGE would also remove what others marked as deleted, received by us or not.
    const way = capabilities.has('MOVE') ? 'move' : capabilities.has('UIDPLUS') ? 'copy' : 'none'
    this.#filing = mailbox.readOnly === true ? 'none' : way
  }

  /** Mails in the mailbox now. */
  get mails(): number {
    return this.#client.mailbox ? this.#client.mailbox.exists : 0
  }

  /** How the server tells of arrivals. */
  get news(): 'idle' | 'polling' {
    return this.#client.capabilities.has('IDLE') ? 'idle' : 'polling'
  }

  /** UIDs above `last`, and of the newest mail whatever its UID (RFC 9051 §9), ascending. */
  async uidsAfter(last: number): Promise<readonly number[]> {
    const range = last === 0 ? { all: true } : { uid: `${last + 1}:*` }
    const found = await this.#within(this.#deadlines.command, this.#client.search(range, { uid: true }))
    if (!Array.isArray(found)) throw new Error('search refused')
    return found
  }

  /** Of these ascending UIDs, those in whose header the server finds one of the terms; none where it cannot look. */
  async withHeader(uids: readonly number[], terms: readonly HeaderTerm[]): Promise<readonly number[]> {
    const [lowest] = uids
    if (lowest === undefined || terms.length === 0) return []
    const wanted = terms.map(({ header, text }) => ({ header: { [header]: text } }))
    const query = { uid: `${lowest}:${uids.at(-1)}`, ...(wanted.length > 1 ? { or: wanted } : wanted[0]) }
    const found = await this.#within(this.#deadlines.command, this.#client.search(query, { uid: true }))
    return Array.isArray(found) ? found.filter(uid => uids.includes(uid)) : []
  }

  /** Sizes in octets as the server says, of those that are still there. */
  async sizes(uids: readonly number[]): Promise<ReadonlyMap<number, number>> {
    if (uids.length === 0) return new Map()
    const asked = new Set(uids)
    const found = new Map<number, number>()
    const query = { uid: true, size: true }
    const fetching = this.#fetch(uids, query, ({ uid, size = 0 }) => {
      if (asked.has(uid)) found.set(uid, Math.max(size, found.get(uid) ?? 0))
    })
    await this.#within(this.#deadlines.command, fetching)
    return found
  }

  /**
   * The mail as it is, or its first `most` octets; undefined if the server gives none. `size`, as the server says:
   * a large mail is fetched bit by bit into the one place that it needs.
   */
  octets(uid: number, most: number, size = 0): Promise<Buffer | undefined> {
    const fetching =
      size > LARGE && size <= most ? this.#inPieces(uid, size, most) : this.#octetsFrom(uid, 0, most)
    return this.#within(this.#deadlines.fetch, fetching)
  }

  #octetsFrom(uid: number, start: number, most: number): Promise<Buffer | undefined> {
    return this.#one(uid, { uid: true, source: { start, maxLength: most } }, ({ source }) => source)
  }

  async #inPieces(uid: number, size: number, most: number): Promise<Buffer | undefined> {
    const whole = Buffer.allocUnsafeSlow(size)
    let filled = 0
    while (filled < size) {
      const asked = Math.min(PIECE_OCTETS, size - filled)
      const piece = await this.#octetsFrom(uid, filled, asked)
      if (piece === undefined && filled === 0) return undefined
      if (piece === undefined || piece.length === 0) return whole.subarray(0, filled)
      // A server that gives more than was asked for does not know parts of a mail.
      if (piece.length > asked) return this.#octetsFrom(uid, 0, most)
      filled += piece.copy(whole, filled)
      letGo(piece)
    }
    const beyond = await this.#octetsFrom(uid, size, 1)
    return beyond === undefined || beyond.length === 0 ? whole : this.#octetsFrom(uid, 0, most)
  }

  header(uid: number): Promise<Buffer | undefined> {
    const query = { uid: true, bodyParts: [{ key: 'HEADER', maxLength: MAX_HEADER }] }
    const fetching = this.#one(uid, query, ({ headers }) => headers)
    return this.#within(this.#deadlines.command, fetching)
  }

  /** Moves mails to the filing mailbox, which is made if it is missing. */
  async file(uids: readonly number[]): Promise<'filed' | 'refused'> {
    if (this.#filing === 'none') return 'refused'
    this.#done ??= await this.#filingMailbox()
    if (this.#done !== undefined) {
      const moving = this.#client.messageMove([...uids], this.#done, { uid: true })
      if (await this.#within(this.#deadlines.command, moving)) return 'filed'
      this.#done = undefined
    }
    // The client answers a loss as it does a refusal.
    if (!this.usable) throw new Error('lost while filing')
    return 'refused'
  }

  /** Selects the mailbox, or the filing one, anew and only to look. */
  async examine(place: 'mailbox' | 'filed'): Promise<'open' | 'missing'> {
    const path = place === 'mailbox' ? this.#server.mailbox : await this.#pathOfDone()
    if (path === undefined) return 'missing'
    const opening = this.#client.mailboxOpen(path, { readOnly: true })
    this.#uidValidity = Number((await this.#within(this.#deadlines.command, opening)).uidValidity)
    return 'open'
  }

  /** UIDs of mails whose subject holds the text, ascending. */
  async uidsWithSubject(text: string): Promise<readonly number[]> {
    const searching = this.#client.search({ subject: text }, { uid: true })
    const found = await this.#within(this.#deadlines.command, searching)
    return Array.isArray(found) ? found : []
  }

  /** The newest mails of what is selected, those of up to `largest` octets. */
  async newest(most: number, largest: number): Promise<readonly Filed[]> {
    const sizes = await this.sizes((await this.uidsAfter(0)).slice(-most))
    const found: Filed[] = []
    for (const [uid, size] of sizes) {
      const octets = size > largest ? undefined : await this.octets(uid, largest)
      if (octets !== undefined) found.push({ uid, octets })
    }
    return found
  }

  /** Listens for arrivals until the next command. */
  listen(): void {
    // At once: the client's own idling begins later.
    void this.#client.idle().catch(() => undefined)
  }

  close(): void {
    this.#client.close()
  }

  /** What a server that cannot read a mail refuses is that mail, and not the others. */
  async #one(
    uid: number,
    query: FetchQueryObject,
    part: (mail: FetchMessageObject) => Buffer | undefined,
  ): Promise<Buffer | undefined> {
    let found: Buffer | undefined
    const look = (mail: FetchMessageObject) => {
      // NIL instead of octets comes as false.
      if (mail.uid === uid) found ??= part(mail) || undefined
    }
    await this.#fetch([uid], query, look).catch((error: ImapFlowError) => {
      if (error.responseStatus !== 'NO' || !this.usable) throw error
    })
    return found
  }

  /** Looks at each answer and lets it go: a server may add any number of them, about other mail. */
  async #fetch(
    uids: readonly number[],
    query: FetchQueryObject,
    look: (mail: FetchMessageObject) => void,
  ): Promise<void> {
    for await (const mail of this.#client.fetch([...uids], query, { uid: true })) look(mail)
  }

  async #pathOfDone(): Promise<string | undefined> {
    const asking = this.#client.status([...this.#server.done], { messages: true }).catch(() => false as const)
    const there = await this.#within(this.#deadlines.command, asking)
    return there ? there.path : undefined
  }

  async #filingMailbox(): Promise<string | undefined> {
    const there = await this.#pathOfDone()
    if (there !== undefined) return there
    const creating = this.#client.mailboxCreate([...this.#server.done]).catch(() => undefined)
    return (await this.#within(this.#deadlines.command, creating))?.path
  }

  /** Cuts the connection when a command takes longer, which also ends the command. */
  async #within<T>(milliseconds: number, command: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#client.close(), milliseconds)
    try {
      return await command
    } finally {
      clearTimeout(timer)
    }
  }
}

/** What ended a connection; anything unknown counts as a loss. */
export function faultOf(error: unknown): MailboxFault {
  if (!(error instanceof Error)) return { state: 'lost', reason: undefined }
  const { code, authenticationFailed, mailboxMissing, serverResponseCode }: ImapFlowError = error
  const reason = code ?? serverResponseCode
  // RFC 5530 §3: the server cannot judge the login now, which says nothing of the password.
  if (authenticationFailed && serverResponseCode !== 'UNAVAILABLE') return { state: 'auth-failed', reason }
  if (mailboxMissing) return { state: 'unusable', reason: 'NONEXISTENT' }
  return { state: error instanceof Unusable ? 'unusable' : 'lost', reason }
}

class Unusable extends Error {
  readonly code: string

  constructor(code: string) {
    super('mailbox cannot be used')
    this.code = code
  }
}

function newClient(server: MailboxServer, maxMail: number, silence: number): ImapFlow {
  const { host, port, tls, user, password, trustedCertificates } = server
  if (tls === 'none' && !isLoopback(host)) throw new Error('mailbox without TLS')
  const maxLiteralSize = maxMail + MAX_HEADER
  return new ImapFlow({
    host,
    port,
    secure: tls === 'implicit',
    ...(tls === 'implicit' ? {} : { doSTARTTLS: tls === 'starttls' }),
    tls: { ca: trustedCertificates, minVersion: 'TLSv1.2', rejectUnauthorized: true },
    auth: { user, pass: password.open() },
    logger: false,
    disableAutoEnable: true,
    disableCompression: true,
    maxIdleTime: IDLE_RENEWAL,
    // Where listening ends by itself, or after a look at whether the server lives, it begins again.
    autoIdleDelay: SECOND,
    socketTimeout: silence,
    maxLineLength: MAX_LINE,
    maxLiteralSize,
    maxResponseSize: MAX_LINE + maxLiteralSize,
  })
}
