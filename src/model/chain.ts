// The audit chain as others than the store know it: by its last row alone.
import type { Sha256 } from './scalars.ts'

/** The newest row; seq 0 and a hash of zeros before the first. */
export type ChainHead = { readonly seq: number; readonly hash: Sha256 }
