// What the admins know of each mailbox: how its mails are numbered and why it refuses us, so that a change of
// either is told once; and how the daemon last found it, for `status`. Holds no mail.
import type { Instant } from '../model/scalars.ts'
import { type Database, type Nulls, withoutNulls } from './database.ts'

export type KnownMailbox = {
  readonly name: string
  /** Undefined before it was first opened. */
  readonly uidValidity: number | undefined
  /** Code of why it refuses us; undefined if it does not. */
  readonly trouble: string | undefined
}

export type MailboxWatch = {
  /** Undefined before the daemon first tried to connect. */
  readonly state: string | undefined
  readonly since: Instant | undefined
  /** The last look all of whose mail is stored. */
  readonly lookedAt: Instant | undefined
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

  watch(name: string): MailboxWatch {
    const row = this.#database
      .prepare<[string], Nulls<MailboxWatch>>(
        'SELECT state, since, looked_at AS lookedAt, trouble FROM mailboxes WHERE name = ?',
      )
      .get(name)
    return withoutNulls<MailboxWatch>(row ?? { state: null, since: null, lookedAt: null, trouble: null })
  }

  /** `since` stays while the state does. */
  isIn(name: string, state: string, now: Instant): void {
    this.#database.write(() =>
      this.#database
        .prepare(
          `INSERT INTO mailboxes (name, state, since) VALUES (:name, :state, :now)
           ON CONFLICT DO UPDATE SET state = :state, since = :now WHERE state IS NOT :state`,
        )
        .run({ name, state, now }),
    )
  }

  wasLookedAt(name: string, now: Instant): void {
    this.#database.write(() =>
      this.#database
        .prepare<[Instant, string]>('UPDATE mailboxes SET looked_at = ? WHERE name = ?')
        .run(now, name),
    )
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
