// The daemon while a passphrase is missing: mail is taken in, stored and filed, nothing is read or sent. The
// passphrase comes over the unlock socket; then lock and servers are handed over, and the daemon proper starts.

import type { Config } from '../config/config.ts'
import { errorCode } from '../config/permissions.ts'
import type { Secret } from '../config/secret.ts'
import { sha256Of } from '../digest.ts'
import { loadPlaces, type OpenFault } from '../instance/at-rest.ts'
import { wall } from '../instance/clock.ts'
import { type Held, holdDirectory } from '../instance/instance.ts'
import { Keyring, storageCertificate } from '../instance/keyring.ts'
import { type Log, logCode } from '../log.ts'
import { err, ok, type Result } from '../model/result.ts'
import { MINUTE } from '../model/time.ts'
import { encryptForStorage, encryptForStorageInPlace } from '../openpgp/encrypt.ts'
import { Mailbox } from '../receive/mailbox.ts'
import { openQueue, type Queue } from '../store/store.ts'
import { type Intake, laneFor, storing } from './intake.ts'
import { type UnlockAnswer, UnlockSocket } from './unlock-socket.ts'

export class LockedDaemon {
  readonly #held: Held
  readonly #queue: Queue
  readonly #intake: Intake
  readonly #mailbox: Mailbox
  #socket: UnlockSocket | undefined
  #polling: NodeJS.Timeout | undefined
  #entered: readonly Secret[] = []
  #trying: Promise<unknown> = Promise.resolve()
  readonly #keyring = Promise.withResolvers<Keyring>()
  readonly #look = Promise.withResolvers<'stored'>()
  readonly #trouble = Promise.withResolvers<'mailbox'>()

  /** Resolves when every key is open. */
  readonly unlocked: Promise<Keyring> = this.#keyring.promise
  /** Resolves when all mail that was in the mailbox is stored. */
  readonly stored: Promise<'stored'> = this.#look.promise
  /** Resolves when the mailbox could not be reached, was lost or refused us for the first time. */
  readonly mailboxTrouble: Promise<'mailbox'> = this.#trouble.promise

  private constructor(held: Held, queue: Queue, intake: Intake) {
    this.#held = held
    this.#queue = queue
    this.#intake = intake
    this.#mailbox = new Mailbox({
      server: held.servers.imap,
      maxMail: held.config.settings.limits.maxMail,
      handler: this.#handler(),
      log: intake.log,
    })
  }

  /** Takes the lock and opens what needs no secret. */
  static async open(configFile: string, log: Log): Promise<Result<LockedDaemon, OpenFault>> {
    const config = await loadPlaces(configFile)
    if (!config.ok) return config
    const certificate = await storageCertificate(config.value)
    if (!certificate.ok) return err({ kind: 'config', lines: [certificate.error] })
    const held = await holdDirectory(config.value)
    if (!held.ok) return held
    const queue = openSoundQueue(config.value)
    if (!queue.ok) {
      held.value.lock.release()
      return queue
    }
    const { inbound } = queue.value
    const encrypt: Intake['encrypt'] = (octets, now) => encryptForStorage(octets, certificate.value, now)
    const encryptInPlace: Intake['encryptInPlace'] = (octets, now) =>
      encryptForStorageInPlace(octets, certificate.value, now)
    const laneOf = laneFor(config.value)
    const intake = { inbound, encrypt, encryptInPlace, laneOf, clock: { now: wall }, log }
    return ok(new LockedDaemon(held.value, queue.value, intake))
  }

  async start(): Promise<void> {
    const { config } = this.#held
    const { log } = this.#intake
    log('locked')
    // Where no socket can be had, a restart with the passphrase in place still ends it.
    this.#socket = await UnlockSocket.listen(config.dataDirectory, one => this.#unlock(one)).catch(error => {
      log('unlock-unavailable', { why: logCode(errorCode(error)) })
      return undefined
    })
    this.#mailbox.start()
    const every = Math.min(config.imap.pollSeconds * 1000, MINUTE)
    this.#polling = setInterval(() => this.#mailbox.poll(), every)
  }

  /** Ends the intake and gives away what the daemon proper goes on with. */
  async handOver(): Promise<Held> {
    clearInterval(this.#polling)
    this.#socket?.close()
    await this.#mailbox.stop()
    this.#queue.close()
    return this.#held
  }

  async close(): Promise<void> {
    const { lock } = await this.handOver()
    lock.release()
    this.#intake.log('stopped')
  }

  #handler(): ConstructorParameters<typeof Mailbox>[0]['handler'] {
    const { inbound, log } = this.#intake
    return {
      isKnown: (mailbox, uidValidity, uid) => (inbound.has(mailbox, uidValidity, uid) ? 'stored' : 'new'),
      holds: octets => (inbound.hasOctets(sha256Of(octets)) ? 'stored' : 'new'),
      store: async ({ octets, ...place }) => (await storing(place, octets, octets.length, this.#intake))(),
      storeOversize: async ({ header, size, ...place }) =>
        (await storing(place, header, size, this.#intake))(),
      settled: () => this.#look.resolve('stored'),
      // Nobody can be told while locked. Refused filing shows itself anew; what vanished is in the log.
      filing: () => undefined,
      vanished: () => undefined,
      state: state => {
        log('mailbox', { state: logCode(state) })
        if (state !== 'connected') this.#trouble.resolve('mailbox')
      },
    }
  }

  /** One try after the other. */
  #unlock(passphrase: Secret): Promise<UnlockAnswer> {
    const trying = this.#trying.then(() => this.#try(passphrase))
    this.#trying = trying.catch(() => undefined)
    return trying
  }

  async #try(passphrase: Secret): Promise<UnlockAnswer> {
    const { config } = this.#held
    const { log } = this.#intake
    const before = await Keyring.load(config, this.#entered)
    const after = await Keyring.load(config, [...this.#entered, passphrase])
    if (after.ok) {
      log('unlocked')
      this.#keyring.resolve(after.value)
      return 'unlocked'
    }
    const isLocked = !before.ok && before.error.kind === 'locked' && after.error.kind === 'locked'
    if (isLocked && after.error.files.length < before.error.files.length) {
      this.#entered = [...this.#entered, passphrase]
      log('unlocked-partly', { locked: after.error.files.length })
      return 'partly'
    }
    log('unlock-refused')
    return 'wrong'
  }
}

/** A chain that was altered is not added to (threats.md L03). */
function openSoundQueue({ dataDirectory }: Config): Result<Queue, OpenFault> {
  const queue = openQueue(dataDirectory, 'write')
  if (!queue.ok) return err({ kind: 'config', lines: [queue.error.sentence] })
  const chain = queue.value.audit.verify()
  if (chain.ok) return queue
  queue.value.close()
  return err({ kind: 'config', lines: [`The audit chain is broken at row ${chain.seq}: restore a backup.`] })
}
