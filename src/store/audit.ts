// The audit chain: one append-only row per change and per delivery, of ids, codes and digests only, each
// row's hash covering the one before it and the digest of the journal rows it accounts for.
import { createHash } from 'node:crypto'
import type { ChainHead } from '../model/chain.ts'
import type { Instant, Sha256 } from '../model/scalars.ts'
import type { Database, Statement } from './database.ts'

/** Ids, digests, codes and counts; never content, and no address. */
export type AuditIds = Readonly<Record<string, string | number | readonly string[] | undefined>>

export type AuditRow = {
  readonly seq: number
  readonly at: Instant
  readonly kind: string
  /** JSON of the ids, as hashed. */
  readonly ids: string
  /** Digest over the sealed journal bodies of this row, in order. */
  readonly journalDigest: Sha256
  readonly previousHash: Sha256
  readonly hash: Sha256
}

export type ChainVerdict =
  | { readonly ok: true; readonly rows: number; readonly head: ChainHead }
  /** `seq`: the first row that is changed, missing, or does not match its journal rows. */
  | { readonly ok: false; readonly seq: number }

/** `purged`: the digest of the body that was there. */
type JournalBody = {
  readonly audit: number
  readonly body: Uint8Array
  readonly purged: Uint8Array | null
}

const columns = `seq, at, kind, ids, journal_digest AS journalDigest, previous_hash AS previousHash, hash`
const GENESIS: ChainHead = { seq: 0, hash: '0'.repeat(64) as Sha256 }

export class AuditChain {
  readonly #database: Database
  readonly #head: Statement<[], ChainHead>
  readonly #insert: Statement<AuditRow, never>
  readonly #all: Statement<[number], AuditRow>
  readonly #hash: Statement<[string], number>
  readonly #bodies: Statement<[], JournalBody>

  constructor(database: Database) {
    this.#database = database
    this.#head = database.prepare<[], ChainHead>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1')
    this.#insert = database.prepare<AuditRow, never>(
      `INSERT INTO audit (seq, at, kind, ids, journal_digest, previous_hash, hash)
       VALUES (:seq, :at, :kind, :ids, :journalDigest, :previousHash, :hash)`,
    )
    this.#all = database.prepare<[number], AuditRow>(
      `SELECT ${columns} FROM audit WHERE seq > ? ORDER BY seq`,
    )
    this.#hash = database.prepare<[string], number>('SELECT seq FROM audit WHERE hash = ?').pluck()
    this.#bodies = database.prepare<[], JournalBody>(
      'SELECT audit, body, purged_digest AS purged FROM journal ORDER BY audit, seq',
    )
  }

  /** The newest row of one of these kinds. */
  newestOf(kinds: readonly string[]): Pick<AuditRow, 'seq' | 'at' | 'kind' | 'ids'> | undefined {
    return this.#database
      .prepare<[string], Pick<AuditRow, 'seq' | 'at' | 'kind' | 'ids'>>(
        `SELECT seq, at, kind, ids FROM audit WHERE kind IN (SELECT value FROM json_each(?))
         ORDER BY seq DESC LIMIT 1`,
      )
      .get(JSON.stringify(kinds))
  }

  /** Appends within the caller's transaction; returns the row's number. */
  append(kind: string, at: Instant, ids: AuditIds, journalBodies: readonly Uint8Array[] = []): number {
    const head = this.head()
    const row = {
      seq: head.seq + 1,
      at,
      kind,
      ids: JSON.stringify(ids),
      journalDigest: digestOf(journalBodies),
      previousHash: head.hash,
    }
    this.#insert.run({ ...row, hash: hashOf(row) })
    return row.seq
  }

  /** Seq 0 and zeros before the first row. */
  head(): ChainHead {
    return this.#head.get() ?? GENESIS
  }

  newestAt(): Instant | undefined {
    return this.#database.prepare<[], Instant>('SELECT at FROM audit ORDER BY seq DESC LIMIT 1').pluck().get()
  }

  /** Whether the chain still holds a head that was told earlier, in a transcript for instance. */
  contains(hash: Sha256): boolean {
    return this.#hash.get(hash) !== undefined
  }

  /** Rows after `seq`, oldest first; nothing can be written until the last one is read. */
  rowsAfter(seq: number): IterableIterator<AuditRow> {
    return this.#all.iterate(seq)
  }

  /** Recomputes every hash, and the digest of every journal row. */
  verify(): ChainVerdict {
    return this.#database.read(() => {
      const bodies = this.#bodiesByRow()
      let head = GENESIS
      for (const row of this.#all.iterate(0)) {
        const expected = head.seq + 1
        if (
          row.seq !== expected ||
          row.previousHash !== head.hash ||
          row.hash !== hashOf(row) ||
          row.journalDigest !== (bodies.get(row.seq) ?? digestOf([]))
        )
          return { ok: false, seq: expected }
        bodies.delete(row.seq)
        head = { seq: row.seq, hash: row.hash }
      }
      const orphan = bodies.keys().next().value
      return orphan === undefined ? { ok: true, rows: head.seq, head } : { ok: false, seq: orphan }
    })
  }

  #bodiesByRow(): Map<number, Sha256> {
    const digests = new Map<number, Sha256>()
    let audit = 0
    let open = createHash('sha256')
    for (const row of this.#bodies.iterate()) {
      if (row.audit !== audit) {
        if (audit !== 0) digests.set(audit, open.digest('hex') as Sha256)
        audit = row.audit
        open = createHash('sha256')
      }
      open.update(row.purged ?? framed(row.body))
    }
    if (audit !== 0) digests.set(audit, open.digest('hex') as Sha256)
    return digests
  }
}

function digestOf(bodies: readonly Uint8Array[]): Sha256 {
  const hash = createHash('sha256')
  for (const body of bodies) hash.update(framed(body))
  return hash.digest('hex') as Sha256
}

/** A body's own digest stands for it, so that where one ends and the next begins is no question. */
const framed = (body: Uint8Array): Uint8Array => createHash('sha256').update(body).digest()

function hashOf(row: Omit<AuditRow, 'hash'>): Sha256 {
  const canonical = JSON.stringify([row.seq, row.at, row.kind, row.ids, row.journalDigest, row.previousHash])
  return createHash('sha256').update(canonical, 'utf8').digest('hex') as Sha256
}
