// Rows of the outbox: how a composed mail becomes a head and a payload, and how both are read back with the
// proof that neither was changed. Ciphertext is stored as it is, mail in clear under the data key.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { type Octets, octetsOf, PIECE_OCTETS } from '../model/octets.ts'
import { deliveryPromise, type MailOrder } from '../model/order.ts'
import { unreachable } from '../model/result.ts'
import type { CaseId, ContactId, Instant, MessageId, NoticeId, OutboxId } from '../model/scalars.ts'
import { domainOf } from '../model/scalars.ts'
import { dateBasis } from './case-mail.ts'
import type { Database, Statement } from './database.ts'
import type { Delivery, OutgoingMail } from './delivery.ts'
import { DamagedOctets, type PayloadForm, Payloads, type Prepared } from './payloads.ts'
import type { DataKey, Place } from './seal.ts'
import type { States } from './state-rows.ts'

/** Which one of its contact's it is, and of what it was made that may change. */
export type Made = Pick<Delivery, 'copy' | 'basis'>

type StoredPayload = {
  readonly id: number
  readonly form: PayloadForm
  /** Octets, all its pieces together. */
  readonly size: number
  readonly shared: number | null
  readonly sharedAt: number | null
  readonly headMac: Uint8Array
}
/** The row of a payload and, where it has some of another's octets in it, of which and where. */
type Placed = {
  readonly id: number
  readonly shared: number | undefined
  readonly sharedAt: number | undefined
  readonly covered: Covered
}
/** What the MAC covers of a payload. */
type Covered = { readonly form: PayloadForm; readonly sha256: string }

/** What the MAC covers of a head: all that says who gets what. */
type Head = Pick<Delivery, 'messageId' | 'to' | 'from' | 'kind' | 'promise' | 'project'> & {
  readonly case: CaseId | undefined
  readonly notice: NoticeId | undefined
  readonly contact: ContactId | undefined
  readonly contactVersion: number | undefined
}

export class OutboxRows {
  readonly #insert: Statement<object, OutboxId>
  readonly #payloads: Payloads
  /** Deliveries whose octets turned out to be others while they were handed over. */
  readonly #damaged = new Set<OutboxId>()
  readonly #payload: Statement<[OutboxId], StoredPayload>
  readonly #remove: Statement<[OutboxId], never>
  readonly #heldOrder: Statement<[OutboxId], { readonly messageId: MessageId; readonly cell: Uint8Array }>
  readonly #key: DataKey
  readonly #macKey: Uint8Array
  readonly #states: States

  constructor(database: Database, key: DataKey, states: States) {
    this.#payloads = new Payloads(database)
    this.#key = key
    this.#macKey = key.derive('outbox heads')
    this.#states = states
    this.#insert = database
      .prepare<object, OutboxId>(
        `INSERT INTO outbox (project, kind, promise, recipient, recipient_domain, case_id, notice_id, open_notice, contact_id,
           contact_revision, copy, basis, application, incident, post, message_id, envelope_from, state, created_at,
           not_before, next_attempt_at, why, subkey, payload, shared, shared_at, sealed_order, head_mac)
         VALUES (:project, :kind, :promise, :to, :domain, :case, :copyOf, :openNotice, :contact,
           :contactVersion, :copy, :basis, :application, :incident, :post, :messageId, :from, :state, :now,
           :notBefore, :notBefore, :why, :subkey, :payload, :shared, :sharedAt, :sealedOrder, :headMac) RETURNING id`,
      )
      .pluck()
    this.#payload = database.prepare(
      `SELECT p.id, p.form, o.shared, o.shared_at AS sharedAt, o.head_mac AS headMac, length(p.octets)
         + coalesce((SELECT sum(length(octets)) FROM payloads_rest WHERE owner = p.id), 0) AS size
       FROM outbox o JOIN payloads p ON p.id = o.payload WHERE o.id = ?`,
    )
    this.#remove = database.prepare('DELETE FROM outbox WHERE id = ?')
    this.#heldOrder = database.prepare(
      `SELECT message_id AS messageId, sealed_order AS cell FROM outbox
       WHERE id = ? AND state = 'held' AND sealed_order IS NOT NULL`,
    )
  }

  /**
   * Inserts within the caller's transaction. A copy for a contact whose address or pinned key is no more what
   * it was composed for is held. `made`: which copy of a notice it is, and of what it was made.
   */
  insert(
    mail: OutgoingMail,
    now: Instant,
    made: Made = { copy: 1, basis: dateBasis(mail.order.content) },
  ): OutboxId {
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
    const payload = this.#place(body, mail.messageId)
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
      copyOf: order.contact === undefined ? undefined : order.notice,
      openNotice: order.contact === undefined ? order.notice : undefined,
      application: order.application,
      incident: order.incident,
      post: order.post,
      domain: domainOf(order.to),
      now,
      notBefore: mail.notBefore,
      state: body.kind === 'held' ? 'held' : 'ready',
      why: body.kind === 'held' ? body.why : undefined,
      subkey: 'subkey' in body ? body.subkey : undefined,
      payload: payload?.id,
      shared: payload?.shared,
      sharedAt: payload?.sharedAt,
      sealedOrder: body.kind === 'held' ? this.#key.seal(orderPlace(mail.messageId), order) : undefined,
      headMac: this.#mac(head, payload?.covered),
    })
    return id as OutboxId
  }

  /** Takes a mail out that was not handed over, within the caller's transaction. */
  remove(id: OutboxId): void {
    this.#payloads.abandoned()
    this.#remove.run(id)
  }

  /**
   * Octets to hand over; undefined if head or payload is not what was inserted. Large ones are read when they are
   * asked for, and looked at once more then.
   */
  octets(delivery: Delivery): Octets | undefined {
    const stored = this.#payload.get(delivery.id)
    if (stored === undefined) return undefined
    const { id, form, size, shared, sharedAt, headMac } = stored
    const own = size > PIECE_OCTETS ? this.#payloads.digest(id) : undefined
    const whole = own === undefined || form === 'sealed' ? this.#payloads.whole(id, size) : undefined
    const digest = own ?? digestOf(whole ?? new Uint8Array(0))
    const sharedDigest = shared === null ? undefined : this.#payloads.sharedDigest(shared)
    const mac = this.#mac(delivery, { form, sha256: coveredDigest(digest, sharedAt, sharedDigest) })
    if (headMac.length !== mac.length || !timingSafeEqual(headMac, mac)) return undefined
    const pieces = (of: number, sha256: string) => this.#checked(delivery.id, of, sha256)
    if (whole === undefined) return { size, pieces: () => pieces(id, digest) }
    // The MAC covers a sealed payload as well, so that from here the seal holds.
    if (form === 'sealed') return octetsOf(this.#key.openOctets(payloadPlace(delivery.messageId), whole))
    if (shared === null || sharedAt === null || sharedDigest === undefined) return octetsOf(whole)
    return {
      size: whole.length + this.#payloads.size(shared),
      *pieces() {
        yield whole.subarray(0, sharedAt)
        yield* pieces(shared, sharedDigest)
        yield whole.subarray(sharedAt)
      },
    }
  }

  /** Whether octets of a delivery turned out to be damaged only when they were handed over. */
  isDamaged(id: OutboxId): boolean {
    return this.#damaged.has(id)
  }

  *#checked(delivery: OutboxId, payload: number, sha256: string): Generator<Uint8Array, void> {
    try {
      yield* this.#payloads.checked(payload, sha256)
    } catch (error) {
      if (error instanceof DamagedOctets) this.#damaged.add(delivery)
      throw error
    }
  }

  /** See `Payloads.forgetRecent`. */
  forgetRecent(): void {
    this.#payloads.forgetRecent()
  }

  /** See `Payloads.prepare`. */
  prepare(pieces: Iterable<Uint8Array>): Prepared {
    return this.#payloads.prepare(pieces)
  }

  /** See `Payloads.dropOrphans`. */
  dropOrphans(): void {
    this.#payloads.dropOrphans()
  }

  #place(body: OutgoingMail['body'], messageId: MessageId): Placed | undefined {
    const nothing = { shared: undefined, sharedAt: undefined }
    switch (body.kind) {
      case 'held':
        return undefined
      case 'prepared':
        return { ...nothing, id: body.payload.id, covered: { form: 'openpgp', sha256: body.payload.sha256 } }
      case 'shared': {
        const { before, after, payload } = body
        const own = this.#payloads.insert('openpgp', [Buffer.concat([before, after])])
        const sha256 = coveredDigest(own.sha256, before.length, payload.sha256)
        return {
          id: own.id,
          shared: payload.id,
          sharedAt: before.length,
          covered: { form: 'openpgp', sha256 },
        }
      }
      case 'encrypted': {
        const { id, sha256 } = this.#payloads.insert('openpgp', [body.octets])
        return { ...nothing, id, covered: { form: 'openpgp', sha256 } }
      }
      case 'clear': {
        const sealed = this.#key.sealOctets(payloadPlace(messageId), body.octets)
        const { id, sha256 } = this.#payloads.insert('sealed', [sealed])
        return { ...nothing, id, covered: { form: 'sealed', sha256 } }
      }
      default:
        return unreachable(body)
    }
  }

  /** The order of a mail that was held because it could not be composed. */
  heldOrder(id: OutboxId): MailOrder | undefined {
    const row = this.#heldOrder.get(id)
    return row && (this.#key.open(orderPlace(row.messageId), row.cell) as MailOrder)
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

/** Of octets into which others are put: both, and where. */
const coveredDigest = (own: string, at: number | null, shared: string | undefined): string =>
  shared === undefined ? own : `${own} ${at} ${shared}`

const payloadPlace = (row: MessageId): Place => ({ table: 'payloads', column: 'octets', row })
const orderPlace = (row: MessageId): Place => ({ table: 'outbox', column: 'sealed_order', row })
