// At most one backup at a time, beside all other work, since it may take minutes: an instant that comes meanwhile
// is kept. What came of it is settled like the answer to any request.
import type { Config } from '../config/config.ts'
import type { Clock } from '../instance/clock.ts'
import type { Keyring } from '../instance/keyring.ts'
import type { Log } from '../log.ts'
import type { Result } from '../model/result.ts'
import type { InboundId } from '../model/scalars.ts'
import type { Store } from '../store/store.ts'
import { type BackupMade, makeBackup } from './backup-file.ts'

type Parts = {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly store: Store
  readonly keyring: Keyring
}

export class Backups {
  readonly #parts: Parts
  readonly #stopping = new AbortController()
  #underWay: { readonly inbound: InboundId; readonly done: Promise<void> } | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The request of the one that is being made. */
  get underWay(): InboundId | undefined {
    return this.#underWay?.inbound
  }

  /** Returns at once; `settle` is called when it is made, or cannot be. */
  start(
    inbound: InboundId,
    file: string,
    settle: (made: Result<BackupMade, string>) => Promise<unknown>,
  ): 'started' | 'another-is-being-made' {
    if (this.#underWay !== undefined) return 'another-is-being-made'
    this.#underWay = { inbound, done: this.#make(inbound, file, settle) }
    return 'started'
  }

  /** Resolves when none is under way; `abandon`: it is left for the next start. */
  async ended(how: 'finish' | 'abandon'): Promise<void> {
    if (how === 'abandon') this.#stopping.abort()
    await this.#underWay?.done
  }

  async #make(inbound: InboundId, file: string, settle: Parameters<Backups['start']>[2]): Promise<void> {
    const { store, keyring, clock, config, log } = this.#parts
    const { signal } = this.#stopping
    const parts = { store, keyring, directory: config.dataDirectory, now: clock.now(), signal }
    const made = await makeBackup(parts, file)
    // One that is abandoned waits in the queue still, and is made after the next start.
    if (!signal.aborted) await settle(made).catch(() => log('backup-not-settled', { inbound }))
    this.#underWay = undefined
  }
}
