// Changes that the other admins are told of together: kept until the mail that tells of them is queued, in one
// transaction with it. Sealed, for they name what people did with which words.
import type { Change, Digest } from '../model/changes.ts'
import { CHANGES_TOGETHER } from '../model/changes.ts'
import { type CaseId, type Instant, later } from '../model/scalars.ts'
import type { Database } from './database.ts'
import { NOT_IN_SAFE_MODE } from './safe-mode.ts'
import type { DataKey, Place } from './seal.ts'

type Person = Change['person']
type Row = { readonly id: number; readonly person: Person; readonly body: Uint8Array }

/** Changes of one mail; more go in the next. */
const MOST_TOGETHER = 200

export class Changes {
  readonly #database: Database
  readonly #key: DataKey

  constructor(database: Database, key: DataKey) {
    this.#database = database
    this.#key = key
  }

  /** Until when changes of this person are kept, to be told together; undefined: the next one is told at once. */
  keptUntil(person: Person, now: Instant): Instant | undefined {
    const told = this.#database
      .prepare<[Person, Instant], Instant>('SELECT at FROM changes_told WHERE person = ? AND at <= ?')
      .pluck()
      .get(person, now)
    const ends = told === undefined ? now : later(told, CHANGES_TOGETHER)
    const waits = this.#database.prepare<[Person]>('SELECT 1 FROM changes WHERE person = ?').get(person)
    return waits !== undefined || ends > now ? ends : undefined
  }

  /** Within the caller's transaction. */
  record(change: Change, now: Instant): void {
    if (change.told === 'now') {
      this.#markTold(change.person, now)
      return
    }
    const id = this.#database
      .prepare<[Person, Instant, Uint8Array], number>(
        'INSERT INTO changes (person, at, body) VALUES (?, ?, ?) RETURNING id',
      )
      .pluck()
      .get(change.person, now, new Uint8Array())
    if (id === undefined) throw new Error('change was not stored')
    this.#database
      .prepare<[Uint8Array, number]>('UPDATE changes SET body = ? WHERE id = ?')
      .run(this.#key.seal(placeOf(id), change), id)
  }

  /** What is to be told now, one digest a person; in safe mode nothing is. */
  due(now: Instant): readonly Digest[] {
    const rows = this.#database
      .prepare<{ readonly now: Instant; readonly before: Instant }, Row>(
        `SELECT changes.id, changes.person, body FROM changes
         LEFT JOIN changes_told USING (person)
         WHERE ${NOT_IN_SAFE_MODE} AND (changes_told.at IS NULL OR changes_told.at NOT BETWEEN :before AND :now)
         ORDER BY changes.id`,
      )
      .all({ now, before: later(now, 1 - CHANGES_TOGETHER) })
    const people = [...new Set(rows.map(row => row.person))]
    return people.map(person => {
      const theirs = rows.filter(row => row.person === person).slice(0, MOST_TOGETHER)
      return {
        person,
        ids: theirs.map(row => row.id),
        changes: theirs.map(row => this.#key.open(placeOf(row.id), row.body) as Change),
      }
    })
  }

  /** Within the caller's transaction, in which the mail that tells of them is queued. */
  markDigested({ person, ids }: Pick<Digest, 'person' | 'ids'>, now: Instant): void {
    const remove = this.#database.prepare<[number]>('DELETE FROM changes WHERE id = ?')
    for (const id of ids) if (remove.run(id).changes !== 1) throw new Error('a change was told already')
    this.#markTold(person, now)
  }

  /** Drops what waits to be told of a case, within the caller's transaction. */
  forget(id: CaseId): void {
    const rows = this.#database.prepare<[], Row>('SELECT id, person, body FROM changes').all()
    const remove = this.#database.prepare<[number]>('DELETE FROM changes WHERE id = ?')
    for (const { id: row, body } of rows) {
      const change = this.#key.open(placeOf(row), body) as Change
      // A mail of commands about several cases is told as one.
      const isNamed = change.lines.some(line => line.open().toUpperCase().includes(id))
      if (change.case === id || isNamed) remove.run(row)
    }
  }

  #markTold(person: Person, now: Instant): void {
    this.#database
      .prepare<[Person, Instant]>(
        `INSERT INTO changes_told (person, at) VALUES (?, ?)
         ON CONFLICT (person) DO UPDATE SET at = excluded.at`,
      )
      .run(person, now)
  }
}

const placeOf = (id: number): Place => ({ table: 'changes', column: 'body', row: id })
