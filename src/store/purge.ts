// Takes what people wrote about one case out of the database, for good, in the caller's transaction: octets of its
// mails, journal bodies, texts and files of its notices, mail that was sent, plans, changes that wait to be told.
// What happened when stays, and so does the digest of every body that went, so that the audit chain still verifies.
import { createHash } from 'node:crypto'
import { plaintext } from '../model/plaintext.ts'
import type { CaseId, InboundId, NoticeId, OutboxId, Sha256 } from '../model/scalars.ts'
import type { Changes } from './changes.ts'
import type { Database } from './database.ts'
import type { Plans } from './plans.ts'
import type { States } from './state-rows.ts'

const NOTHING = new Uint8Array()

export class Purge {
  readonly #database: Database
  readonly #states: States
  readonly #plans: Plans
  readonly #changes: Changes

  constructor(database: Database, states: States, plans: Plans, changes: Changes) {
    this.#database = database
    this.#states = states
    this.#plans = plans
    this.#changes = changes
  }

  /** When the purging event itself is written; `kept`: mail that this very decision sends. */
  run(id: CaseId, kept: readonly OutboxId[]): void {
    const notices = this.#states.notices.where('case_id = :id', { id })
    const streams = JSON.stringify([id, ...notices.map(notice => notice.id)])
    this.#purgeMails(streams)
    this.#purgeJournal(streams)
    this.#purgeOutbox(id, kept)
    for (const notice of notices)
      this.#states.notices.put({ ...notice, text: plaintext(''), attachments: [] })
    this.#purgeFiles(notices.flatMap(notice => notice.attachments.map(one => one.sha256)))
    this.#changes.forget(id)
    this.#plans.forget([id, ...notices.map(notice => notice.id)])
  }

  /** Every mail that opened, joined or changed the case, and every other delivery of it. */
  #purgeMails(streams: string): void {
    const mails = this.#database
      .prepare<[string], InboundId>(
        `SELECT DISTINCT inbound FROM journal
         WHERE inbound IS NOT NULL AND stream IN (SELECT value FROM json_each(?))`,
      )
      .pluck()
      .all(streams)
    const all = `(SELECT id FROM inbound WHERE id IN (SELECT value FROM json_each(:mails))
      OR duplicate_of IN (SELECT value FROM json_each(:mails)))`
    const named = { mails: JSON.stringify(mails) }
    this.#database.prepare<object>(`DELETE FROM raw_mail_rest WHERE owner IN ${all}`).run(named)
    this.#database.prepare<object>(`DELETE FROM raw_mail WHERE inbound IN ${all}`).run(named)
    this.#database
      .prepare<object>(`UPDATE inbound SET purged = 1, answer = NULL WHERE id IN ${all}`)
      .run(named)
  }

  #purgeJournal(streams: string): void {
    const rows = this.#database
      .prepare<[string], { readonly seq: number; readonly body: Uint8Array }>(
        `SELECT seq, body FROM journal
         WHERE purged_digest IS NULL AND kind <> 'case-purged' AND stream IN (SELECT value FROM json_each(?))`,
      )
      .all(streams)
    const empty = this.#database.prepare<[Uint8Array, Uint8Array, number]>(
      'UPDATE journal SET body = ?, purged_digest = ? WHERE seq = ?',
    )
    for (const { seq, body } of rows) empty.run(NOTHING, createHash('sha256').update(body).digest(), seq)
  }

  /** One that is being sent at this moment arrives or not; it is not sent again. */
  #purgeOutbox(id: CaseId, kept: readonly OutboxId[]): void {
    const ours = `(case_id = :id OR notice_id IN (SELECT id FROM notices WHERE case_id = :id))
      AND id NOT IN (SELECT value FROM json_each(:kept))`
    const named = { id, kept: JSON.stringify(kept) }
    this.#database
      .prepare<object>(
        `UPDATE outbox SET state = 'cancelled', why = 'purged', sealed_order = NULL
         WHERE state IN ('ready', 'held', 'failed') AND ${ours}`,
      )
      .run(named)
    const payloads = `(SELECT payload FROM outbox WHERE ${ours} UNION SELECT shared FROM outbox WHERE ${ours})`
    this.#database.prepare<object>(`DELETE FROM payloads_rest WHERE owner IN ${payloads}`).run(named)
    this.#database.prepare<object>(`UPDATE payloads SET octets = x'' WHERE id IN ${payloads}`).run(named)
    this.#database.prepare<[CaseId]>('DELETE FROM owed_acknowledgements WHERE case_id = ?').run(id)
  }

  /** Files that another notice has too are its. */
  #purgeFiles(files: readonly Sha256[]): void {
    const others = this.#states.notices
      .where('true')
      .flatMap(notice => notice.attachments.map(one => one.sha256))
    const remove = this.#database.prepare<[Sha256]>('DELETE FROM blobs WHERE sha256 = ?')
    for (const file of new Set(files)) if (!others.includes(file)) remove.run(file)
  }

  /** Streams that have lost bodies although nobody purged their case. */
  unexplained(): readonly (CaseId | NoticeId)[] {
    return this.#database
      .prepare<[], CaseId | NoticeId>('SELECT DISTINCT stream FROM journal WHERE purged_digest IS NOT NULL')
      .pluck()
      .all()
      .filter(stream => this.#states.cases.get(this.#caseOf(stream))?.content !== 'purged')
  }

  #caseOf(stream: CaseId | NoticeId): CaseId {
    const notice = this.#database
      .prepare<[string], CaseId>('SELECT case_id FROM notices WHERE id = ?')
      .pluck()
      .get(stream)
    return notice ?? (stream as CaseId)
  }
}

/** A mail that was purged and is read from the mailbox once more leaves nothing here either. */
export function dropIfPurged(database: Database, duplicate: InboundId): void {
  const marked = database
    .prepare<[InboundId]>(
      'UPDATE inbound SET purged = 1 WHERE id = ? AND duplicate_of IN (SELECT id FROM inbound WHERE purged = 1)',
    )
    .run(duplicate)
  if (marked.changes === 0) return
  database.prepare<[InboundId]>('DELETE FROM raw_mail_rest WHERE owner = ?').run(duplicate)
  database.prepare<[InboundId]>('DELETE FROM raw_mail WHERE inbound = ?').run(duplicate)
}
