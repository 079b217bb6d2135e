// The largest mail that the submission server takes, as it said at the last connection: decisions know it so, and a
// notice that is too large is refused when it is scheduled (threats.md H09).
import type { LargestMail } from '../model/settings.ts'
import type { Database } from './database.ts'

const NAME = 'submission-takes'

export class ServerLimit {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Undefined: no connection was made yet. */
  takes(): LargestMail | undefined {
    const value = this.#database
      .prepare<[string], Uint8Array>('SELECT value FROM meta WHERE name = ?')
      .pluck()
      .get(NAME)
    if (value === undefined) return undefined
    const octets = Number(Buffer.from(value).toString('latin1'))
    return Number.isSafeInteger(octets) && octets > 0 ? octets : 'any'
  }

  remember(takes: LargestMail): void {
    if (takes === this.takes()) return
    this.#database.write(() =>
      this.#database
        .prepare<[string, Uint8Array]>('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)')
        .run(NAME, Buffer.from(`${takes}`, 'latin1')),
    )
  }
}
