// Opens OpenPGP messages of strangers: encrypted, signed, both or neither. Session keys are asked for, so
// that this can run where no secret key is. Never hands out a part of what is not wholly authentic, and
// always hands out the content together with the verdict on its signature.
import { enums } from 'openpgp'
import type { SignatureVerdict } from '../model/mail.ts'
import { err, ok, type Result } from '../model/result.ts'
import type { EmailAddress, Instant } from '../model/scalars.ts'
import { packetBlocks } from './armor.ts'
import type { Certificate } from './certificates.ts'
import { openIntegrityProtected } from './integrity-protected.ts'
import { MAX_MESSAGE_OCTETS, readSignedMessage, type SignedMessage } from './message.ts'
import { hex, meaningful, type Packet, splitPackets, tagOf } from './packets.ts'
import { type FindCertificates, nobodyElse, refused, verifySignature } from './verify.ts'

const MAX_ARMORED_OCTETS = 90 * 1024 * 1024
const MAX_PACKETS = 20_000
/** Handed up; whoever holds the secret keys tries fewer. */
const MAX_PKESK_ASKED = 256

export type SessionKey = {
  readonly algorithm: string
  readonly key: Uint8Array
  /** The list whose key carries it; undefined: another key does. */
  readonly list?: EmailAddress
}

/** The session keys that these PKESK packets carry for us; none if they are for others. */
export type AskSessionKeys = (pkeskPackets: Uint8Array) => Promise<readonly SessionKey[]>

export type OpenFault = 'undecryptable' | 'malformed' | 'too-large'

export type OpenedMessage = {
  /** The literal data, byte-exact. */
  readonly octets: Uint8Array
  readonly signature: SignatureVerdict
  readonly encrypted: boolean
  /** To whose lists' keys it is encrypted. */
  readonly lists: readonly EmailAddress[]
}

/** One message, binary or armored. Encryption within encryption is not followed. */
export async function openMessage(
  octets: Uint8Array,
  ask: AskSessionKeys,
  certificates: readonly Certificate[],
  now: Instant,
  find: FindCertificates = nobodyElse,
): Promise<Result<OpenedMessage, OpenFault>> {
  const unwrapped = await unwrapMessage(octets, ask)
  if (!unwrapped.ok) return unwrapped
  const { message, ...protection } = unwrapped.value
  const signature = await verdictOn(message, certificates, now, find)
  return ok({ octets: message.data, signature, ...protection })
}

/** What is in one message, binary or armored, once it is decrypted; its signature is not looked at. */
export async function unwrapMessage(
  octets: Uint8Array,
  ask: AskSessionKeys,
): Promise<
  Result<Pick<OpenedMessage, 'encrypted' | 'lists'> & { readonly message: SignedMessage }, OpenFault>
> {
  if (octets.length > MAX_ARMORED_OCTETS) return err('too-large')
  const [block, another] = packetBlocks(octets, 'MESSAGE')
  if (block === undefined || another !== undefined) return err('malformed')
  if (block.length > MAX_MESSAGE_OCTETS) return err('too-large')
  const split = splitPackets(block, MAX_PACKETS)
  const packets = split.ok ? meaningful(split.value) : []
  // A marker may stand before everything, and says nothing (RFC 9580 §5.8).
  const encrypted = encryptionTags.has(packets[0]?.tag ?? tagOf(block[0] ?? 0))
  const clear = encrypted ? await decrypt(packets, ask) : { octets: block, lists: [] }
  if (clear === undefined) return err('undecryptable')
  const message = readSignedMessage(clear.octets)
  return message.ok ? ok({ message: message.value, encrypted, lists: clear.lists }) : message
}

const encryptionTags: ReadonlySet<number> = new Set([
  enums.packet.publicKeyEncryptedSessionKey,
  enums.packet.symEncryptedSessionKey,
  enums.packet.symmetricallyEncryptedData,
  enums.packet.symEncryptedIntegrityProtectedData,
  enums.packet.aeadEncryptedData,
])

/** Takes encrypted session keys followed by exactly one integrity protected packet; a password is never asked. */
async function decrypt(
  packets: readonly Packet[],
  ask: AskSessionKeys,
): Promise<{ readonly octets: Uint8Array; readonly lists: readonly EmailAddress[] } | undefined> {
  const encrypted = packets.at(-1)
  if (encrypted?.tag !== enums.packet.symEncryptedIntegrityProtectedData) return undefined
  const sessionKeyPackets = packets.slice(0, -1)
  const isSessionKey = ({ tag }: Packet) =>
    tag === enums.packet.publicKeyEncryptedSessionKey || tag === enums.packet.symEncryptedSessionKey
  if (!sessionKeyPackets.every(isSessionKey)) return undefined
  const asked = sessionKeyPackets.filter(({ tag }) => tag === enums.packet.publicKeyEncryptedSessionKey)
  if (asked.length === 0) return undefined
  const answers = await ask(Buffer.concat(asked.slice(0, MAX_PKESK_ASKED).map(({ octets }) => octets)))
  // Two different session keys for us: one of them is an attempt to show different people different text.
  const [first, ...others] = answers
  if (first === undefined || others.some(({ key }) => hex(key) !== hex(first.key))) return undefined
  const octets = await openIntegrityProtected(encrypted.body, first.key)
  return octets && { octets, lists: answers.flatMap(({ list }) => list ?? []) }
}

async function verdictOn(
  { data, signature }: SignedMessage,
  certificates: readonly Certificate[],
  now: Instant,
  find: FindCertificates,
): Promise<SignatureVerdict> {
  if (signature === 'none') return { kind: 'none' }
  if (typeof signature === 'string') return refused(signature)
  return verifySignature(signature, data, certificates, now, find)
}
