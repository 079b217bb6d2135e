// One decider per data directory: an exclusive SQLite lock on lock.db, held for life and freed by the
// kernel when the process dies. Nothing else may open or copy that file in this process, or the lock is gone.
import { closeSync, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { err, ok, type Result } from '../model/result.ts'
import { type StartFault, volumeFault } from './volume.ts'

export const LOCK_FILE = 'lock.db'

/** Held locks: a connection that is garbage collected would free its own. */
const held = new Set<InstanceLock>()

export class InstanceLock {
  readonly #connection: BetterSqlite3.Database

  private constructor(connection: BetterSqlite3.Database) {
    this.#connection = connection
  }

  /** Fails at once with `busy` if another process, or this one, has it. */
  static take(directory: string): Result<InstanceLock, StartFault> {
    const fault = volumeFault(directory)
    if (fault !== undefined) return err(fault)
    const path = join(directory, LOCK_FILE)
    if (!existsSync(path)) createPrivately(path)
    const connection = new BetterSqlite3(path, { timeout: 0, fileMustExist: true })
    try {
      connection.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      connection.close()
      if (!(error instanceof BetterSqlite3.SqliteError)) throw error
      return err(
        error.code.startsWith('SQLITE_BUSY')
          ? { code: 'busy', sentence: 'Another embargod works on this data directory.' }
          : { code: 'damaged', sentence: `${LOCK_FILE} cannot be locked (${error.code}): remove it.` },
      )
    }
    const lock = new InstanceLock(connection)
    held.add(lock)
    return ok(lock)
  }

  release(): void {
    held.delete(this)
    this.#connection.close()
  }
}

/** Two that start at once may both find none; the second then meets the first one's file. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
