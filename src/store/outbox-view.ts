// What the outbox can tell without changing it: lists, counts, and whose a message or return address is.
import { fateOf } from '../model/copy-end.ts'
import type { NoticeCopy, OwnCopy, ThreadParent } from '../model/decision.ts'
import type { DeliveryState } from '../model/queues.ts'
import type {
  ApplicationId,
  CaseId,
  ContactId,
  EmailAddress,
  IncidentId,
  Instant,
  MessageId,
  NoticeId,
  OutboxId,
} from '../model/scalars.ts'
import { domainOf, foldedMailbox, later } from '../model/scalars.ts'
import { DAY, HOUR, MINUTE } from '../model/time.ts'
import { type Database, type Nulls, withoutNulls } from './database.ts'
import { type Delivery, deliveryColumns } from './delivery.ts'
import { SECRET } from './late-joiners.ts'
import { NOT_IN_SAFE_MODE } from './safe-mode.ts'

export type DeliveryFilter = {
  readonly state?: DeliveryState
  readonly notice?: NoticeId
  readonly case?: CaseId
  /** Newest first; all without it. */
  readonly limit?: number
}

export type DeliveryCounts = Readonly<Record<DeliveryState, number>> & { readonly inDoubt: number }

/** To an address, to its domain, in all. */
export type SentToday = { readonly address: number; readonly domain: number; readonly all: number }

/** Copies of one case's notices that are looked at. */
const MOST_COPIES = 5_000
/** Cases that one contact was told of, at most so many at a look. */
const MOST_TOLD = 200
const fateColumns = `state, CASE in_doubt WHEN 1 THEN 'in-doubt' ELSE 'none' END AS doubt, why, last_code AS lastCode`

const copyColumns = `case_id AS "case", notice_id AS notice, contact_id AS contact, recipient AS "to", copy, ${fateColumns},
  last_status AS lastStatus, first_attempt_at AS at, subkey`

/** Automatic answers to strangers: they share one limit. */
const ANSWERS = `kind IN ('acknowledgement', 'acknowledgement-list', 'application-answer', 'application-which',
  'application-declined', 'leak-thanks')`
const COURTESIES = `kind IN ('refusal', 'help', 'key')`
/** Time after the first attempt at which a mail is late, each told once (threats.md H01). */
const LATE = [15 * MINUTE, HOUR] as const

/** How many of these have passed at `:now`. */
export const thresholdsPassed = LATE.map(after => `(first_attempt_at <= :now - ${after})`).join(' + ')

export class OutboxView {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  find(id: OutboxId): Delivery | undefined {
    return this.#select('id = :id', { id })[0]
  }

  list({ state, notice, case: about, limit }: DeliveryFilter): readonly Delivery[] {
    return this.#select(
      `(:state IS NULL OR state = :state) AND (:notice IS NULL OR coalesce(notice_id, open_notice) = :notice)
       AND (:about IS NULL OR case_id = :about) ORDER BY id DESC LIMIT :limit`,
      { state: state ?? null, notice: notice ?? null, about: about ?? null, limit: limit ?? -1 },
    )
  }

  /**
   * Mail held or given up of which the admins have not been alerted, oldest first; an alert is none, nor a copy that is
   * made anew by itself, or is told of with all others of its notice, nor other mail that goes when its case may.
   */
  untold(): readonly Delivery[] {
    return this.#select(
      `told_at IS NULL AND (state IN ('held', 'failed') OR (state = 'cancelled' AND why = 'contact-left'))
       AND kind <> 'alert' AND NOT (notice_id IS NOT NULL AND state = 'held'
         AND why IS NOT NULL AND why IN ('outdated', 'embargo-over'))
       AND NOT (notice_id IS NULL AND state = 'held' AND why IS NOT NULL AND why = 'case-held') ORDER BY id LIMIT 1000`,
    )
  }

  /** Notices that went out and have copies whose turn has come. */
  noticesDue(now: Instant): readonly NoticeId[] {
    return this.#database
      .prepare<{ now: Instant }, NoticeId>(
        `SELECT DISTINCT notice_id FROM outbox WHERE state = 'ready' AND next_attempt_at <= :now
           AND notice_id IN (SELECT id FROM notices WHERE state = 'released')`,
      )
      .pluck()
      .all({ now })
  }

  /** Whether copies of it are being sent, or are to be at once: how they end is not known yet. */
  isUnderWay(notice: NoticeId, now: Instant): boolean {
    const sql = `notice_id = :notice AND (state = 'sending' OR (state = 'ready' AND next_attempt_at <= :now)) LIMIT 1`
    return this.#select(sql, { notice, now }).length > 0
  }

  /** Mail that is still to be delivered and late beyond what the admins were alerted of, oldest first. */
  late(now: Instant): readonly Delivery[] {
    return this.#select(
      `state IN ('ready', 'sending') AND kind <> 'alert' AND first_attempt_at <= :now - ${LATE[0]}
       AND told_late < ${thresholdsPassed} ORDER BY first_attempt_at, id LIMIT 1000`,
      { now },
    )
  }

  counts(): DeliveryCounts {
    const rows = this.#database
      .prepare<[], { state: DeliveryState; n: number; doubtful: number }>(
        'SELECT state, count(*) AS n, sum(in_doubt) AS doubtful FROM outbox GROUP BY state',
      )
      .all()
    const counts = { ready: 0, sending: 0, sent: 0, failed: 0, held: 0, dropped: 0, cancelled: 0, inDoubt: 0 }
    for (const { state, n, doubtful } of rows) {
      counts[state] = n
      counts.inDoubt += doubtful
    }
    return counts
  }

  /** The delivery whose return address this is; undefined where several share it. */
  findByEnvelopeFrom(address: EmailAddress): Delivery | undefined {
    const found = this.#select('envelope_from = :address LIMIT 2', { address })
    return found.length === 1 ? found[0] : undefined
  }

  /** Case of the first of these messages that is ours and belongs to one. */
  caseOfMessage(messageIds: readonly MessageId[]): CaseId | undefined {
    return this.#firstOf<CaseId>('case_id', messageIds)
  }

  /** Application of the first of these messages that is ours and stands in the thread of one. */
  applicationOfMessage(messageIds: readonly MessageId[]): ApplicationId | undefined {
    return this.#firstOf<ApplicationId>('application', messageIds)
  }

  /** Contacts to whom a copy of a notice of the case went, or may have gone. */
  toldOf(theCase: CaseId): readonly ContactId[] {
    return [...this.#gone<ContactId>('contact_id', 'case_id', theCase)]
  }

  /** Cases of which a copy of a notice went, or may have gone, to the contact; the newest first. */
  toldTo(contact: ContactId): readonly CaseId[] {
    return [...this.#gone<CaseId>('case_id', 'contact_id', contact)].slice(0, MOST_TOLD)
  }

  /** Incident of the first of these messages that is ours and tells of one. */
  incidentOfMessage(messageIds: readonly MessageId[]): IncidentId | undefined {
    return this.#firstOf<IncidentId>('incident', messageIds)
  }

  /** Notice or post of the first of these messages that is a copy of one. */
  parentOfMessage(messageIds: readonly MessageId[]): ThreadParent | undefined {
    return this.#firstOf<ThreadParent>('coalesce(notice_id, post)', messageIds)
  }

  /** Who has which mail as their copy of a notice or post. */
  copiesOfParent(parent: ThreadParent): readonly OwnCopy[] {
    const column = parent.startsWith('N-') ? 'notice_id' : 'post'
    return this.#database
      .prepare<[ThreadParent], OwnCopy>(
        `SELECT recipient AS "to", message_id AS messageId FROM outbox
         WHERE ${column} = ? AND state <> 'cancelled' ORDER BY id LIMIT ${MOST_COPIES}`,
      )
      .all(parent)
  }

  /** Every contact's copy of a notice of the case, the oldest first. */
  copiesOf(theCase: CaseId): readonly NoticeCopy[] {
    return this.#database
      .prepare<[CaseId], Nulls<NoticeCopy>>(
        `SELECT ${copyColumns} FROM outbox WHERE case_id = ? AND notice_id IS NOT NULL
         ORDER BY notice_id, contact_id, copy LIMIT ${MOST_COPIES}`,
      )
      .all(theCase)
      .map(row => withoutNulls<NoticeCopy>(row))
  }

  /** Open cases, not published, of whose notices that went out some copy is held, was refused or came back. */
  casesWithMissingCopies(): readonly CaseId[] {
    return this.#database
      .prepare<[], CaseId>(
        `SELECT DISTINCT case_id FROM outbox WHERE state IN ('held', 'failed') AND notice_id IS NOT NULL
           AND ${NOT_IN_SAFE_MODE} AND notice_id IN (SELECT id FROM notices WHERE state = 'released')
           AND case_id IN (SELECT id FROM cases WHERE state IN (${SECRET})) ORDER BY case_id`,
      )
      .pluck()
      .all()
  }

  /** First copies of notices that failed the contact, of which nobody has asked for another; the newest first. */
  failedFor(contact: ContactId): readonly NoticeCopy[] {
    return this.#database
      .prepare<[ContactId, number], Nulls<NoticeCopy>>(
        `SELECT ${copyColumns} FROM outbox WHERE contact_id = ? AND notice_id IS NOT NULL AND state = 'failed'
           AND copy = 1 ORDER BY id DESC LIMIT ?`,
      )
      .all(contact, MOST_TOLD)
      .map(row => withoutNulls<NoticeCopy>(row))
  }

  /** Whether a Message-ID is of a mail of ours. */
  isOurs(messageId: MessageId): boolean {
    return this.#select('message_id = :messageId', { messageId }).length > 0
  }

  /** Acknowledgements and answers to applicants, and to who told of a leak, of the last 24 h. */
  acknowledged(to: EmailAddress | undefined, now: Instant): SentToday {
    return this.#sentToday(ANSWERS, to, now)
  }

  /** Mails with a token that proves address and key, of the last 24 h. */
  challenged(to: EmailAddress | undefined, now: Instant): SentToday {
    return this.#sentToday(`kind = 'challenge'`, to, now)
  }

  /** What came of requests to join, to an admin, in the last 24 h. */
  applicationsShown(to: EmailAddress, now: Instant): number {
    return this.#sentToday(`kind = 'application'`, to, now).address
  }

  /**
   * Generic lines, `help` and keys sent in the last 24 h. `all` counts those in clear alone: what the owners of
   * keys are told must not show in how many lines strangers still get.
   */
  courtesies(to: EmailAddress | undefined, now: Instant): SentToday {
    const { all } = this.#sentToday(`${COURTESIES} AND subkey IS NULL AND state <> 'held'`, to, now)
    return { ...this.#sentToday(COURTESIES, to, now), all }
  }

  /** What the owner of a key was told, encrypted, of mail that did nothing, in the last 24 h. */
  warnings(to: EmailAddress, now: Instant): number {
    return this.#sentToday(`kind = 'refusal' AND (subkey IS NOT NULL OR state = 'held')`, to, now).address
  }

  /** Transcripts to an address in the last 24 h. */
  transcripts(to: EmailAddress, now: Instant): number {
    return this.#sentToday(`kind = 'transcript'`, to, now).address
  }

  /** Alerts in clear to an address in the last 24 h: neither encrypted nor ever held. */
  alertsInClear(to: EmailAddress, now: Instant): number {
    return this.#sentToday(`kind = 'alert' AND subkey IS NULL AND sealed_order IS NULL`, to, now).address
  }

  /** What one column holds of the copies that went, or may have gone, and hold that in the other; the newest first. */
  #gone<T extends string>(
    column: 'case_id' | 'contact_id',
    of: 'case_id' | 'contact_id',
    id: CaseId | ContactId,
  ): ReadonlySet<T> {
    const rows = this.#database
      .prepare<[string], Nulls<Parameters<typeof fateOf>[0]> & { readonly found: T }>(
        `SELECT ${column} AS found, ${fateColumns} FROM outbox
         WHERE ${of} = ? AND notice_id IS NOT NULL ORDER BY id DESC`,
      )
      .all(id)
    const gone = rows.filter(row => fateOf(withoutNulls<Parameters<typeof fateOf>[0]>(row)) !== 'has-not')
    return new Set(gone.map(({ found }) => found))
  }

  /** What such a column of the outbox holds for the first of these messages that is ours and has it. */
  #firstOf<T extends string>(
    column: 'case_id' | 'application' | 'incident' | 'coalesce(notice_id, post)',
    messageIds: readonly MessageId[],
  ): T | undefined {
    const find = this.#database
      .prepare<[MessageId], T | null>(`SELECT ${column} FROM outbox WHERE message_id = ?`)
      .pluck()
    for (const id of messageIds) {
      const found = find.get(id) as T | null | undefined
      if (found !== undefined && found !== null) return found
    }
    return undefined
  }

  /** A machine may answer from another subaddress (RFC 5233) each time: they count as one (threats.md D05). */
  #sentToday(ofKind: string, to: EmailAddress | undefined, now: Instant): SentToday {
    const domain = to && domainOf(to)
    const plain = to && foldedMailbox(to)
    const row = this.#database
      .prepare<object, SentToday>(
        `SELECT count(*) AS "all", coalesce(sum(recipient_domain = :domain), 0) AS domain,
           coalesce(sum(recipient_domain = :domain AND (recipient = :plain
             OR substr(recipient, 1, length(:tagged)) = :tagged COLLATE NOCASE)), 0) AS address
         FROM outbox WHERE ${ofKind} AND created_at > :since`,
      )
      .get({ domain, plain, tagged: plain?.replace(/@[^@]*$/, '+'), since: later(now, -DAY) })
    return row ?? { address: 0, domain: 0, all: 0 }
  }

  #select(condition: string, parameters: object = {}): readonly Delivery[] {
    return this.#database
      .prepare<object, Nulls<Delivery>>(`SELECT ${deliveryColumns} FROM outbox WHERE ${condition}`)
      .all(parameters)
      .map(row => withoutNulls<Delivery>(row))
  }
}
