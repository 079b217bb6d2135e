// How old a signature is, counted to the first fetch of its mail (product.md §3).
import type { GoodSignature } from '../model/mail.ts'
import type { Instant } from '../model/scalars.ts'
import type { Limits } from '../model/settings.ts'
import { MINUTE } from '../model/time.ts'

/** A signature may be this far ahead of our clock (threats.md A10, K08). */
const CLOCK_SKEW = 5 * MINUTE

export function freshnessOf(
  { created }: GoodSignature,
  receivedAt: Instant,
  { commandMaxAge }: Limits,
): 'fresh' | 'old' | 'ahead' {
  if (created > receivedAt + CLOCK_SKEW) return 'ahead'
  return receivedAt - created > commandMaxAge ? 'old' : 'fresh'
}
