// Things as they arrive, mails or log lines, for whoever waits for one of them. It drops nothing.
import { EventEmitter, once } from 'node:events'
import { type Instant, instant } from '../model/scalars.ts'
import { SECOND } from '../model/time.ts'

/** Longest wait for anything that should happen at once. */
const PATIENCE = 15 * SECOND

export class Feed<Item> {
  readonly #items: Item[] = []
  readonly #news = new EventEmitter()
  #end: string | undefined

  /** All so far, oldest first. */
  get items(): readonly Item[] {
    return this.#items
  }

  add(item: Item): void {
    this.#items.push(item)
    this.#news.emit('news')
  }

  /** Nothing more will arrive; whoever waits is told why. */
  end(why: string): void {
    this.#end = why
    this.#news.emit('news')
  }

  /** The first that fits, past or future, from a position on. @throws if none came within 15 s. */
  async find(what: string, fits: (item: Item) => unknown, from = 0): Promise<Item> {
    const signal = AbortSignal.timeout(PATIENCE)
    for (;;) {
      const found = this.#items.slice(from).find(fits)
      if (found !== undefined) return found
      if (this.#end !== undefined) throw new Error(`${this.#end}, and there was no ${what}`)
      await once(this.#news, 'news', { signal }).catch(() => {
        throw new Error(`there was no ${what} within ${PATIENCE / SECOND} s`)
      })
    }
  }
}

/** The clock that the demo measures and tells by. */
export const wallClock = (): Instant => instant(Temporal.Now.instant().epochMilliseconds)
