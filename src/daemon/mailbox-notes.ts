// Writes down how the mailbox is found, which `status` reads beside the daemon. A disk that fails meanwhile
// hinders nothing: the next look writes it again.
import type { Instance } from '../instance/instance.ts'
import type { Instant } from '../model/scalars.ts'
import type { MailboxState } from '../receive/mailbox-handler.ts'
import { isEnvironmentFault } from '../store/database.ts'
import type { Mailboxes } from '../store/mailboxes.ts'

export class MailboxNotes {
  readonly #parts: Pick<Instance, 'store' | 'clock' | 'config'>

  constructor(parts: Pick<Instance, 'store' | 'clock' | 'config'>) {
    this.#parts = parts
  }

  isIn(state: MailboxState): void {
    this.#note((mailboxes, name, now) => mailboxes.isIn(name, state, now))
  }

  wasLookedAt(): void {
    this.#note((mailboxes, name, now) => mailboxes.wasLookedAt(name, now))
  }

  #note(write: (mailboxes: Mailboxes, name: string, now: Instant) => void): void {
    const { store, clock, config } = this.#parts
    try {
      write(store.mailboxes, config.imap.mailbox, clock.now())
    } catch (error) {
      if (!isEnvironmentFault(error)) throw error
    }
  }
}
