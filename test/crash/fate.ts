// When a process dies. Every call on a port of the daemon is a step; at the chosen one, before or after it is
// carried out, the fate throws, and from then on nothing more gets through.
import assert from 'node:assert/strict'

export type Blow = { readonly step: number; readonly side: 'before' | 'after' }

/** `changed`: afterwards something outlives the process that did not before. */
export type Step = { readonly name: string; changed: boolean }

export class Death extends Error {}

export class Fate {
  readonly #blow: Blow | undefined
  readonly #size: () => number
  #sizeBefore = 0
  readonly steps: Step[] = []
  #isDead = false
  /** Called after every step, and at death. */
  onStep: () => void = () => undefined

  /** Without a blow it never dies. `size` differs when anything that outlives the process was changed. */
  constructor(blow: Blow | undefined, size: () => number) {
    this.#blow = blow
    this.#size = size
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** One call that returns at once. */
  step<T>(name: string, call: () => T): T {
    const number = this.#enter(name)
    const result = call()
    this.#leave(number)
    return result
  }

  /** One call that is awaited. */
  async awaited<T>(name: string, call: () => Promise<T> | T): Promise<T> {
    const number = this.#enter(name)
    const result = await call()
    this.#leave(number)
    return result
  }

  #enter(name: string): number {
    if (this.#isDead) throw new Death(name)
    if (this.steps.length === 0) this.#sizeBefore = this.#size()
    const last = this.steps.at(-1)
    // The same look taken again, as while an id is drawn, is no other moment to die.
    if (last?.name === name && !last.changed) return this.steps.length
    this.steps.push({ name, changed: false })
    this.#strike(this.steps.length, 'before')
    return this.steps.length
  }

  #leave(number: number): void {
    if (this.#isDead) throw new Death(this.steps[number - 1]?.name)
    this.#strike(number, 'after')
    const size = this.#size()
    const step = this.steps[number - 1]
    if (step !== undefined) step.changed ||= size !== this.#sizeBefore
    this.#sizeBefore = size
    this.onStep()
  }

  #strike(step: number, side: Blow['side']): void {
    if (this.#blow?.step !== step || this.#blow.side !== side) return
    this.#isDead = true
    this.onStep()
    throw new Death(this.steps[step - 1]?.name)
  }
}

/** Asked by a timer of the daemon, so that counting it would make no two runs alike; it reads one number. */
const UNCOUNTED = ['dataVersion']

/** The same object, each of whose methods, and those of the parts named, is a step. */
export function mortal<T extends object>(
  target: T,
  fate: Fate,
  name: string,
  parts: readonly string[] = [],
): T {
  return new Proxy(target, {
    get(_, property) {
      const value: unknown = Reflect.get(target, property)
      const part = String(property)
      if (typeof value === 'function')
        return (...args: unknown[]) => {
          const call = (): unknown => Reflect.apply(value, target, args)
          return UNCOUNTED.includes(part) ? call() : fate.step(`${name}.${part}`, call)
        }
      if (!parts.includes(part)) return value
      assert.ok(typeof value === 'object' && value !== null)
      return mortal(value, fate, part)
    },
  })
}
