// What becomes of a mail in the outbox, and its row in the audit with it: answered, in doubt, or ended before it went.
// Within the caller's transaction.
import { createHash } from 'node:crypto'
import type { DeliveryOutcome } from '../model/delivery-outcome.ts'
import type { DeliveryState } from '../model/queues.ts'
import type { Instant, OutboxId } from '../model/scalars.ts'
import type { AuditChain, AuditIds } from './audit.ts'
import type { Database, Statement } from './database.ts'
import type { Delivery } from './delivery.ts'

type Change = {
  readonly id: OutboxId
  readonly state: DeliveryState
  readonly at: Instant | null
  readonly code: number | null
  readonly status: string | null
  readonly stage: string | null
  readonly why: string | null
  readonly inDoubt: 0 | 1
}

export class DeliveryChanges {
  readonly #audit: AuditChain
  readonly #change: Statement<Change, never>

  constructor(database: Database, audit: AuditChain) {
    this.#audit = audit
    this.#change = database.prepare(
      `UPDATE outbox SET state = :state, next_attempt_at = coalesce(:at, next_attempt_at),
         last_code = coalesce(:code, last_code), last_status = iif(:code IS NULL, last_status, :status),
          last_stage = coalesce(:stage, last_stage), why = :why,
         in_doubt = max(in_doubt, :inDoubt)
       WHERE id = :id`,
    )
  }

  /** What a server said to one attempt, or that nothing came of it. */
  answered(delivery: Delivery, outcome: Exclude<DeliveryOutcome, { kind: 'in-doubt' }>, now: Instant): void {
    this.#set(delivery, `delivery-${outcome.kind}`, now, changeBy(outcome))
  }

  /** Another one goes in its place; what is under way, or may have arrived, is left to end by itself. */
  supersede(delivery: Delivery, now: Instant): void {
    const waits = delivery.state === 'held' || delivery.state === 'ready'
    if (waits && delivery.inDoubt === 0) this.end(delivery, 'cancelled', 'resent', now)
  }

  /** It may have arrived: what goes at most once ends, all else goes again at `at`. */
  doubt(delivery: Delivery, at: Instant, now: Instant): void {
    const again = delivery.promise === 'at-least-once'
    this.#set(delivery, 'delivery-in-doubt', now, {
      ...(again ? { state: 'ready', at } : { state: 'dropped', why: 'in-doubt' }),
      inDoubt: 1,
    })
  }

  /** It goes no more, or not for now, under a code. */
  end(delivery: Delivery, state: 'held' | 'cancelled' | 'dropped', why: string, now: Instant): undefined {
    this.#set(delivery, `delivery-${state}`, now, { state, why })
  }

  /** It waits no longer for what held it. */
  resume(delivery: Delivery, now: Instant): void {
    this.#set(delivery, 'delivery-released', now, { state: 'ready', at: now })
  }

  #set(
    delivery: Delivery,
    event: string,
    now: Instant,
    change: Partial<Change> & Pick<Change, 'state'>,
  ): void {
    const nothing = { at: null, code: null, status: null, stage: null, why: null, inDoubt: 0 } as const
    this.#change.run({ ...nothing, ...change, id: delivery.id })
    this.#audit.append(event, now, {
      ...deliveryIds(delivery),
      state: change.state,
      code: change.code ?? undefined,
      status: change.status ?? undefined,
      stage: change.stage ?? undefined,
      why: change.why ?? undefined,
    })
  }
}

function changeBy(outcome: Exclude<DeliveryOutcome, { kind: 'in-doubt' }>) {
  const { kind, code = null } = outcome
  if (kind === 'accepted') return { state: 'sent', code } as const
  const said = { code, status: outcome.status ?? null, stage: outcome.stage }
  return kind === 'failed'
    ? ({ state: 'failed', ...said } as const)
    : ({ state: 'ready', at: outcome.at, ...said } as const)
}

/** What the audit names of a mail. */
export const deliveryIds = (delivery: Delivery): AuditIds => ({
  outbox: delivery.id,
  case: delivery.case,
  notice: delivery.notice,
  contact: delivery.contact,
  messageId: createHash('sha256').update(delivery.messageId, 'latin1').digest('hex'),
  attempt: delivery.attempts,
})
