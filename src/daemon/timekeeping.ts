// Lets time pass for the cases: when a reminder or another timed rule is due, it is carried out, once. What is due
// is decided in src/decide/timed.ts; here it is only waited for.
import type { Instance } from '../instance/instance.ts'
import { type Instant, later } from '../model/scalars.ts'
import { MINUTE, SECOND } from '../model/time.ts'
import { LONGEST_NAP } from './step.ts'

/** How long after the start an unread mailbox keeps what is due: a command that waits there may have settled it. */
const MAILBOX_PATIENCE = 2 * MINUTE
/** Cases at a stretch, and then all else gets its turn. */
const STRETCH = 20

export class Timekeeping {
  readonly #parts: Pick<Instance, 'pipeline' | 'clock' | 'store'>
  readonly #mailbox: { readonly readAt: Instant | undefined }
  readonly #startedAt: Instant

  constructor(
    parts: Pick<Instance, 'pipeline' | 'clock' | 'store'>,
    mailbox: { readonly readAt: Instant | undefined },
  ) {
    this.#parts = parts
    this.#mailbox = mailbox
    this.#startedAt = parts.clock.now()
  }

  /** Whether something is due now that is not carried out yet. */
  get busy(): boolean {
    const wake = this.#parts.pipeline.nextWake()
    return wake !== undefined && this.#mayAct() && wake.at <= this.#parts.clock.now()
  }

  /** The answer is how many milliseconds until the next; `sent` is called when there is something to send. */
  async step(sent: () => void): Promise<number> {
    const { pipeline, clock } = this.#parts
    for (let count = 0; count < STRETCH; count += 1) {
      const wake = pipeline.nextWake()
      if (wake === undefined) return LONGEST_NAP
      const early = wake.at - clock.now()
      if (early > 0) return early
      if (!this.#mayAct()) return SECOND
      if ((await pipeline.timePassed(wake.case)) === 'settled') sent()
    }
    return 0
  }

  #mayAct(): boolean {
    const { clock, store } = this.#parts
    if (clock.trust() === 'doubtful' || store.safeMode.mode === 'safe') return false
    return this.#mailbox.readAt !== undefined || clock.now() > later(this.#startedAt, MAILBOX_PATIENCE)
  }
}
