// When time next brings something about in a case, an application, a contact or an incident. The index lives in memory and is built at the start, since what
// is due follows from them and the policy alone, and the policy may be another one since the last start.
import type { Instant } from '../../model/scalars.ts'
import type { Settings } from '../../model/settings.ts'
import { type Ageing, type AgeingId, wakeAt } from './timed.ts'

export type Wake = { readonly of: AgeingId; readonly at: Instant }

export class Timeline {
  readonly #find: (id: AgeingId) => Ageing | undefined
  readonly #settings: Settings
  readonly #wakes = new Map<AgeingId, Instant>()
  #next: Wake | 'unknown' | undefined = 'unknown'

  constructor(open: Iterable<Ageing>, find: (id: AgeingId) => Ageing | undefined, settings: Settings) {
    this.#find = find
    this.#settings = settings
    for (const one of open) this.#note(one.id, one)
  }

  /** Looks again at what has changed or is new. */
  look(id: AgeingId): void {
    this.#note(id, this.#find(id))
  }

  /** Nothing happens there before that instant: what is due could not be carried out. */
  putOff(id: AgeingId, until: Instant): void {
    this.look(id)
    const at = this.#wakes.get(id)
    if (at !== undefined && at < until) this.#wakes.set(id, until)
  }

  /** The first of them; undefined: nothing will happen by itself. */
  next(): Wake | undefined {
    if (this.#next !== 'unknown') return this.#next
    let first: Wake | undefined
    for (const [id, at] of this.#wakes) if (first === undefined || at < first.at) first = { of: id, at }
    this.#next = first
    return first
  }

  #note(id: AgeingId, one: Ageing | undefined): void {
    const at = one && wakeAt(one, this.#settings)
    if (at === undefined) this.#wakes.delete(id)
    else this.#wakes.set(id, at)
    this.#next = 'unknown'
  }
}
