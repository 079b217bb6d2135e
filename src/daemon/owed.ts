// Pays the acknowledgements that a limit postponed, about once a minute. It only asks whether there are any: what
// may go is decided and settled like all else.
import type { Instance } from '../instance/instance.ts'
import type { Instant } from '../model/scalars.ts'
import { later } from '../model/scalars.ts'
import { MINUTE } from '../model/time.ts'

export class OwedWatch {
  readonly #parts: Pick<Instance, 'pipeline' | 'clock'>
  #next: Instant | undefined

  constructor(parts: Pick<Instance, 'pipeline' | 'clock'>) {
    this.#parts = parts
  }

  /** The answer is in how many milliseconds to look again; `paid` is called when there is something to send. */
  async look(paid: () => void): Promise<number> {
    const { pipeline, clock } = this.#parts
    const now = clock.now()
    if (this.#next === undefined || this.#next <= now || this.#next > later(now, MINUTE)) {
      if ((await pipeline.payOwed()) === 'paid') paid()
      this.#next = later(now, MINUTE)
    }
    return Math.max(1, this.#next - now)
  }
}
