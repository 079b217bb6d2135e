// ASCII armor (RFC 9580 §6) in and out. Text around a block is ignored, the checksum is not looked at
// (§6.1: nothing may depend on it); whoever reads says how many blocks there may be.
import { armor, enums } from 'openpgp'
import { base64Length, letGo, writeBase64 } from '../model/octets.ts'

export type ArmorLabel = 'MESSAGE' | 'SIGNATURE' | 'PUBLIC KEY BLOCK' | 'PRIVATE KEY BLOCK'

const begin = /^-----BEGIN PGP ([A-Z ]{1,40})-----[ \t]*$/
const base64Line = /^[A-Za-z0-9+/]*={0,2}[ \t]*$/

/** The content of every block with this label, in order; a block that is cut short or no base64 is left out. */
export function armoredBlocks(octets: Uint8Array, label: ArmorLabel): readonly Uint8Array[] {
  const blocks: Uint8Array[] = []
  let place: 'outside' | 'header' | 'body' = 'outside'
  let body: string[] = []
  for (const line of Buffer.from(octets).toString('latin1').split(/\r?\n/)) {
    const opened = begin.exec(line)?.[1]
    if (opened !== undefined) {
      place = opened === label ? 'header' : 'outside'
      body = []
    } else if (place === 'header') {
      if (line.trim() === '') place = 'body'
    } else if (place === 'body') {
      if (line.trimEnd() === `-----END PGP ${label}-----`) {
        blocks.push(Buffer.from(body.join(''), 'base64'))
        place = 'outside'
      } else if (!base64Line.test(line)) {
        if (!line.startsWith('=')) place = 'outside'
      } else body.push(line.trimEnd())
    }
  }
  return blocks
}

/** Binary packets as they are (their first octet has bit 7 set, §4.2), or every armored block's content. */
export const packetBlocks = (octets: Uint8Array, label: ArmorLabel): readonly Uint8Array[] =>
  (octets[0] ?? 0) >= 0x80 ? [octets] : armoredBlocks(octets, label)

const labels = {
  MESSAGE: enums.armor.message,
  SIGNATURE: enums.armor.signature,
  'PUBLIC KEY BLOCK': enums.armor.publicKey,
  'PRIVATE KEY BLOCK': enums.armor.privateKey,
} as const satisfies Record<ArmorLabel, enums.armor>

/** Armored text with CRLF line ends and a checksum, without which some widespread readers refuse v4 data. */
export const armored = (octets: Uint8Array, label: ArmorLabel): string =>
  armor(labels[label], octets, undefined, undefined, undefined, true).replace(/\r?\n/g, '\r\n')

/** Octets of a line. */
const LINE_OCTETS = 48
/** Octets armored at a time: whole lines. */
const PIECE = LINE_OCTETS * 4_096

const START = '-----BEGIN PGP MESSAGE-----\r\n\r\n'
const endOf = (sum: Buffer | undefined): string =>
  `${sum === undefined ? '' : `=${sum.toString('base64')}\r\n`}-----END PGP MESSAGE-----\r\n`

/** A message that ends in SEIPD version 2 must not have one (RFC 9580 §6.1). */
type Checksum = 'with-checksum' | 'without-checksum'

/**
 * A message as armored text with CRLF line ends. Made here and not by the library, which takes ten times a large
 * message's size.
 */
export function armoredMessage(octets: Uint8Array, checksum: Checksum): Uint8Array {
  const end = endOf(checksum === 'with-checksum' ? crcOctets(crcOf(octets, CRC_START)) : undefined)
  const out = Buffer.allocUnsafe(START.length + base64Length(octets, 64) + end.length)
  const filled = writeBase64(octets, 64, out, out.write(START, 0, 'latin1'))
  out.write(end, filled, 'latin1')
  return out
}

/** The same, with its checksum, of a message in pieces; each is let go when its armor was made. */
export function* armoredPieces(pieces: readonly Uint8Array[]): Generator<Uint8Array, void> {
  const sum = crcOctets(pieces.reduce((crc, piece) => crcOf(piece, crc), CRC_START))
  yield Buffer.from(START)
  yield* armorLines(pieces)
  yield Buffer.from(endOf(sum))
}

/** Its lines alone, to which others lead up. */
export function* armorLines(pieces: readonly Uint8Array[]): Generator<Uint8Array, void> {
  // Less than a line, to go with what follows.
  let held: Buffer = Buffer.alloc(0)
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += PIECE) {
      const source: Buffer = Buffer.concat([held, piece.subarray(at, at + PIECE)])
      const whole = source.length - (source.length % LINE_OCTETS)
      if (whole > 0) yield lines(source.subarray(0, whole))
      held = Buffer.from(source.subarray(whole))
      letGo(source)
    }
    letGo(piece)
  }
  if (held.length > 0) yield lines(held)
}

/** Of the octets that many messages end in: how many, and their checksum by themselves. */
export type Span = { readonly octets: number; readonly crc: number }

export const spanOf = (pieces: readonly Uint8Array[]): Span => ({
  octets: pieces.reduce((sum, { length }) => sum + length, 0),
  crc: pieces.reduce((crc, piece) => crcOf(piece, crc), 0),
})

/**
 * What stands before and after the `armorLines` of what follows `prefix`, which ends in a short line.
 * @throws RangeError if the prefix is no multiple of 3 octets: base64 would have to end within the message.
 */
export function armorAround(
  prefix: Uint8Array,
  rest: Span,
  checksum: Checksum,
): { readonly before: Uint8Array; readonly after: Uint8Array } {
  if (prefix.length % 3 !== 0) throw new RangeError('the prefix does not end with its base64')
  const crc = shifted(crcOf(prefix, CRC_START), rest.octets) ^ rest.crc
  return {
    before: Buffer.concat([Buffer.from(START), lines(prefix)]),
    after: Buffer.from(checksum === 'with-checksum' ? endOf(crcOctets(crc)) : endOf(undefined)),
  }
}

function lines(octets: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(base64Length(octets, 64))
  writeBase64(octets, 64, out, 0)
  return out
}

/** RFC 9580 §6.1.1, one octet at a time. */
const CRC_START = 0xb704ce
const crcTable = Uint32Array.from({ length: 256 }, (_, octet) => {
  let crc = octet << 16
  for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc & 0x800000 ? 0x1864cfb : 0)
  return crc & 0xffffff
})

function crcOf(octets: Uint8Array, before: number): number {
  let crc = before
  for (let at = 0; at < octets.length; at += 1)
    crc = ((crc << 8) ^ (crcTable[((crc >> 16) ^ (octets[at] ?? 0)) & 0xff] ?? 0)) & 0xffffff
  return crc
}

/** The checksum after so many octets of zeros more: times x to the power of eight times as many. */
function shifted(crc: number, octets: number): number {
  let power = X8
  let result = crc
  for (let left = octets; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = times(result, power)
    power = times(power, power)
  }
  return result
}

/** x^8 as a polynomial over GF(2). */
const X8 = 0x100

/** The product of two polynomials over GF(2), reduced by that of the checksum. */
function times(a: number, b: number): number {
  let product = 0
  for (let bit = 23; bit >= 0; bit -= 1) {
    product = (product << 1) ^ (product & 0x800000 ? 0x1864cfb : 0)
    if ((b >> bit) & 1) product ^= a
  }
  return product & 0xffffff
}

const crcOctets = (crc: number): Buffer => Buffer.from([crc >> 16, (crc >> 8) & 0xff, crc & 0xff])
