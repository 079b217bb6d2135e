// How old a signature is, counted to the first fetch of its mail (product.md §3).
import type { Snapshot } from '../model/decision.ts'
import type { GoodSignature } from '../model/mail.ts'
import type { Instant } from '../model/scalars.ts'
import { MINUTE } from '../model/time.ts'

/** A signature may be this far ahead of our clock (threats.md A10, K08). */
const CLOCK_SKEW = 5 * MINUTE

export type Age = 'fresh' | 'old' | 'ahead' | 'before-restore'

export function freshnessOf(
  { created }: GoodSignature,
  receivedAt: Instant,
  { settings: { limits }, restoredAt }: Pick<Snapshot, 'settings' | 'restoredAt'>,
): Age {
  // It may have counted in the life that the backup does not know of.
  if (restoredAt !== undefined && created <= restoredAt) return 'before-restore'
  if (created > receivedAt + CLOCK_SKEW) return 'ahead'
  return receivedAt - created > limits.commandMaxAge ? 'old' : 'fresh'
}
