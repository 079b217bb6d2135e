// The journal: every event of every case, notice, contact and so on, sealed, one stream each, and the fold of it.
// Events go in; the states that result come out.
import BetterSqlite3 from 'better-sqlite3'
import { type Event, type StreamId, streamOf } from '../model/event.ts'
import type { CaseId, InboundId, Instant, OutboxId, ProjectName } from '../model/scalars.ts'
import type { Stored } from '../model/states.ts'
import type { CaseKeys } from './case-keys.ts'
import { encode } from './codec.ts'
import type { Database, Statement } from './database.ts'
import { foldEvents, NOTHING_BEFORE } from './folding.ts'
import type { MemberKeys } from './member-keys.ts'
import type { Purge } from './purge.ts'
import type { DataKey, Place } from './seal.ts'
import { putState, type States, storedOf } from './state-rows.ts'

export type { StreamId }

type JournalRow = {
  readonly audit: number
  readonly project: ProjectName
  readonly stream: StreamId
  readonly revision: number
  readonly at: Instant
  readonly kind: string
  readonly inbound: InboundId | null
  readonly body: Uint8Array
}

/** An event as it was journaled: under which row of the audit chain, and out of which mail it came. */
export type Journaled<E extends Event = Event> = {
  readonly event: E
  readonly audit: number
  readonly inbound: InboundId | undefined
}

/** Events folded onto the states they found, and their rows still lacking the audit row. */
export type Folding = {
  readonly rows: readonly Omit<JournalRow, 'audit' | 'inbound'>[]
  readonly states: readonly Stored[]
}

export class Journal {
  readonly #database: Database
  readonly #key: DataKey
  readonly #states: States
  readonly #caseKeys: CaseKeys
  readonly #memberKeys: MemberKeys
  readonly #purge: Purge
  readonly #insert: Statement<JournalRow, never>
  readonly #revision: Statement<[StreamId], number>
  readonly #events: Statement<[StreamId], Pick<JournalRow, 'revision' | 'audit' | 'inbound' | 'body'>>

  constructor(
    database: Database,
    key: DataKey,
    states: States,
    caseKeys: CaseKeys,
    memberKeys: MemberKeys,
    purge: Purge,
  ) {
    this.#database = database
    this.#key = key
    this.#states = states
    this.#caseKeys = caseKeys
    this.#memberKeys = memberKeys
    this.#purge = purge
    this.#insert = database.prepare(
      `INSERT INTO journal (audit, project, stream, revision, at, kind, inbound, body)
       VALUES (:audit, :project, :stream, :revision, :at, :kind, :inbound, :body)`,
    )
    this.#revision = database
      .prepare<[StreamId], number>('SELECT coalesce(max(revision), 0) FROM journal WHERE stream = ?')
      .pluck()
    this.#events = database.prepare(
      `SELECT revision, audit, inbound, body FROM journal
       WHERE stream = ? AND purged_digest IS NULL ORDER BY revision`,
    )
  }

  /** Revision a stream has; 0 for one that does not exist. */
  revision(stream: StreamId): number {
    return this.#revision.get(stream) ?? 0
  }

  /** All that happened to one thing, in order; nothing of what was purged. */
  eventsOf(stream: StreamId): readonly Journaled[] {
    return this.#events.all(stream).map(({ revision, audit, inbound, body }) => ({
      event: this.#key.open(placeOf(stream, revision), body) as Event,
      audit,
      inbound: inbound ?? undefined,
    }))
  }

  /** Folds events onto the stored states; writes nothing. @throws when an event does not fit its stream. */
  fold(events: readonly Event[]): Folding {
    const { steps, states } = foldEvents(events, this.#states)
    const rows = steps.map(({ event, revision, project }) => {
      const stream = streamOf(event)
      const body = this.#key.seal(placeOf(stream, revision), event)
      return { project, stream, revision, at: event.at, kind: event.kind, body }
    })
    return { rows, states }
  }

  /** Writes the new states; the journal rows follow when their audit row stands. */
  writeStates({ states }: Folding): void {
    for (const stored of states) {
      putState(this.#states, stored)
      if (stored.table === 'cases') this.#caseKeys.put(stored.state)
      else if (stored.table === 'applications' || stored.table === 'contacts')
        this.#memberKeys.put(stored.state)
    }
  }

  /** `mails`: what the decision that these events are of sends. */
  writeRows(
    { rows }: Folding,
    audit: number,
    inbound: InboundId | undefined,
    mails: readonly OutboxId[],
  ): void {
    for (const row of rows) this.#insert.run({ ...row, audit, inbound: inbound ?? null })
    for (const { kind, stream } of rows) if (kind === 'case-purged') this.#purge.run(stream as CaseId, mails)
  }

  /**
   * Streams whose stored row is not what their events, folded, give, or whose events do not fit together or do
   * not open; all are well when there are none. Takes one stream at a time: all of them together need not fit
   * into memory.
   */
  misfolded(): readonly StreamId[] {
    return this.#database.read(() => {
      const found = [...this.#rowsWithoutEvents(), ...this.#purge.unexplained()]
      for (const [stream, rows] of this.#streams())
        if (!this.#isStoredAsFolded(stream, rows)) found.push(stream)
      return found
    })
  }

  #isStoredAsFolded(stream: StreamId, rows: readonly Sealed[]): boolean {
    try {
      const events = rows.map(
        ({ revision, body }) => this.#key.open(placeOf(stream, revision), body) as Event,
      )
      const { states } = foldEvents(events, NOTHING_BEFORE)
      return states.every(stored => stored.state.id === stream && isStoredSo(this.#states, stored))
    } catch (error) {
      // The database itself fails, and not one stream in it.
      if (error instanceof BetterSqlite3.SqliteError) throw error
      // What does not open or fold was changed behind our back: a damaged index alone takes rows away.
      return false
    }
  }

  #rowsWithoutEvents(): StreamId[] {
    const tables = Object.keys(this.#states).map(
      table => `SELECT id FROM ${table} WHERE id NOT IN (SELECT stream FROM journal)`,
    )
    return this.#database.prepare<[], StreamId>(tables.join(' UNION ALL ')).pluck().all()
  }

  /** The rows of each stream, in order. */
  *#streams(): Iterable<readonly [StreamId, readonly Sealed[]]> {
    const rows = this.#database.prepare<[], Sealed & Pick<JournalRow, 'stream'>>(
      `SELECT stream, revision, body FROM journal
       WHERE stream NOT IN (SELECT stream FROM journal WHERE purged_digest IS NOT NULL)
       ORDER BY stream, revision`,
    )
    let current: StreamId | undefined
    let ofIt: Sealed[] = []
    for (const row of rows.iterate()) {
      if (row.stream !== current && current !== undefined) {
        yield [current, ofIt]
        ofIt = []
      }
      current = row.stream
      ofIt.push(row)
    }
    if (current !== undefined) yield [current, ofIt]
  }
}

type Sealed = Pick<JournalRow, 'revision' | 'body'>

/** Compared as sealed text: Plaintext has no other equality. */
const isStoredSo = (states: States, stored: Stored): boolean =>
  encode(stored.state) === encode(storedOf(states, stored))

const placeOf = (stream: StreamId, revision: number): Place => ({
  table: 'journal',
  column: 'body',
  row: `${stream}@${revision}`,
})
