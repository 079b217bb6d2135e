// Octets in pieces, put together as their reader would have them.
import type { Octets } from '../../src/model/octets.ts'

export const wholeOf = (octets: Octets): Buffer => Buffer.concat([...octets.pieces()])
