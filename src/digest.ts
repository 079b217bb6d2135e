// SHA-256 as the program writes it.
import { createHash } from 'node:crypto'
import { parseSha256, type Sha256 } from './model/scalars.ts'

/** @throws never in practice: a digest has its length. */
export function sha256Of(octets: Uint8Array | string): Sha256 {
  const digest = parseSha256(createHash('sha256').update(octets).digest('hex'))
  if (digest === undefined) throw new Error('SHA-256 gave no digest')
  return digest
}
