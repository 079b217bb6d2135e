// When time next brings something about in a case. The index lives in memory and is built at the start, since what
// is due follows from the cases and the policy alone, and the policy may be another one since the last start.

import type { Case } from '../../model/case.ts'
import type { CaseId, Instant } from '../../model/scalars.ts'
import type { Settings } from '../../model/settings.ts'
import { wakeAt } from './timed.ts'

export type Wake = { readonly case: CaseId; readonly at: Instant }

export class Timeline {
  readonly #find: (id: CaseId) => Case | undefined
  readonly #settings: Settings
  readonly #wakes = new Map<CaseId, Instant>()
  #next: Wake | 'unknown' | undefined = 'unknown'

  constructor(open: Iterable<Case>, find: (id: CaseId) => Case | undefined, settings: Settings) {
    this.#find = find
    this.#settings = settings
    for (const theCase of open) this.#note(theCase.id, theCase)
  }

  /** Looks at a case again that has changed or is new. */
  look(id: CaseId): void {
    this.#note(id, this.#find(id))
  }

  /** Nothing happens in a case before that instant: what is due could not be carried out. */
  putOff(id: CaseId, until: Instant): void {
    this.look(id)
    const at = this.#wakes.get(id)
    if (at !== undefined && at < until) this.#wakes.set(id, until)
  }

  /** The first of them; undefined: nothing will happen by itself. */
  next(): Wake | undefined {
    if (this.#next !== 'unknown') return this.#next
    let first: Wake | undefined
    for (const [id, at] of this.#wakes) if (first === undefined || at < first.at) first = { case: id, at }
    this.#next = first
    return first
  }

  #note(id: CaseId, theCase: Case | undefined): void {
    const at = theCase && wakeAt(theCase, this.#settings)
    if (at === undefined) this.#wakes.delete(id)
    else this.#wakes.set(id, at)
    this.#next = 'unknown'
  }
}
