// Single rows of the queues as the operator names them: what they are, and the change that was decided, within
// the transaction that also writes its audit row.
import type { QueueChange, QueueRequest, QueueRow, ReportedMail } from '../model/queues.ts'
import { unreachable } from '../model/result.ts'
import type { EmailAddress, Instant } from '../model/scalars.ts'
import type { AuditIds } from './audit.ts'
import type { Database } from './database.ts'
import type { InboundQueue } from './inbound.ts'
import { KeptOctets } from './octets.ts'
import type { Outbox } from './outbox.ts'
import { SafeMode } from './safe-mode.ts'

export class OperatedRows {
  readonly #database: Database
  readonly #inbound: InboundQueue
  readonly #outbox: Outbox
  readonly #safeMode: SafeMode

  constructor(database: Database, inbound: InboundQueue, outbox: Outbox) {
    this.#database = database
    this.#inbound = inbound
    this.#outbox = outbox
    this.#safeMode = new SafeMode(database)
  }

  /** Undefined if there is no such row, or the mail is not among the shunted ones. */
  row(request: QueueRequest): QueueRow | undefined {
    if (request.kind === 'shunt') {
      const row = this.#inbound.row(request.id)
      return row?.outcome === 'shunt' ? { kind: 'shunt', why: row.reason ?? 'other' } : undefined
    }
    const delivery = this.#outbox.find(request.id)
    if (delivery === undefined) return undefined
    const { state, notice, contact, copy } = delivery
    const others = notice === undefined ? [] : this.#outbox.list({ notice })
    const later = others.some(one => one.contact === contact && one.copy > copy) ? 'another' : 'none'
    return { kind: 'outbox', state, notice, later, order: this.#outbox.heldOrder(request.id) }
  }

  /** The mail whose return address this is. */
  reported(address: EmailAddress): ReportedMail | undefined {
    const delivery = this.#outbox.findByEnvelopeFrom(address)
    if (delivery === undefined) return undefined
    const { id, state, inDoubt, promise } = delivery
    return { id, state, promise, doubt: inDoubt ? 'in-doubt' : 'none' }
  }

  /** Whether a row is no more as the decision saw it. */
  isStale(change: QueueChange): boolean {
    if (change.kind === 'resume') return this.#safeMode.mode !== 'safe'
    // What a mail's octets were never changes.
    if (change.kind === 'put-back') return false
    return change.kind === 'outbox' || change.kind === 'reported'
      ? this.#outbox.find(change.id)?.state !== change.from
      : this.#inbound.row(change.id)?.outcome !== 'shunt'
  }

  apply(change: QueueChange, now: Instant): void {
    if (change.kind === 'resume') this.#safeMode.end(change.sent, now)
    else if (change.kind === 'put-back') new KeptOctets(this.#database).putBack(change.mails, change.request)
    else if (change.kind === 'shunt') this.#applyToShunted(change, now)
    else if (change.kind === 'reported') this.#applyReport(change, now)
    else this.#applyToDelivery(change, now)
  }

  #applyToDelivery({ id, to }: Extract<QueueChange, { kind: 'outbox' }>, now: Instant): void {
    switch (to) {
      case 'ready':
        // Its schedule begins anew, and if it fails once more that is news.
        this.#database
          .prepare(
            `UPDATE outbox SET state = 'ready', why = NULL, attempts = 0, first_attempt_at = NULL,
               told_at = NULL, next_attempt_at = max(not_before, :now) WHERE id = :id`,
          )
          .run({ id, now })
        return
      case 'held':
      case 'cancelled':
        this.#database
          .prepare(`UPDATE outbox SET state = :to, why = 'operator', told_at = :now WHERE id = :id`)
          .run({ id, to, now })
        return
      default:
        unreachable(to)
    }
  }

  /** Untold, a failure is found and told as any other. */
  #applyReport(
    { id, to, why, status, tell }: Extract<QueueChange, { kind: 'reported' }>,
    now: Instant,
  ): void {
    this.#database
      .prepare(
        `UPDATE outbox SET state = :to, why = :why, last_status = :status, told_at = :told WHERE id = :id`,
      )
      .run({ id, to, why, status: status ?? null, told: tell === 'admins' ? null : now })
  }

  #applyToShunted({ id, to }: Extract<QueueChange, { kind: 'shunt' }>, now: Instant): void {
    const sql =
      to === 'waiting'
        ? 'UPDATE inbound SET outcome = NULL, reason = NULL, settled_at = NULL, attempts = 0 WHERE id = :id'
        : `UPDATE inbound SET outcome = 'refused', reason = 'operator-dropped', settled_at = :now WHERE id = :id`
    this.#database.prepare(sql).run(to === 'waiting' ? { id } : { id, now })
  }
}

/** What the audit names of a change. */
export function queueIds(change: QueueChange | undefined): AuditIds {
  if (change === undefined) return {}
  if (change.kind === 'put-back') return { queue: 'put-back', rows: change.mails.map(({ id }) => String(id)) }
  return change.kind === 'resume'
    ? { queue: 'resume', sent: change.sent }
    : { queue: change.kind, row: change.id, to: change.to }
}
