// The octets of mails to send: in pieces where they are large, so that nobody holds them whole, and once where many
// mails share them. In go pieces, out come pieces; that they are what was written is proved while they are read.
import { createHash } from 'node:crypto'
import { letGo, piecesOf } from '../model/octets.ts'
import type { Database, Statement } from './database.ts'
import { Rest } from './rest.ts'

/** `openpgp`: ciphertext as it is; `sealed`: mail in clear under the data key. */
export type PayloadForm = 'openpgp' | 'sealed'

/** A payload that no delivery refers to yet; `sha256` of its octets, in hex. */
export type Prepared = { readonly id: number; readonly sha256: string }

/** A payload with a file of ten megabytes in it; of larger ones, so many places that connections may be at. */
const RECENT_PIECES = 24

/** Stored octets are not what was written. */
export class DamagedOctets extends Error {
  override readonly name = 'DamagedOctets'
}

export class Payloads {
  readonly #database: Database
  readonly #insert: Statement<[PayloadForm, Uint8Array], number>
  readonly #first: Statement<[number], Uint8Array>
  readonly #firstSize: Statement<[number], number>
  readonly #rest: Rest
  readonly #drop: readonly Statement<[], never>[]
  /** Of payloads that many share, so that each is not read twice for every one of them. */
  readonly #digests = new Map<number, string>()
  /** Pieces that were sent last, the last one at the end. */
  readonly #recent = new Map<string, Uint8Array>()
  /** At first nobody knows what an earlier process left. */
  #orphans: 'none' | 'maybe' = 'maybe'

  constructor(database: Database) {
    this.#database = database
    this.#rest = new Rest(database, 'payloads_rest')
    this.#insert = database
      .prepare<[PayloadForm, Uint8Array], number>(
        'INSERT INTO payloads (form, octets) VALUES (?, ?) RETURNING id',
      )
      .pluck()
    this.#first = database.prepare<[number], Uint8Array>('SELECT octets FROM payloads WHERE id = ?').pluck()
    this.#firstSize = database
      .prepare<[number], number>('SELECT length(octets) FROM payloads WHERE id = ?')
      .pluck()
    const orphans =
      'SELECT id FROM payloads EXCEPT SELECT payload FROM outbox EXCEPT SELECT shared FROM outbox'
    this.#drop = [
      database.prepare(`DELETE FROM payloads_rest WHERE owner IN (${orphans})`),
      database.prepare(`DELETE FROM payloads WHERE id IN (${orphans})`),
    ]
  }

  /** Within the caller's transaction. */
  insert(form: PayloadForm, pieces: Iterable<Uint8Array>): Prepared {
    const hash = createHash('sha256')
    const cut = Iterator.from(pieces)
      .flatMap(piece => piecesOf(piece))
      .map(piece => {
        hash.update(piece)
        return piece
      })
    const first = cut.next()
    const id = this.#insert.get(form, first.done === true ? new Uint8Array(0) : first.value)
    if (id === undefined) throw new Error('payload was not stored')
    this.#rest.put(id, cut)
    return { id, sha256: hash.digest('hex') }
  }

  /** Writes ciphertext ahead of the transaction that refers to it, so that nobody holds several large copies. */
  prepare(pieces: Iterable<Uint8Array>): Prepared {
    this.#orphans = 'maybe'
    const prepared = this.#database.write(() => this.insert('openpgp', pieces))
    // Another may have had this id, and was forgotten.
    this.#digests.delete(prepared.id)
    this.forgetRecent()
    return prepared
  }

  /** What referred to a payload is gone. */
  abandoned(): void {
    this.#orphans = 'maybe'
  }

  /** Removes what was prepared and never referred to: before any decision is under way. */
  dropOrphans(): void {
    if (this.#orphans === 'none') return
    this.#database.write(() => {
      for (const statement of this.#drop) statement.run()
    })
    this.#orphans = 'none'
  }

  /** Octets of a payload. */
  size(id: number): number {
    return (this.#firstSize.get(id) ?? 0) + this.#rest.size(id)
  }

  /** Of its octets as they lie there, in hex. */
  digest(id: number): string {
    const hash = createHash('sha256')
    for (const piece of this.#pieces(id)) {
      hash.update(piece)
      letGo(piece)
    }
    return hash.digest('hex')
  }

  /** The same of one that many share, read once. */
  sharedDigest(id: number): string {
    const known = this.#digests.get(id) ?? this.digest(id)
    this.#digests.set(id, known)
    return known
  }

  /**
   * Its octets, read one piece after another while other work goes on in between; those who read it at about the same
   * time share what was read.
   * @throws DamagedOctets after the last one if they are not those of this digest.
   */
  *checked(id: number, sha256: string): Generator<Uint8Array, void> {
    const hash = createHash('sha256')
    for (let at = 0; ; at += 1) {
      const piece = this.#recentPiece(id, at)
      if (piece === undefined) break
      hash.update(piece)
      yield piece
    }
    if (hash.digest('hex') !== sha256) throw new DamagedOctets()
  }

  /** Nobody reads any more. */
  forgetRecent(): void {
    this.#recent.clear()
  }

  #recentPiece(id: number, at: number): Uint8Array | undefined {
    const name = `${id} ${at}`
    const piece = this.#recent.get(name) ?? (at === 0 ? this.#first.get(id) : this.#rest.piece(id, at))
    if (piece === undefined) return undefined
    this.#recent.delete(name)
    this.#recent.set(name, piece)
    const [oldest] = this.#recent.size > RECENT_PIECES ? this.#recent.keys() : []
    if (oldest !== undefined) this.#recent.delete(oldest)
    return piece
  }

  /** All of it in one; `size` octets. */
  whole(id: number, size: number): Uint8Array {
    const first = this.#first.get(id)
    if (first?.length === size) return first
    const whole = Buffer.allocUnsafeSlow(size)
    let filled = 0
    for (const piece of this.#pieces(id)) {
      whole.set(piece, filled)
      filled += piece.length
      letGo(piece)
    }
    return whole
  }

  *#pieces(id: number): Generator<Uint8Array, void> {
    const first = this.#first.get(id)
    if (first === undefined) return
    yield first
    yield* this.#rest.pieces(id)
  }
}
