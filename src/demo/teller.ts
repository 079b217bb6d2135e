// Tells the story line by line, each line with the time of day at which it happened.
import type { Instant } from '../model/scalars.ts'
import { wallClock } from './feed.ts'

export class Teller {
  readonly #out: (text: string) => void
  #chapter = 'The beginning'

  constructor(out: (text: string) => void) {
    this.#out = out
  }

  /** Where the story is, for saying which part of it does not hold. */
  get place(): string {
    return this.#chapter
  }

  chapter(title: string): void {
    this.#chapter = title
    this.#out(`\n${title}`)
  }

  tell(text: string, at: Instant = wallClock()): void {
    this.#out(`  ${timeOfDay(at)}  ${text}`)
  }

  /** Goes on with the line before. */
  more(text: string): void {
    this.#out(`${' '.repeat(16)}${text}`)
  }
}

/** `09:12:03.412`, UTC. */
const timeOfDay = (at: Instant): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toString({ smallestUnit: 'millisecond' }).slice(11, 23)
