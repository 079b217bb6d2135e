// What outlives a process: the data directory, the mailbox and the submission server with what they hold, and
// the time. A world can be copied, so that many fates start from the same past.
import { statSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../src/instance/clock.ts'
import type { Ports } from '../../src/instance/servers.ts'
import { type Instant, instant, later } from '../../src/model/scalars.ts'
import type { MailboxHandler } from '../../src/receive/mailbox-handler.ts'
import { DATABASE_FILE } from '../../src/store/database.ts'
import { LOCK_FILE } from '../../src/store/lock.ts'
import type { Store } from '../../src/store/store.ts'
import { wholeOf } from '../support/whole.ts'
import { Death, type Fate } from './fate.ts'

const UID_VALIDITY = 1

type Stored = { readonly uid: number; readonly octets: Uint8Array; readonly filed: boolean }
/** A mail that the server took. */
export type Taken = { readonly to: string; readonly at: Instant; readonly octets: Uint8Array }

type Past = {
  readonly folder: string
  readonly directory: string
  readonly maxMail: number
  readonly mailbox: readonly Stored[]
  readonly taken: readonly Taken[]
  readonly now: Instant
}

let directories = 0
const newDirectory = (folder: string): string => join(folder, `world-${++directories}`)

export class World {
  readonly #past: Past
  readonly #mailbox: Stored[]
  readonly #startedAt = performance.now()
  #ahead = 0
  readonly taken: Taken[]
  /** Where the data is; another one after each death. */
  directory: string

  constructor(past: Past) {
    this.#past = past
    this.#mailbox = [...past.mailbox]
    this.taken = [...past.taken]
    this.directory = past.directory
  }

  /** Another world with the same past, where it is `now`. No process may live in this one. */
  async copy(now: Instant = this.now()): Promise<World> {
    const { folder, maxMail } = this.#past
    const directory = newDirectory(folder)
    await cp(this.directory, directory, { recursive: true })
    return new World({ ...this, folder, maxMail, directory, mailbox: this.#mailbox, now })
  }

  /** Leaves the data as the dead process left it, before closing its connection can tidy anything up. */
  async forsake(): Promise<void> {
    const before = this.directory
    this.directory = newDirectory(this.#past.folder)
    await cp(before, this.directory, { recursive: true, filter: file => !file.endsWith(LOCK_FILE) })
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true })
  }

  now(): Instant {
    return later(this.#past.now, Math.floor(performance.now() - this.#startedAt) + this.#ahead)
  }

  get clock(): Clock {
    return { now: () => this.now(), trust: () => 'trusted', vouch: () => undefined }
  }

  advance(milliseconds: number): void {
    this.#ahead += milliseconds
  }

  /** Puts a mail into the mailbox. */
  deliver(octets: Uint8Array): void {
    this.#mailbox.push({ uid: this.#mailbox.length + 1, octets, filed: false })
  }

  /** UIDs of what was filed away. */
  get filed(): readonly number[] {
    return this.#mailbox.filter(({ filed }) => filed).map(({ uid }) => uid)
  }

  /** Differs after anything was written to disk, filed away or sent. */
  get size(): number {
    const log = statSync(join(this.directory, `${DATABASE_FILE}-wal`), { throwIfNoEntry: false })
    return (log?.size ?? 0) + this.filed.length + this.taken.length
  }

  /** Whether every mail in the mailbox is stored: a process that has not looked yet is not at rest. */
  isTaken(inbound: Pick<Store['inbound'], 'has'>): boolean {
    return this.#mailbox.every(({ uid }) => inbound.has('INBOX', UID_VALIDITY, uid))
  }

  /** The mailbox and the submission server as one process sees them. */
  ports(fate: Fate): Ports & { readonly poll: () => void; readonly isLooking: () => boolean } {
    let looks = 0
    let looking: Promise<void> = Promise.resolve()
    let ours: MailboxHandler | undefined
    const look = async () => {
      try {
        if (ours !== undefined) await this.#look(ours, fate)
      } catch (error) {
        // The connection ends with its process.
        if (!(error instanceof Death)) throw error
      } finally {
        looks -= 1
      }
      fate.onStep()
    }
    const poll = () => {
      looks += 1
      looking = looking.then(look)
    }
    return {
      poll,
      isLooking: () => looks > 0,
      mailbox: handler => {
        ours = handler
        return { start: poll, poll, stop: () => looking }
      },
      submission: {
        send: ({ to, octets }) =>
          fate.awaited('send', () => {
            this.taken.push({ to, at: this.now(), octets: wholeOf(octets) })
            return { kind: 'accepted', code: 250 }
          }),
        warm: async () => undefined,
        close: () => Promise.resolve(),
      },
    }
  }

  /** One look at the mailbox, in the order of src/receive/mailbox.ts. */
  async #look(handler: MailboxHandler, fate: Fate): Promise<void> {
    const mails = await fate.awaited('list', () => [...this.#mailbox])
    for (const { uid, octets, filed } of mails) {
      if (filed) continue
      const place = { mailbox: 'INBOX', uidValidity: UID_VALIDITY, uid }
      const isKnown = handler.isKnown(place.mailbox, place.uidValidity, uid) === 'stored'
      const isOversize = octets.length > this.#past.maxMail
      if (!isKnown && isOversize) {
        const header = await fate.awaited('header', () => octets.subarray(0, 200))
        await fate.awaited('storeOversize', () =>
          handler.storeOversize({ ...place, header, size: octets.length }),
        )
      } else if (!isKnown) {
        const fetched = await fate.awaited('fetch', () => octets)
        await fate.awaited('store', () => handler.store({ ...place, octets: fetched }))
      }
      if (isOversize) continue
      await fate.awaited('file', () => {
        this.#mailbox[uid - 1] = { uid, octets, filed: true }
      })
    }
    handler.settled()
  }
}

/** The time at which a first world begins. */
export const present = (): Instant => instant(Temporal.Now.instant().epochMilliseconds)
