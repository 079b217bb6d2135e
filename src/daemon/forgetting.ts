// Lets the store forget what has ended, at the start and every hour. By a clock in doubt nothing has ended.
import type { Clock } from '../instance/clock.ts'
import type { Instant } from '../model/scalars.ts'
import { HOUR } from '../model/time.ts'
import type { Store } from '../store/store.ts'

const EVERY = HOUR

export class Forgetting {
  readonly #store: Pick<Store, 'forgetEnded'>
  readonly #clock: Clock
  #lastAt: Instant | undefined

  constructor(store: Pick<Store, 'forgetEnded'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** The answer is in how many milliseconds there may be more to forget. */
  async step(): Promise<number> {
    const now = this.#clock.now()
    if (this.#clock.trust() === 'doubtful') return EVERY
    if (this.#lastAt !== undefined && Math.abs(now - this.#lastAt) < EVERY) return EVERY
    this.#store.forgetEnded(now)
    this.#lastAt = now
    return EVERY
  }
}
