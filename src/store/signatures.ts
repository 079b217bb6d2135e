// Signatures that were used: each counts once, whatever came of it, and is remembered for ever.
import type { Fingerprint, InboundId, Instant } from '../model/scalars.ts'
import type { Database } from './database.ts'

/** What stays the same however the mail around a signature is changed (threats.md A09). */
export type SignatureIdentity = { readonly primary: Fingerprint; readonly hashValue: string }

export const isUsed = (database: Database, { primary, hashValue }: SignatureIdentity): boolean =>
  database
    .prepare<[Fingerprint, string]>('SELECT 1 FROM one_shot WHERE primary_key = ? AND hash_value = ?')
    .get(primary, hashValue) !== undefined

/** Within the caller's transaction, after `isUsed` said no. */
export function markUsed(
  database: Database,
  { primary, hashValue }: SignatureIdentity,
  now: Instant,
  inbound: InboundId | undefined,
): void {
  database
    .prepare<[Fingerprint, string, Instant, InboundId | null]>(
      'INSERT INTO one_shot (primary_key, hash_value, at, inbound) VALUES (?, ?, ?, ?)',
    )
    .run(primary, hashValue, now, inbound ?? null)
}
