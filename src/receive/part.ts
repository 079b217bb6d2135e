// Makes the parts of an opened mail. In: leaves and opened messages, and how they were protected. Out: parts with
// their digests. It opens nothing itself.
import { createHash } from 'node:crypto'
import type { Part, SignatureVerdict } from '../model/mail.ts'
import { type Plaintext, plaintext } from '../model/plaintext.ts'
import { parseSha256, type Sha256 } from '../model/scalars.ts'
import { decodeLeaf, textLayout } from './leaf.ts'
import type { OpenedMessage } from './offered.ts'
import type { Entity } from './structure.ts'

/** A leaf as it stands in the mail. */
export async function toPart(
  entity: Entity,
  { encrypted, signature }: Pick<Part, 'encrypted' | 'signature'>,
): Promise<Part> {
  const leaf = await decodeLeaf(entity)
  const { mediaType } = entity
  const found = mediaType === 'text/plain' ? textLayout(entity) : 'fixed'
  const layout = found === 'fixed' ? {} : { layout: found }
  return { ...leaf, ...layout, mediaType, sha256: sha256Of(leaf.octets), encrypted, signature }
}

/** Whether two parts say the same and are equally protected. */
export const isSame = (one: Part, other: Part): boolean =>
  one.sha256 === other.sha256 &&
  one.encrypted === other.encrypted &&
  one.signature.kind === other.signature.kind

/** What an OpenPGP message held. */
export function openedPart(
  { octets, encrypted }: OpenedMessage,
  signature: SignatureVerdict,
  text: Plaintext | undefined,
): Part {
  const common = { octets, sha256: sha256Of(octets), encrypted, signature, fileName: undefined }
  return { ...common, mediaType: 'text/plain', disposition: 'inline', text }
}

/** The name of an encrypted file without what its encryption added. */
export const withoutSuffix = (name: Plaintext | undefined): Plaintext | undefined =>
  name === undefined ? undefined : plaintext(name.open().replace(/\.(?:asc|gpg|pgp)$/i, ''))

/** SHA-256 of octets. */
export function sha256Of(octets: Uint8Array): Sha256 {
  const digest = parseSha256(createHash('sha256').update(octets).digest('hex'))
  if (digest === undefined) throw new Error('a digest of another length')
  return digest
}
