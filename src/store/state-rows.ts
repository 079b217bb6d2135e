// Folded state ↔ rows: the whole value sealed in `body`, and beside it the columns that queries need. A row
// whose columns say other than its body does not open. Nothing here decides.
import type { Absences } from '../model/absence.ts'
import type { Application } from '../model/application.ts'
import type { Case } from '../model/case.ts'
import type { Contact } from '../model/contact.ts'
import type { Distributor } from '../model/distributor.ts'
import type { Incident } from '../model/incident.ts'
import type { Notice } from '../model/notice.ts'
import type { Post } from '../model/post.ts'
import { foldedMailbox } from '../model/scalars.ts'
import type { StateTypes, Stored } from '../model/states.ts'
import type { Database, Statement } from './database.ts'
import { BrokenSeal, type DataKey, type Place } from './seal.ts'

type Folded = { readonly id: string; readonly revision: number }
type Columns = Readonly<Record<string, string | number>>
type Cells = Readonly<Record<string, string | number | Uint8Array>>

/** How one kind of state lies in its table: the columns beside id, revision and body. */
type StateShape<T extends Folded> = {
  readonly table: keyof StateTypes
  readonly columns: readonly string[]
  readonly values: (state: T) => Columns
  /**
   * `all`: every decision sees them all, so that unsealing them each time would cost more than the rest. `last`: each
   * copy of a notice that is handed over sees the same one.
   */
  readonly kept: 'all' | 'last' | 'none'
}

const caseShape: StateShape<Case> = {
  table: 'cases',
  columns: ['project', 'state', 'received_at'],
  kept: 'last',
  values: it => ({ project: it.project, state: it.state, received_at: it.receivedAt }),
}

const noticeShape: StateShape<Notice> = {
  table: 'notices',
  columns: ['case_id', 'project', 'state', 'send_at', 'again'],
  kept: 'last',
  values: it => ({
    case_id: it.case,
    project: it.project,
    state: it.state,
    send_at: it.sendAt,
    again: it.further.reduce((sum, { copy }) => sum + copy - 1, 0),
  }),
}

const contactShape: StateShape<Contact> = {
  table: 'contacts',
  columns: ['project', 'distributor', 'state', 'version', 'address', 'fingerprint'],
  kept: 'all',
  values: it => ({
    project: it.project,
    distributor: it.distributor,
    state: it.state,
    version: it.version,
    address: it.address,
    fingerprint: it.fingerprint,
  }),
}

const distributorShape: StateShape<Distributor> = {
  table: 'distributors',
  columns: ['project', 'state'],
  kept: 'all',
  values: it => ({ project: it.project, state: it.state }),
}

const applicationShape: StateShape<Application> = {
  table: 'applications',
  columns: ['project', 'state', 'mailbox', 'received_at'],
  kept: 'none',
  values: it => ({
    project: it.project,
    state: it.state,
    mailbox: foldedMailbox(it.address),
    received_at: it.receivedAt,
  }),
}

const incidentShape: StateShape<Incident> = {
  table: 'incidents',
  columns: ['project', 'state', 'received_at'],
  kept: 'none',
  values: it => ({ project: it.project, state: it.state, received_at: it.receivedAt }),
}

const postShape: StateShape<Post> = {
  table: 'posts',
  columns: ['project', 'case_id', 'state', 'received_at', 'inbound', 'signed_by'],
  kept: 'none',
  values: it => ({
    project: it.project,
    case_id: it.case ?? '',
    state: it.state,
    received_at: it.receivedAt,
    inbound: it.inbound,
    signed_by: it.by,
  }),
}

const absencesShape: StateShape<Absences> = {
  table: 'absences',
  columns: [],
  kept: 'none',
  values: () => ({}),
}

type Row = Cells & {
  readonly id: string
  readonly revision: number
  readonly body: Uint8Array
}

/** Rows of one kind of state. */
export class StateRows<T extends Folded> {
  readonly #database: Database
  readonly #key: DataKey
  readonly #shape: StateShape<T>
  readonly #one: Statement<[string], Row>
  readonly #put: Statement<Cells, never>
  /** What was unsealed last, by id. */
  readonly #unsealed = new Map<string, { readonly row: Row; readonly state: T }>()

  constructor(database: Database, key: DataKey, shape: StateShape<T>) {
    this.#database = database
    this.#key = key
    this.#shape = shape
    this.#one = database.prepare<[string], Row>(`${this.#selection} WHERE id = ?`)
    const names = ['id', 'revision', 'body', ...shape.columns]
    this.#put = database.prepare<Cells, never>(
      `INSERT INTO ${shape.table} (${names.join(', ')}) VALUES (${names.map(name => `:${name}`).join(', ')})
       ON CONFLICT (id) DO UPDATE SET ${names.map(name => `${name} = excluded.${name}`).join(', ')}`,
    )
  }

  /** @throws BrokenSeal, as all that reads does. */
  get(id: T['id']): T | undefined {
    const row = this.#one.get(id)
    return row && this.#open(row)
  }

  /** Rows that a constant SQL condition, with its ordering, selects. */
  where(condition: string, parameters: Columns = {}): readonly T[] {
    const rows = this.#database.prepare<Columns, Row>(`${this.#selection} WHERE ${condition}`)
    return rows.all(parameters).map(row => this.#open(row))
  }

  /** The same one by one, for many; nothing may be written meanwhile. */
  *each(condition: string): Generator<T> {
    const rows = this.#database.prepare<[], Row>(`${this.#selection} WHERE ${condition}`)
    for (const row of rows.iterate()) yield this.#open(row)
  }

  put(state: T): void {
    const { id, revision } = state
    const body = this.#key.seal(this.#place(id, revision), state)
    this.#put.run({ id, revision, body, ...this.#shape.values(state) })
  }

  get #selection(): string {
    return `SELECT ${['id', 'revision', 'body', ...this.#shape.columns].join(', ')} FROM ${this.#shape.table}`
  }

  #open(row: Row): T {
    const place = this.#place(row.id, row.revision)
    const state = this.#unseal(place, row)
    const expected: Columns = { id: state.id, revision: state.revision, ...this.#shape.values(state) }
    for (const [name, value] of Object.entries(expected)) if (row[name] !== value) throw new BrokenSeal(place)
    return state
  }

  /** A cell that is octet for octet what was unsealed before, in the same place, holds the same. */
  #unseal(place: Place, row: Row): T {
    const known = this.#unsealed.get(row.id)
    if (known?.row.revision === row.revision && Buffer.compare(known.row.body, row.body) === 0)
      return known.state
    const state = this.#key.open(place, row.body) as T
    if (this.#shape.kept === 'last') this.#unsealed.clear()
    if (this.#shape.kept !== 'none') this.#unsealed.set(row.id, { row, state })
    return state
  }

  /** The revision is part of the place, so that an older body of the same row does not open either. */
  #place(id: string, revision: number): Place {
    return { table: this.#shape.table, column: 'body', row: `${id}@${revision}` }
  }
}

/** All kinds of state together. */
export type States = { readonly [K in keyof StateTypes]: StateRows<StateTypes[K]> }

export const putState = <K extends keyof StateTypes>(states: States, { table, state }: Stored<K>): void =>
  states[table].put(state)

/** What is stored of the same thing. */
export const storedOf = <K extends keyof StateTypes>(
  states: States,
  { table, state }: Stored<K>,
): StateTypes[K] | undefined => states[table].get(state.id)

export const stateRows = (database: Database, key: DataKey): States => ({
  cases: new StateRows(database, key, caseShape),
  notices: new StateRows(database, key, noticeShape),
  contacts: new StateRows(database, key, contactShape),
  distributors: new StateRows(database, key, distributorShape),
  applications: new StateRows(database, key, applicationShape),
  incidents: new StateRows(database, key, incidentShape),
  posts: new StateRows(database, key, postShape),
  absences: new StateRows(database, key, absencesShape),
})
