// How much a test tries: little every day, all of it in a sweep. `npm run test:sweep` runs the tests that ask
// here, as all others, with EMBARGOD_SWEEP=1 for the full size, or a share of it: 0.1 is a tenth.

const given = process.env['EMBARGOD_SWEEP']

/** The share of the full size that is wanted; undefined every day. */
export const SWEEP: number | undefined = given === undefined ? undefined : shareOf(given)

/** A size or a count: a share of `full` in a sweep, but never less than `everyday`. */
export const upTo = (everyday: number, full: number): number =>
  Math.max(everyday, Math.round(full * (SWEEP ?? 0)))

function shareOf(text: string): number {
  const share = Number(text)
  if (share > 0) return share
  throw new Error(`EMBARGOD_SWEEP is a number above 0, and this is ${text}`)
}
