// Start, stop and the loops: the mailbox fills the inbound queue, one worker settles it and releases what is
// due, the dispatcher empties the outbox. Queues and clock connect them, never a direct call.
import { setTimeout as pause } from 'node:timers/promises'
import { type ScheduledTask, schedule } from 'node-cron'
import { Dispatcher, type DispatcherOptions } from '../deliver/dispatch.ts'
import { sha256Of } from '../digest.ts'
import type { Instance } from '../instance/instance.ts'
import type { Ports } from '../instance/servers.ts'
import { logCode } from '../log.ts'
import type { Alert } from '../model/alert.ts'
import type { Notice } from '../model/notice.ts'
import { cronEvery } from '../model/time.ts'
import type { MailboxHandler, MailPlace } from '../receive/mailbox-handler.ts'
import { isEnvironmentFault } from '../store/database.ts'
import type { Claimed } from '../store/outbox.ts'
import { Alerts } from './alerts.ts'
import { DiskWatch, outlasting } from './disk-watch.ts'
import { Forgetting } from './forgetting.ts'
import { type Intake, laneFor, storing } from './intake.ts'
import { Looks } from './looks.ts'
import { MailboxNotes } from './mailbox-notes.ts'
import { Minutely } from './minutely.ts'
import { Releases } from './releases.ts'
import { rescan } from './rescan.ts'
import { LONGEST_NAP, step } from './step.ts'
import { TeamKeys } from './team-keys.ts'
import { Timekeeping } from './timekeeping.ts'

/** How often requests of the command line are looked for, in milliseconds. */
const REQUEST_CHECK = 250

/** Certificates that are verified ahead before all else gets its turn. */
const VERIFIED_AT_ONCE = 20

export class Daemon {
  readonly #instance: Omit<Instance, 'close'>
  readonly #mailbox: ReturnType<Ports['mailbox']>
  readonly #dispatcher: Dispatcher<Claimed>
  readonly #alerts: Alerts
  readonly #disk: DiskWatch
  readonly #forgetting: Forgetting
  readonly #notes: MailboxNotes
  readonly #owed: Minutely
  readonly #copies: Minutely
  readonly #teamKeys: TeamKeys
  readonly #looks: Looks
  readonly #releases: Releases
  readonly #timekeeping: Timekeeping
  #state: 'new' | 'running' | 'stopping' = 'new'
  #bell: (() => void) | undefined
  #rung = false
  #worker: Promise<void> = Promise.resolve()
  #ticks: ScheduledTask | undefined
  #requests: NodeJS.Timeout | undefined
  readonly #stopping = new AbortController()
  #rescan: Promise<void> = Promise.resolve()
  #dataVersion = 0
  /** Whether the mailbox was ever lost or refused us. */
  #troubled = false
  readonly #failure = Promise.withResolvers<'failed'>()

  /** Resolves when the daemon cannot go on and should be stopped. */
  readonly failed: Promise<'failed'> = this.#failure.promise

  constructor(instance: Omit<Instance, 'close'>, { mailbox, submission }: Ports) {
    this.#instance = instance
    this.#alerts = new Alerts(instance)
    this.#notes = new MailboxNotes(instance)
    const { clock, pipeline } = instance
    this.#owed = new Minutely(clock, () => pipeline.payOwed())
    this.#copies = new Minutely(clock, async () =>
      clock.trust() === 'trusted' ? pipeline.remindOfCopies() : 'nothing',
    )
    this.#teamKeys = new TeamKeys(instance)
    this.#disk = new DiskWatch(instance.store, instance.clock, alert => this.#tell(alert))
    this.#forgetting = new Forgetting(instance.store, instance.clock)
    this.#looks = new Looks(instance)
    this.#timekeeping = new Timekeeping(instance, this.#looks)
    this.#mailbox = mailbox(this.#handler())
    this.#dispatcher = new Dispatcher(this.#dispatcherOptions(submission))
    this.#releases = new Releases({
      ...instance,
      looks: this.#looks,
      mailbox: this.#mailbox,
      dispatcher: this.#dispatcher,
      disk: this.#disk,
      tell: alert => this.#tell(alert),
      stopping: this.#stopping.signal,
    })
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
    const isToGo = ({ id, sendAt }: Notice) => sendAt <= clock.now() && !this.#releases.isHindered(id)
    const busy = () => {
      const due = store.outbox.nextDueAt(this.#looks.mayGo)
      return (
        (this.#looks.readAt === undefined ? !this.#troubled : store.scheduledNotices().some(isToGo)) ||
        (store.safeMode.rescan() === 'due' && !this.#troubled) ||
        store.outbox.counts().sending > 0 ||
        this.#alerts.waiting ||
        this.#timekeeping.busy ||
        store.changesDue(clock.now()).length > 0 ||
        (due !== undefined && due <= clock.now())
      )
    }
    while (busy() && this.#state === 'running') await pause(REQUEST_CHECK / 5)
    return this.#looks.readAt === undefined ? 'mailbox' : 'idle'
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
        this.#looks.stored()
        this.#notes.wasLookedAt()
        this.#ring()
      },
      filing: outcome => {
        this.#alerts.filingIs(outcome)
        this.#ring()
      },
      vanished: () => {
        this.#alerts.mailVanished()
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
      outbox: {
        exchange: (answers, room, now) => store.outbox.exchange(answers, room, now, this.#looks.mayGo),
        nextDueAt: () => store.outbox.nextDueAt(this.#looks.mayGo),
      },
      submission,
      clock,
      connections: config.smtp.connections,
      mailsPerMinute: config.settings.mailsPerMinute,
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
        await this.#step('release-failed', () => this.#releases.step()),
        await this.#step('settle-failed', () => this.#settleNext()),
        await this.#step('time-failed', () => this.#timekeeping.step(() => this.#dispatcher.wake())),
        await this.#step('changes-failed', () => this.#tellChanges()),
        await this.#step('acknowledge-failed', () => this.#owed.look(() => this.#dispatcher.wake())),
        await this.#step('remind-failed', () => this.#copies.look(() => this.#dispatcher.wake())),
        await this.#step('team-keys-failed', () => this.#teamKeys.look(() => this.#dispatcher.wake())),
        // Last, so that it sees what the others could not encrypt.
        await this.#step('alert-failed', () => this.#sendAlerts()),
        await this.#step('forget-failed', () => this.#forgetting.step()),
        await this.#step('verify-failed', () => this.#verifyAhead()),
      ]
      const nap = Math.min(...waits, LONGEST_NAP)
      if (nap > 0 && !this.#rung) await this.#nap(nap)
    }
  }

  #step(failure: string, work: () => Promise<number>): Promise<number> {
    return step(work, failure, this.#instance.log)
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

  /** What takes a millisecond for each contact, and would be felt when a notice is to go at once. */
  async #verifyAhead(): Promise<number> {
    const { keyring, clock } = this.#instance
    for (let left = VERIFIED_AT_ONCE; left > 0; left -= 1)
      if ((await keyring.verifyAhead(clock.now())) === 'done') return LONGEST_NAP
    return 0
  }

  async #settleNext(): Promise<number> {
    const worked = await this.#instance.pipeline.settleNext()
    if (worked === 'worked') this.#dispatcher.wake()
    // What waited for it is to go at once.
    if (this.#looks.settled() === 'read') {
      this.#dispatcher.wake()
      this.#ring()
    }
    return worked === 'worked' ? 0 : LONGEST_NAP
  }

  async #nap(milliseconds: number): Promise<void> {
    const wake = new AbortController()
    this.#bell = () => wake.abort()
    await pause(milliseconds, undefined, { signal: wake.signal }).catch(() => undefined)
    this.#bell = undefined
  }
}
