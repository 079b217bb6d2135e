// Acknowledgements that are owed: put in with the case they are for, taken out with the mail that pays them, each
// within the caller's transaction, so that each is sent once. Never composes.

import type { Limit } from '../model/alert.ts'
import type { Owed, OwedChange } from '../model/decision.ts'
import type { MailOrder } from '../model/order.ts'
import { unreachable } from '../model/result.ts'
import { type CaseId, type EmailAddress, foldedMailbox, type Instant } from '../model/scalars.ts'
import type { Database, Statement } from './database.ts'
import { BrokenSeal, type DataKey, type Place } from './seal.ts'

/** Orders of one mailbox that are read, and mailboxes of one look, oldest first. */
const MOST_ORDERS = 1_001
const MOST_MAILBOXES = 1_000

const LIMITS: readonly Limit[] = ['address', 'domain', 'all']
const PAYABLE = `FROM owed_acknowledgements o JOIN cases c ON c.id = o.case_id AND c.state <> 'spam'`

type Row = { readonly id: CaseId; readonly mailbox: string; readonly cell: Uint8Array }

export class OwedAcknowledgements {
  readonly #database: Database
  readonly #key: DataKey
  readonly #count: Statement<[string], number>
  readonly #waits: Statement<{ limit: Limit; mailbox: string | null }, number>

  constructor(database: Database, key: DataKey) {
    this.#database = database
    this.#key = key
    this.#count = database.prepare<[string], number>(`SELECT count(*) ${PAYABLE} AND o.mailbox = ?`).pluck()
    this.#waits = database
      .prepare<{ limit: Limit; mailbox: string | null }, number>(
        `SELECT EXISTS (SELECT 1 ${PAYABLE} AND o.reached = :limit
           AND (:limit <> 'address' OR o.mailbox = :mailbox))`,
      )
      .pluck()
  }

  /** Limits that keep something waiting; of addresses, only this one. */
  limits(to: EmailAddress | undefined): readonly Limit[] {
    const mailbox = to === undefined ? null : foldedMailbox(to)
    return LIMITS.filter(limit => this.#waits.get({ limit, mailbox }) === 1)
  }

  /** Whom something is owed, whoever has waited longest first. */
  mailboxes(): readonly string[] {
    return this.#database
      .prepare<[], string>(
        `SELECT o.mailbox ${PAYABLE} GROUP BY o.mailbox ORDER BY min(o.owed_at), o.mailbox LIMIT ${MOST_MAILBOXES}`,
      )
      .pluck()
      .all()
  }

  /** What a mailbox is owed: the oldest orders, and how many cases there are in all. */
  owedTo(mailbox: string): Owed | 'damaged' {
    const rows = this.#database.prepare<[string], Row>(
      `SELECT o.case_id AS id, o.mailbox, o.sealed_order AS cell ${PAYABLE} AND o.mailbox = ?
       ORDER BY o.owed_at, o.case_id LIMIT ${MOST_ORDERS}`,
    )
    try {
      const orders = rows.all(mailbox).map(row => this.#open(row))
      return { mailbox, orders, cases: this.#count.get(mailbox) ?? 0 }
    } catch (error) {
      if (error instanceof BrokenSeal) return 'damaged'
      throw error
    }
  }

  /** Whether a payment is no more of what the decision saw. */
  isStale(change: OwedChange): boolean {
    return change.kind === 'paid' && this.#count.get(change.mailbox) !== change.cases
  }

  /** @throws if what is owed is for no case: a fault of ours. */
  apply(change: OwedChange, now: Instant): void {
    switch (change.kind) {
      case 'owed': {
        const { order, limit } = change
        if (order.case === undefined) throw new Error('an acknowledgement without a case')
        this.#database
          .prepare(
            `INSERT INTO owed_acknowledgements (case_id, mailbox, reached, owed_at, sealed_order)
             VALUES (:id, :mailbox, :limit, :now, :cell)`,
          )
          .run({
            id: order.case,
            mailbox: foldedMailbox(order.to),
            limit,
            now,
            cell: this.#key.seal(placeOf(order.case), order),
          })
        return
      }
      case 'paid':
        this.#database
          .prepare<[string]>(
            `DELETE FROM owed_acknowledgements WHERE mailbox = ?
             AND case_id IN (SELECT id FROM cases WHERE state <> 'spam')`,
          )
          .run(change.mailbox)
        return
      default:
        unreachable(change)
    }
  }

  #open({ id, mailbox, cell }: Row): MailOrder {
    const order = this.#key.open(placeOf(id), cell) as MailOrder
    if (order.case !== id || foldedMailbox(order.to) !== mailbox) throw new BrokenSeal(placeOf(id))
    return order
  }
}

const placeOf = (row: CaseId): Place => ({ table: 'owed_acknowledgements', column: 'sealed_order', row })
