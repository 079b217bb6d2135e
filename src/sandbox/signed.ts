// What somebody signed, taken out of the mail that it came in, as one OpenPGP message that proves itself without us. In:
// raw octets and the key that it should be by. Out: one-pass signature, data, signature, and whether it holds. Runs in
// the child. It knows the shapes in which a signature speaks (product.md §3) and no others.
import type { SignatureVerdict } from '../model/mail.ts'
import { err, ok, type Result } from '../model/result.ts'
import type { Instant } from '../model/scalars.ts'
import { parseCertificate } from '../openpgp/certificates.ts'
import { type AskSessionKeys, unwrapMessage } from '../openpgp/decrypt.ts'
import { signedMessage } from '../openpgp/message.ts'
import type { Packet } from '../openpgp/packets.ts'
import { soleSignature, verifySignature } from '../openpgp/verify.ts'
import { decodeLeaf } from '../receive/leaf.ts'
import { encryptedPayload, openPgpSigned, soleArmoredMessage } from '../receive/shapes.ts'
import { type Entity, octetsOf, splitEntity } from '../receive/structure.ts'
import { withCrLf } from '../receive/walk.ts'

export type Signed = {
  /** Binary, not encrypted. */
  readonly message: Uint8Array
  readonly verdict: SignatureVerdict
}

type Found = { readonly data: Uint8Array; readonly signature: Packet }

/** `certificate`: of whoever should have signed. `at`: the instant at which the signature is to hold. */
export async function signedIn(
  octets: Uint8Array,
  ask: AskSessionKeys,
  certificate: Uint8Array,
  at: Instant,
): Promise<Result<Signed, string>> {
  const root = splitEntity(octets)
  if (!root.ok) return root
  const found = (await detached(root.value)) ?? (await inside(root.value, ask))
  if (found === undefined) return err('unsigned')
  const by = await parseCertificate(certificate)
  if (!by.ok) return by
  const verdict = await verifySignature(found.signature, found.data, [by.value], at)
  return ok({ message: signedMessage(found.data, found.signature, at), verdict })
}

async function detached(entity: Entity): Promise<Found | undefined> {
  const signed = openPgpSigned(entity)
  if (signed === undefined) return undefined
  const signature = soleSignature((await decodeLeaf(signed.signature)).octets)
  return signature.ok
    ? { data: withCrLf(octetsOf(entity, signed.content.whole)), signature: signature.value }
    : undefined
}

/** Within an encryption, or within a text that is nothing but one message. */
async function inside(root: Entity, ask: AskSessionKeys): Promise<Found | undefined> {
  const ciphertext = encryptedPayload(root)
  const octets = ciphertext === undefined ? await soleMessageOf(root) : (await decodeLeaf(ciphertext)).octets
  const opened = octets && (await unwrapMessage(octets, ask))
  if (opened?.ok !== true) return undefined
  const { data, signature } = opened.value.message
  if (typeof signature !== 'string') return { data, signature }
  const content = ciphertext && splitEntity(data)
  return content?.ok === true ? detached(content.value) : undefined
}

async function soleMessageOf(root: Entity): Promise<Uint8Array | undefined> {
  if (root.mediaType !== 'text/plain') return undefined
  const block = soleArmoredMessage((await decodeLeaf(root)).text?.open() ?? '')
  return block === undefined ? undefined : Buffer.from(block, 'latin1')
}
