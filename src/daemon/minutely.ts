// What is looked at about once a minute, and no oftener, however often the worker has its turn: it only asks; what is to
// be done is decided and settled like all else.
import type { Clock } from '../instance/clock.ts'
import { type Instant, later } from '../model/scalars.ts'
import { MINUTE } from '../model/time.ts'

export class Minutely {
  readonly #clock: Pick<Clock, 'now'>
  readonly #work: () => Promise<string>
  #next: Instant | undefined

  /** @param work answers `nothing` where there is nothing to send. */
  constructor(clock: Pick<Clock, 'now'>, work: () => Promise<string>) {
    this.#clock = clock
    this.#work = work
  }

  /** The answer is in how many milliseconds to look again; `done` is called when there is something to send. */
  async look(done: () => void): Promise<number> {
    const now = this.#clock.now()
    if (this.#next === undefined || this.#next <= now || this.#next > later(now, MINUTE)) {
      if ((await this.#work()) !== 'nothing') done()
      this.#next = later(now, MINUTE)
    }
    return Math.max(1, this.#next - now)
  }
}
