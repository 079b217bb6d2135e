// What every measurement gives: named numbers with their unit and, where there is one, the target they are
// held against; and how they are printed.

export type Measured = {
  readonly what: string
  readonly value: number
  readonly unit: string
  readonly target?: { readonly at: 'most' | 'least'; readonly value: number }
}

export const measured = (what: string, value: number, unit: string): Measured => ({ what, value, unit })
export const atMost = (what: string, value: number, unit: string, most: number): Measured => ({
  ...measured(what, value, unit),
  target: { at: 'most', value: most },
})
export const atLeast = (what: string, value: number, unit: string, least: number): Measured => ({
  ...measured(what, value, unit),
  target: { at: 'least', value: least },
})

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
}

/** Whether a target is met; undefined where there is none. */
export function isMet({ value, target }: Measured): boolean | undefined {
  if (target === undefined) return undefined
  return target.at === 'most' ? value <= target.value : value >= target.value
}

/** One line of the table. */
export function lineOf(one: Measured): string {
  const { what, value, unit, target } = one
  const number = value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)
  const wanted = target === undefined ? '' : `${target.at === 'most' ? '≤' : '≥'} ${target.value}`
  const met = isMet(one)
  const verdict = met === undefined ? '' : met ? 'met' : 'MISSED'
  return `${what.padEnd(58)} ${number.padStart(9)} ${unit.padEnd(8)} ${wanted.padStart(7)} ${verdict}`.trimEnd()
}
