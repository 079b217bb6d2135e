// SHA-256 as the program writes it.
import { createHash } from 'node:crypto'
import { parseSha256, type Sha256 } from './model/scalars.ts'

/** @throws never in practice: a digest has its length. */
export const sha256Of = (octets: Uint8Array | string): Sha256 => sha256OfPieces([octets])

/** Of one after the other. */
export function sha256OfPieces(pieces: readonly (Uint8Array | string)[]): Sha256 {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  const digest = parseSha256(hash.digest('hex'))
  if (digest === undefined) throw new Error('SHA-256 gave no digest')
  return digest
}
