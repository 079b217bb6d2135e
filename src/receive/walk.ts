// Goes through a mail's entities, verifies, decrypts and decodes them. In: the split mail and certificates. Out:
// its leaves as parts, each with its own protection, and what became of every signature and encryption.
import { createHash } from 'node:crypto'
import type { Part, SignatureVerdict, TextLayout } from '../model/mail.ts'
import { type Plaintext, plaintext } from '../model/plaintext.ts'
import { err, ok, type Result } from '../model/result.ts'
import { parseSha256, type Sha256 } from '../model/scalars.ts'
import type { Finding, Findings } from './authored.ts'
import { decodeLeaf, decodeText, textLayout } from './leaf.ts'
import type { KnownCertificates, OpenedMessage } from './offered.ts'
import {
  armoredMessages,
  encryptedPayload,
  isOpenPgpMessage,
  openPgpSigned,
  soleArmoredMessage,
} from './shapes.ts'
import { type Entity, octetsOf, type StructureFault, splitEntity } from './structure.ts'

/** Messages of one mail that are opened; what comes after stays as it is. */
const MAX_OPENED = 10
/** Signatures of one mail that are verified. */
const MAX_VERIFIED = 10

export type WalkFault = StructureFault | 'too-large'

export type Walked = Findings & {
  /** Encrypted messages that were opened. */
  readonly decrypted: number
  /** Encrypted messages that could not or were not to be opened. */
  readonly undecryptable: number
}

type Task = { readonly entity: Entity; readonly encrypted: boolean; readonly signature: SignatureVerdict }

/** `messages`: whether OpenPGP messages are opened or left closed, as on whatever may be a bounce. */
export class Walk<Certificate> {
  readonly #certificates: KnownCertificates<Certificate>
  readonly #messages: 'opened' | 'closed'
  readonly #waiting: Task[]
  readonly #cryptography = new Map<Entity, Finding>()
  readonly #leaves = new Map<Entity, Part>()
  readonly #layouts = new Map<Part, TextLayout>()
  readonly #parts: Part[] = []
  #decrypted = 0
  #undecryptable = 0
  #openingsLeft = MAX_OPENED
  #verificationsLeft = MAX_VERIFIED

  constructor(root: Entity, certificates: KnownCertificates<Certificate>, messages: 'opened' | 'closed') {
    this.#certificates = certificates
    this.#messages = messages
    this.#waiting = [{ entity: root, encrypted: false, signature: { kind: 'none' } }]
  }

  /** Goes through all entities, once. `too-large`: something grew out of bounds when it was opened. */
  async run(): Promise<Result<Walked, WalkFault>> {
    for (let task = this.#waiting.pop(); task !== undefined; task = this.#waiting.pop()) {
      const done = await this.#visit(task)
      if (!done.ok) return done
    }
    return ok({
      cryptography: this.#cryptography,
      leaves: this.#leaves,
      layouts: this.#layouts,
      parts: this.#parts,
      decrypted: this.#decrypted,
      undecryptable: this.#undecryptable,
    })
  }

  async #visit(task: Task): Promise<Result<undefined, WalkFault>> {
    const { entity } = task
    const signed = openPgpSigned(entity)
    if (signed !== undefined && this.#verificationsLeft > 0) {
      this.#verificationsLeft -= 1
      const { octets } = await decodeLeaf(signed.signature)
      const signature = await this.#certificates.verifyDetached(
        octets,
        withCrLf(octetsOf(entity, signed.content.whole)),
      )
      this.#cryptography.set(entity, { kind: 'verified', content: signed.content, signature })
      this.#waiting.push({ ...task, entity: signed.content, signature })
      return ok(undefined)
    }
    const ciphertext = task.encrypted ? undefined : encryptedPayload(entity)
    if (ciphertext !== undefined) return this.#openContainer(task, ciphertext)
    if (entity.children.length > 0) {
      this.#waiting.push(...entity.children.toReversed().map(child => ({ ...task, entity: child })))
      return ok(undefined)
    }
    return this.#visitLeaf(task)
  }

  /** PGP/MIME encrypted: the payload is an entity of its own. */
  async #openContainer(task: Task, ciphertext: Entity): Promise<Result<undefined, WalkFault>> {
    const part = await toPart({ ...task, entity: ciphertext, encrypted: true })
    const opened = await this.#open(part.octets)
    if (!opened.ok) return opened
    // A message that is not encrypted must not look as if it had been.
    const message = opened.value?.encrypted === true ? opened.value : undefined
    if (message === undefined) {
      this.#undecryptable += 1
      this.#cryptography.set(task.entity, { kind: 'undecryptable' })
      this.#parts.push(part)
      return ok(undefined)
    }
    const split = splitEntity(message.octets)
    if (!split.ok) return split
    const content = split.value
    await this.#certificates.takeInside(content)
    const signature = await this.#verdictAfterKeys(part.octets, message)
    this.#cryptography.set(task.entity, { kind: 'decrypted', content, signature })
    this.#waiting.push({ entity: content, encrypted: true, signature })
    return ok(undefined)
  }

  async #visitLeaf(task: Task): Promise<Result<undefined, WalkFault>> {
    const { entity } = task
    const part = await toPart(task)
    this.#leaves.set(entity, part)
    if (part.mediaType === 'text/plain') this.#layouts.set(part, textLayout(entity))
    const isInline = part.disposition === 'inline'
    if (!task.encrypted && isInline && part.mediaType === 'text/plain') return this.#openText(entity, part)
    if (!task.encrypted && !(isInline && part.text !== undefined)) return this.#openAttachment(part)
    this.#parts.push(part)
    return ok(undefined)
  }

  /** A text may be one PGP MESSAGE, or hold some; each becomes a part of its own. */
  async #openText(entity: Entity, part: Part): Promise<Result<undefined, WalkFault>> {
    const text = part.text?.open() ?? ''
    const sole = soleArmoredMessage(text)
    const blocks = armoredMessages(text)
    if (sole === undefined) this.#parts.push(part)
    for (const block of blocks) {
      const octets = Buffer.from(block, 'latin1')
      const opened = await this.#open(octets)
      if (!opened.ok) return opened
      const message = opened.value
      if (message === undefined) {
        this.#undecryptable += 1
        if (sole === undefined) continue
        this.#cryptography.set(entity, { kind: 'undecryptable' })
        this.#parts.push({ ...part, encrypted: true })
        continue
      }
      if (message.encrypted) await this.#certificates.takeInsideText(message.octets)
      const signature = await this.#verdictAfterKeys(octets, message)
      // What is signed is read as UTF-8: the label stands outside the signature, where anyone can change it.
      const label = signature.kind === 'none' ? entity : undefined
      const content = openedPart(message, signature, await decodeText(message.octets, label))
      this.#parts.push(content)
      if (sole !== undefined) this.#cryptography.set(entity, { kind: 'opened', part: content })
    }
    return ok(undefined)
  }

  /** An attachment that is an OpenPGP message becomes what is in it. */
  async #openAttachment(part: Part): Promise<Result<undefined, WalkFault>> {
    const isMessage = !part.mediaType.startsWith('message/') && isOpenPgpMessage(part.octets)
    const opened = isMessage ? await this.#open(part.octets) : ok(undefined)
    if (!opened.ok) return opened
    const message = opened.value
    if (message === undefined) {
      if (isMessage) this.#undecryptable += 1
      this.#parts.push(isMessage ? { ...part, encrypted: true } : part)
      return ok(undefined)
    }
    const signature = await this.#verdictAfterKeys(part.octets, message)
    this.#parts.push({
      ...openedPart(message, signature, undefined),
      mediaType: 'application/octet-stream',
      disposition: 'attachment',
      fileName: withoutSuffix(part.fileName),
    })
    return ok(undefined)
  }

  /** Undefined if the message stays closed. */
  async #open(octets: Uint8Array): Promise<Result<OpenedMessage | undefined, 'too-large'>> {
    if (this.#messages === 'closed' || this.#openingsLeft === 0) return ok(undefined)
    this.#openingsLeft -= 1
    const opened = await this.#certificates.openMessage(octets)
    if (opened.ok) {
      if (opened.value.encrypted) this.#decrypted += 1
      return opened
    }
    return opened.error === 'too-large' ? err('too-large') : ok(undefined)
  }

  /** The key that signed a message may have come inside it: then it is opened once more. */
  async #verdictAfterKeys(octets: Uint8Array, message: OpenedMessage): Promise<SignatureVerdict> {
    const { signature } = message
    if (signature.kind !== 'refused' || signature.fault !== 'unknown-key') return signature
    if (!this.#certificates.offered.some(offered => offered.place === 'inside')) return signature
    const again = await this.#certificates.openMessage(octets)
    return again.ok ? again.value.signature : signature
  }
}

async function toPart({ entity, encrypted, signature }: Task): Promise<Part> {
  const leaf = await decodeLeaf(entity)
  return { ...leaf, mediaType: entity.mediaType, sha256: sha256Of(leaf.octets), encrypted, signature }
}

function openedPart(
  { octets, encrypted }: OpenedMessage,
  signature: SignatureVerdict,
  text: Plaintext | undefined,
): Part {
  const common = { octets, sha256: sha256Of(octets), encrypted, signature, fileName: undefined }
  return { ...common, mediaType: 'text/plain', disposition: 'inline', text }
}

/** The name of an encrypted file without what its encryption added. */
const withoutSuffix = (name: Plaintext | undefined): Plaintext | undefined =>
  name === undefined ? undefined : plaintext(name.open().replace(/\.(?:asc|gpg|pgp)$/i, ''))

/** SHA-256 of octets. */
export function sha256Of(octets: Uint8Array): Sha256 {
  const digest = parseSha256(createHash('sha256').update(octets).digest('hex'))
  if (digest === undefined) throw new Error('a digest of another length')
  return digest
}

const CR = 0x0d
const LF = 0x0a

/** The canonical form that is signed (RFC 3156 §5): every line break that a store has shortened is CRLF again. */
function withCrLf(octets: Uint8Array): Uint8Array {
  const hasLf = octets.includes(LF)
  const out = new Uint8Array(octets.length * 2)
  let length = 0
  let previous = 0
  for (const octet of octets) {
    if (octet === LF && previous !== CR) out[length++] = CR
    out[length++] = octet
    if (octet === CR && !hasLf) out[length++] = LF
    previous = octet
  }
  return out.subarray(0, length)
}
