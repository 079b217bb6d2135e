// One instance for all attacks that are tested in the test's own process: making one costs more than many mails.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Line } from '../support/line.ts'

const ends: (() => void | Promise<void>)[] = []
let making: Promise<Line> | undefined

/** Where what is made along the way is handed over, to be closed when all is done. */
export const atTheEnd = { after: (end: () => void | Promise<void>): void => void ends.push(end) }

export const sharedLine = (): Promise<Line> => {
  making ??= Line.make(atTheEnd)
  return making
}

/** A stranger's case on that instance, and of its state what attacks must leave as it is. */
export class Target {
  readonly line: Line
  readonly id: string
  #state: string
  #count = 0

  private constructor(line: Line, id: string) {
    this.line = line
    this.id = id
    this.#state = line.state([id])
  }

  static async make(): Promise<Target> {
    const line = await sharedLine()
    return new Target(line, await line.report())
  }

  /** A number that no mail bore before: no two are then the same. */
  next(): number {
    this.#count += 1
    return this.#count
  }

  /** A command that would change it. */
  note(): string {
    return `embargod acme\nnote ${this.id} <<\n${this.next()}\n.\n`
  }

  unchanged(name = 'its state'): void {
    assert.equal(this.line.state([this.id]), this.#state, name)
  }

  changed(): void {
    assert.notEqual(this.line.state([this.id]), this.#state)
    this.#state = this.line.state([this.id])
  }
}

// What was started last ends first.
test.after(async () => {
  const failures: unknown[] = []
  for (const end of ends.toReversed()) await Promise.try(end).catch(error => failures.push(error))
  if (failures.length > 0) throw new AggregateError(failures)
})
