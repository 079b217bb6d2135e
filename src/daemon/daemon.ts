// Start, stop and the loops: the mailbox fills the inbound queue, one worker settles it and releases what is
// due, the dispatcher empties the outbox. Queues and clock connect them, never a direct call.
import { setTimeout as pause } from 'node:timers/promises'
import { type ScheduledTask, schedule } from 'node-cron'
import type { Surroundings } from '../decide/disclosure.ts'
import { Dispatcher, type DispatcherOptions } from '../deliver/dispatch.ts'
import { sha256Of } from '../digest.ts'
import type { Instance } from '../instance/instance.ts'
import type { Ports } from '../instance/servers.ts'
import { logCode } from '../log.ts'
import type { Notice } from '../model/notice.ts'
import type { Alert, NoticeWait } from '../model/order.ts'
import { type Instant, later, type NoticeId } from '../model/scalars.ts'
import { cronEvery, MINUTE, SECOND } from '../model/time.ts'
import type { MailboxHandler, MailPlace } from '../receive/mailbox.ts'
import { isEnvironmentFault } from '../store/database.ts'
import type { Claimed } from '../store/outbox.ts'
import { Alerts } from './alerts.ts'
import { DiskWatch, outlasting } from './disk-watch.ts'
import { Forgetting } from './forgetting.ts'
import { type Intake, laneFor, storing } from './intake.ts'
import { MailboxNotes } from './mailbox-notes.ts'
import { OwedWatch } from './owed.ts'
import { rescan } from './rescan.ts'

/** Copies are made this long before their instant. */
const PREPARE_AHEAD = 10 * MINUTE
/** Copies are made for so long at a stretch, and then all else gets its turn. */
const STRETCH = SECOND
/** Connections are opened this long before an instant. */
const WARM_AHEAD = 5 * SECOND
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
  readonly #instance: Omit<Instance, 'close'>
  readonly #mailbox: ReturnType<Ports['mailbox']>
  readonly #dispatcher: Dispatcher<Claimed>
  readonly #alerts: Alerts
  readonly #disk: DiskWatch
  readonly #forgetting: Forgetting
  readonly #notes: MailboxNotes
  readonly #owed: OwedWatch
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
  /** Notices at whose instant the mailbox was read, and that waited for nothing but commands since. */
  readonly #punctual = new Set<NoticeId>()
  /** Whether the mailbox was ever lost or refused us. */
  #troubled = false
  readonly #failure = Promise.withResolvers<'failed'>()

  /** Resolves when the daemon cannot go on and should be stopped. */
  readonly failed: Promise<'failed'> = this.#failure.promise

  constructor(instance: Omit<Instance, 'close'>, { mailbox, submission }: Ports) {
    this.#instance = instance
    this.#startedAt = instance.clock.now()
    this.#alerts = new Alerts(instance)
    this.#notes = new MailboxNotes(instance)
    this.#owed = new OwedWatch(instance)
    this.#disk = new DiskWatch(instance.store, instance.clock, alert => this.#tell(alert))
    this.#forgetting = new Forgetting(instance.store, instance.clock)
    this.#mailbox = mailbox(this.#handler())
    this.#dispatcher = new Dispatcher(this.#dispatcherOptions(submission))
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
    this.#requests = setInterval(
      () => void this.#step('requests-failed', () => this.#lookForRequests()),
      REQUEST_CHECK,
    )
    // IDLE tells of new mail at once; the tick is for servers that lack it, and for what IDLE missed.
    const poll = () => void this.#mailbox.poll()
    this.#ticks = schedule(cronEvery(config.imap.pollSeconds), poll)
    // One that was due while other work went on is made up for, and nothing is printed about it.
    this.#ticks.on('execution:missed', poll)
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

  /**
   * Resolves when the mailbox was read once, or could not be, all is settled and released that can be without it,
   * and nothing more can be sent now.
   */
  async idle(): Promise<'idle' | 'mailbox'> {
    const { store, clock } = this.#instance
    const isToGo = ({ id, sendAt }: Notice) => sendAt <= clock.now() && !this.#hindered.has(id)
    const busy = () => {
      const due = store.outbox.nextDueAt()
      return (
        (this.#readAt === undefined ? !this.#troubled : store.scheduledNotices().some(isToGo)) ||
        (store.safeMode.rescan() === 'due' && !this.#troubled) ||
        store.outbox.counts().sending > 0 ||
        this.#alerts.waiting ||
        store.changesDue(clock.now()).length > 0 ||
        (due !== undefined && due <= clock.now())
      )
    }
    while (busy() && this.#state === 'running') await pause(REQUEST_CHECK / 5)
    return this.#readAt === undefined ? 'mailbox' : 'idle'
  }

  #ring(): void {
    this.#rung = true
    this.#bell?.()
  }

  #handler(): MailboxHandler {
    const { store, keyring, config, clock, log } = this.#instance
    const encrypt: Intake['encrypt'] = (octets, now) => keyring.encryptForStorage(octets, now)
    const encryptInPlace: Intake['encryptInPlace'] = (octets, now) =>
      keyring.encryptForStorageInPlace(octets, now)
    const laneOf = laneFor(config)
    const intake: Intake = { inbound: store.inbound, encrypt, encryptInPlace, laneOf, clock, log }
    const receive = async (place: MailPlace, octets: Uint8Array, size: number) => {
      const store = await storing(place, octets, size, intake)
      await outlasting(store, () => this.#state === 'running', log)
      this.#ring()
    }
    return {
      isKnown: (mailbox, uidValidity, uid) =>
        store.inbound.has(mailbox, uidValidity, uid) ? 'stored' : 'new',
      holds: octets => (store.inbound.hasOctets(sha256Of(octets)) ? 'stored' : 'new'),
      store: ({ octets, ...place }) => receive(place, octets, octets.length),
      storeOversize: ({ header, size, ...place }) => receive(place, header, size),
      settled: () => {
        this.#stored = { at: clock.now(), newest: store.inbound.newest() ?? 0 }
        this.#notes.wasLookedAt()
        this.#ring()
      },
      filing: outcome => {
        this.#alerts.filingIs(outcome)
        this.#ring()
      },
      state: (state, uidValidity) => {
        log('mailbox', { state: logCode(state) })
        this.#notes.isIn(state)
        this.#alerts.mailboxIs(state, uidValidity)
        this.#troubled ||= state !== 'connected'
        this.#ring()
      },
    }
  }

  #dispatcherOptions(submission: Ports['submission']): DispatcherOptions<Claimed> {
    const { store, config, clock, log } = this.#instance
    return {
      outbox: store.outbox,
      submission,
      clock,
      connections: config.smtp.connections,
      inDoubtWait: config.settings.limits.inDoubtWait,
      onFailure: () => this.#ring(),
      mayPass: isEnvironmentFault,
      onFatal: () => {
        log('dispatcher-stopped')
        this.#failure.resolve('failed')
      },
      log,
    }
  }

  #tell(alert: Alert): void {
    this.#alerts.add(alert)
    this.#ring()
  }

  async #lookForRequests(): Promise<number> {
    const version = this.#instance.store.inbound.dataVersion()
    if (version !== this.#dataVersion) this.#ring()
    this.#dataVersion = version
    return REQUEST_CHECK
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
        await this.#step('changes-failed', () => this.#tellChanges()),
        await this.#step('acknowledge-failed', () => this.#owed.look(() => this.#dispatcher.wake())),
        // Last, so that it sees what the others could not encrypt.
        await this.#step('alert-failed', () => this.#sendAlerts()),
        await this.#step('forget-failed', () => this.#forgetting.step()),
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

  async #tellChanges(): Promise<number> {
    if ((await this.#instance.pipeline.tellChanges()) === 'told') this.#dispatcher.wake()
    return LONGEST_NAP
  }

  async #sendAlerts(): Promise<number> {
    if ((await this.#alerts.tell()) === 'nothing') return LONGEST_NAP
    this.#dispatcher.wake()
    return 0
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
    const { store, clock } = this.#instance
    const notices = store.scheduledNotices()
    const now = clock.now()
    const end = later(now, STRETCH)
    const until = notices.find(({ sendAt }) => sendAt > now && sendAt < end)?.sendAt ?? end
    let wait = LONGEST_NAP
    // Each by itself: one that cannot be made does not keep the others.
    for (const notice of notices)
      wait = Math.min(
        wait,
        await this.#step(
          'release-failed',
          () => this.#release(notice, until),
          () => this.#hinders(notice, 'fault'),
        ),
      )
    return wait
  }

  async #release(notice: Notice, until: Instant): Promise<number> {
    const { pipeline, clock } = this.#instance
    const early = notice.sendAt - clock.now()
    if (early <= PREPARE_AHEAD) {
      const prepared = await pipeline.prepareCopies(notice, until, this.#stopping.signal)
      if (prepared === 'more') return 0
    }
    if (early > 0) {
      this.#hindered.delete(notice.id)
      this.#punctual.delete(notice.id)
      if (early <= WARM_AHEAD) this.#dispatcher.warm()
      const next = early > WARM_AHEAD ? notice.sendAt - WARM_AHEAD : notice.sendAt
      return Math.max(1, next - clock.now())
    }
    const around = { clock: clock.trust(), mailbox: this.#mailboxFor(notice), waitingSince: this.#startedAt }
    const doubtful = around.clock === 'doubtful'
    if (doubtful || !this.#disk.hasRoomToDisclose()) {
      this.#hinders(notice, doubtful ? 'clock' : 'room')
      return SECOND
    }
    if (around.mailbox === 'unread') this.#mailbox.poll()
    const released = await pipeline.releaseNotice(notice, around)
    this.#dispatcher.wake()
    if (released === 'settled') this.#punctual.delete(notice.id)
    return released === 'settled' ? 0 : SECOND
  }

  /** Tells the admins, once, why a notice that is due does not go. */
  #hinders(notice: Notice, why: NoticeWait): void {
    if (this.#instance.clock.now() < notice.sendAt || this.#hindered.has(notice.id)) return
    this.#hindered.add(notice.id)
    this.#tell({ kind: 'notice-waits', notice: notice.id, why })
  }

  /** Anything late must not overtake a `cancel` that waits in the mailbox. */
  #mailboxFor(notice: Notice): Surroundings['mailbox'] {
    const late = this.#instance.clock.now() - notice.sendAt > PUNCTUAL && !this.#punctual.has(notice.id)
    const counts = (at: Instant | undefined) => at !== undefined && (!late || at >= notice.sendAt)
    if (counts(this.#readAt)) {
      if (!late) this.#punctual.add(notice.id)
      return this.#instance.store.inbound.commandWaits(notice.sendAt) ? 'commands-wait' : 'settled'
    }
    return counts(this.#stored?.at) ? 'stored' : 'unread'
  }

  async #nap(milliseconds: number): Promise<void> {
    const wake = new AbortController()
    this.#bell = () => wake.abort()
    await pause(milliseconds, undefined, { signal: wake.signal }).catch(() => undefined)
    this.#bell = undefined
  }
}
