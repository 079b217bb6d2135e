// What of large octets is beyond their first piece, a row each: SQLite copies a row's value several times over
// whenever it is written or read. In: pieces. Out: pieces, of which one at a time is held.
import type { Database, Statement } from './database.ts'

export class Rest {
  readonly #insert: Statement<[number, number, Uint8Array], never>
  readonly #piece: Statement<[number, number], Uint8Array>
  readonly #size: Statement<[number], number | null>
  readonly #delete: Statement<[number], never>

  constructor(database: Database, table: 'raw_mail_rest' | 'payloads_rest') {
    this.#insert = database.prepare(`INSERT INTO ${table} (owner, piece, octets) VALUES (?, ?, ?)`)
    this.#piece = database
      .prepare<[number, number], Uint8Array>(`SELECT octets FROM ${table} WHERE owner = ? AND piece = ?`)
      .pluck()
    this.#size = database
      .prepare<[number], number | null>(`SELECT sum(length(octets)) FROM ${table} WHERE owner = ?`)
      .pluck()
    this.#delete = database.prepare(`DELETE FROM ${table} WHERE owner = ?`)
  }

  /** Within the caller's transaction; what was there before is replaced. */
  put(owner: number, pieces: Iterable<Uint8Array>): void {
    this.#delete.run(owner)
    let piece = 1
    for (const octets of pieces) {
      this.#insert.run(owner, piece, octets)
      piece += 1
    }
  }

  /** Octets of all pieces. */
  size(owner: number): number {
    return this.#size.get(owner) ?? 0
  }

  /** Read one by one, so that other work goes on in between. */
  *pieces(owner: number): Generator<Uint8Array, void> {
    for (let piece = 1; ; piece += 1) {
      const octets = this.piece(owner, piece)
      if (octets === undefined) return
      yield octets
    }
  }

  /** The first of the rest is 1; undefined after the last. */
  piece(owner: number, piece: number): Uint8Array | undefined {
    return this.#piece.get(owner, piece)
  }
}
