// Large octets in hand: cutting them into pieces, and giving their memory back at once. The collector sees only small
// objects in front of large buffers, and would keep tens of megabytes of them for a while.

/** Octets of a piece, where large octets are stored, sent or hashed bit by bit. */
export const PIECE_OCTETS = 1024 * 1024

/** Views of at most a piece each, in order; none of no octets. */
export function* piecesOf(octets: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0; at < octets.length; at += PIECE_OCTETS) yield octets.subarray(at, at + PIECE_OCTETS)
}

/** Gives the memory back. Whoever calls this owns the octets, alone: they are empty afterwards. */
export function letGo(octets: Uint8Array): void {
  const { buffer } = octets
  // Small ones share their memory with others.
  if (buffer instanceof ArrayBuffer && octets.byteLength === buffer.byteLength && !buffer.detached)
    buffer.transfer(0)
}
