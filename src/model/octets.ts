// Large octets in hand: cutting them into pieces, writing them as base64, and giving their memory back at once. The
// collector sees only small objects in front of large buffers, and would keep tens of megabytes of them for a while.

/** Octets of a piece, where large octets are stored, sent or hashed bit by bit. */
export const PIECE_OCTETS = 1024 * 1024

/** Octets that may be too many to hold: `pieces` are made anew for each reader, and may turn out to be damaged. */
export type Octets = { readonly size: number; pieces(): Iterable<Uint8Array> }

/** Octets in hand. */
export const octetsOf = (whole: Uint8Array): Octets => ({ size: whole.length, pieces: () => [whole] })

/** Views of at most `most` octets each, in order; none of no octets. */
export function* piecesOf(octets: Uint8Array, most = PIECE_OCTETS): Generator<Uint8Array, void> {
  for (let at = 0; at < octets.length; at += most) yield octets.subarray(at, at + most)
}

/** Letters of a line: of armor (RFC 9580 §6), of a MIME part (RFC 2045 §6.8). */
type LineLetters = 64 | 76

/** Octets turned into base64 at a time: whole lines of either length, and few, so that no large string is made. */
const STEP = 8 * 48 * 57

/** How much `writeBase64` writes. */
export function base64Length({ length }: { readonly length: number }, lineLetters: LineLetters): number {
  const letters = Math.ceil(length / 3) * 4
  return letters + 2 * Math.ceil(letters / lineLetters)
}

const [CR, LF] = [0x0d, 0x0a]

/** Lines of base64, each with its CRLF, into `out` from `start` on. Returns where they end. */
export function writeBase64(
  octets: Uint8Array,
  lineLetters: LineLetters,
  out: Buffer,
  start: number,
): number {
  const source = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
  let filled = start
  for (let at = 0; at < source.length; at += STEP) {
    const letters = out.write(source.toString('base64', at, at + STEP), filled, 'latin1')
    // From the last line to the first each moves to its place: what it is moved onto has moved before.
    const lines = Math.ceil(letters / lineLetters)
    for (let line = lines - 1; line >= 0; line -= 1) {
      const from = filled + line * lineLetters
      const to = from + 2 * line
      const length = Math.min(lineLetters, letters - line * lineLetters)
      out.copyWithin(to, from, from + length)
      out[to + length] = CR
      out[to + length + 1] = LF
    }
    filled += letters + 2 * lines
  }
  return filled
}

/** Gives the memory back. Whoever calls this owns the octets, alone: they are empty afterwards. */
export function letGo(octets: Uint8Array): void {
  const { buffer } = octets
  // Small ones share their memory with others.
  if (buffer instanceof ArrayBuffer && octets.byteLength === buffer.byteLength && !buffer.detached)
    buffer.transfer(0)
}
