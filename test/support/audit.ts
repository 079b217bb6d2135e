// Reads the audit chain of an installation as somebody would who trusts neither the daemon nor its tools:
// by SQLite alone, with every hash computed anew. Rewrites it, too, as whoever has the file could.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'

export type AuditRow = {
  readonly seq: number
  readonly kind: string
  readonly ids: Readonly<Record<string, unknown>>
  /** How many rows of the journal it accounts for. */
  readonly events: number
}

const GENESIS = '0'.repeat(64)

/** Every row, oldest first. @throws where the chain is broken. */
export function readAudit(path: string): readonly AuditRow[] {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    database.exec('BEGIN')
    const bodies = new Map<number, Buffer[]>()
    for (const row of database.prepare('SELECT audit, body, purged_digest FROM journal ORDER BY seq').all()) {
      const audit = Number(row['audit'])
      const { body = null, purged_digest: purged = null } = row
      const own = purged === null ? digest(octetsOf(body)) : Buffer.from(octetsOf(purged))
      bodies.set(audit, [...(bodies.get(audit) ?? []), own])
    }
    let previous = GENESIS
    const rows: AuditRow[] = []
    for (const row of database.prepare('SELECT * FROM audit ORDER BY seq').all()) {
      const { seq, at, kind, ids, journal_digest: journal, previous_hash: before, hash } = row
      const mine = bodies.get(Number(seq)) ?? []
      bodies.delete(Number(seq))
      assert.equal(seq, rows.length + 1, 'the audit chain lacks a row')
      assert.equal(before, previous, `audit row ${seq} does not follow the one before`)
      assert.equal(journal, digest(Buffer.concat(mine)).toString('hex'), `audit row ${seq}, its journal`)
      const hashed = JSON.stringify([seq, at, kind, ids, journal, before])
      assert.equal(hash, digest(hashed).toString('hex'), `audit row ${seq}, its hash`)
      previous = String(hash)
      rows.push({ seq: Number(seq), kind: String(kind), ids: JSON.parse(String(ids)), events: mine.length })
    }
    assert.deepEqual([...bodies.keys()], [], 'journal rows without an audit row')
    assert.ok(rows.length > 0, 'an audit chain without rows')
    return rows
  } finally {
    database.close()
  }
}

type Row = Readonly<Record<string, SQLOutputValue>>

/** As somebody would who knows how it is made: rows changed, and every hash made to fit. */
export function rewriteAudit(path: string, change: (row: Row) => Row): void {
  const database = new DatabaseSync(path)
  try {
    database.exec('DROP TRIGGER audit_never_updated')
    const put = database.prepare(
      'UPDATE audit SET at = ?, kind = ?, ids = ?, previous_hash = ?, hash = ? WHERE seq = ?',
    )
    let previous = GENESIS
    for (const row of database.prepare('SELECT * FROM audit ORDER BY seq').all()) {
      const { seq, at, kind, ids, journal_digest: journal } = { ...row, ...change(row) }
      const hash = digest(JSON.stringify([seq, at, kind, ids, journal, previous])).toString('hex')
      put.run(at ?? null, kind ?? null, ids ?? null, previous, hash, seq ?? null)
      previous = hash
    }
  } finally {
    database.close()
  }
}

const digest = (octets: Uint8Array | string): Buffer => createHash('sha256').update(octets).digest()

function octetsOf(cell: unknown): Uint8Array {
  assert.ok(cell instanceof Uint8Array)
  return cell
}
