// The second queue: mail to send, one row per recipient. One transaction records what was answered and counts the
// next claims, before anyone dials (transaction 3); what a copy may go to is compared in it.
import type { Answer } from '../model/delivery-outcome.ts'
import type { Notice } from '../model/notice.ts'
import type { Octets } from '../model/octets.ts'
import { COPIES_IN_A_ROW } from '../model/pace.ts'
import { type CaseId, type Instant, later, type NoticeId, type OutboxId } from '../model/scalars.ts'
import type { AuditChain } from './audit.ts'
import { caseMailStop } from './case-mail.ts'
import type { Copies } from './copies.ts'
import { type Database, type Nulls, type Statement, withoutNulls } from './database.ts'
import { type Delivery, deliveryColumns, type OutgoingMail } from './delivery.ts'
import { DeliveryChanges, deliveryIds } from './delivery-changes.ts'
import type { OutboxRows } from './outbox-rows.ts'
import { OutboxView, thresholdsPassed } from './outbox-view.ts'
import type { Prepared } from './payloads.ts'
import { NOT_IN_SAFE_MODE } from './safe-mode.ts'
import { BrokenSeal } from './seal.ts'
import type { States } from './state-rows.ts'

/** A delivery to attempt now; `attempts` counts this one. */
export type Claimed = Delivery & { readonly firstAttemptAt: Instant; readonly octets: Octets }

// By the index that is in the order of claiming: left to itself SQLite reads all that is ready, for each claim.
const readyCopies = `FROM outbox INDEXED BY outbox_ready_copies
  WHERE ${NOT_IN_SAFE_MODE} AND state = 'ready' AND notice_id IS NOT NULL`
const readyMail = `FROM outbox INDEXED BY outbox_ready
  WHERE ${NOT_IN_SAFE_MODE} AND state = 'ready' AND notice_id IS NULL`
const mailDue = `SELECT min(next_attempt_at) AS due ${readyMail}`
const copiesDue = `SELECT max(next_attempt_at, (SELECT send_at FROM notices
  WHERE id = notice_id AND state = 'released')) AS due ${readyCopies}`

export class Outbox extends OutboxView {
  readonly #database: Database
  readonly #audit: AuditChain
  readonly #states: States
  readonly #rows: OutboxRows
  readonly #copies: Copies
  readonly #nextCopy: Statement<{ now: Instant }, Nulls<Delivery>>
  readonly #nextMail: Statement<{ now: Instant }, Nulls<Delivery>>
  readonly #revoked: Statement<[], Nulls<Delivery>>
  readonly #kept: Statement<[CaseId], Nulls<Delivery>>
  readonly #take: Statement<{ id: OutboxId; now: Instant }, never>
  readonly #dueAt: Statement<[], { readonly due: Instant | null }>
  readonly #mailDueAt: Statement<[], { readonly due: Instant | null }>
  readonly #underWay: Statement<[OutboxId], Nulls<Delivery>>
  readonly #changes: DeliveryChanges
  /** Since another mail had its turn: what admins must know does not wait for five hundred copies. */
  #copiesInARow = 0

  constructor(database: Database, audit: AuditChain, states: States, rows: OutboxRows, copies: Copies) {
    super(database)
    this.#database = database
    this.#audit = audit
    this.#states = states
    this.#rows = rows
    this.#copies = copies
    this.#changes = new DeliveryChanges(database, audit)
    // A notice's copies may go once it is released and its instant has come; all else when it is ready.
    this.#nextCopy = database.prepare(
      `SELECT ${deliveryColumns} ${readyCopies} AND next_attempt_at <= :now
         AND notice_id IN (SELECT id FROM notices WHERE state = 'released' AND send_at <= :now)
       ORDER BY next_attempt_at, id LIMIT 1`,
    )
    this.#nextMail = database.prepare(
      `SELECT ${deliveryColumns} ${readyMail} AND next_attempt_at <= :now
       ORDER BY next_attempt_at, id LIMIT 1`,
    )
    const cancelled = `IN (SELECT id FROM notices WHERE state = 'cancelled')`
    this.#revoked = database.prepare(
      `SELECT ${deliveryColumns} FROM outbox WHERE +state IN ('ready', 'held') AND notice_id ${cancelled}
       UNION ALL SELECT ${deliveryColumns} FROM outbox WHERE +state = 'ready' AND open_notice ${cancelled}`,
    )
    this.#kept = database.prepare(
      `SELECT ${deliveryColumns} FROM outbox
       WHERE state = 'held' AND why = 'case-held' AND notice_id IS NULL AND case_id = ?`,
    )
    // The comparison that decides: what does not hold at this instant is not taken.
    this.#take = database.prepare(
      `UPDATE outbox SET state = 'sending', attempts = attempts + 1,
         first_attempt_at = coalesce(first_attempt_at, :now)
       WHERE id = :id AND state = 'ready' AND next_attempt_at <= :now
         AND (notice_id IS NULL OR EXISTS (SELECT 1 FROM notices n
           WHERE n.id = notice_id AND n.state = 'released' AND n.send_at <= :now))
         AND (kind = 'users-notice' OR (notice_id IS NULL AND contact_id IS NULL)
           OR EXISTS (SELECT 1 FROM contacts c WHERE c.id = contact_id AND c.state = 'active'
             AND c.version = contact_revision AND c.address = recipient))`,
    )
    this.#dueAt = database.prepare(`SELECT min(due) AS due FROM (${copiesDue} UNION ALL ${mailDue})`)
    this.#mailDueAt = database.prepare(mailDue)
    this.#underWay = database.prepare(
      `SELECT ${deliveryColumns} FROM outbox WHERE id = ? AND state = 'sending'`,
    )
  }

  /** Puts a mail in within the caller's transaction. */
  add(mail: OutgoingMail, now: Instant): OutboxId {
    return this.#rows.insert(mail, now)
  }

  /** Writes a large mail ahead of the transaction that adds it. */
  prepare(pieces: Iterable<Uint8Array>): Prepared {
    return this.#rows.prepare(pieces)
  }

  /** Forgets what was prepared and not added, by a failed work or before a crash; while none is under way. */
  dropPrepared(): void {
    this.#rows.dropOrphans()
  }

  /** Remembers, within the caller's transaction, that the admins are alerted of mails that are held or given up. */
  markTold(ids: readonly OutboxId[], now: Instant): void {
    const mark = this.#database.prepare('UPDATE outbox SET told_at = :now WHERE id = :id')
    for (const id of ids) mark.run({ id, now })
  }

  /** Remembers, within the caller's transaction, that the admins are alerted of mails that are late now. */
  markToldLate(ids: readonly OutboxId[], now: Instant): void {
    const mark = this.#database.prepare(`UPDATE outbox SET told_late = ${thresholdsPassed} WHERE id = :id`)
    for (const id of ids) mark.run({ id, now })
  }

  /** Lets go on, within the caller's transaction, what a hold kept of a case's mail, but for notices. */
  releaseKept(about: CaseId, now: Instant): void {
    for (const row of this.#kept.all(about)) this.#changes.resume(withoutNulls<Delivery>(row), now)
  }

  /**
   * Copies of a notice, made of `basis`. One for a contact that has theirs already is left out, unless that one was not
   * handed over and is outdated, which makes way, or a further one is wanted. Insert them in random order.
   */
  addNoticeCopies(notice: Notice, copies: readonly OutgoingMail[], basis: string, now: Instant): void {
    const last = this.#database.prepare<[NoticeId, string], Nulls<Delivery>>(
      `SELECT ${deliveryColumns} FROM outbox WHERE notice_id = ? AND contact_id = ? ORDER BY copy DESC LIMIT 1`,
    )
    const further = new Map(notice.further.map(({ contact, copy }) => [contact, copy]))
    this.#database.write(() => {
      const theCase = this.#copies.caseOf(notice)
      for (const mail of copies) {
        const { contact: id } = mail.order
        const contact = id && this.#states.contacts.get(id)
        if (mail.order.notice !== notice.id || contact === undefined)
          throw new Error('not a copy of the notice')
        const row = last.get(notice.id, contact.id)
        const has = row && withoutNulls<Delivery>(row)
        const wanted = further.get(contact.id) ?? 1
        const made = { copy: Math.max(wanted, has?.copy ?? 1), basis }
        if (has !== undefined && has.copy < wanted) this.#changes.supersede(has, now)
        else if (has !== undefined && this.#copies.makesWay(has, contact, basis) === 'yes')
          this.#replace(has, now)
        else if (has !== undefined) continue
        const fault = this.#copies.faultFor(notice, contact, now, theCase)
        this.#rows.insert(
          fault === undefined ? mail : { ...mail, body: { kind: 'held', why: fault } },
          now,
          made,
        )
      }
      this.#auditContents(notice, copies, now)
    })
  }

  /** What of a notice waits ends, since nothing early may go any more; within the caller's transaction. */
  dropWaiting(notice: NoticeId, now: Instant): void {
    for (const delivery of this.list({ notice }))
      if (delivery.state === 'ready' || delivery.state === 'held')
        this.#changes.end(delivery, 'dropped', 'embargo-over', now)
  }

  /** Which of them say what, so that a copy at hand can be held against it (threats.md C12). */
  #auditContents(notice: Notice, copies: readonly OutgoingMail[], now: Instant): void {
    const made = Map.groupBy(
      copies.filter(copy => copy.content !== undefined),
      copy => copy.content,
    )
    for (const [content, same] of made) {
      const contacts = same.flatMap(({ order }) => order.contact ?? [])
      this.#audit.append('copies-made', now, { case: notice.case, notice: notice.id, content, contacts })
    }
  }

  /**
   * Transaction 3: records answers, then takes the oldest deliveries that are due, copies of notices first and at
   * most `room`, now `sending` and counted. What may no longer go is cancelled or held on the way. `but-copies`: a mail
   * that would stop them may wait in the mailbox.
   * @throws if an answer is to a delivery that is not under way; then nothing is recorded or taken.
   */
  exchange(
    answers: readonly Answer[],
    room: number,
    now: Instant,
    which: 'all' | 'but-copies' = 'all',
  ): readonly Claimed[] {
    return this.#database.write(() => {
      for (const answer of answers) this.#record(answer)
      return room === 0 ? [] : this.#claim(room, now, which)
    })
  }

  /**
   * After a start: what was under way is in doubt. What goes at most once is dropped, all else is sent again
   * `inDoubtWait` milliseconds from now.
   */
  recover(now: Instant, inDoubtWait: number): readonly Delivery[] {
    return this.#database.write(() => {
      const interrupted = this.list({ state: 'sending' })
      for (const delivery of interrupted) this.#changes.doubt(delivery, later(now, inDoubtWait), now)
      return interrupted
    })
  }

  /** When `claim` has something to do next. */
  nextDueAt(which: 'all' | 'but-copies' = 'all'): Instant | undefined {
    const statement = which === 'all' ? this.#dueAt : this.#mailDueAt
    return statement.get()?.due ?? undefined
  }

  /** The order of a mail that was held because it could not be composed. */
  heldOrder(id: OutboxId): ReturnType<OutboxRows['heldOrder']> {
    return this.#rows.heldOrder(id)
  }

  #record({ id, outcome, at: now }: Answer): void {
    const row = this.#underWay.get(id)
    if (row === undefined) throw new Error('delivery is not under way')
    const delivery = withoutNulls<Delivery>(row)
    if (outcome.kind === 'retry' && this.#rows.isDamaged(id))
      this.#changes.end(delivery, 'held', 'row-damaged', now)
    else if (outcome.kind === 'in-doubt') this.#changes.doubt(delivery, outcome.at, now)
    else this.#changes.answered(delivery, outcome, now)
  }

  #claim(room: number, now: Instant, which: 'all' | 'but-copies'): readonly Claimed[] {
    for (const row of this.#revoked.all())
      this.#changes.end(withoutNulls<Delivery>(row), 'cancelled', 'notice-cancelled', now)
    const claimed: Claimed[] = []
    while (claimed.length < room) {
      const row = this.#next(now, which)
      if (row === undefined) break
      const one = this.#claimOne(withoutNulls<Delivery>(row), now)
      if (one !== undefined) claimed.push(one)
    }
    if (claimed.length === 0) this.#rows.forgetRecent()
    return claimed
  }

  /** Copies before all else, but for one in ten. */
  #next(now: Instant, which: 'all' | 'but-copies'): Nulls<Delivery> | undefined {
    if (which === 'but-copies') return this.#nextMail.get({ now })
    const other = this.#copiesInARow >= COPIES_IN_A_ROW ? this.#nextMail.get({ now }) : undefined
    const copy = other === undefined ? this.#nextCopy.get({ now }) : undefined
    this.#copiesInARow = copy === undefined ? 0 : this.#copiesInARow + 1
    return other ?? copy ?? this.#nextMail.get({ now })
  }

  /** Undefined if the delivery may not go; it is held then, under a code. */
  #claimOne(delivery: Delivery, now: Instant): Claimed | undefined {
    const { stop, octets } = this.#look(delivery, now)
    if (octets === undefined) return this.#changes.end(delivery, 'held', 'row-damaged', now)
    // An outdated copy is made anew; of other mail there is a later one.
    const isOver = stop === 'contact-left' || (stop === 'outdated' && delivery.notice === undefined)
    if (stop !== undefined) return this.#changes.end(delivery, isOver ? 'cancelled' : 'held', stop, now)
    if (this.#take.run({ id: delivery.id, now }).changes !== 1)
      return this.#changes.end(delivery, 'held', 'contact-changed', now)
    const { attempts, firstAttemptAt = now } = delivery
    return { ...delivery, state: 'sending', attempts: attempts + 1, firstAttemptAt, octets }
  }

  /** Why it does not go; no octets if its row, or its notice, contact or case, are not as they were sealed. */
  #look(
    delivery: Delivery,
    now: Instant,
  ): { readonly stop?: string | undefined; readonly octets: Octets | undefined } {
    try {
      const stop = caseMailStop(delivery, this.#states) ?? this.#copies.stopOf(delivery, now)
      return { stop, octets: this.#rows.octets(delivery) }
    } catch (error) {
      if (error instanceof BrokenSeal) return { octets: undefined }
      throw error
    }
  }

  #replace(delivery: Delivery, now: Instant): void {
    this.#rows.remove(delivery.id)
    const ids = deliveryIds(delivery)
    this.#audit.append('delivery-replaced', now, { ...ids, state: delivery.state, why: 'outdated' })
  }
}
