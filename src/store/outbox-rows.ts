// Rows of the outbox: how a composed mail becomes a head and a payload, and how both are read back with the
// proof that neither was changed. Ciphertext is stored as it is, mail in clear under the data key.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { letGo, piecesOf } from '../model/octets.ts'
import { type Content, deliveryPromise, type MailOrder } from '../model/order.ts'
import type { DeliveryState } from '../model/queues.ts'
import type {
  CaseId,
  ContactId,
  EmailAddress,
  Instant,
  MessageId,
  NoticeId,
  OutboxId,
  ProjectName,
} from '../model/scalars.ts'
import { domainOf } from '../model/scalars.ts'
import type { Database, Statement } from './database.ts'
import { Rest } from './rest.ts'
import type { DataKey, Place } from './seal.ts'
import type { States } from './state-rows.ts'

/** A payload that no delivery refers to yet; `sha256` of its octets, in hex. */
export type Prepared = { readonly id: number; readonly sha256: string }

/** One mail to one recipient, composed. `notBefore`: it is not handed over earlier. */
export type OutgoingMail = {
  readonly order: MailOrder
  readonly messageId: MessageId
  readonly envelopeFrom: EmailAddress
  readonly notBefore: Instant
  readonly body:
    | { readonly kind: 'encrypted'; readonly octets: Uint8Array; readonly subkey: string }
    /** The same, written already for its size. */
    | { readonly kind: 'prepared'; readonly payload: Prepared; readonly subkey: string }
    | { readonly kind: 'clear'; readonly octets: Uint8Array }
    /** It could not be encrypted: the order is kept, nothing is sent. */
    | { readonly kind: 'held'; readonly why: string }
}

export type { DeliveryState }

export type Delivery = {
  readonly id: OutboxId
  readonly project: ProjectName
  readonly kind: Content['kind']
  readonly promise: 'at-most-once' | 'at-least-once'
  readonly to: EmailAddress
  readonly from: EmailAddress
  readonly case: CaseId | undefined
  readonly notice: NoticeId | undefined
  readonly contact: ContactId | undefined
  /** Version of the contact that the copy was prepared from. */
  readonly contactVersion: number | undefined
  /** Which one of the contact's it is. */
  readonly copy: number
  /** Of what else the copy was made. */
  readonly basis: string | undefined
  readonly messageId: MessageId
  readonly state: DeliveryState
  /** 1: it went out once without an answer, and so may have arrived. */
  readonly inDoubt: 0 | 1
  readonly attempts: number
  readonly createdAt: Instant
  readonly nextAttemptAt: Instant
  readonly firstAttemptAt: Instant | undefined
  readonly lastCode: number | undefined
  /** Enhanced status code of the last answer or report (RFC 3463). */
  readonly lastStatus: string | undefined
  readonly lastStage: string | undefined
  /** Code of why it is held, dropped, cancelled, or failed after it was accepted. */
  readonly why: string | undefined
}

export const deliveryColumns = `id, project, kind, promise, recipient AS "to", envelope_from AS "from",
  case_id AS "case", notice_id AS notice, contact_id AS contact, contact_revision AS contactVersion,
  copy, basis, message_id AS messageId, state, in_doubt AS inDoubt, attempts, created_at AS createdAt,
  next_attempt_at AS nextAttemptAt, first_attempt_at AS firstAttemptAt, last_code AS lastCode,
  last_status AS lastStatus, last_stage AS lastStage, why`

/** Of a copy of a notice, beside its contact. */
export type Made = Pick<Delivery, 'copy' | 'basis'>

type Payload = { readonly form: 'openpgp' | 'sealed'; readonly octets: Uint8Array }
type StoredPayload = Payload & { readonly id: number; readonly headMac: Uint8Array }
/** What the MAC covers of a payload. */
type Covered = { readonly form: Payload['form']; readonly sha256: string }

/** What the MAC covers of a head: all that says who gets what. */
type Head = Pick<Delivery, 'messageId' | 'to' | 'from' | 'kind' | 'promise' | 'project'> & {
  readonly case: CaseId | undefined
  readonly notice: NoticeId | undefined
  readonly contact: ContactId | undefined
  readonly contactVersion: number | undefined
}

export class OutboxRows {
  readonly #insert: Statement<object, OutboxId>
  readonly #insertPayload: Statement<Payload, number>
  readonly #rest: Rest
  readonly #dropOrphans: readonly Statement<[], never>[]
  /** At first nobody knows what an earlier process left. */
  #orphans: 'none' | 'maybe' = 'maybe'
  readonly #database: Database
  readonly #payload: Statement<[OutboxId], StoredPayload>
  readonly #remove: Statement<[OutboxId], never>
  readonly #heldOrder: Statement<[OutboxId], { readonly messageId: MessageId; readonly cell: Uint8Array }>
  readonly #key: DataKey
  readonly #macKey: Uint8Array
  readonly #states: States

  constructor(database: Database, key: DataKey, states: States) {
    this.#database = database
    this.#rest = new Rest(database, 'payloads_rest')
    this.#key = key
    this.#macKey = key.derive('outbox heads')
    this.#states = states
    this.#insert = database
      .prepare<object, OutboxId>(
        `INSERT INTO outbox (project, kind, promise, recipient, recipient_domain, case_id, notice_id, contact_id,
           contact_revision, copy, basis, application, incident, message_id, envelope_from, state, created_at, not_before,
           next_attempt_at, why, subkey, payload, sealed_order, head_mac)
         VALUES (:project, :kind, :promise, :to, :domain, :case, :notice, :contact,
           :contactVersion, :copy, :basis, :application, :incident, :messageId, :from, :state, :now, :notBefore,
           :notBefore, :why, :subkey, :payload, :sealedOrder, :headMac) RETURNING id`,
      )
      .pluck()
    this.#insertPayload = database
      .prepare<Payload, number>('INSERT INTO payloads (form, octets) VALUES (:form, :octets) RETURNING id')
      .pluck()
    this.#payload = database.prepare(
      `SELECT p.id, p.form, p.octets, o.head_mac AS headMac FROM outbox o JOIN payloads p ON p.id = o.payload
       WHERE o.id = ?`,
    )
    this.#remove = database.prepare('DELETE FROM outbox WHERE id = ?')
    const orphans = 'SELECT id FROM payloads EXCEPT SELECT payload FROM outbox'
    this.#dropOrphans = [
      database.prepare(`DELETE FROM payloads_rest WHERE owner IN (${orphans})`),
      database.prepare(`DELETE FROM payloads WHERE id IN (${orphans})`),
    ]
    this.#heldOrder = database.prepare(
      `SELECT message_id AS messageId, sealed_order AS cell FROM outbox
       WHERE id = ? AND state = 'held' AND sealed_order IS NOT NULL`,
    )
  }

  /**
   * Inserts within the caller's transaction. A copy for a contact whose address or pinned key is no more what
   * it was composed for is held. `made`: which copy of a notice it is, and of what it was made.
   */
  insert(mail: OutgoingMail, now: Instant, made: Made = { copy: 1, basis: undefined }): OutboxId {
    const { order } = mail
    const contact = order.contact === undefined ? undefined : this.#states.contacts.get(order.contact)
    const version = order.contactVersion ?? contact?.version
    const moved =
      contact !== undefined &&
      (contact.version !== version ||
        contact.address !== order.to ||
        order.encryptTo.kind !== 'enrolled' ||
        order.encryptTo.fingerprint !== contact.fingerprint)
    const body = moved ? { kind: 'held' as const, why: 'contact-changed' } : mail.body
    const payload = this.#payloadFor(body, mail.messageId)
    const head: Head = {
      messageId: mail.messageId,
      to: order.to,
      from: mail.envelopeFrom,
      kind: order.content.kind,
      promise: deliveryPromise(order.content.kind),
      project: order.project,
      case: order.case,
      notice: order.notice,
      contact: order.contact,
      contactVersion: contact === undefined ? undefined : version,
    }
    const id = this.#insert.get({
      ...head,
      ...made,
      application: order.application,
      incident: order.incident,
      domain: domainOf(order.to),
      now,
      notBefore: mail.notBefore,
      state: body.kind === 'held' ? 'held' : 'ready',
      why: body.kind === 'held' ? body.why : undefined,
      subkey: body.kind === 'encrypted' || body.kind === 'prepared' ? body.subkey : undefined,
      payload: payload?.id,
      sealedOrder: body.kind === 'held' ? this.#key.seal(orderPlace(mail.messageId), order) : undefined,
      headMac: this.#mac(head, payload),
    })
    return id as OutboxId
  }

  /** Takes a mail out that was not handed over, within the caller's transaction. */
  remove(id: OutboxId): void {
    this.#orphans = 'maybe'
    this.#remove.run(id)
  }

  /** Octets to hand over; undefined if head or payload is not what was inserted. */
  octets(delivery: Delivery): Uint8Array | undefined {
    const stored = this.#payload.get(delivery.id)
    if (stored === undefined) return undefined
    const { form } = stored
    const octets = this.#whole(stored)
    const mac = this.#mac(delivery, { form, sha256: digestOf(octets) })
    if (stored.headMac.length !== mac.length || !timingSafeEqual(stored.headMac, mac)) return undefined
    // The MAC covers a sealed payload as well, so that from here the seal holds.
    return form === 'openpgp' ? octets : this.#key.openOctets(payloadPlace(delivery.messageId), octets)
  }

  /** Writes ciphertext ahead of the transaction that refers to it, so that nobody holds several large copies. */
  prepare(pieces: Iterable<Uint8Array>): Prepared {
    const hash = createHash('sha256')
    const hashed = function* () {
      for (const piece of pieces) {
        hash.update(piece)
        yield piece
      }
    }
    this.#orphans = 'maybe'
    const id = this.#database.write(() => this.#insertPieces('openpgp', hashed()))
    return { id, sha256: hash.digest('hex') }
  }

  /** Removes what was prepared and never referred to: before any decision is under way. */
  dropOrphans(): void {
    if (this.#orphans === 'none') return
    this.#database.write(() => {
      for (const statement of this.#dropOrphans) statement.run()
    })
    this.#orphans = 'none'
  }

  #whole({ id, octets: first }: StoredPayload): Uint8Array {
    const rest = this.#rest.size(id)
    if (rest === 0) return first
    const whole = Buffer.allocUnsafeSlow(first.length + rest)
    whole.set(first)
    let filled = first.length
    for (const piece of this.#rest.pieces(id)) {
      whole.set(piece, filled)
      filled += piece.length
      letGo(piece)
    }
    return whole
  }

  /** The row of a payload, and what the MAC covers of it. */
  #payloadFor(
    body: OutgoingMail['body'],
    messageId: MessageId,
  ): (Covered & { readonly id: number }) | undefined {
    if (body.kind === 'prepared') return { ...body.payload, form: 'openpgp' }
    const payload = this.#payloadOf(body, messageId)
    if (payload === undefined) return undefined
    const { form, octets } = payload
    return { id: this.#insertPieces(form, [octets]), form, sha256: digestOf(octets) }
  }

  #insertPieces(form: Payload['form'], pieces: Iterable<Uint8Array>): number {
    const cut = Iterator.from(pieces).flatMap(piece => piecesOf(piece))
    const first = cut.next()
    const id = this.#insertPayload.get({
      form,
      octets: first.done === true ? new Uint8Array(0) : first.value,
    })
    if (id === undefined) throw new Error('payload was not stored')
    this.#rest.put(id, cut)
    return id
  }

  /** The order of a mail that was held because it could not be composed. */
  heldOrder(id: OutboxId): MailOrder | undefined {
    const row = this.#heldOrder.get(id)
    return row && (this.#key.open(orderPlace(row.messageId), row.cell) as MailOrder)
  }

  #payloadOf(
    body: Exclude<OutgoingMail['body'], { kind: 'prepared' }>,
    messageId: MessageId,
  ): Payload | undefined {
    if (body.kind === 'held') return undefined
    if (body.kind === 'encrypted') return { form: 'openpgp', octets: body.octets }
    return { form: 'sealed', octets: this.#key.sealOctets(payloadPlace(messageId), body.octets) }
  }

  #mac(head: Head, payload: Covered | undefined): Uint8Array {
    const { messageId, to, from, kind, promise, project, contactVersion } = head
    const covered = [messageId, to, from, kind, promise, project, head.case, head.notice, head.contact]
    return createHmac('sha256', this.#macKey)
      .update(JSON.stringify([...covered, contactVersion, payload?.form, payload?.sha256]), 'utf8')
      .digest()
  }
}

const digestOf = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex')

const payloadPlace = (row: MessageId): Place => ({ table: 'payloads', column: 'octets', row })
const orderPlace = (row: MessageId): Place => ({ table: 'outbox', column: 'sealed_order', row })
