// How near the end of each admin's key the admins were warned last, so that each warning is told once, across restarts
// (threats.md K06).
import { type Fingerprint, parseFingerprint } from '../model/scalars.ts'
import type { Database } from './database.ts'
import { metaText, putMeta } from './meta.ts'

const NAME = 'team-key-warnings'

/** Days before its end of which was told, by key; 0: that it has ended. */
export type KeyWarnings = ReadonlyMap<Fingerprint, number>

export class TeamKeyWarnings {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  told(): KeyWarnings {
    const lines = metaText(this.#database, NAME)?.split('\n') ?? []
    return new Map(
      lines.flatMap(line => {
        const [key = '', days] = line.split(' ', 2)
        const fingerprint = parseFingerprint(key)
        return fingerprint === undefined ? [] : [[fingerprint, Number(days)] as const]
      }),
    )
  }

  /** Within the caller's transaction. */
  remember(told: KeyWarnings): void {
    const lines = [...told].map(([key, days]) => `${key} ${days}`).join('\n')
    putMeta(this.#database, NAME, lines)
  }
}
