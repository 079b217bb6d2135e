// What is one value of its name for the whole database. In and out: octets, or text of one octet a character.
import type { Database } from './database.ts'

export const metaOctets = (database: Database, name: string): Uint8Array | undefined =>
  database.prepare<[string], Uint8Array>('SELECT value FROM meta WHERE name = ?').pluck().get(name)

export function metaText(database: Database, name: string): string | undefined {
  const value = metaOctets(database, name)
  return value && Buffer.from(value).toString('latin1')
}

/** In place of what was there, within the caller's transaction. */
export function putMeta(database: Database, name: string, text: string): void {
  database
    .prepare<[string, Uint8Array]>('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)')
    .run(name, Buffer.from(text, 'latin1'))
}
