// One ciphertext for many: encrypted once under one session key and armored once; each copy adds the packet that hands
// that key to its one recipient. For large mails alone, since whoever sees two such copies sees that they belong
// together. The session key never leaves this file.
import { encrypt, encryptSessionKey, enums, generateSessionKey, type KeyID, type SessionKey } from 'openpgp'
import { err, ok, type Result } from '../model/result.ts'
import type { Instant } from '../model/scalars.ts'
import { policy } from './algorithms.ts'
import { armorAround, armorLines, type Span, spanOf } from './armor.ts'
import type { Certificate, SubkeyId } from './certificates.ts'
import { type EncryptFault, isFor, readPackets } from './encrypt.ts'
import { sealVersion1InPlace } from './integrity-protected.ts'
import { dateOf, encryptionKeyAt } from './key-validity.ts'
import { splitPackets } from './packets.ts'

/** Somebody to whom a copy is to go, and the newest key of theirs that holds at that instant. */
export type Recipient = {
  readonly certificate: Certificate
  readonly at: Instant
  readonly keyId: KeyID
  readonly subkey: SubkeyId
  /** Cipher and integrity protection that the key asks for: those who ask for the same may share a ciphertext. */
  readonly protection: string
}

const VERSION_1 = 'version-1'

/** Whom a copy would be encrypted to, exactly as `encryptTo` would. */
export async function recipientAt(
  certificate: Certificate,
  at: Instant,
): Promise<Result<Recipient, EncryptFault>> {
  const key = await encryptionKeyAt(certificate.libraryKey(), at)
  if (!key.ok) return key
  const keyId = key.value.getKeyID()
  const { algorithm, aeadAlgorithm = VERSION_1 } = await newSessionKey(certificate, at)
  return ok({
    certificate,
    at,
    keyId,
    subkey: keyId.toHex(),
    protection: `${algorithm} ${aeadAlgorithm}`,
  })
}

/** What stands in a message before and after the lines that all copies share. */
export type Around = { readonly before: Uint8Array; readonly after: Uint8Array }

/** What opens a shared ciphertext, and what is known of its octets. */
export class SharedSession {
  readonly protection: string
  readonly #sessionKey: SessionKey
  readonly #span: Span

  constructor(protection: string, sessionKey: SessionKey, span: Span) {
    this.protection = protection
    this.#sessionKey = sessionKey
    this.#span = span
  }

  /** For one more of this protection; @throws Error on somebody of another, who could not read it. */
  async around(to: Recipient): Promise<Result<Around, EncryptFault>> {
    if (to.protection !== this.protection) throw new Error('a recipient of another protection')
    const pkesk = await packetFor(to, this.#sessionKey)
    if (pkesk === undefined) return err('unusable-key')
    if (!isFor(pkesk, to.subkey)) return err('mismatch')
    const checksum = this.#sessionKey.aeadAlgorithm === undefined ? 'with-checksum' : 'without-checksum'
    return ok(armorAround(aligned(pkesk), this.#span, checksum))
  }
}

/**
 * Encrypts what `signPieces` made, which becomes the ciphertext, for all who ask for the same protection as this
 * recipient. `lines`: its armor, made when it is read, once.
 */
export async function sealShared(
  pieces: readonly Uint8Array[],
  { certificate, at, protection }: Recipient,
): Promise<Result<{ readonly session: SharedSession; readonly lines: Iterable<Uint8Array> }, EncryptFault>> {
  const sessionKey = await newSessionKey(certificate, at)
  const sealed =
    sessionKey.aeadAlgorithm === undefined
      ? sealVersion1InPlace(new Uint8Array(0), pieces, sessionKey.data)
      : await sealVersion2(Buffer.concat(pieces), certificate, sessionKey, at)
  if (sealed === undefined) return err('not-packets')
  const session = new SharedSession(protection, sessionKey, spanOf(sealed))
  return ok({ session, lines: armorLines(sealed) })
}

const newSessionKey = (certificate: Certificate, at: Instant): Promise<SessionKey> =>
  generateSessionKey({ encryptionKeys: certificate.libraryKey(), date: dateOf(at), config: policy })

/** The one packet that hands them the session key; undefined if their key is of no use, as one with a point on no curve. */
async function packetFor(
  { certificate, keyId, at }: Recipient,
  key: SessionKey,
): Promise<Uint8Array | undefined> {
  const encryptionKeys = certificate.libraryKey()
  const common = { encryptionKeys, encryptionKeyIDs: keyId, date: dateOf(at), config: policy }
  try {
    return await encryptSessionKey({ ...common, ...key, format: 'binary' })
  } catch {
    return undefined
  }
}

/** The data packet alone, which the library makes for somebody. */
async function sealVersion2(
  packets: Uint8Array,
  certificate: Certificate,
  sessionKey: SessionKey,
  at: Instant,
): Promise<readonly Uint8Array[] | undefined> {
  const message = await readPackets(packets)
  if (message === undefined) return undefined
  const encryptionKeys = certificate.libraryKey()
  const common = { encryptionKeys, date: dateOf(at), config: policy, format: 'binary' } as const
  const split = splitPackets(await encrypt({ ...common, message, sessionKey }), 2)
  const data = split.ok ? split.value[1] : undefined
  return data?.tag === enums.packet.symEncryptedIntegrityProtectedData ? [data.octets] : undefined
}

/** A marker packet, which every reader must ignore (RFC 9580 §5.8), in five octets. */
const MARKER = Buffer.from([0xca, 3, 0x50, 0x47, 0x50])

/** Up to two markers after it, so that its base64 ends where they do; some readers look at the very first octet. */
function aligned(packet: Uint8Array): Uint8Array {
  const markers = packet.length % 3
  return Buffer.concat([packet, ...Array.from({ length: markers }, () => MARKER)])
}
