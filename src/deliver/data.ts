// The octets of a mail on their way into the client, dot-stuffed here. The client looks at each octet by itself, which
// takes longer than all else of a large mail; we look for dots alone, and armor has none.
import { Readable, Transform } from 'node:stream'

const DOT = 0x2e
const [CR, LF] = [0x0d, 0x0a]

/** What stands before the first line ends nothing, and yet a line begins there. */
const START = LF

/** A mail to be read by the client, whose place in stuffing it takes. */
export class MailSource extends Readable {
  /** The client pipes a mail into its own transformation, and that into the connection. */
  override pipe<T extends NodeJS.WritableStream>(destination: T, options?: { end?: boolean }): T {
    if (destination instanceof Transform) {
      let last = START
      let ends = false
      destination._transform = (octets: Uint8Array, _encoding, done) => {
        const stuffed = dotStuffed(octets, last)
        ends =
          octets.length > 1 ? octets.at(-2) === CR && octets.at(-1) === LF : last === CR && octets[0] === LF
        last = octets.at(-1) ?? last
        done(null, stuffed)
      }
      // The final dot stands on a line of its own.
      destination._flush = done => done(null, ends ? '.\r\n' : '\r\n.\r\n')
    }
    return super.pipe(destination, options)
  }
}

/**
 * With each dot doubled that begins a line (RFC 5321 §4.5.2), also after a bare CR or LF, at which some servers end a
 * line. `before`: the octet before these.
 */
export function dotStuffed(octets: Uint8Array, before: number): Uint8Array {
  const pieces: Uint8Array[] = []
  let done = 0
  for (let at = octets.indexOf(DOT); at >= 0; at = octets.indexOf(DOT, at + 1)) {
    const previous = at === 0 ? before : octets[at - 1]
    if (previous !== LF && previous !== CR) continue
    // Up to the dot and with it; it stands there again at the beginning of what follows.
    pieces.push(octets.subarray(done, at + 1))
    done = at
  }
  return pieces.length === 0 ? octets : Buffer.concat([...pieces, octets.subarray(done)])
}
