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

/**
 * A message as armored text with CRLF line ends. Made here and not by the library, which takes ten times a large
 * message's size. `checksum`: a message that ends in SEIPD version 2 must not have one (RFC 9580 §6.1).
 */
export function armoredMessage(
  octets: Uint8Array,
  checksum: 'with-checksum' | 'without-checksum',
): Uint8Array {
  const start = '-----BEGIN PGP MESSAGE-----\r\n\r\n'
  const sum = checksum === 'with-checksum' ? `=${crc24(octets).toString('base64')}\r\n` : ''
  const end = `${sum}-----END PGP MESSAGE-----\r\n`
  const out = Buffer.allocUnsafe(start.length + base64Length(octets, 64) + end.length)
  const filled = writeBase64(octets, 64, out, out.write(start, 0, 'latin1'))
  out.write(end, filled, 'latin1')
  return out
}

/** The same, with its checksum, of a message in pieces; each is let go when its armor was made. */
export function* armoredPieces(pieces: readonly Uint8Array[]): Generator<Uint8Array, void> {
  yield Buffer.from('-----BEGIN PGP MESSAGE-----\r\n\r\n')
  let crc = CRC_START
  // Less than a line, to go with what follows.
  let held: Buffer = Buffer.alloc(0)
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += PIECE) {
      const part = piece.subarray(at, at + PIECE)
      crc = crcOf(part, crc)
      const source: Buffer = Buffer.concat([held, part])
      const whole = source.length - (source.length % LINE_OCTETS)
      if (whole > 0) yield lines(source.subarray(0, whole))
      held = Buffer.from(source.subarray(whole))
      letGo(source)
    }
    letGo(piece)
  }
  if (held.length > 0) yield lines(held)
  yield Buffer.from(`=${crcOctets(crc).toString('base64')}\r\n-----END PGP MESSAGE-----\r\n`)
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

const crc24 = (octets: Uint8Array): Buffer => crcOctets(crcOf(octets, CRC_START))

function crcOf(octets: Uint8Array, before: number): number {
  let crc = before
  for (const octet of octets) crc = ((crc << 8) ^ (crcTable[((crc >> 16) ^ octet) & 0xff] ?? 0)) & 0xffffff
  return crc
}

const crcOctets = (crc: number): Buffer => Buffer.from([crc >> 16, (crc >> 8) & 0xff, crc & 0xff])
