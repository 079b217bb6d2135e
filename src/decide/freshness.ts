// How old a signature is, counted to the first fetch of its mail (product.md §3).
import type { Snapshot } from '../model/decision.ts'
import type { GoodSignature } from '../model/mail.ts'
import type { Instant } from '../model/scalars.ts'
import { MINUTE, SECOND } from '../model/time.ts'

/** A signature may be this far ahead of our clock (threats.md A10, K08). */
const CLOCK_SKEW = 5 * MINUTE

/** OpenPGP counts in whole seconds (RFC 9580 §3.5): what was signed within one may be dated before it. */
const GRAIN = SECOND

export type Age = 'fresh' | 'old' | 'ahead' | 'before-restore' | 'before-entitled'

export function freshnessOf(
  { created }: GoodSignature,
  receivedAt: Instant,
  { settings: { limits }, restoredAt }: Pick<Snapshot, 'settings' | 'restoredAt'>,
  /** Undefined: they never were. */
  since: Instant | undefined,
): Age {
  // It may have counted in the life that the backup does not know of.
  if (restoredAt !== undefined && created <= restoredAt) return 'before-restore'
  // Whoever joined the team does not make good what they signed before (threats.md A14).
  if (since === undefined || created + GRAIN <= since) return 'before-entitled'
  if (created > receivedAt + CLOCK_SKEW) return 'ahead'
  return receivedAt - created > limits.commandMaxAge ? 'old' : 'fresh'
}
