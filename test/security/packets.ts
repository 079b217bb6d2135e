// Takes OpenPGP packets apart and puts other ones together, for what no program writes.
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { encryptSessionKey, readKey } from 'openpgp'
import { armor, dearmor, headerLength, packet, packetsOf } from '../openpgp/material.ts'
import type { GnuPG } from '../support/gpg.ts'

const SIGNATURE = 2

/** A version 4 signature (RFC 9580 §5.2.3): only `head` is hashed. */
export type SignatureParts = {
  readonly head: Buffer
  /** Subpackets that anybody can change. */
  readonly unhashed: Buffer
  /** Left 16 bits of the hash value, and the signature itself. */
  readonly tail: Buffer
}

export const bodyOf = (octets: Buffer): Buffer => octets.subarray(headerLength(octets))

export const tagOf = ([head = 0]: Uint8Array): number => (head & 0x40 ? head & 0x3f : (head >> 2) & 0x0f)

/** Takes apart the body of a signature packet. */
export function partsOf(body: Buffer): SignatureParts {
  const hashedEnd = 6 + body.readUInt16BE(4)
  const unhashedEnd = hashedEnd + 2 + body.readUInt16BE(hashedEnd)
  return {
    head: body.subarray(0, hashedEnd),
    unhashed: body.subarray(hashedEnd + 2, unhashedEnd),
    tail: body.subarray(unhashedEnd),
  }
}

export function signaturePacket({ head, unhashed, tail }: SignatureParts): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(unhashed.length)
  return packet(SIGNATURE, Buffer.concat([head, length, unhashed, tail]))
}

/** An armored signature, changed where it is not hashed or not canonical. */
export const reworked = (
  armored: string,
  change: (parts: SignatureParts) => Partial<SignatureParts>,
): string => {
  const parts = partsOf(bodyOf(dearmor(armored)))
  return armor('SIGNATURE', signaturePacket({ ...parts, ...change(parts) }))
}

/** A subpacket of the unhashed area: its type, then its data. */
export const subpacket = (type: number, data: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([data.length + 1, type]), data])

export const ISSUER = 16

/** A signature that names another key as the one it was made by. */
export const claiming = (person: GnuPG, armored: string): string =>
  reworked(armored, () => ({
    unhashed: subpacket(ISSUER, Buffer.from(person.fingerprint.slice(-16), 'hex')),
  }))

/** The owner's certificate with the newest subkey of another behind it, bound by that other. */
export async function grafted(owner: GnuPG, other: GnuPG): Promise<Buffer> {
  const foreign = packetsOf(await other.exportPublic()).slice(-2)
  return Buffer.concat([await owner.exportPublic(), ...foreign])
}

/** The literal data packet of a message with other things around the same data (RFC 9580 §5.9). */
export function literalAround(data: Uint8Array, format: 'b' | 't' | 'u', fileName: string): Buffer {
  const date = Buffer.from([1, 2, 3, 4])
  const name = Buffer.from(fileName)
  return packet(11, Buffer.concat([Buffer.from(format), Buffer.from([name.length]), name, date, data]))
}

/** The data of a literal data packet. */
export function dataOf(literal: Buffer): Buffer {
  const body = bodyOf(literal)
  return body.subarray(2 + (body[1] ?? 0) + 4)
}

/** Packets as they are, encrypted to a certificate by whoever has them (RFC 9580 §5.13.1). */
export async function reencrypted(packets: Buffer, certificate: Buffer): Promise<string> {
  const key = randomBytes(32)
  const encryptionKeys = await readKey({ armoredKey: certificate.toString('ascii') })
  const opener = await encryptSessionKey({ data: key, algorithm: 'aes256', encryptionKeys, format: 'binary' })
  const prefix = randomBytes(16)
  const hashed = Buffer.concat([prefix, prefix.subarray(-2), packets, Buffer.from([0xd3, 20])])
  const cipher = createCipheriv('aes-256-cfb', key, Buffer.alloc(16))
  const digest = createHash('sha1').update(hashed).digest()
  const sealed = Buffer.concat([
    Buffer.from([1]),
    cipher.update(hashed),
    cipher.update(digest),
    cipher.final(),
  ])
  return armor('MESSAGE', Buffer.concat([opener, packet(18, sealed)]))
}

/** The one-pass signature packet that announces a signature (RFC 9580 §5.4). */
export function onePassFor(signature: Buffer): Buffer {
  const { head, unhashed } = partsOf(bodyOf(signature))
  const [, type = 0, algorithm = 0, hash = 0] = head
  const issuer = unhashed.subarray(2, 10)
  return packet(4, Buffer.concat([Buffer.from([3, type, hash, algorithm]), issuer, Buffer.from([1])]))
}

/** Order of the group of NIST P-256. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** The other signature that is valid wherever an ECDSA signature is: s is exchanged for n - s. */
export const malleated = (armored: string): string =>
  reworked(armored, ({ tail }) => {
    const sAt = 2 + 2 + Math.ceil(tail.readUInt16BE(2) / 8)
    const s = ORDER - BigInt(`0x${tail.subarray(sAt + 2).toString('hex')}`)
    const hex = s.toString(16)
    const number = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
    const bits = Buffer.alloc(2)
    bits.writeUInt16BE(s.toString(2).length)
    return { tail: Buffer.concat([tail.subarray(0, sAt), bits, number]) }
  })
