// Finds the text that would be read as a command, product.md §3: the whole mail must be one of the accepted
// shapes at its top. In: the split mail and what cryptography found. Out: AuthoredText. It verifies nothing
// itself, and whatever is not exactly an accepted shape is unsigned or misshapen.
import type { AuthoredText, Part, ShapeFault, SignatureVerdict, TextLayout } from '../model/mail.ts'
import { type Plaintext, plaintext } from '../model/plaintext.ts'
import { err, ok, type Result } from '../model/result.ts'
import { cleartextOf, encryptedPayload, isCleartextSigned, isSmime } from './shapes.ts'
import { type Entity, subtree } from './structure.ts'

/** What became of an entity that is a signature or an encryption. */
export type Finding =
  /** multipart/signed: `signature` covers `content`. */
  | { readonly kind: 'verified'; readonly content: Entity; readonly signature: SignatureVerdict }
  /** PGP/MIME encrypted: `content` is the payload, split anew; `signature` was inside. */
  | { readonly kind: 'decrypted'; readonly content: Entity; readonly signature: SignatureVerdict }
  /** A text that is nothing but one PGP MESSAGE. */
  | { readonly kind: 'opened'; readonly part: Part }
  | { readonly kind: 'undecryptable' }

export type Findings = {
  /** Of signed and encrypted containers and of texts that are one PGP MESSAGE; attachments have none. */
  readonly cryptography: ReadonlyMap<Entity, Finding>
  readonly leaves: ReadonlyMap<Entity, Part>
  /** All parts in the order of the mail, decrypted ones in the place of their ciphertext. */
  readonly parts: readonly Part[]
}

const none: SignatureVerdict = { kind: 'none' }
const malformed: SignatureVerdict = { kind: 'refused', fault: 'malformed', claimed: undefined }

/** The command text of a mail, or why there is none. */
export function authoredText(root: Entity, findings: Findings): AuthoredText {
  const found = findings.cryptography.get(root)
  switch (found?.kind) {
    case undefined:
      return unsignedText(root, 'clear', findings)
    case 'undecryptable':
      return misshapen('undecryptable', undefined, none)
    case 'opened':
      return openedText(found.part)
    case 'verified':
      if (subtree(found.content).some(entity => isEncryption(findings.cryptography.get(entity))))
        return misshapen('signed-outside', firstText(findings)?.text, none)
      return signedText(found.content, found.signature, 'clear', findings)
    case 'decrypted': {
      // A whole mail that was encrypted as a file.
      if (encryptedPayload(root) === undefined)
        return misshapen('container-before-text', firstText(findings)?.text, found.signature)
      const inner = findings.cryptography.get(found.content)
      if (inner?.kind === 'verified') {
        // Two signatures, one of them around the other: which of the two speaks is not ours to guess.
        if (found.signature.kind !== 'none')
          return misshapen('container-before-text', firstText(findings)?.text, none)
        return signedText(inner.content, inner.signature, 'encrypted', findings)
      }
      return found.signature.kind === 'none'
        ? unsignedText(found.content, 'encrypted', findings)
        : signedText(found.content, found.signature, 'encrypted', findings)
    }
  }
}

/**
 * The innermost entity below the cryptography at the top (RFC 9788 §1.6), if decrypted or well signed; or below
 * the only encryption there is, for lists and servers put it into a container of theirs.
 */
export function cryptographicPayload(root: Entity, findings: Findings): Entity | undefined {
  const encryptions = [...findings.cryptography.values()].filter(({ kind }) => kind === 'decrypted')
  const found = findings.cryptography.get(root) ?? (encryptions.length === 1 ? encryptions[0] : undefined)
  if (found?.kind === 'verified') return found.signature.kind === 'good' ? found.content : undefined
  if (found?.kind !== 'decrypted') return undefined
  const inner = findings.cryptography.get(found.content)
  return inner?.kind === 'verified' ? inner.content : found.content
}

const isEncryption = (found: Finding | undefined): boolean => found !== undefined && found.kind !== 'verified'

const misshapen = (
  fault: ShapeFault,
  text: Plaintext | undefined,
  signature: SignatureVerdict,
): AuthoredText => ({ kind: 'misshapen', fault, text, signature })

type Protection = 'clear' | 'encrypted'

/** Unsigned as a whole: a signature or an encryption that stands deeper covers only a piece of it. */
function unsignedText(content: Entity, protection: Protection, findings: Findings): AuthoredText {
  if (isSmime(content)) return misshapen('smime', firstText(findings)?.text, none)
  const first = firstText(findings)
  const isRead = (entity: Entity) => findings.cryptography.has(entity)
  const pieces = subtree(content).filter(one => isRead(one) || one.mediaType === 'multipart/signed')
  const isSignedText = (part: Part) => part.disposition === 'inline' && part.signature.kind !== 'none'
  const leaves = subtree(content).flatMap(entity => findings.leaves.get(entity) ?? [])
  const isHtmlOnly = has(leaves, 'text/html') && !has(leaves, 'text/plain')
  if (pieces.length > 0 || (!isHtmlOnly && findings.parts.some(isSignedText)))
    return misshapen('partly-signed', first?.text, pieces.every(isRead) ? none : malformed)
  if (isHtmlOnly) return misshapen('html-only', undefined, none)
  if (first?.text === undefined) return misshapen('no-text', undefined, none)
  const { text } = first
  if (isCleartextSigned(text.open()))
    return misshapen('cleartext-signed', plaintext(cleartextOf(text.open())), none)
  return { kind: 'unsigned', text, layout: layoutOf(first), encrypted: protection === 'encrypted' }
}

const has = (leaves: readonly Part[], mediaType: string): boolean =>
  leaves.some(leaf => leaf.mediaType === mediaType && leaf.disposition === 'inline')

function openedText(part: Part): AuthoredText {
  const { text, signature, encrypted } = part
  if (text === undefined) return misshapen('no-text', undefined, signature)
  if (signature.kind !== 'none')
    return { kind: 'signed', text, layout: 'fixed', signature, attachments: [], encrypted }
  if (isCleartextSigned(text.open()))
    return misshapen('cleartext-signed', plaintext(cleartextOf(text.open())), none)
  return { kind: 'unsigned', text, layout: 'fixed', encrypted }
}

function signedText(
  content: Entity,
  signature: SignatureVerdict,
  protection: Protection,
  findings: Findings,
): AuthoredText {
  const read = readSigned(content, findings)
  if (!read.ok) return misshapen(read.error.fault, read.error.text, signature)
  return { kind: 'signed', signature, encrypted: protection === 'encrypted', ...read.value }
}

type SignedContent = {
  readonly text: Plaintext
  readonly layout: TextLayout
  readonly attachments: readonly Part[]
}
type Misshapen = { readonly fault: ShapeFault; readonly text: Plaintext | undefined }

/** The one text/plain leaf by first children of mixed and alternative, and nothing else that could be read. */
function readSigned(content: Entity, findings: Findings): Result<SignedContent, Misshapen> {
  const path: Entity[] = []
  let entity = content
  while (entity.mediaType === 'multipart/mixed' || entity.mediaType === 'multipart/alternative') {
    path.push(entity)
    const [first] = entity.children
    if (first === undefined) break
    entity = first
  }
  const leaf = findings.leaves.get(entity)
  if (leaf?.mediaType !== 'text/plain' || leaf.disposition !== 'inline' || leaf.text === undefined)
    return err({ fault: faultInsteadOfText(entity), text: undefined })

  const alternatives = new Set(
    path.filter(container => container.mediaType === 'multipart/alternative').flatMap(subtree),
  )
  const attachments: Part[] = []
  for (const other of subtree(content)) {
    if (other === entity || path.includes(other)) continue
    const part = findings.leaves.get(other)
    const fault = faultBesideText(other, part, alternatives.has(other) ? 'alternative' : 'other')
    if (fault !== undefined) return err({ fault, text: leaf.text })
    if (part?.fileName !== undefined) attachments.push(part)
  }
  return ok({ text: leaf.text, layout: layoutOf(leaf), attachments })
}

function faultInsteadOfText(entity: Entity): ShapeFault {
  if (entity.mediaType === 'text/html') return 'html-only'
  return /^(?:multipart|message)\//.test(entity.mediaType) ? 'container-before-text' : 'no-text'
}

const plainContainers = ['multipart/mixed', 'multipart/alternative', 'multipart/related']

/** `place`: whether it stands within a multipart/alternative of the text, where its HTML form belongs. */
function faultBesideText(
  entity: Entity,
  part: Part | undefined,
  place: 'alternative' | 'other',
): ShapeFault | undefined {
  if (part === undefined || entity.mediaType.startsWith('multipart/'))
    return plainContainers.includes(entity.mediaType) ? undefined : 'container-before-text'
  const isNamed = part.fileName !== undefined
  if (part.mediaType.startsWith('message/'))
    return isNamed && part.disposition === 'attachment' ? undefined : 'container-before-text'
  if (!part.mediaType.startsWith('text/') || isNamed) return undefined
  return part.mediaType === 'text/html' && place === 'alternative' ? undefined : 'second-text'
}

const firstText = (findings: Findings): Part | undefined =>
  findings.parts.find(
    part => part.mediaType === 'text/plain' && part.disposition === 'inline' && part.text !== undefined,
  )

const layoutOf = ({ layout }: Part): TextLayout => layout ?? 'fixed'
