// Encrypts and decrypts what is too large for memory, to and with one key of our own: a plain OpenPGP message
// that other programs read too. What comes out of decryption counts only when the stream has ended well.
import { createMessage, decrypt, encrypt, readMessage } from 'openpgp'
import type { Instant } from '../model/scalars.ts'
import { policy } from './algorithms.ts'
import type { Certificate } from './certificates.ts'
import { dateOf, encryptionKeyAt } from './key-validity.ts'
import type { SecretKey } from './secret-keys.ts'

export type OctetStream = ReadableStream<Uint8Array>

/** A binary message, unsigned. @throws Error if the certificate cannot encrypt at that instant. */
export async function encryptStream(
  octets: OctetStream,
  certificate: Certificate,
  at: Instant,
): Promise<OctetStream> {
  const key = await encryptionKeyAt(certificate.libraryKey(), at)
  if (!key.ok) throw new Error(`the key cannot encrypt: ${key.error}`)
  const encrypted = await encrypt({
    message: await createMessage({ binary: octets as never, date: dateOf(at) }),
    encryptionKeys: certificate.libraryKey(),
    date: dateOf(at),
    format: 'binary',
    config: policy,
  })
  return encrypted as unknown as OctetStream
}

/** The stream fails, if need be at its very end, when the message was altered. @throws Error if it is for another key. */
export async function decryptStream(octets: OctetStream, key: SecretKey, at: Instant): Promise<OctetStream> {
  const { data } = await decrypt({
    message: await readMessage({ binaryMessage: octets as never }),
    decryptionKeys: key.libraryKey(),
    date: dateOf(at),
    format: 'binary',
    // Nothing is done with the octets before the end was seen to be authentic.
    config: { ...policy, allowUnauthenticatedStream: true },
  })
  return data as unknown as OctetStream
}
