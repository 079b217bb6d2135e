// What the admins know of each mailbox: how its mails are numbered and why it refuses us, so that a change of
// either is told once. Holds no mail.
import { type Database, type Nulls, withoutNulls } from './database.ts'

export type KnownMailbox = {
  readonly name: string
  /** Undefined before it was first opened. */
  readonly uidValidity: number | undefined
  /** Code of why it refuses us; undefined if it does not. */
  readonly trouble: string | undefined
}

export class Mailboxes {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  find(name: string): KnownMailbox {
    const row = this.#database
      .prepare<[string], Nulls<KnownMailbox>>(
        'SELECT name, uid_validity AS uidValidity, trouble FROM mailboxes WHERE name = ?',
      )
      .get(name)
    return row === undefined
      ? { name, uidValidity: undefined, trouble: undefined }
      : withoutNulls<KnownMailbox>(row)
  }

  /** Also within the caller's transaction. */
  remember({ name, uidValidity, trouble }: KnownMailbox): void {
    this.#database
      .prepare(
        `INSERT INTO mailboxes (name, uid_validity, trouble) VALUES (:name, :uidValidity, :trouble)
         ON CONFLICT DO UPDATE SET uid_validity = excluded.uid_validity, trouble = excluded.trouble`,
      )
      .run({ name, uidValidity: uidValidity ?? null, trouble: trouble ?? null })
  }
}
