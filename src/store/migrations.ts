// Schema versions: the numbered files in migrations/, run forward only, each in a transaction that also
// sets user_version. A connection goes in, migrated; nothing here reads rows.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'

const FOLDER = join(import.meta.dirname, 'migrations')
const fileShape = /^([0-9]{4})-[a-z0-9-]+\.sql$/

type Migration = { readonly version: number; readonly file: string }

const migrations: readonly Migration[] = readdirSync(FOLDER)
  .map(file => ({ file, version: Number(fileShape.exec(file)?.[1]) }))
  .filter(({ version }) => version > 0)
  .sort((a, b) => a.version - b.version)

/** Newest schema that this program knows. */
export const SCHEMA_VERSION: number = migrations.at(-1)?.version ?? 0

/**
 * Oldest schema whose sealed states this program reads. No migration can bring older ones to it: of what was purged
 * the state is all there is, and a state that is folded anew could not be told from one that somebody altered.
 */
export const OLDEST_SCHEMA = 20

export const schemaVersion = (connection: BetterSqlite3.Database): number =>
  Number(connection.pragma('user_version', { simple: true }))

/** Brings an older schema to SCHEMA_VERSION; a crash leaves a whole version behind. */
export function migrate(connection: BetterSqlite3.Database): void {
  for (const { version, file } of migrations) {
    const step = connection.transaction(() => {
      if (schemaVersion(connection) >= version) return
      connection.exec(readFileSync(join(FOLDER, file), 'utf8'))
      connection.pragma(`user_version = ${version}`)
    })
    step.exclusive()
  }
}

/**
 * Whether every table and index of SCHEMA_VERSION is there in its own words: a bit that flips in a name or a
 * condition passes SQLite's own checks (threats.md L03). Triggers guard the audit chain, which is verified itself.
 */
export function hasItsSchema(connection: BetterSqlite3.Database): boolean {
  const fresh = new BetterSqlite3(':memory:')
  try {
    migrate(fresh)
    const found = new Map(objectsOf(connection))
    return objectsOf(fresh).every(([name, sql]) => found.get(name) === sql)
  } finally {
    fresh.close()
  }
}

const objectsOf = (connection: BetterSqlite3.Database): readonly (readonly [string, string | null])[] =>
  connection
    .prepare<[], [string, string | null]>(
      `SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'index')`,
    )
    .raw()
    .all()
