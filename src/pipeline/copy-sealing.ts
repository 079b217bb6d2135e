// How the copies of one notice are encrypted, each to its contact alone: small ones under a session key each; large
// ones under one, their ciphertext made and stored once. In: a worded draft. Out: what is to be stored for each copy.
import { type Draft, encryptedMail, encryptedMailAround, payloadPieces } from '../compose/compose.ts'
import { sha256OfPieces } from '../digest.ts'
import { err, ok, type Result } from '../model/result.ts'
import type { Instant, Sha256 } from '../model/scalars.ts'
import type { Certificate } from '../openpgp/certificates.ts'
import { encryptSigned, type Signed, signedOnce } from '../openpgp/encrypt.ts'
import { type SecretKey, signPackets, signPieces } from '../openpgp/secret-keys.ts'
import { type Recipient, recipientAt, type SharedSession, sealShared } from '../openpgp/shared.ts'
import type { OutgoingMail } from '../store/delivery.ts'
import type { Outbox } from '../store/outbox.ts'
import type { Prepared } from '../store/payloads.ts'

/**
 * Octets of a mail from which its copies share a ciphertext. Below, a session key each costs little more (for a hundred
 * copies of 64 KB a tenth of a second of processor time, of 256 KB a third), and whoever sees two copies cannot tell by
 * their octets that they are of one notice (threats.md C05).
 */
export const SHARED_FROM = 256 * 1024

/** `content`: digest of what the copy says, as it was signed. */
export type SealedCopy = Pick<OutgoingMail, 'body' | 'content'>

/** Seals one copy, addressed, under the newest key of its contact that holds at that instant. */
export type SealCopy = (copy: Draft, to: Certificate, leaves: Instant) => Promise<SealedCopy>

type Pieces = readonly Uint8Array[]
/** Encrypted for many. */
type Shared = {
  readonly session: SharedSession
  readonly payload: Prepared
  readonly content: Sha256
}

/** For copies of this draft; `prepare` writes what they share, which is gone soon unless one of them is stored. */
export async function copySealing(
  draft: Draft,
  key: SecretKey,
  now: Instant,
  prepare: Outbox['prepare'],
): Promise<SealCopy> {
  const payload = payloadPieces(draft, 'encrypted')
  if (payload.reduce((sum, { length }) => sum + length, 0) >= SHARED_FROM)
    return sharing(draft, payload, key, now, prepare)
  const content = sha256OfPieces(payload)
  const signed = await signedOnce(await signPackets(Buffer.concat(payload), key, now))
  return async (copy, to, leaves) =>
    signed.ok ? sealApart(signed.value, content, copy, to, leaves) : held(signed.error)
}

function sharing(
  draft: Draft,
  payload: Pieces,
  key: SecretKey,
  now: Instant,
  prepare: Outbox['prepare'],
): SealCopy {
  const made = new Map<string, Shared>()
  // Signing and encrypting use the pieces up.
  let pieces: Pieces | undefined = payload
  const make = async (recipient: Recipient): Promise<Result<Shared, string>> => {
    const unsigned = pieces ?? payloadPieces(draft, 'encrypted')
    pieces = undefined
    const content = sha256OfPieces(unsigned)
    const sealed = await unlessItThrows(sealShared(await signPieces(unsigned, key, now), recipient))
    if (!sealed.ok) return sealed
    const { session, lines } = sealed.value
    return ok({ session, content, payload: prepare(lines) })
  }
  return async (copy, to, leaves) => {
    const recipient = await unlessItThrows(recipientAt(to, leaves))
    if (!recipient.ok) return held(recipient.error)
    const { protection, subkey } = recipient.value
    const before = made.get(protection)
    const shared = before === undefined ? await make(recipient.value) : ok(before)
    if (!shared.ok) return held(shared.error)
    made.set(protection, shared.value)
    const { session, payload, content } = shared.value
    const around = await unlessItThrows(session.around(recipient.value))
    if (!around.ok) return held(around.error)
    return { content, body: { kind: 'shared', ...mailAround(copy, around.value), payload, subkey } }
  }
}

async function sealApart(
  signed: Signed,
  content: Sha256,
  copy: Draft,
  to: Certificate,
  leaves: Instant,
): Promise<SealedCopy> {
  const sealed = await unlessItThrows(encryptSigned(signed, to, leaves))
  if (!sealed.ok) return held(sealed.error)
  const { armored, subkey } = sealed.value
  return { content, body: { kind: 'encrypted', octets: encryptedMail(copy, armored), subkey } }
}

/** Whatever the library throws is a copy held, never a copy in clear (threats.md C13). */
const unlessItThrows = <T, E>(work: Promise<Result<T, E>>): Promise<Result<T, E | 'encryption-failed'>> =>
  work.catch(() => err('encryption-failed' as const))

const held = (why: string): SealedCopy => ({ content: undefined, body: { kind: 'held', why } })

/** The octets of a mail before and after the lines that are shared. */
function mailAround(
  copy: Draft,
  { before, after }: { readonly before: Uint8Array; readonly after: Uint8Array },
) {
  const pieces = [...encryptedMailAround(copy, [before, after])]
  const cut = pieces.indexOf(after)
  return { before: Buffer.concat(pieces.slice(0, cut)), after: Buffer.concat(pieces.slice(cut)) }
}
