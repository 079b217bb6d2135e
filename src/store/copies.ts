// What the copies of a notice are compared with, when they are made and in the transaction that hands each over: its
// contact, organisation, notice and case as they are now. Never writes.
import type { Case } from '../model/case.ts'
import type { Contact } from '../model/contact.ts'
import type { Distributor } from '../model/distributor.ts'
import type { Notice } from '../model/notice.ts'
import type { CopyFault, DeliveryState } from '../model/queues.ts'
import type { ContactId, Instant, NoticeId } from '../model/scalars.ts'
import { type Database, type Nulls, type Statement, withoutNulls } from './database.ts'
import type { Delivery } from './delivery.ts'
import { NOT_IN_SAFE_MODE } from './safe-mode.ts'
import type { States } from './state-rows.ts'

/** Handed in, since the policy decides it. */
export type CopyRules = {
  /** Why a copy may not go now; undefined: it may. */
  readonly fault: (
    notice: Notice,
    theCase: Case | undefined,
    contact: Contact | undefined,
    of: Distributor | undefined,
    now: Instant,
  ) => CopyFault | undefined
  /** A digest of what a copy is worded with, besides its contact. */
  readonly basis: (notice: Notice, theCase: Case | undefined) => string
}

/** The last copy of a notice for a contact. */
type Last = {
  readonly contact: ContactId
  readonly copy: number
  readonly state: DeliveryState
  readonly inDoubt: 0 | 1
  readonly why: string | undefined
  readonly version: number
  readonly basis: string | undefined
}

/** Held for what may pass: made anew once it has. */
const PASSING: readonly string[] = [
  'contact-changed',
  'outdated',
  'case-held',
  'contact-suspended',
  'not-meant',
  'terms-not-accepted',
] satisfies readonly (CopyFault | 'contact-changed' | 'outdated')[]

/** Held for a key that could not be used: made anew when the contact has another, or the same with a later end. */
const FOR_A_KEY: readonly string[] = [
  'expired-key',
  'revoked-key',
  'weak',
  'no-encryption-key',
  'no-certificate',
  'unusable-key',
  'encryption-failed',
  'mismatch',
]

export class Copies {
  readonly #states: States
  readonly #rules: CopyRules
  readonly #last: Statement<[NoticeId], Nulls<Last>>

  constructor(database: Database, states: States, rules: CopyRules) {
    this.#states = states
    this.#rules = rules
    // Of the columns beside an only max() SQLite takes the values of that very row.
    this.#last = database.prepare(
      `SELECT contact_id AS contact, max(copy) AS copy, state, in_doubt AS inDoubt, why,
         contact_revision AS version, basis FROM outbox WHERE notice_id = ? GROUP BY contact_id`,
    )
  }

  /** What its copies would be made of now. */
  basisOf(notice: Notice): string {
    return this.#rules.basis(notice, this.caseOf(notice))
  }

  /** Why a contact may not have one now; undefined: they may. `theCase`: the notice's, for whoever asks of many. */
  faultFor(
    notice: Notice,
    contact: Contact | undefined,
    now: Instant,
    theCase = this.caseOf(notice),
  ): CopyFault | undefined {
    const of = contact && this.#states.distributors.get(contact.distributor)
    return this.#rules.fault(notice, theCase, contact, of, now)
  }

  /**
   * Active contacts of a notice's project to whom one is owed: who has none before it is released, who was promised a
   * further one, and whose copy was not handed over and is not what it would be now.
   */
  lacking(notice: Notice, now: Instant): readonly Contact[] {
    const { id, project } = notice
    const last = new Map(this.#last.all(id).map(row => [row.contact, withoutNulls<Last>(row)]))
    const further = new Map(notice.further.map(({ contact, copy }) => [contact, copy]))
    const theCase = this.caseOf(notice)
    const basis = this.#rules.basis(notice, theCase)
    return this.#states.contacts
      .where(`project = :project AND state = 'active' ORDER BY id`, { project })
      .filter(contact => {
        const has = last.get(contact.id)
        const fault = this.faultFor(notice, contact, now, theCase)
        // Whoever has to accept the terms first is told of by a copy that is held.
        if (has === undefined && fault === 'terms-not-accepted') return notice.state !== 'released'
        if (fault !== undefined) return false
        const wanted = further.get(contact.id)
        if (has === undefined) return notice.state !== 'released'
        return has.copy < (wanted ?? 1) || isOutdated(has, contact, basis)
      })
  }

  /** Notices that went out, of which a copy is owed to somebody still. */
  owed(now: Instant): readonly Notice[] {
    return this.#states.notices
      .where(
        `${NOT_IN_SAFE_MODE} AND state = 'released' AND (id IN (SELECT notice_id FROM outbox
           WHERE notice_id IS NOT NULL AND in_doubt = 0 AND state IN ('ready', 'held'))
         OR again > (SELECT coalesce(sum(n - 1), 0) FROM (SELECT max(copy) AS n FROM outbox
           WHERE notice_id = notices.id GROUP BY contact_id))) ORDER BY send_at, id`,
      )
      .filter(notice => this.lacking(notice, now).length > 0)
  }

  /** Notices that went out, of which copies wait although nothing early may go any more. */
  past(now: Instant): readonly Notice[] {
    return this.#states.notices
      .where(
        `${NOT_IN_SAFE_MODE} AND state = 'released' AND id IN (SELECT notice_id FROM outbox
           WHERE notice_id IS NOT NULL AND state IN ('ready', 'held')) ORDER BY send_at, id`,
      )
      .filter(notice => this.faultFor(notice, undefined, now) === 'embargo-over')
  }

  /** Whether what a contact has makes way for what is made for them now. */
  makesWay(has: Delivery, contact: Contact, basis: string): 'yes' | 'no' {
    return isOutdated({ ...has, version: has.contactVersion ?? 0 }, contact, basis) ? 'yes' : 'no'
  }

  /** Why a delivery whose turn has come does not go; undefined: it does. @throws BrokenSeal */
  stopOf(delivery: Delivery, now: Instant): string | undefined {
    const { notice: id, contact: recipient, contactVersion, to, inDoubt, basis } = delivery
    // Unsealed even where nothing is compared with it: a contact that was altered gets nothing.
    const contact = recipient && this.#states.contacts.get(recipient)
    const notice = id && this.#states.notices.get(id)
    if (id !== undefined && (notice === undefined || notice.sendAt > now)) return 'row-damaged'
    if (notice === undefined || recipient === undefined) return undefined
    const theCase = this.caseOf(notice)
    const fault = this.faultFor(notice, contact, now, theCase)
    if (fault !== undefined) return fault
    if (contact?.version !== contactVersion || contact?.address !== to) return 'contact-changed'
    // What may have arrived goes again as it was, or not at all.
    return inDoubt === 0 && basis !== this.#rules.basis(notice, theCase) ? 'outdated' : undefined
  }

  /** As it is now. */
  caseOf(notice: Notice): Case | undefined {
    return this.#states.cases.get(notice.case)
  }
}

/** Not handed over, and made for or of something that is no more. */
function isOutdated(
  { state, inDoubt, why = '', version, basis: madeOf }: Omit<Last, 'contact' | 'copy'>,
  contact: Contact,
  basis: string,
): boolean {
  if (inDoubt === 1) return false
  if (state === 'held' && PASSING.includes(why)) return true
  const isUnsent = state === 'ready' || (state === 'held' && FOR_A_KEY.includes(why))
  return isUnsent && (version !== contact.version || madeOf !== basis)
}
