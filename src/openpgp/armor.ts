// ASCII armor (RFC 9580 §6) in and out. Text around a block is ignored, the checksum is not looked at
// (§6.1: nothing may depend on it); whoever reads says how many blocks there may be.
import { armor, enums } from 'openpgp'

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

/** As `armored`, but without checksum: a message that ends in SEIPD version 2 must not have one (§6.1). */
export const armoredWithoutChecksum = (octets: Uint8Array, label: ArmorLabel): string =>
  armor(labels[label], octets, undefined, undefined, undefined).replace(/\r?\n/g, '\r\n')
