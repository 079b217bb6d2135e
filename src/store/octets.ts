// The octets of received mail once it was stored: whose are gone, which cases a mail belongs to, and putting
// octets back that were fetched again. Rows that lack octets are found here; what does not open, by whoever has
// the storage key.
import { piecesOf } from '../model/octets.ts'
import type { CaseId, InboundId } from '../model/scalars.ts'
import type { Database } from './database.ts'
import { Rest } from './rest.ts'

/** Encrypted they are more than the mail had. Of what waits, was put aside or dropped there may be a header alone. */
const LACKS_OCTETS = `(id NOT IN (SELECT inbound FROM raw_mail)
  OR (coalesce(outcome, 'shunt') NOT IN ('shunt', 'refused')
    AND size > (SELECT length(octets) FROM raw_mail AS first WHERE first.inbound = inbound.id)
      + (SELECT coalesce(sum(length(octets)), 0) FROM raw_mail_rest WHERE owner = inbound.id)))`

export class KeptOctets {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Mail whose octets are gone, all or some of them, oldest first. */
  missing(): readonly InboundId[] {
    return this.#database
      .prepare<[], InboundId>(
        `SELECT id FROM inbound WHERE source = 'imap' AND purged = 0 AND ${LACKS_OCTETS} ORDER BY id`,
      )
      .pluck()
      .all()
  }

  /** Mail whose octets are there, the newest first, `most` at the most. */
  present(most: number): readonly InboundId[] {
    return this.#database
      .prepare<[number], InboundId>(
        `SELECT id FROM inbound WHERE source = 'imap' AND NOT ${LACKS_OCTETS} ORDER BY id DESC LIMIT ?`,
      )
      .pluck()
      .all(most)
  }

  /** The cases that each of these mails opened or joined; a mail of none is left out. */
  casesOf(mails: readonly InboundId[]): ReadonlyMap<InboundId, readonly CaseId[]> {
    const rows = this.#database
      .prepare<[string], { readonly inbound: InboundId; readonly stream: CaseId }>(
        `SELECT DISTINCT inbound, stream FROM journal
         WHERE inbound IN (SELECT value FROM json_each(?)) AND stream IN (SELECT id FROM cases)
         ORDER BY inbound, stream`,
      )
      .all(JSON.stringify(mails))
    const cases = Map.groupBy(rows, row => row.inbound)
    return new Map([...cases].map(([inbound, found]) => [inbound, found.map(row => row.stream)]))
  }

  /** Within the caller's transaction. `request` brought the octets, and need not keep them twice. */
  putBack(
    mails: readonly { readonly id: InboundId; readonly raw: Uint8Array }[],
    request: InboundId | undefined,
  ): void {
    const put = this.#database.prepare<{ readonly id: InboundId; readonly raw: Uint8Array }>(
      `INSERT INTO raw_mail (inbound, octets) SELECT id, :raw FROM inbound WHERE id = :id AND purged = 0
       ON CONFLICT DO UPDATE SET octets = excluded.octets`,
    )
    const rest = new Rest(this.#database, 'raw_mail_rest')
    for (const { id, raw } of mails) {
      const [first = raw, ...others] = piecesOf(raw)
      // Nothing of a mail that was purged meanwhile.
      if (put.run({ id, raw: first }).changes > 0) rest.put(id, others)
    }
    if (request === undefined) return
    rest.put(request, [])
    this.#database.prepare<[InboundId]>('DELETE FROM raw_mail WHERE inbound = ?').run(request)
  }
}
