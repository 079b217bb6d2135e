// Start, stop and the loops: the mailbox fills the inbound queue, one worker settles it and releases what is
// due, the dispatcher empties the outbox. Queues and clock connect them, never a direct call.
import { setTimeout as pause } from 'node:timers/promises'
import { type ScheduledTask, schedule } from 'node-cron'
import { cronEvery } from './clock.ts'
import type { Surroundings } from './decide/disclosure.ts'
import { Dispatcher } from './deliver/dispatch.ts'
import { Submission } from './deliver/smtp.ts'
import { sha256Of } from './digest.ts'
import type { Instance } from './instance.ts'
import { logCode } from './log.ts'
import type { Notice } from './model/notice.ts'
import type { Alert } from './model/order.ts'
import type { Instant, NoticeId } from './model/scalars.ts'
import { MINUTE, SECOND } from './model/time.ts'
import { Mailbox } from './receive/mailbox.ts'
import { rescan } from './rescan.ts'
import type { Claimed } from './store/outbox.ts'

/** Copies are made this long before their instant. */
const PREPARE_AHEAD = 10 * MINUTE
/** A notice later than this waits until the mailbox was read after its instant. */
const PUNCTUAL = 5 * SECOND
/** Longest time the worker sleeps without looking around. */
const LONGEST_NAP = 15 * SECOND
/** How often requests of the command line are looked for. */
const REQUEST_CHECK = 250
/** Pause after a fault of disk or database, before the same is tried again. */
const FAULT_PAUSE = SECOND

/** A look at the mailbox; `newest`: the last inbound mail stored by its end, 0 for none. */
type Look = { readonly at: Instant; readonly newest: number }

export class Daemon {
  readonly #instance: Instance
  readonly #mailbox: Mailbox
  readonly #dispatcher: Dispatcher<Claimed>
  readonly #alerts: Alert[] = []
  readonly #startedAt: Instant
  #state: 'new' | 'running' | 'stopping' = 'new'
  #bell: (() => void) | undefined
  #rung = false
  #worker: Promise<void> = Promise.resolve()
  #ticks: ScheduledTask | undefined
  #requests: NodeJS.Timeout | undefined
  readonly #stopping = new AbortController()
  #rescan: Promise<void> = Promise.resolve()
  #dataVersion = 0
  /** The last look at the mailbox all of whose mail is stored. */
  #stored: Look | undefined
  /** The look whose mail is being settled; mail that comes in meanwhile does not put off its end. */
  #settling: Look | undefined
  /** When the mailbox was looked at whose mail was last settled as a whole. */
  #readAt: Instant | undefined
  /** Notices that are due and hindered, of which the admins know. */
  readonly #hindered = new Set<NoticeId>()
  readonly #failure = Promise.withResolvers<'failed'>()
  readonly #trouble = Promise.withResolvers<'mailbox'>()

  /** Resolves when the daemon cannot go on and should be stopped. */
  readonly failed: Promise<'failed'> = this.#failure.promise
  /** Resolves when the mailbox could not be reached, was lost or refused us for the first time. */
  readonly mailboxTrouble: Promise<'mailbox'> = this.#trouble.promise

  constructor(instance: Instance) {
    this.#instance = instance
    this.#startedAt = instance.clock.now()
    const { servers } = instance
    this.#mailbox = new Mailbox({
      server: servers.imap,
      maxMail: instance.config.settings.limits.maxMail,
      handler: this.#handler(),
      log: instance.log,
    })
    this.#dispatcher = new Dispatcher(this.#dispatcherOptions())
  }

  /** Settles what a crash left over first, then opens the mailbox and sends. */
  start(): void {
    const { store, clock, config, log } = this.#instance
    this.#state = 'running'
    store.outbox.recover(clock.now(), config.settings.limits.inDoubtWait)
    this.#dataVersion = store.inbound.dataVersion()
    this.#worker = this.#work()
    this.#dispatcher.start()
    this.#mailbox.start()
    this.#rescan = rescan(this.#instance, this.#stopping.signal, () => this.#ring())
    this.#requests = setInterval(() => this.#lookForRequests(), REQUEST_CHECK)
    // IDLE tells of new mail at once; the tick is for servers that lack it, and for what IDLE missed.
    this.#ticks = schedule(cronEvery(config.imap.pollSeconds), () => void this.#mailbox.poll())
    log('started', { mode: logCode(store.safeMode.mode) })
  }

  /** Ends within about ten seconds: no new mail is fetched, settled or sent; what is under way is finished. */
  async stop(): Promise<void> {
    if (this.#state === 'stopping') return
    this.#state = 'stopping'
    this.#stopping.abort()
    clearInterval(this.#requests)
    await this.#ticks?.destroy()
    this.#ring()
    await Promise.all([this.#mailbox.stop(), this.#dispatcher.stop(), this.#rescan, this.#worker])
    this.#instance.log('stopped')
  }

  /** Resolves when the mailbox was read once, all is settled and released, and nothing more can be sent now. */
  async idle(): Promise<'idle'> {
    const { store, clock } = this.#instance
    const busy = () => {
      const due = store.outbox.nextDueAt()
      const isToGo = ({ id, sendAt }: Notice) => sendAt <= clock.now() && !this.#hindered.has(id)
      return (
        this.#readAt === undefined ||
        store.safeMode.rescan() === 'due' ||
        store.scheduledNotices().some(isToGo) ||
        store.outbox.counts().sending > 0 ||
        store.outbox.untold().length > 0 ||
        (due !== undefined && due <= clock.now())
      )
    }
    while (busy() && this.#state === 'running') await pause(REQUEST_CHECK / 5)
    return 'idle'
  }

  #ring(): void {
    this.#rung = true
    this.#bell?.()
  }

  #handler(): ConstructorParameters<typeof Mailbox>[0]['handler'] {
    const { store, keyring, clock, log } = this.#instance
    return {
      isKnown: (mailbox, uidValidity, uid) =>
        store.inbound.has(mailbox, uidValidity, uid) ? 'stored' : 'new',
      store: async ({ mailbox, uidValidity, uid, octets }) => {
        const receivedAt = clock.now()
        const raw = await keyring.encryptForStorage(octets, receivedAt)
        const [sha256, size] = [sha256Of(octets), octets.length]
        store.inbound.receive({ source: 'imap', mailbox, uidValidity, uid, sha256, size, raw, receivedAt })
        log('received', { uid, size })
        this.#ring()
      },
      storeOversize: async ({ mailbox, uidValidity, uid, header, size }) => {
        const receivedAt = clock.now()
        const raw = await keyring.encryptForStorage(header, receivedAt)
        const sha256 = sha256Of(header)
        const id = store.inbound.receiveOversize({ mailbox, uidValidity, uid, sha256, size, raw, receivedAt })
        if (id !== 'known') this.#tell({ kind: 'shunted', inbound: id, why: 'oversize' })
      },
      settled: () => {
        this.#stored = { at: clock.now(), newest: store.inbound.newest() ?? 0 }
        this.#ring()
      },
      state: state => {
        log('mailbox', { state: logCode(state) })
        if (state !== 'connected') this.#trouble.resolve('mailbox')
      },
    }
  }

  #dispatcherOptions(): ConstructorParameters<typeof Dispatcher<Claimed>>[0] {
    const { store, config, clock, log, servers } = this.#instance
    return {
      outbox: store.outbox,
      submission: new Submission({ server: servers.smtp, connections: config.smtp.connections }),
      clock,
      connections: config.smtp.connections,
      inDoubtWait: config.settings.limits.inDoubtWait,
      onFailure: () => this.#ring(),
      onFatal: () => {
        log('dispatcher-stopped')
        this.#failure.resolve('failed')
      },
      log,
    }
  }

  #tell(alert: Alert): void {
    this.#alerts.push(alert)
    this.#ring()
  }

  #lookForRequests(): void {
    const version = this.#instance.store.inbound.dataVersion()
    if (version === this.#dataVersion) return
    this.#dataVersion = version
    this.#ring()
  }

  /** The one worker: whatever changes state passes here, one thing after the other. */
  async #work(): Promise<void> {
    while (this.#state === 'running') {
      this.#rung = false
      // A step that fails does not keep the others from their work: a poisoned mail no notice, and no notice
      // the mail that would cancel it.
      const waits = [
        await this.#step('release-failed', () => this.#releaseDue()),
        await this.#step('settle-failed', () => this.#settleNext()),
        // Last, so that it sees what the others could not encrypt.
        await this.#step('alert-failed', () => this.#sendAlerts()),
      ]
      const nap = Math.min(...waits, LONGEST_NAP)
      if (nap > 0 && !this.#rung) await this.#nap(nap)
    }
  }

  /** Runs one step; the answer is in how many milliseconds it wants to run again unless the bell rings. */
  async #step(
    failure: string,
    step: () => Promise<number>,
    onFailure: () => void = () => undefined,
  ): Promise<number> {
    try {
      return await step()
    } catch (error) {
      this.#instance.log(failure, { why: logCode(error instanceof Error ? error.name : 'other') })
      onFailure()
      return FAULT_PAUSE
    }
  }

  async #sendAlerts(): Promise<number> {
    const { pipeline, store } = this.#instance
    for (let alert = this.#alerts[0]; alert !== undefined; alert = this.#alerts[0]) {
      await pipeline.alert(alert)
      this.#alerts.shift()
      this.#dispatcher.wake()
    }
    const untold = store.outbox.untold()
    for (const delivery of untold) await pipeline.tellOf(delivery)
    if (untold.length > 0) this.#dispatcher.wake()
    return untold.length > 0 ? 0 : LONGEST_NAP
  }

  async #settleNext(): Promise<number> {
    const { pipeline, store } = this.#instance
    const worked = await pipeline.settleNext()
    if (worked === 'worked') this.#dispatcher.wake()
    this.#settling ??= this.#stored
    const look = this.#settling
    if (look !== undefined && (store.inbound.oldestWaiting() ?? Infinity) > look.newest) {
      this.#settling = undefined
      // What waited for it is to go at once.
      if (this.#readAt !== look.at) this.#ring()
      this.#readAt = look.at
    }
    return worked === 'worked' ? 0 : LONGEST_NAP
  }

  /** Makes copies ahead of time and releases what is due; the answer is how long until the next instant. */
  async #releaseDue(): Promise<number> {
    let wait = LONGEST_NAP
    // Each by itself: one that cannot be made does not keep the others.
    for (const notice of this.#instance.store.scheduledNotices())
      wait = Math.min(
        wait,
        await this.#step(
          'release-failed',
          () => this.#release(notice),
          () => this.#hinders(notice, 'fault'),
        ),
      )
    return wait
  }

  async #release(notice: Notice): Promise<number> {
    const { pipeline, clock } = this.#instance
    const early = notice.sendAt - clock.now()
    if (early <= PREPARE_AHEAD) await pipeline.prepareCopies(notice)
    if (early > 0) return Math.max(1, notice.sendAt - clock.now())
    const around = { clock: clock.trust(), mailbox: this.#mailboxFor(notice), waitingSince: this.#startedAt }
    if (around.clock === 'doubtful') this.#hinders(notice, 'clock')
    if (around.mailbox === 'unread') this.#mailbox.poll()
    const released = await pipeline.releaseNotice(notice, around)
    this.#dispatcher.wake()
    return released === 'settled' ? 0 : SECOND
  }

  /** Tells the admins, once, why a notice that is due does not go. */
  #hinders(notice: Notice, why: 'clock' | 'fault'): void {
    if (this.#instance.clock.now() < notice.sendAt || this.#hindered.has(notice.id)) return
    this.#hindered.add(notice.id)
    this.#tell({ kind: 'notice-waits', notice: notice.id, why })
  }

  /** Anything late must not overtake a `cancel` that waits in the mailbox. */
  #mailboxFor(notice: Notice): Surroundings['mailbox'] {
    const late = this.#instance.clock.now() - notice.sendAt > PUNCTUAL
    const counts = (at: Instant | undefined) => at !== undefined && (!late || at >= notice.sendAt)
    if (counts(this.#readAt)) return 'settled'
    return counts(this.#stored?.at) ? 'stored' : 'unread'
  }

  async #nap(milliseconds: number): Promise<void> {
    const wake = new AbortController()
    this.#bell = () => wake.abort()
    await pause(milliseconds, undefined, { signal: wake.signal }).catch(() => undefined)
    this.#bell = undefined
  }
}
