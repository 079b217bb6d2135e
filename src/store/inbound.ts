// The first queue: mail as it came, raw octets already encrypted to the storage key, each kept before the
// server may file it away. Needs no data key, but for reading answers; it never looks into a mail.
import { piecesOf } from '../model/octets.ts'
import type { Plaintext } from '../model/plaintext.ts'
import type { Lane } from '../model/queues.ts'
import type { InboundId, Instant, MessageId, Sha256 } from '../model/scalars.ts'
import { type Database, type Nulls, type Statement, withoutNulls } from './database.ts'
import {
  answerPlace,
  CLI_MAILBOX,
  COLUMNS,
  type InboundFilter,
  type InboundRow,
  messageIdDigest,
  REUSED_MAILBOX,
  type Received,
  type ReceivedMail,
  type Waiting,
} from './inbound-rows.ts'
import { Rest } from './rest.ts'
import { READ_AGAIN } from './safe-mode.ts'
import type { DataKey } from './seal.ts'

type Insertion = ReceivedMail & { readonly source: 'imap' | 'cli' }
type Queued = {
  readonly source: 'imap' | 'cli'
  readonly lane: Lane
  readonly under: InboundId | null
}
type Place = { readonly mailbox: string; readonly uidValidity: number; readonly uid: number }

export class InboundQueue {
  readonly #database: Database
  readonly #key: DataKey | undefined
  readonly #at: Statement<Place, InboundId>
  readonly #row: Statement<[InboundId], Nulls<InboundRow>>
  readonly #insert: Statement<Omit<Insertion, 'raw'>, InboundId>
  readonly #insertRaw: Statement<[InboundId, Uint8Array], never>
  readonly #raw: Statement<[InboundId], Uint8Array>
  readonly #rawSize: Statement<[InboundId], number>
  readonly #rest: Rest
  readonly #next: Statement<Queued, Nulls<InboundRow>>
  readonly #attempt: Statement<[InboundId], number>

  /** Without a key answers cannot be read. */
  constructor(database: Database, key: DataKey | undefined) {
    this.#database = database
    this.#key = key
    this.#at = database
      .prepare<Place, InboundId>(
        `SELECT id FROM inbound
         WHERE mailbox = :mailbox AND uid_validity = :uidValidity AND uid = :uid`,
      )
      .pluck() as Statement<Place, InboundId>
    this.#row = database.prepare<[InboundId], Nulls<InboundRow>>(
      `SELECT ${COLUMNS} FROM inbound WHERE id = ?`,
    )
    this.#insert = database
      .prepare<Omit<Insertion, 'raw'>, InboundId>(
        `INSERT INTO inbound (source, mailbox, uid_validity, uid, sha256, size, received_at, lane)
         VALUES (:source, :mailbox, :uidValidity, :uid, :sha256, :size, :receivedAt, :lane) RETURNING id`,
      )
      .pluck() as Statement<Omit<Insertion, 'raw'>, InboundId>
    this.#insertRaw = database.prepare('INSERT INTO raw_mail (inbound, octets) VALUES (?, ?)')
    this.#raw = database
      .prepare<[InboundId], Uint8Array>('SELECT octets FROM raw_mail WHERE inbound = ?')
      .pluck()
    this.#rawSize = database
      .prepare<[InboundId], number>('SELECT length(octets) FROM raw_mail WHERE inbound = ?')
      .pluck()
    this.#rest = new Rest(database, 'raw_mail_rest')
    this.#next = database.prepare<Queued, Nulls<InboundRow>>(
      `SELECT ${COLUMNS} FROM inbound
       WHERE settled_at IS NULL AND source = :source AND lane = :lane AND id IS NOT :under
         AND (source = 'cli' OR ${READ_AGAIN})
       ORDER BY id LIMIT 1`,
    )
    this.#attempt = database
      .prepare<[InboundId], number>(
        'UPDATE inbound SET attempts = attempts + 1 WHERE id = ? RETURNING attempts',
      )
      .pluck()
  }

  /** Whether this very message of the mailbox was received already. */
  has(mailbox: string, uidValidity: number, uid: number): boolean {
    return this.#at.get({ mailbox, uidValidity, uid }) !== undefined
  }

  /** UIDs received from a mailbox until that instant. */
  uidsKnown(mailbox: string, uidValidity: number, until: Instant): ReadonlySet<number> {
    const uids = this.#database
      .prepare<[string, number, Instant], number>(
        'SELECT uid FROM inbound WHERE mailbox = ? AND uid_validity = ? AND received_at <= ?',
      )
      .pluck()
    return new Set(uids.iterate(mailbox, uidValidity, until))
  }

  /**
   * Transaction 1. When it returns, the octets are on disk. A UID that was another mail's is no reason to lose
   * this one: it is stored under a number of ours.
   */
  receive(received: Received): InboundId | 'known' {
    return this.#database.write(() => {
      if (received.source === 'cli') return this.#storeNext(received, CLI_MAILBOX)
      const { mailbox, uidValidity, uid, sha256 } = received
      if (!this.has(mailbox, uidValidity, uid)) return this.#store(received)
      return this.hasOctets(sha256) ? 'known' : this.#storeNext(received, REUSED_MAILBOX)
    })
  }

  /**
   * The oldest that waits of the operator's, who does not wait behind a flood, else of this lane, else of the
   * other; `under` is under way and left out.
   */
  next(first: Lane = 'other', under?: InboundId): Waiting | undefined {
    const oldest = (source: 'imap' | 'cli', lane: Lane) =>
      this.#next.get({ source, lane, under: under ?? null })
    const row =
      oldest('cli', 'other') ??
      oldest('imap', first) ??
      oldest('imap', first === 'command' ? 'other' : 'command')
    return row && { ...withoutNulls<InboundRow>(row), stored: this.storedSize(row.id) }
  }

  /** The newest of all; undefined before the first. */
  newest(): InboundId | undefined {
    const id = this.#database.prepare<[], InboundId | null>('SELECT max(id) FROM inbound').pluck().get()
    return id ?? undefined
  }

  /** The oldest mail that waits, requests of the operator left out; in safe mode, or before filed mail was read again, none waits for us. */
  oldestWaiting(): InboundId | undefined {
    return this.#database
      .prepare<[], InboundId>(
        `SELECT id FROM inbound
         WHERE settled_at IS NULL AND source = 'imap' AND ${READ_AGAIN} ORDER BY id LIMIT 1`,
      )
      .pluck()
      .get()
  }

  /** Whether mail that may be a command, received up to then, still waits. */
  commandWaits(until: Instant): boolean {
    return (
      this.#database
        .prepare<[Instant]>(
          `SELECT 1 FROM inbound
           WHERE settled_at IS NULL AND source = 'imap' AND lane = 'command' AND received_at <= ?
             AND ${READ_AGAIN} LIMIT 1`,
        )
        .get(until) !== undefined
    )
  }

  /** Counts one attempt, durably, before anything parses the mail; returns how many it is now. */
  countAttempt(id: InboundId): number {
    const attempts = this.#database.write(() => this.#attempt.get(id))
    if (attempts === undefined) throw new Error('no such inbound row')
    return attempts
  }

  /** Takes an attempt back that the mail was not to blame for. */
  forgiveAttempt(id: InboundId): void {
    this.#database.write(() =>
      this.#database
        .prepare<[InboundId]>('UPDATE inbound SET attempts = attempts - 1 WHERE id = ? AND attempts > 0')
        .run(id),
    )
  }

  /**
   * The first settled mail of the same octets, or of the same Message-ID and the same content; never on the
   * Message-ID alone, which anyone may copy. Requests of the command line are nobody's duplicates.
   */
  duplicateOf(mail: {
    readonly inbound: InboundId
    readonly sha256: Sha256
    readonly messageId: MessageId | undefined
    readonly contentSha256: Sha256
  }): InboundId | undefined {
    const first = this.#database
      .prepare<object, InboundId | null>(
        `SELECT min(id) FROM (
           SELECT id, source, settled_at FROM inbound WHERE id < :inbound AND sha256 = :sha256
           UNION ALL
           SELECT id, source, settled_at FROM inbound
             WHERE id < :inbound AND message_id_sha256 = :messageId AND content_sha256 = :contentSha256
         ) WHERE source = 'imap' AND settled_at IS NOT NULL`,
      )
      .pluck()
      .get({ ...mail, messageId: messageIdDigest(mail.messageId) })
    return (first as InboundId | null | undefined) ?? undefined
  }

  /** Whether a mail of exactly these octets was ever received. */
  hasOctets(sha256: Sha256): boolean {
    return (
      this.#database.prepare<[Sha256]>('SELECT 1 FROM inbound WHERE sha256 = ?').get(sha256) !== undefined
    )
  }

  list(filter: InboundFilter): readonly InboundRow[] {
    return this.#database
      .prepare<{ outcome: string | null; limit: number }, Nulls<InboundRow>>(
        `SELECT ${COLUMNS} FROM inbound
         WHERE :outcome IS NULL OR outcome = :outcome OR (:outcome = 'waiting' AND outcome IS NULL)
         ORDER BY id DESC LIMIT :limit`,
      )
      .all({ outcome: filter.outcome ?? null, limit: filter.limit })
      .map(row => withoutNulls<InboundRow>(row))
  }

  /** One row, without its octets. */
  row(id: InboundId): InboundRow | undefined {
    const row = this.#row.get(id)
    return row && withoutNulls<InboundRow>(row)
  }

  /** Encrypted octets as received, in one. */
  raw(id: InboundId): Uint8Array | undefined {
    const first = this.#raw.get(id)
    if (first === undefined || this.#rest.size(id) === 0) return first
    return Buffer.concat([first, ...this.#rest.pieces(id)])
  }

  /** The same in pieces, of which one at a time is held; none if they are gone. */
  *rawPieces(id: InboundId): Generator<Uint8Array, void> {
    const first = this.#raw.get(id)
    if (first === undefined) return
    yield first
    yield* this.#rest.pieces(id)
  }

  /** How many octets `raw` has; undefined if they are gone. */
  storedSize(id: InboundId): number | undefined {
    const first = this.#rawSize.get(id)
    return first === undefined ? undefined : first + this.#rest.size(id)
  }

  /** What a request of the command line was answered. */
  answer(id: InboundId): Plaintext | undefined {
    const cell = this.#database
      .prepare<[InboundId], Uint8Array | null>('SELECT answer FROM inbound WHERE id = ?')
      .pluck()
      .get(id)
    if (cell === undefined || cell === null || this.#key === undefined) return undefined
    return this.#key.open(answerPlace(id), cell) as Plaintext
  }

  /** Changes when another process put something in. */
  dataVersion(): number {
    return this.#database.dataVersion()
  }

  /** Under the next number of a mailbox that is on no server. */
  #storeNext(received: Received, mailbox: string): InboundId {
    const last = this.#database
      .prepare<[string], number>('SELECT coalesce(max(uid), 0) FROM inbound WHERE mailbox = ?')
      .pluck()
      .get(mailbox)
    return this.#store({ ...received, mailbox, uidValidity: 0, uid: (last ?? 0) + 1 })
  }

  #store({ raw, ...head }: Insertion): InboundId {
    const { source, mailbox, uidValidity, uid, sha256, size, receivedAt, lane = 'other' } = head
    const id = this.#insert.get({ source, mailbox, uidValidity, uid, sha256, size, receivedAt, lane })
    if (id === undefined) throw new Error('inbound row was not stored')
    const pieces = raw instanceof Uint8Array ? [raw] : raw
    const [first = new Uint8Array(0), ...rest] = pieces.flatMap(piece => [...piecesOf(piece)])
    this.#insertRaw.run(id, first)
    if (rest.length > 0) this.#rest.put(id, rest)
    return id
  }
}
