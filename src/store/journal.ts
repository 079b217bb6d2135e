// The journal: every event of every case, notice and contact, sealed, one stream each, and the fold of it.
// Events go in; the states that result come out.
import { type Absences, evolveAbsences, NOBODY_AWAY } from '../model/absence.ts'
import type { Case } from '../model/case.ts'
import { evolveCase } from '../model/case-evolution.ts'
import { type Contact, evolveContact } from '../model/distributor.ts'
import { type Event, streamOf } from '../model/event.ts'
import { evolveNotice, type Notice } from '../model/notice.ts'
import {
  type CaseId,
  type ContactId,
  type InboundId,
  type Instant,
  type NoticeId,
  type OutboxId,
  type ProjectName,
  UNROUTED,
} from '../model/scalars.ts'
import type { CaseKeys } from './case-keys.ts'
import { encode } from './codec.ts'
import type { Database, Statement } from './database.ts'
import type { Purge } from './purge.ts'
import type { DataKey, Place } from './seal.ts'
import type { States } from './state-rows.ts'

/** One stream: what events change. */
export type StreamId = CaseId | NoticeId | ContactId | 'absences'

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

/** Events folded onto the states they found, and their rows still lacking the audit row. */
export type Folding = {
  readonly rows: readonly Omit<JournalRow, 'audit' | 'inbound'>[]
  readonly cases: ReadonlyMap<CaseId, Case>
  readonly notices: ReadonlyMap<NoticeId, Notice>
  readonly contacts: ReadonlyMap<ContactId, Contact>
  readonly absences: ReadonlyMap<'absences', Absences>
}

type Lookup = {
  readonly case: (id: CaseId) => Case | undefined
  readonly notice: (id: NoticeId) => Notice | undefined
  readonly contact: (id: ContactId) => Contact | undefined
  readonly absences: () => Absences | undefined
}
const nothing: Lookup = {
  case: () => undefined,
  notice: () => undefined,
  contact: () => undefined,
  absences: () => undefined,
}

export class Journal {
  readonly #database: Database
  readonly #key: DataKey
  readonly #states: States
  readonly #caseKeys: CaseKeys
  readonly #purge: Purge
  readonly #insert: Statement<JournalRow, never>
  readonly #revision: Statement<[StreamId], number>

  constructor(database: Database, key: DataKey, states: States, caseKeys: CaseKeys, purge: Purge) {
    this.#database = database
    this.#key = key
    this.#states = states
    this.#caseKeys = caseKeys
    this.#purge = purge
    this.#insert = database.prepare(
      `INSERT INTO journal (audit, project, stream, revision, at, kind, inbound, body)
       VALUES (:audit, :project, :stream, :revision, :at, :kind, :inbound, :body)`,
    )
    this.#revision = database
      .prepare<[StreamId], number>('SELECT coalesce(max(revision), 0) FROM journal WHERE stream = ?')
      .pluck()
  }

  /** Revision a stream has; 0 for one that does not exist. */
  revision(stream: StreamId): number {
    return this.#revision.get(stream) ?? 0
  }

  /** Folds events onto the stored states; writes nothing. @throws when an event does not fit its stream. */
  fold(events: readonly Event[]): Folding {
    const { cases, notices, contacts, absences } = this.#states
    const { steps, ...folded } = foldEvents(events, {
      case: id => cases.get(id),
      notice: id => notices.get(id),
      contact: id => contacts.get(id),
      absences: () => absences.get('absences'),
    })
    const rows = steps.map(({ event, revision, project }) => {
      const stream = streamOf(event)
      const body = this.#key.seal(placeOf(stream, revision), event)
      return { project, stream, revision, at: event.at, kind: event.kind, body }
    })
    return { rows, ...folded }
  }

  /** Writes the new states; the journal rows follow when their audit row stands. */
  writeStates({ cases, notices, contacts, absences }: Folding): void {
    for (const state of cases.values()) {
      this.#states.cases.put(state)
      this.#caseKeys.put(state)
    }
    for (const state of notices.values()) this.#states.notices.put(state)
    for (const state of contacts.values()) this.#states.contacts.put(state)
    for (const state of absences.values()) this.#states.absences.put(state)
  }

  /** `mails`: what the decision that these events are of sends. */
  writeRows(
    { rows, cases }: Folding,
    audit: number,
    inbound: InboundId | undefined,
    mails: readonly OutboxId[],
  ): void {
    for (const row of rows) this.#insert.run({ ...row, audit, inbound: inbound ?? null })
    const purged = rows.filter(row => row.kind === 'case-purged').map(row => row.stream)
    for (const id of cases.keys()) if (purged.includes(id)) this.#purge.run(id, mails)
  }

  /**
   * Streams whose stored row is not what their events, folded, give; all are well when there are none. Takes
   * one stream at a time: all of them together need not fit into memory.
   */
  misfolded(): readonly StreamId[] {
    return this.#database.read(() => {
      const { cases, notices, contacts, absences } = this.#states
      const found = [...this.#rowsWithoutEvents(), ...this.#purge.unexplained()]
      for (const events of this.#streams()) {
        const folded = foldEvents(events, nothing)
        found.push(
          ...unlike(folded.cases, cases),
          ...unlike(folded.notices, notices),
          ...unlike(folded.contacts, contacts),
          ...unlike(folded.absences, absences),
        )
      }
      return found
    })
  }

  #rowsWithoutEvents(): StreamId[] {
    const tables = ['cases', 'notices', 'contacts', 'absences'].map(
      table => `SELECT id FROM ${table} WHERE id NOT IN (SELECT stream FROM journal)`,
    )
    return this.#database.prepare<[], StreamId>(tables.join(' UNION ALL ')).pluck().all()
  }

  /** The events of each stream, in order. */
  *#streams(): Iterable<readonly Event[]> {
    const rows = this.#database.prepare<[], Pick<JournalRow, 'stream' | 'revision' | 'body'>>(
      `SELECT stream, revision, body FROM journal
       WHERE stream NOT IN (SELECT stream FROM journal WHERE purged_digest IS NOT NULL)
       ORDER BY stream, revision`,
    )
    let current: StreamId | undefined
    let events: Event[] = []
    for (const { stream, revision, body } of rows.iterate()) {
      if (stream !== current && current !== undefined) {
        yield events
        events = []
      }
      current = stream
      events.push(this.#key.open(placeOf(stream, revision), body) as Event)
    }
    if (events.length > 0) yield events
  }
}

type Step = { readonly event: Event; readonly revision: number; readonly project: ProjectName }

function foldEvents(events: Iterable<Event>, before: Lookup): Omit<Folding, 'rows'> & { steps: Step[] } {
  const cases = new Map<CaseId, Case>()
  const notices = new Map<NoticeId, Notice>()
  const contacts = new Map<ContactId, Contact>()
  const absences = new Map<'absences', Absences>()
  const evolve = (event: Event): { readonly revision: number; readonly project: ProjectName } => {
    if ('notice' in event) {
      const next = evolveNotice(notices.get(event.notice) ?? before.notice(event.notice), event)
      notices.set(next.id, next)
      return next
    }
    if ('contact' in event) {
      const next = evolveContact(contacts.get(event.contact) ?? before.contact(event.contact), event)
      contacts.set(next.id, next)
      return next
    }
    if ('absences' in event) {
      const next = evolveAbsences(absences.get('absences') ?? before.absences() ?? NOBODY_AWAY, event)
      absences.set(next.id, next)
      return { revision: next.revision, project: UNROUTED }
    }
    const next = evolveCase(cases.get(event.case) ?? before.case(event.case), event)
    cases.set(next.id, next)
    return next
  }
  const steps: Step[] = []
  for (const event of events) {
    const { revision, project } = evolve(event)
    steps.push({ event, revision, project })
  }
  return { steps, cases, notices, contacts, absences }
}

/** Compared as sealed text: Plaintext has no other equality. */
const unlike = <T extends Case | Notice | Contact | Absences>(
  folded: ReadonlyMap<T['id'], T>,
  stored: { get(id: T['id']): T | undefined },
): readonly StreamId[] =>
  [...folded].filter(([id, state]) => encode(state) !== encode(stored.get(id))).map(([id]) => id)

const placeOf = (stream: StreamId, revision: number): Place => ({
  table: 'journal',
  column: 'body',
  row: `${stream}@${revision}`,
})
