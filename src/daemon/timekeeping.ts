// Lets time pass for cases, applications and contacts: when a reminder or another timed rule is due, it is carried out, once. What is due
// is decided in src/decide/time/timed.ts; here it is only waited for.

import type { Wake } from '../decide/time/timeline.ts'
import type { Instance } from '../instance/instance.ts'
import { type Instant, later } from '../model/scalars.ts'
import { MINUTE, SECOND } from '../model/time.ts'
import { LONGEST_NAP } from './step.ts'

/** How long after the start an unread mailbox keeps what is due: a command that waits there may have settled it. */
const MAILBOX_PATIENCE = 2 * MINUTE
/** Cases at a stretch, and then all else gets its turn. */
const STRETCH = 20
/** A case that fails waits so long, and keeps no other case waiting. */
const FAULT_PAUSE = MINUTE

type Parts = {
  readonly pipeline: Pick<Instance['pipeline'], 'nextWake' | 'timePassed' | 'putOff'>
  readonly clock: Pick<Instance['clock'], 'now' | 'trust'>
  readonly store: { readonly safeMode: Pick<Instance['store']['safeMode'], 'mode'> }
}

export class Timekeeping {
  readonly #parts: Parts
  readonly #mailbox: { readonly readAt: Instant | undefined }
  readonly #startedAt: Instant

  constructor(parts: Parts, mailbox: { readonly readAt: Instant | undefined }) {
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
      if ((await this.#carryOut(wake)) === 'settled') sent()
    }
    return 0
  }

  async #carryOut({ of: id }: Wake): Promise<'settled' | 'not-yet'> {
    const { pipeline, clock } = this.#parts
    try {
      const done = await pipeline.timePassed(id)
      // It is not there any more, or its time has not come yet: it is never asked again without a pause.
      if (done === 'not-yet') pipeline.putOff(id, later(clock.now(), SECOND))
      return done
    } catch (error) {
      pipeline.putOff(id, later(clock.now(), FAULT_PAUSE))
      throw error
    }
  }

  #mayAct(): boolean {
    const { clock, store } = this.#parts
    if (clock.trust() === 'doubtful' || store.safeMode.mode === 'safe') return false
    return this.#mailbox.readAt !== undefined || clock.now() > later(this.#startedAt, MAILBOX_PATIENCE)
  }
}
