// What no mail asked about and admins must know, each once: mail that is held, failed, late or vanished, a mailbox
// that refuses us, does not let us file mail or is numbered anew, a notice that cannot go. It only looks and tells;
// what is told is remembered in the store by the transaction that queues the alert.
import type { Instance } from '../instance/instance.ts'
import type { Alert } from '../model/alert.ts'
import { type Instant, type NoticeId, sameMailbox } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { HOUR, MINUTE, SECOND } from '../model/time.ts'
import { endedCopy } from '../pipeline/copies.ts'
import type { MailboxState } from '../receive/mailbox-handler.ts'
import type { Delivery } from '../store/delivery.ts'

export type AlertsParts = Pick<Instance, 'pipeline' | 'store' | 'clock' | 'config' | 'log'>

/** Stands for the trouble of a mailbox that mail cannot be filed from. */
const UNFILED = 'unfiled'

/** Copies that end one after the other are gathered for so long, in milliseconds, and then told of. */
const GATHERED = 20 * SECOND

type Seen = { readonly state: MailboxState; readonly uidValidity: number | undefined }

export class Alerts {
  readonly #parts: AlertsParts
  /** Until they are told: after a crash whatever they are about shows itself anew. */
  readonly #queued: Alert[] = []
  /** The mailbox as last seen; undefined once that was compared with what is known. */
  #seen: Seen | undefined
  /** What came of filing mail away last; undefined once that was compared with what is known. */
  #filing: 'filed' | 'refused' | undefined

  /** Since when copies of a notice have ended that nobody is told of yet. */
  readonly #gathering = new Map<NoticeId, Instant>()
  readonly #copiesToldAt = new Map<NoticeId, Instant>()
  #vanished = 0
  #vanishedToldAt: Instant | undefined

  constructor(parts: AlertsParts) {
    this.#parts = parts
    const { octets } = parts.store
    const missing = octets.missing()
    if (missing.length === 0) return
    parts.log('octets-missing', { mails: missing.length })
    const cases = [...new Set([...octets.casesOf(missing).values()].flat())].sort()
    this.add({ kind: 'octets-missing', mails: missing.length, cases })
  }

  add(alert: Alert): void {
    this.#queued.push(alert)
  }

  mailboxIs(state: MailboxState, uidValidity: number | undefined): void {
    if (state !== 'lost') this.#seen = { state, uidValidity }
  }

  filingIs(outcome: 'filed' | 'refused'): void {
    this.#filing = outcome
  }

  mailVanished(): void {
    this.#vanished += 1
  }

  /** A filter may take away hundreds in a row. */
  get #tellsOfVanished(): boolean {
    const toldAt = this.#vanishedToldAt
    return this.#vanished > 0 && (toldAt === undefined || this.#parts.clock.now() - toldAt >= HOUR)
  }

  /** Whether there is something to tell. */
  get waiting(): boolean {
    const { store, clock } = this.#parts
    const ended = this.#endedNow()
    return (
      this.#queued.length > 0 ||
      this.#seen !== undefined ||
      this.#filing !== undefined ||
      this.#tellsOfVanished ||
      ended.mails.length > 0 ||
      ended.copies.size > 0 ||
      store.outbox.late(clock.now()).length > 0
    )
  }

  /** Queues a mail to every admin for each thing there is to tell. */
  async tell(): Promise<'told' | 'nothing'> {
    if (!this.waiting) return 'nothing'
    for (let alert = this.#queued[0]; alert !== undefined; alert = this.#queued[0]) {
      await this.#tellOnce(alert)
      this.#queued.shift()
    }
    await this.#tellOfMailbox()
    await this.#tellOfFiling()
    await this.#tellOfVanished()
    await this.#tellOfDeliveries()
    return 'told'
  }

  /** Whatever hinders a notice is found again after each start; what lies ahead of one is no news once it is due. */
  async #tellOnce(alert: Alert): Promise<void> {
    const { pipeline, store, clock } = this.#parts
    if (alert.kind !== 'notice-waits') return pipeline.alert(alert)
    const { notice, why } = alert
    const isAhead = () =>
      store.scheduledNotices().some(({ id, sendAt }) => id === notice && sendAt > clock.now())
    if (why === 'room-ahead' && !isAhead()) return
    if (store.waitTold(notice) !== why) await pipeline.alert(alert, { kind: 'waits', notice, why })
  }

  async #tellOfMailbox(): Promise<void> {
    const { pipeline, store, config } = this.#parts
    const seen = this.#seen
    if (seen === undefined) return
    const known = store.mailboxes.find(config.imap.mailbox)
    if (seen.state === 'connected') {
      // Whether mail can be filed shows only when there is some.
      const trouble = known.trouble === UNFILED ? UNFILED : undefined
      const mailbox = { name: known.name, uidValidity: seen.uidValidity, trouble }
      const renumbered = known.uidValidity !== undefined && known.uidValidity !== seen.uidValidity
      if (renumbered) await pipeline.alert({ kind: 'mailbox-renumbered' }, { kind: 'mailbox', mailbox })
      else if (known.uidValidity === undefined || known.trouble !== undefined)
        store.mailboxes.remember(mailbox)
    } else if (seen.state !== 'lost' && known.trouble !== seen.state) {
      const mailbox = { ...known, trouble: seen.state }
      await pipeline.alert({ kind: 'mailbox-refused', why: seen.state }, { kind: 'mailbox', mailbox })
    }
    if (this.#seen === seen) this.#seen = undefined
  }

  async #tellOfFiling(): Promise<void> {
    const { pipeline, store, config } = this.#parts
    const filing = this.#filing
    if (filing === undefined) return
    const known = store.mailboxes.find(config.imap.mailbox)
    if (filing === 'refused' && known.trouble !== UNFILED) {
      const mailbox = { ...known, trouble: UNFILED }
      await pipeline.alert({ kind: 'filing-refused' }, { kind: 'mailbox', mailbox })
    } else if (filing === 'filed' && known.trouble === UNFILED)
      store.mailboxes.remember({ ...known, trouble: undefined })
    if (this.#filing === filing) this.#filing = undefined
  }

  async #tellOfVanished(): Promise<void> {
    if (!this.#tellsOfVanished) return
    const mails = this.#vanished
    await this.#parts.pipeline.alert({ kind: 'mail-vanished', mails })
    this.#vanishedToldAt = this.#parts.clock.now()
    this.#vanished -= mails
  }

  async #tellOfDeliveries(): Promise<void> {
    const { pipeline, store, clock, config } = this.#parts
    const { settings } = config
    const ended = this.#endedNow()
    for (const delivery of ended.mails)
      await pipeline.alert(endedAlert(delivery, settings), { kind: 'ended', outbox: [delivery.id] })
    for (const [notice, copies] of ended.copies) {
      const alert = { kind: 'copies-ended', notice, embargo: 'lasts', copies: copies.map(endedCopy) } as const
      await pipeline.alert(alert, { kind: 'ended', outbox: copies.map(({ id }) => id) })
      this.#copiesToldAt.set(notice, clock.now())
      this.#gathering.delete(notice)
    }
    // One alert for all: when a server is down, everything is late.
    const late = store.outbox.late(clock.now())
    const [first, ...more] = late
    if (first === undefined) return
    const alert = { kind: 'delivery-late', ...naming(first, settings), others: more.length } as const
    await pipeline.alert(alert, { kind: 'late', outbox: late.map(delivery => delivery.id) })
  }

  /** What ended and is to be told of now: copies of a notice together, when it shows that no more will end soon. */
  #endedNow(): { readonly mails: readonly Delivery[]; readonly copies: ReadonlyMap<NoticeId, Delivery[]> } {
    const untold = this.#parts.store.outbox.untold()
    const copies = new Map<NoticeId, Delivery[]>()
    // What of a notice goes to users is no copy: it has no contact.
    for (const one of untold)
      if (one.notice !== undefined && one.contact !== undefined)
        copies.set(one.notice, [...(copies.get(one.notice) ?? []), one])
    for (const notice of copies.keys()) if (!this.#isGathered(notice)) copies.delete(notice)
    // Of a post that does not reach its many readers nobody is told one by one.
    const isAlone = ({ contact, kind, notice }: Delivery) =>
      contact === undefined || (notice === undefined && kind !== 'post')
    return { mails: untold.filter(isAlone), copies }
  }

  /** A thousand reports on one notice are one alert (threats.md D08), and one is told within a minute (H02). */
  #isGathered(notice: NoticeId): boolean {
    const { store, clock } = this.#parts
    const now = clock.now()
    const since = this.#gathering.get(notice) ?? now
    this.#gathering.set(notice, since)
    const toldAt = this.#copiesToldAt.get(notice)
    if (toldAt !== undefined && now >= toldAt && now - toldAt < MINUTE) return false
    const more = store.inbound.oldestWaiting() !== undefined || store.outbox.isUnderWay(notice, now)
    return !more || now - since >= GATHERED
  }
}

function endedAlert(delivery: Delivery, settings: Settings): Alert {
  const named = naming(delivery, settings)
  return delivery.state === 'held'
    ? { kind: 'delivery-held', ...named, why: delivery.why ?? 'other' }
    : { kind: 'delivery-failed', ...named }
}

/** By ids and short names: whom it was for and what it is about. */
function naming(delivery: Delivery, settings: Settings): { readonly to: string; readonly mail: string } {
  const about = delivery.notice ?? delivery.case
  const mail = about === undefined ? delivery.kind : `${delivery.kind} ${about}`
  const admin = settings.admins.find(one => sameMailbox(one.address, delivery.to))
  const outsider = delivery.case === undefined ? 'an outsider' : `the reporter of ${delivery.case}`
  return { to: delivery.contact ?? admin?.name ?? outsider, mail }
}
