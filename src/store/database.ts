// Opens the one database file of an instance, or says in a sentence why not: it never starts empty where
// there was something, never writes to a newer schema, never works on a damaged file.
import { closeSync, existsSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { err, ok, type Result } from '../model/result.ts'
import { HighWaterMark, type Reached, readMark } from './high-water.ts'
import { hasItsSchema, migrate, OLDEST_SCHEMA, SCHEMA_VERSION, schemaVersion } from './migrations.ts'
import { type StartFault, volumeFault } from './volume.ts'

export const DATABASE_FILE = 'embargod.db'
export const MARK_FILE = 'embargod.mark'
const NO_HASH = '0'.repeat(64)

/**
 * `write`: the daemon, which holds the instance lock. `append`: the command line beside a daemon, which puts
 * inbound rows in and nothing else; it neither creates nor migrates. `read`: whoever only looks.
 */
export type OpenMode = 'write' | 'append' | 'read'

export type Statement<Parameters extends unknown[] | object, Row> = BetterSqlite3.Statement<
  Parameters extends unknown[] ? Parameters : [Parameters],
  Row
>

/** A row as SQLite gives it: null where the row type says undefined. */
export type Nulls<R> = {
  readonly [K in keyof R]: undefined extends R[K] ? Exclude<R[K], undefined> | null : R[K]
}

/** The one mapper of nulls: the model says undefined. */
export const withoutNulls = <R extends object>(row: Nulls<R>): R =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? undefined])) as R

/** One open connection. What the store wrote it reads back as: row types name the columns' branded types. */
export class Database {
  readonly #connection: BetterSqlite3.Database
  readonly #mark: HighWaterMark | undefined
  #tellOfFault: () => void = () => undefined
  readonly #reached: BetterSqlite3.Statement<[], Reached>

  constructor(connection: BetterSqlite3.Database, markPath: string | undefined) {
    this.#connection = connection
    this.#reached = connection.prepare<[], Reached>(
      `SELECT coalesce(max(seq), 0) AS seq,
        coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), '${NO_HASH}') AS hash,
        coalesce((SELECT max(id) FROM inbound), 0) AS inbound FROM audit`,
    )
    this.#mark = markPath === undefined ? undefined : HighWaterMark.open(markPath, this.reached())
  }

  /** How far audit chain and inbound have come. */
  reached(): Reached {
    return this.#reached.get() ?? { seq: 0, hash: NO_HASH, inbound: 0 }
  }

  prepare<Parameters extends unknown[] | object, Row = unknown>(sql: string): Statement<Parameters, Row> {
    return this.#connection.prepare<Parameters, Row>(sql) as Statement<Parameters, Row>
  }

  /** BEGIN IMMEDIATE, the work, COMMIT to disk; all is undone if the work throws. */
  write<T>(work: () => T): T {
    try {
      const result = this.#connection.transaction(work).immediate()
      this.#mark?.advance(this.reached())
      return result
    } catch (error) {
      if (isEnvironmentFault(error)) this.#tellOfFault()
      throw error
    }
  }

  /** `tell` is called whenever the environment made a write fail. */
  onFault(tell: () => void): void {
    this.#tellOfFault = tell
  }

  /** All reads of the work see one state of the database. */
  read<T>(work: () => T): T {
    return this.#connection.transaction(work).deferred()
  }

  /** Differs from the last answer after another process committed (PRAGMA data_version). */
  dataVersion(): number {
    return Number(this.#connection.pragma('data_version', { simple: true }))
  }

  /** Empties the log beside the database, where what was overwritten may still stand; readers may delay it. */
  truncateLog(): void {
    this.#connection.pragma('wal_checkpoint(TRUNCATE)')
  }

  /**
   * A whole copy of one moment into an empty file, by SQLite's online backup: on this connection, since from
   * another each of our commits would make it begin again. Others' work goes on meanwhile.
   */
  async copyTo(path: string): Promise<void> {
    await this.#connection.backup(path)
  }

  /** A second call does nothing. */
  close(): void {
    if (!this.#connection.open) return
    this.#connection.close()
    this.#mark?.close()
  }
}

/** Opens `embargod.db` in an existing private directory; only `write` creates, checks it whole and migrates. */
export function openDatabase(directory: string, mode: OpenMode): Result<Database, StartFault> {
  const path = join(directory, DATABASE_FILE)
  const markPath = join(directory, MARK_FILE)
  const refused = volumeFault(directory) ?? presenceFault(path, markPath, mode)
  if (refused !== undefined) return err(refused)
  let connection: BetterSqlite3.Database | undefined
  try {
    const unsound = hasContent(path) ? inspect(path, markPath, mode) : undefined
    if (unsound !== undefined) return err(unsound)
    // Created by us, since SQLite would take the mode from the umask; never opened again by other means:
    // closing a descriptor drops the process's locks on the file.
    if (!existsSync(path)) closeSync(openSync(path, 'wx', 0o600))
    connection = new BetterSqlite3(path, { readonly: mode === 'read', fileMustExist: true })
    configure(connection, mode)
    if (mode !== 'write') return ok(new Database(connection, undefined))
    const lost = markFault(connection, markPath)
    if (lost === undefined) return ok(new Database(connection, markPath))
    connection.close()
    return err(lost)
  } catch (error) {
    connection?.close()
    const fault = faultOfOpening(error)
    if (fault === undefined) throw error
    return err(fault)
  }
}

const size = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
const hasContent = (path: string): boolean => size(path) > 0

function presenceFault(path: string, markPath: string, mode: OpenMode): StartFault | undefined {
  const marked = existsSync(markPath)
  if (hasContent(path) || (mode === 'write' && !marked)) return undefined
  if (!marked)
    return { code: 'missing', sentence: 'There is no database yet: start the daemon once to make it.' }
  const how = existsSync(path) ? 'is empty' : 'is missing'
  return {
    code: 'emptied',
    sentence: `${DATABASE_FILE} ${how} although ${MARK_FILE} says it held something: restore a backup.`,
  }
}

/** Looks without writing: version first, then, for the daemon, every page. */
function inspect(path: string, markPath: string, mode: OpenMode): StartFault | undefined {
  const connection = new BetterSqlite3(path, { readonly: true })
  try {
    const version = schemaVersion(connection)
    if (version > SCHEMA_VERSION)
      return {
        code: 'newer-schema',
        sentence: `${DATABASE_FILE} has schema ${version} and this program knows ${SCHEMA_VERSION} at most: run the newer program.`,
      }
    // Without a mark a start was cut short that had made half of the schemas, and goes on.
    if (version > 0 && version < OLDEST_SCHEMA && existsSync(markPath))
      return {
        code: 'older-schema',
        sentence: `${DATABASE_FILE} has schema ${version}, from before members answered, and this program reads ${OLDEST_SCHEMA} at least: run the program that wrote it, or begin with a new data directory.`,
      }
    if (mode !== 'write')
      return version === SCHEMA_VERSION
        ? undefined
        : {
            code: 'older-schema',
            sentence: `${DATABASE_FILE} has the older schema ${version}: start the daemon once to migrate it.`,
          }
    if (version === 0 && existsSync(markPath)) return BEHIND
    connection.pragma('cell_size_check = ON')
    const cut = size(path) % Number(connection.pragma('page_size', { simple: true })) !== 0
    // With a log, a page may be half written: the log has all of it.
    if ((cut && size(`${path}-wal`) === 0) || connection.pragma('quick_check(1)', { simple: true }) !== 'ok')
      return damaged(`${DATABASE_FILE} is damaged`)
    if (version === SCHEMA_VERSION && !hasItsSchema(connection))
      return damaged(`${DATABASE_FILE} has another schema than its version says`)
    // Octets, or a case, whose mail has no row (threats.md L05).
    const orphan = connection.prepare(`SELECT 1 FROM pragma_foreign_key_check WHERE parent = 'inbound'`)
    if (orphan.get() !== undefined) return damaged(`${DATABASE_FILE} lacks mail that other rows name`)
    return undefined
  } finally {
    connection.close()
  }
}

function configure(connection: BetterSqlite3.Database, mode: OpenMode): void {
  if (mode !== 'read') {
    connection.pragma('journal_mode = WAL')
    connection.pragma('synchronous = FULL')
    connection.pragma('secure_delete = ON')
  }
  connection.pragma('foreign_keys = ON')
  connection.pragma('trusted_schema = OFF')
  connection.pragma('cell_size_check = ON')
  // Sorting must not spill to a temporary folder.
  connection.pragma('temp_store = MEMORY')
  if (mode === 'write') migrate(connection)
}

/** A cut write-ahead log opens without complaint and lacks what was committed last: the mark knows. */
function markFault(connection: BetterSqlite3.Database, markPath: string): StartFault | undefined {
  const mark = readMark(markPath)
  if (mark === 'absent') return undefined
  if (mark === 'damaged') return damaged(`${MARK_FILE} is damaged`)
  const hash = connection.prepare<[number], string>('SELECT hash FROM audit WHERE seq = ?').pluck()
  const inbound = connection.prepare<[], number>('SELECT coalesce(max(id), 0) FROM inbound').pluck().get()
  if ((inbound ?? 0) >= mark.inbound && (mark.seq === 0 || hash.get(mark.seq) === mark.hash)) return undefined
  return BEHIND
}

const BEHIND: StartFault = {
  code: 'behind-its-mark',
  sentence: `${DATABASE_FILE} lacks what ${MARK_FILE} says was committed: restore a backup.`,
}

const damaged = (what: string): StartFault => ({
  code: 'damaged',
  sentence: `${what}: restore a backup.`,
})

/** Undefined for what is no fault of the environment or the file. */
function faultOfOpening(error: unknown): StartFault | undefined {
  const unwritable = unwritableFault(error)
  if (unwritable !== undefined || !(error instanceof BetterSqlite3.SqliteError)) return unwritable
  return error.code === 'SQLITE_BUSY'
    ? { code: 'busy', sentence: `Another process keeps ${DATABASE_FILE} locked.` }
    : damaged(`${DATABASE_FILE} cannot be opened (${error.code})`)
}

/** Codes of SQLite and of the system against which a backup would not help. */
const unwritable =
  /^(?:SQLITE_(?:FULL|READONLY|NOMEM|CANTOPEN|IOERR_(?:WRITE|FSYNC|TRUNCATE|DIR_FSYNC|SHMOPEN|SHMSIZE|NOMEM)).*|E(?:NOSPC|IO|ROFS|DQUOT|MFILE|NFILE|NOMEM))$/

/** What to say if it was the disk that failed a start. */
export function unwritableFault(error: unknown): StartFault | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!unwritable.test(code)) return undefined
  return { code: 'disk', sentence: `The data directory cannot be written (${code}): look after the disk.` }
}

/** Whether disk, memory or a lock failed, not the program: the same may well succeed later (threats.md J04). */
export const isEnvironmentFault = (error: unknown): boolean =>
  error instanceof BetterSqlite3.SqliteError &&
  /^SQLITE_(?:FULL|IOERR|READONLY|BUSY|LOCKED|CANTOPEN|NOMEM)/.test(error.code)
