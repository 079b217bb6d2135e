// What no mail asked about and admins must know, each once: mail that is held, failed, late or vanished, a mailbox
// that refuses us, does not let us file mail or is numbered anew, a notice that cannot go. It only looks and tells;
// what is told is remembered in the store by the transaction that queues the alert.
import type { Instance } from '../instance/instance.ts'
import type { Alert } from '../model/alert.ts'
import type { Instant } from '../model/scalars.ts'
import { sameMailbox } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { HOUR } from '../model/time.ts'
import type { MailboxState } from '../receive/mailbox-handler.ts'
import type { Delivery } from '../store/outbox.ts'

export type AlertsParts = Pick<Instance, 'pipeline' | 'store' | 'clock' | 'config' | 'log'>

/** Stands for the trouble of a mailbox that mail cannot be filed from. */
const UNFILED = 'unfiled'

type Seen = { readonly state: MailboxState; readonly uidValidity: number | undefined }

export class Alerts {
  readonly #parts: AlertsParts
  /** Until they are told: after a crash whatever they are about shows itself anew. */
  readonly #queued: Alert[] = []
  /** The mailbox as last seen; undefined once that was compared with what is known. */
  #seen: Seen | undefined
  /** What came of filing mail away last; undefined once that was compared with what is known. */
  #filing: 'filed' | 'refused' | undefined

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
    return (
      this.#queued.length > 0 ||
      this.#seen !== undefined ||
      this.#filing !== undefined ||
      this.#tellsOfVanished ||
      store.outbox.untold().length > 0 ||
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

  /** Whatever hinders a notice is found again after each start. */
  async #tellOnce(alert: Alert): Promise<void> {
    const { pipeline, store } = this.#parts
    if (alert.kind !== 'notice-waits') return pipeline.alert(alert)
    const { notice, why } = alert
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
    for (const delivery of store.outbox.untold())
      await pipeline.alert(endedAlert(delivery, settings), { kind: 'ended', outbox: delivery.id })
    // One alert for all: when a server is down, everything is late.
    const late = store.outbox.late(clock.now())
    const [first, ...more] = late
    if (first === undefined) return
    const alert = { kind: 'delivery-late', ...naming(first, settings), others: more.length } as const
    await pipeline.alert(alert, { kind: 'late', outbox: late.map(delivery => delivery.id) })
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
