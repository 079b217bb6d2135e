// The team as it was when it was last compared with the configuration: since when each admin is entitled, and
// where and under which key the last one who left is still to be told so. Holds no mail.
import type { Fingerprint, Instant } from '../model/scalars.ts'
import type { TeamMember } from '../model/team.ts'
import type { Database } from './database.ts'
import type { DataKey, Place } from './seal.ts'

type Row = { readonly fingerprint: Fingerprint; readonly since: Instant; readonly body: Uint8Array }

export class Team {
  readonly #database: Database
  readonly #key: DataKey

  constructor(database: Database, key: DataKey) {
    this.#database = database
    this.#key = key
  }

  /** Empty before it was ever compared with a configuration. */
  members(): readonly TeamMember[] {
    return this.#database
      .prepare<[], Row>('SELECT fingerprint, since, body FROM team ORDER BY fingerprint')
      .all()
      .map(({ fingerprint, since, body }) => ({
        fingerprint,
        since,
        ...(this.#key.open(placeOf(fingerprint), body) as Omit<TeamMember, 'fingerprint' | 'since'>),
      }))
  }

  /** Since when the signatures of each key count. */
  entitled(): ReadonlyMap<Fingerprint, Instant> {
    const rows = this.#database
      .prepare<[], Pick<Row, 'fingerprint' | 'since'>>('SELECT fingerprint, since FROM team')
      .all()
    return new Map(rows.map(({ fingerprint, since }) => [fingerprint, since]))
  }

  /** Within the caller's transaction: all that is known from now on. */
  replace(members: readonly TeamMember[]): void {
    this.#database.prepare<[]>('DELETE FROM team').run()
    const insert = this.#database.prepare<Row>(
      'INSERT INTO team (fingerprint, since, body) VALUES (:fingerprint, :since, :body)',
    )
    for (const { fingerprint, since, ...rest } of members)
      insert.run({ fingerprint, since, body: this.#key.seal(placeOf(fingerprint), rest) })
  }
}

const placeOf = (row: Fingerprint): Place => ({ table: 'team', column: 'body', row })
