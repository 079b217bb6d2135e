// Watches the disk under the store: tells the admins of its faults once for a time of trouble (the log says so
// each time), and whether a disclosure has the room that its ledger needs.
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../instance/clock.ts'
import type { Log } from '../log.ts'
import type { Alert } from '../model/alert.ts'
import type { Instant } from '../model/scalars.ts'
import { HOUR, SECOND } from '../model/time.ts'
import { isEnvironmentFault } from '../store/database.ts'
import type { Store } from '../store/store.ts'

/** Admins are not told of faults more often. */
const TOLD_EVERY = HOUR
/** Octets below which no notice is released: what is sent, and telling of it, must fit (threats.md J04). */
const ROOM_TO_DISCLOSE = 32 * 1024 * 1024

export class DiskWatch {
  readonly #store: Pick<Store, 'room'>
  #toldAt: Instant | undefined

  /** @param tell keeps an alert until it can be stored, so until the trouble is over. */
  constructor(store: Pick<Store, 'room' | 'onFault'>, clock: Clock, tell: (alert: Alert) => void) {
    this.#store = store
    store.onFault(() => {
      const now = clock.now()
      if (this.#toldAt !== undefined && Math.abs(now - this.#toldAt) < TOLD_EVERY) return
      this.#toldAt = now
      tell({ kind: 'disk-failed', since: now })
    })
  }

  hasRoomToDisclose(): boolean {
    return this.#store.room() >= ROOM_TO_DISCLOSE
  }
}

/** Waits out a fault of the disk while it may, so that the mailbox need not be lost for it. */
export async function outlasting(work: () => Promise<void>, mayWait: () => boolean, log: Log): Promise<void> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isEnvironmentFault(error) || !mayWait()) throw error
    }
    log('store-waits')
    await pause(SECOND)
  }
}
