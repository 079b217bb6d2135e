// What is different after a restore. In safe mode nothing is sent, no mail is settled and no notice released,
// until the operator says what went out since; and for ever, no signature older than the restore counts.
import BetterSqlite3 from 'better-sqlite3'
import { err, ok, type Result } from '../model/result.ts'
import type { Instant } from '../model/scalars.ts'
import { AuditChain } from './audit.ts'
import { Database } from './database.ts'
import { metaText, putMeta } from './meta.ts'

/** Present while the operator has not said what went out. */
const SAFE_MODE = 'safe-mode'
/** Present until all filed mail was read again. */
const RESCAN = 'rescan'
const RESTORED_AT = 'restored-at'
/** Last mail of a mailbox that may have been answered before the restore. */
const ANSWERED = 'answered-up-to'

/** A condition of statements that find work to do. */
export const NOT_IN_SAFE_MODE = `NOT EXISTS (SELECT 1 FROM meta WHERE name = '${SAFE_MODE}')`
/** The same for mail that came in: before that it is not known which of it was answered. */
export const READ_AGAIN = `NOT EXISTS (SELECT 1 FROM meta WHERE name IN ('${SAFE_MODE}', '${RESCAN}'))`

/** A place in a mailbox that was not emptied: mail up to it may have been answered. */
export type AnsweredUpTo = { readonly uidValidity: number; readonly uid: number }

export class SafeMode {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  get mode(): 'safe' | 'normal' {
    return this.#has(SAFE_MODE) ? 'safe' : 'normal'
  }

  /** Undefined: this is the instance's first life. */
  restoredAt(): Instant | undefined {
    const value = this.#value(RESTORED_AT)
    return value === undefined ? undefined : (Number(value) as Instant)
  }

  /** Undefined where mail is filed away once it is stored. */
  answeredUpTo(): AnsweredUpTo | undefined {
    const [uidValidity, uid] = this.#value(ANSWERED)?.split(' ', 2) ?? []
    return uid === undefined ? undefined : { uidValidity: Number(uidValidity), uid: Number(uid) }
  }

  rescan(): 'due' | 'done' {
    return this.#has(RESCAN) ? 'due' : 'done'
  }

  rescanned(answered: AnsweredUpTo | undefined): void {
    this.#database.write(() => {
      if (answered !== undefined) putMeta(this.#database, ANSWERED, `${answered.uidValidity} ${answered.uid}`)
      this.#remove(RESCAN)
    })
  }

  /**
   * Within the caller's transaction. `all`: what was to be sent went out before the restore; copies made ahead for an
   * instant that is to come did not, and without them nobody would get that notice.
   */
  end(sent: 'all' | 'none', now: Instant): void {
    if (sent === 'all') {
      this.#database.prepare<[]>('DELETE FROM owed_acknowledgements').run()
      this.#database
        .prepare(
          `UPDATE outbox SET state = 'dropped', why = 'restored', told_at = :now WHERE state = 'ready'
             AND (notice_id IS NULL OR notice_id NOT IN (SELECT id FROM notices WHERE state = 'scheduled'))`,
        )
        .run({ now })
      this.#database.prepare<[]>('DELETE FROM changes').run()
    }
    this.#remove(SAFE_MODE)
  }

  #has(name: string): boolean {
    return this.#value(name) !== undefined
  }

  #value(name: string): string | undefined {
    return metaText(this.#database, name)
  }

  #remove(name: string): void {
    this.#database.prepare<[string]>('DELETE FROM meta WHERE name = ?').run(name)
  }
}

/**
 * Puts safe mode into a copy of a database that is not in its place yet: requests and plans that wait in it are
 * of another time and end here. The result is the instant of its newest audit row; the error, what is wrong.
 */
export function intoSafeMode(path: string, now: Instant): Result<Instant, string> {
  const connection = new BetterSqlite3(path, { fileMustExist: true })
  try {
    if (connection.pragma('quick_check(1)', { simple: true }) !== 'ok') return err('it is damaged')
    const database = new Database(connection, undefined)
    const audit = new AuditChain(database)
    const since = audit.newestAt()
    database.write(() => {
      for (const name of [SAFE_MODE, RESCAN, RESTORED_AT]) putMeta(database, name, String(now))
      database.prepare<[string]>('DELETE FROM meta WHERE name = ?').run(ANSWERED)
      database.prepare('UPDATE plans SET expires_at = :now WHERE expires_at > :now').run({ now })
      const requests = database
        .prepare(
          `UPDATE inbound SET outcome = 'refused', reason = 'restored', settled_at = :now
           WHERE source = 'cli' AND settled_at IS NULL`,
        )
        .run({ now }).changes
      audit.append('restored', now, { requests, since })
    })
    return ok(since ?? now)
  } catch (error) {
    if (error instanceof BetterSqlite3.SqliteError) return err(`it is no database of ours (${error.code})`)
    throw error
  } finally {
    // One file, with no log beside it.
    connection.pragma('journal_mode = DELETE')
    connection.close()
  }
}
