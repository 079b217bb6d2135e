// Taking mail in over one connection: which mails are there, in what order they come, what of each is stored, put
// aside, filed or looked at again. It never looks into a mail.
import type { Log } from '../log.ts'
import type { MailboxConnection, MailboxServer } from './imap.ts'
import type { HeaderTerm } from './lane.ts'
import type { MailboxHandler } from './mailbox-handler.ts'

/** Mails that are looked at and filed together; they are fetched one by one. */
const BATCH = 100
/** Mails whose headers the server searches at once: a whole mailbox could take it longer than we wait. */
const SEARCHED = 2_000

/** A mail at which that many connections ended comes after all others, lest it keep them from being read. */
const SUSPECT = 2

export type TakingParts = {
  readonly connection: MailboxConnection
  readonly server: MailboxServer
  readonly handler: MailboxHandler
  /** Octets of the largest mail to fetch. */
  readonly maxMail: number
  /** What the header of a mail holds that is taken before others, where many wait. */
  readonly first?: readonly HeaderTerm[] | undefined
  /** How often connections ended at a UID; kept from one connection to the next. */
  readonly ends: Map<number, number>
  readonly log: Log
}

export class Taking {
  readonly #parts: TakingParts
  /** Highest UID seen, all below which were looked at or are about to be. */
  #last = 0
  /** Highest UID whose header was searched, or is among `unsearched`. */
  #listed = 0
  #unsearched: number[] = []
  /** Found by their header, to be taken before others. */
  readonly #first: number[] = []
  /** UIDs to look at again. */
  readonly #unreadable = new Set<number>()
  /** Stored before, or not filed when they were: filed when all that is new is stored. */
  #kept: readonly number[] = []
  /** Of these, the ones that were seen on this connection to be what is stored. */
  readonly #verified = new Set<number>()
  /** Whether the server refused to file mail since this look began. */
  #refused = false
  /** UIDs looked at that stay in the mailbox. */
  readonly #left = new Set<number>()

  constructor(parts: TakingParts) {
    this.#parts = parts
  }

  /** Whatever is there and was not taken yet; returns how many mails could not be read. */
  async all(): Promise<number> {
    const { connection } = this.#parts
    const last = this.#last
    const found = await connection.uidsAfter(last)
    // Servers that were set back count UIDs from where they once were.
    const arrived = found.filter(uid => uid > last || !this.#left.has(uid))
    const uids = [...new Set([...this.#unreadable, ...arrived])].sort((a, b) => a - b)
    this.#last = Math.max(last, uids.at(-1) ?? 0)
    for (const uid of uids) this.#left.add(uid)
    const suspects = uids.filter(uid => this.#isSuspect(uid))
    const [stored, fresh] = this.#sorted(uids.filter(uid => !this.#isSuspect(uid)))
    this.#refused = false
    for (let start = 0; start < fresh.length; start += BATCH) {
      if (fresh.length > BATCH) await this.#takeFirst()
      await this.#takeBatch(fresh.slice(start, start + BATCH))
    }
    await this.#fileKept(stored)
    for (const uid of suspects) await this.#takeBatch([uid])
    return this.#unreadable.size
  }

  #isStored(uid: number): boolean {
    const { handler, server, connection } = this.#parts
    return handler.isKnown(server.mailbox, connection.uidValidity, uid) === 'stored'
  }

  #sorted(uids: readonly number[]): readonly [stored: readonly number[], fresh: readonly number[]] {
    const stored = new Set(uids.filter(uid => this.#isStored(uid)))
    return [[...stored], uids.filter(uid => !stored.has(uid))]
  }

  /**
   * Ends at a refusal, lest a mailbox that is never emptied be read as a whole at each start. The next look goes on
   * behind it: one mail may be the reason, and any UID may have become another mail's.
   */
  async #fileKept(more: readonly number[]): Promise<void> {
    if (this.#parts.connection.filing === 'none') return
    this.#kept = [...new Set([...this.#kept, ...more])]
    while (this.#kept.length > 0 && !this.#refused) {
      const batch = this.#kept.slice(0, BATCH)
      this.#kept = this.#kept.slice(BATCH)
      await this.#takeBatch(batch)
    }
  }

  #isSuspect(uid: number): boolean {
    return (this.#parts.ends.get(uid) ?? 0) >= SUSPECT
  }

  /**
   * Takes a batch of what must not wait behind a flood, mail that came since included; the others have every
   * other turn. What is taken here is known when its own turn comes.
   */
  async #takeFirst(): Promise<void> {
    const { connection, first: terms = [] } = this.#parts
    if (terms.length === 0) return
    const listed = this.#listed
    const isNew = (uid: number) => !this.#isStored(uid) && !this.#isSuspect(uid)
    const arrived = (await connection.uidsAfter(listed)).filter(uid => uid > listed)
    this.#listed = Math.max(listed, arrived.at(-1) ?? 0)
    this.#unsearched = [...this.#unsearched, ...arrived.filter(isNew)]
    this.#first.push(...(await connection.withHeader(this.#unsearched.splice(0, SEARCHED), terms)))
    const batch = this.#first.splice(0, BATCH).filter(isNew)
    if (batch.length > 0) await this.#takeBatch(batch)
  }

  async #takeBatch(uids: readonly number[]): Promise<void> {
    const { handler, maxMail, log, connection, ends } = this.#parts
    const { uidValidity, filing } = connection
    const stored = new Set(uids.filter(uid => this.#isStored(uid)))
    const looked = filing === 'none' ? uids.filter(uid => !stored.has(uid)) : uids
    const sizes = await connection.sizes(looked)
    const toFile: number[] = []
    for (const uid of looked) {
      this.#unreadable.delete(uid)
      const size = sizes.get(uid)
      if (size === undefined) {
        if (stored.has(uid)) continue
        log('mail-vanished', { uidValidity, uid })
        handler.vanished()
      } else if (this.#verified.has(uid)) {
        toFile.push(uid)
      } else if (size <= maxMail || !stored.has(uid)) {
        const known = stored.has(uid)
        ends.set(uid, (ends.get(uid) ?? 0) + 1)
        const taken = await this.#take(uid, size, known ? 'known' : 'new')
        ends.delete(uid)
        if (taken === 'stored') toFile.push(uid)
        if (taken !== 'unreadable') continue
        log('mail-unreadable', { uidValidity, uid, size })
        this.#unreadable.add(uid)
      }
    }
    await this.#file(toFile)
  }

  /** `number`: whether a mail with this UID was stored before, which need not be this one. */
  async #take(
    uid: number,
    size: number,
    number: 'known' | 'new',
  ): Promise<'stored' | 'oversize' | 'unreadable'> {
    const { handler, server, maxMail, log, connection } = this.#parts
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
  async #file(uids: readonly number[]): Promise<void> {
    if (uids.length === 0) return
    const { handler, log, connection } = this.#parts
    const { uidValidity, filing } = connection
    const outcome = await connection.file(uids)
    handler.filing(outcome)
    if (outcome === 'filed') {
      for (const uid of uids) this.#left.delete(uid)
      return
    }
    log('filing-failed', { uidValidity, mails: uids.length })
    this.#refused = true
    if (filing === 'none') return
    for (const uid of uids) this.#verified.add(uid)
    this.#kept = [...this.#kept, ...uids]
  }
}
