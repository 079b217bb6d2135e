// The largest mail that the submission server takes, as it said at the last connection: decisions know it so, and a
// notice that is too large is refused when it is scheduled (threats.md H09).
import type { LargestMail } from '../model/settings.ts'
import type { Database } from './database.ts'
import { metaText, putMeta } from './meta.ts'

const NAME = 'submission-takes'

export class ServerLimit {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Undefined: no connection was made yet. */
  takes(): LargestMail | undefined {
    const value = metaText(this.#database, NAME)
    if (value === undefined) return undefined
    const octets = Number(value)
    return Number.isSafeInteger(octets) && octets > 0 ? octets : 'any'
  }

  remember(takes: LargestMail): void {
    if (takes === this.takes()) return
    this.#database.write(() => putMeta(this.#database, NAME, `${takes}`))
  }
}
