// Every key of a profile, changed or taken away: what a generic walk over its YAML finds, and other values that the
// schema takes in its place. Nothing here knows what a key means.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { readProfile } from '../../src/config/profile.ts'
import type { ConfigProblem } from '../../src/config/source.ts'
import type { Policy } from '../../src/model/policy.ts'
import type { Result } from '../../src/model/result.ts'

export type Path = readonly (string | number)[]
export type Read = Result<Policy, readonly ConfigProblem[]>

/** `clocks[2].nags.before[0]`. */
export const pathText = (path: Path): string =>
  path.map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`)).join('')

/** Every key and every item of a list, a map or list before what is in it. */
export function pathsOf(value: unknown, above: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return []
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value)
  return [...keys].flatMap(key => {
    const path = [...above, key]
    return [path, ...pathsOf(valueAt(value, [key]), path)]
  })
}

export function valueAt(value: unknown, path: Path): unknown {
  let found = value
  for (const key of path) found = (found as Record<string | number, unknown>)[key]
  return found
}

/** The same with another value there; `undefined` takes it away. */
function withValue(value: unknown, [key, ...rest]: Path, changed: unknown): unknown {
  if (key === undefined) return changed
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >
  if (rest.length > 0 || changed !== undefined) copy[key] = withValue(copy[key], rest, changed)
  else if (Array.isArray(copy)) copy.splice(Number(key), 1)
  else delete copy[key]
  return copy
}

export class ProfileText {
  readonly #value: unknown
  readonly #folder: string
  #written = 0

  constructor(text: string, folder: string) {
    this.#value = parse(text)
    this.#folder = folder
  }

  get paths(): readonly Path[] {
    return pathsOf(this.#value)
  }

  at(path: Path): unknown {
    return valueAt(this.#value, path)
  }

  /** What comes of the profile with that value changed, or without it. */
  async read(path: Path = [], changed: unknown = path.length === 0 ? this.#value : undefined): Promise<Read> {
    this.#written += 1
    const file = join(this.#folder, `${this.#written}.yaml`)
    await writeFile(file, stringify(withValue(this.#value, path, changed)))
    return readProfile(file, 'tried')
  }

  /**
   * What comes of other values in its place: at most so many that are taken, and all that were refused on the way.
   * What the schema would take there it says in a refusal itself.
   */
  async others(
    path: Path,
    most: number,
  ): Promise<{ readonly taken: readonly Policy[]; readonly refused: readonly Read[] }> {
    const taken: Policy[] = []
    const refused: Read[] = []
    const tried = new Set<unknown>([this.at(path)])
    const candidates = [...likely(this.at(path))]
    for (const candidate of candidates) {
      if (tried.has(candidate) || taken.length === most) continue
      tried.add(candidate)
      const read = await this.read(path, candidate)
      if (read.ok) {
        taken.push(read.value)
        continue
      }
      refused.push(read)
      if (typeof candidate === 'string')
        for (const { text } of read.error) candidates.push(...text.split(/[\s,()]+/).slice(0, MOST_WORDS))
    }
    return { taken, refused }
  }
}

const MOST_WORDS = 30

/** Values of the same sort, the likely first. */
function likely(value: unknown): readonly unknown[] {
  if (typeof value === 'number') return [value + 1, value - 1, value - 2]
  if (typeof value !== 'string') return []
  const day = /^\d{4}-\d\d-\d\d$/.test(value)
    ? [
        Temporal.PlainDate.from(value).add({ days: 1 }).toString(),
        Temporal.PlainDate.from(value).add({ days: -1 }).toString(),
      ]
    : []
  const counted = value.replace(/[0-9]+(?=[a-z]+$)/, count => String(Number(count) + 1))
  const hour = value.replace(/^[0-9]{2}(?=:)/, hours => String((Number(hours) + 1) % 24).padStart(2, '0'))
  return [...day, counted, hour, `${value} as well`, `${value}-too`, 'America/New_York']
}
