// How far the mailbox is read: when it was looked at, and whether all that lay there then is stored, and settled.
// What is late waits for that, lest it overtake the mail that would stop it.
import type { Instance } from '../instance/instance.ts'
import type { Instant } from '../model/scalars.ts'

/** A look at the mailbox; `newest`: the last inbound mail stored by its end, 0 for none. */
type Look = { readonly at: Instant; readonly newest: number }

export class Looks {
  readonly #parts: Pick<Instance, 'store' | 'clock'>
  /** The last look at the mailbox all of whose mail is stored. */
  #stored: Look | undefined
  /** The look whose mail is being settled; mail that comes in meanwhile does not put off its end. */
  #settling: Look | undefined
  #readAt: Instant | undefined

  constructor(parts: Pick<Instance, 'store' | 'clock'>) {
    this.#parts = parts
  }

  /** When the mailbox was looked at whose mail was last settled as a whole. */
  get readAt(): Instant | undefined {
    return this.#readAt
  }

  /** When the mailbox was last looked at whose mail is stored as a whole. */
  get storedAt(): Instant | undefined {
    return this.#stored?.at
  }

  /**
   * Which mail may go: no copy of a notice overtakes a `cancel` that lay in the mailbox when this process started
   * (threats.md H11).
   */
  get mayGo(): 'all' | 'but-copies' {
    return this.#readAt === undefined ? 'but-copies' : 'all'
  }

  /** All that lies in the mailbox at this moment is stored. */
  stored(): void {
    const { store, clock } = this.#parts
    this.#stored = { at: clock.now(), newest: store.inbound.newest() ?? 0 }
  }

  /** Some mail, or none, was settled; `read`: with it all of a look. */
  settled(): 'read' | 'as-before' {
    this.#settling ??= this.#stored
    const look = this.#settling
    const oldest = this.#parts.store.inbound.oldestWaiting() ?? Infinity
    if (look === undefined || oldest <= look.newest) return 'as-before'
    const before = this.#readAt
    this.#settling = undefined
    this.#readAt = look.at
    return before === look.at ? 'as-before' : 'read'
  }
}
