// Goes through a mail's entities, verifies, decrypts and decodes them. In: the split mail and certificates. Out:
// its leaves as parts, each with its own protection, and what became of every signature and encryption.
import type { Part, SignatureVerdict } from '../model/mail.ts'
import { err, ok, type Result } from '../model/result.ts'
import type { EmailAddress } from '../model/scalars.ts'
import type { Finding, Findings } from './authored.ts'
import { cleartextIn } from './cleartext.ts'
import { forwardedMail } from './forwarded.ts'
import { decodeLeaf, decodeText } from './leaf.ts'
import type { KnownCertificates, OpenedMessage } from './offered.ts'
import { authorsOf } from './parse.ts'
import { isSame, openedPart, sha256Of, toPart, withoutSuffix } from './part.ts'
import {
  armoredMessages,
  encryptedPayload,
  isMimeEntity,
  isOpenPgpMessage,
  isSmimeEncrypted,
  openableText,
  openPgpSigned,
  soleArmoredMessage,
} from './shapes.ts'
import { type Entity, octetsOf, type StructureFault, splitEntity } from './structure.ts'

/** Messages of one mail that are opened; what comes after stays as it is. */
const MAX_OPENED = 10
/** Signatures of one mail that are verified. */
const MAX_VERIFIED = 10
/** Mails within each other, and mails within one mail, that are gone through. */
const MAX_FORWARD_DEPTH = 5
const MAX_FORWARDS = 20

export type WalkFault = StructureFault | 'too-large'

export type Walked = Findings & {
  /** All parts and, behind each mail that was passed on in it, what was found in that. */
  readonly allParts: readonly Part[]
  /** Who wrote, by their headers, the mails in which something was decrypted that was passed on. */
  readonly forwardAuthors: readonly EmailAddress[]
  /** Encrypted messages that were opened. */
  readonly decrypted: number
  /** Lists to whose keys every one of those was encrypted. */
  readonly lists: readonly EmailAddress[]
  /** Encrypted messages that could not or were not to be opened. */
  readonly undecryptable: number
}

type Task = {
  readonly entity: Entity
  readonly encrypted: boolean
  readonly signature: SignatureVerdict
  /** How many mails it stands in that were passed on, and the authors of the innermost. */
  readonly forwards: number
  readonly forwardAuthors: readonly EmailAddress[]
}

/** `messages`: whether OpenPGP messages are opened or left closed, as on whatever may be a bounce. */
export class Walk<Certificate> {
  readonly #certificates: KnownCertificates<Certificate>
  readonly #messages: 'opened' | 'closed'
  readonly #waiting: Task[]
  readonly #cryptography = new Map<Entity, Finding>()
  readonly #leaves = new Map<Entity, Part>()
  readonly #parts: Part[] = []
  readonly #ofForwards = new Set<Part>()
  readonly #forwardAuthors: EmailAddress[] = []
  #decrypted = 0
  #lists: readonly EmailAddress[] = []
  #undecryptable = 0
  #openingsLeft = MAX_OPENED
  #verificationsLeft = MAX_VERIFIED
  #forwardsLeft = MAX_FORWARDS

  constructor(root: Entity, certificates: KnownCertificates<Certificate>, messages: 'opened' | 'closed') {
    this.#certificates = certificates
    this.#messages = messages
    this.#waiting = [
      { entity: root, encrypted: false, signature: { kind: 'none' }, forwards: 0, forwardAuthors: [] },
    ]
  }

  /** Goes through all entities, once. `too-large`: something grew out of bounds when it was opened. */
  async run(): Promise<Result<Walked, WalkFault>> {
    for (let task = this.#waiting.pop(); task !== undefined; task = this.#waiting.pop()) {
      const [before, decryptedBefore] = [this.#parts.length, this.#decrypted]
      const done = await this.#visit(task)
      if (!done.ok) return done
      if (task.forwards > 0) for (const part of this.#parts.slice(before)) this.#ofForwards.add(part)
      if (this.#decrypted > decryptedBefore) this.#forwardAuthors.push(...task.forwardAuthors)
    }
    return ok({
      cryptography: this.#cryptography,
      leaves: this.#leaves,
      parts: this.#parts.filter(part => !this.#ofForwards.has(part)),
      allParts: this.#parts,
      forwardAuthors: this.#forwardAuthors,
      decrypted: this.#decrypted,
      lists: this.#lists,
      undecryptable: this.#undecryptable,
    })
  }

  async #visit(task: Task): Promise<Result<undefined, WalkFault>> {
    const { entity } = task
    // Whoever signed a mail that was passed on speaks for nobody here.
    const signed = task.forwards === 0 ? openPgpSigned(entity) : undefined
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
    const part = await toPart(ciphertext, { ...task, encrypted: true })
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
    return this.#goInto(task, part.octets, message)
  }

  /** What was encrypted is an entity, to be gone through like the mail itself. */
  async #goInto(
    task: Task,
    octets: Uint8Array,
    message: OpenedMessage,
  ): Promise<Result<undefined, WalkFault>> {
    const split = splitEntity(message.octets)
    if (!split.ok) return split
    const content = split.value
    await this.#certificates.takeInside(content)
    const signature = await this.#verdictAfterKeys(octets, message)
    this.#cryptography.set(task.entity, { kind: 'decrypted', content, signature })
    this.#waiting.push({ ...task, entity: content, encrypted: true, signature })
    return ok(undefined)
  }

  async #visitLeaf(task: Task): Promise<Result<undefined, WalkFault>> {
    const { entity } = task
    const part = await this.#withCleartext(await toPart(entity, task))
    this.#leaves.set(entity, part)
    const isText = part.disposition === 'inline' && part.text !== undefined
    if (isSmimeEncrypted(entity)) {
      this.#undecryptable += 1
      this.#parts.push({ ...part, encrypted: true })
      return ok(undefined)
    }
    if (!task.encrypted) {
      const text = openableText(entity, part)
      if (text !== undefined) return this.#openText(entity, part, text)
      if (!isText && isOpenPgpMessage(part.octets) && !part.mediaType.startsWith('message/'))
        return this.#openAttachment(task, part)
    }
    // The files of a mail that was passed on are in it still.
    if (task.forwards === 0 || isText) this.#parts.push(part)
    return this.#lookInside(task, part)
  }

  /** A mail that was passed on: its texts are read, and its messages opened. */
  async #lookInside(task: Task, part: Part): Promise<Result<undefined, WalkFault>> {
    if (task.forwards >= MAX_FORWARD_DEPTH || this.#forwardsLeft === 0) return ok(undefined)
    const forwarded = await forwardedMail(part)
    if (forwarded === undefined) return ok(undefined)
    this.#forwardsLeft -= 1
    const { content, header } = forwarded
    const { encrypted, signature } = task
    const common = { encrypted, signature, fileName: undefined, sha256: sha256Of(header.octets) }
    const heading: Part = { ...common, ...header, mediaType: 'text/rfc822-headers', disposition: 'inline' }
    this.#parts.push(heading)
    this.#ofForwards.add(heading)
    const forwardAuthors = authorsOf(content.fields)
    this.#waiting.push({ ...task, entity: content, forwards: task.forwards + 1, forwardAuthors })
    return ok(undefined)
  }

  /** A text may be one PGP MESSAGE, or hold some; each becomes a part of its own. */
  async #openText(entity: Entity, part: Part, text: string): Promise<Result<undefined, WalkFault>> {
    const sole = soleArmoredMessage(text)
    // Only the whole of a text/plain may speak with the signature inside (product.md §3).
    const note = (finding: Finding) => {
      if (sole !== undefined && entity.mediaType === 'text/plain') this.#cryptography.set(entity, finding)
    }
    if (sole === undefined) this.#parts.push(part)
    for (const block of armoredMessages(text)) {
      const octets = Buffer.from(block, 'latin1')
      const opened = await this.#open(octets)
      if (!opened.ok) return opened
      const message = opened.value
      if (message === undefined) {
        this.#undecryptable += 1
        note({ kind: 'undecryptable' })
        if (sole !== undefined) this.#parts.push({ ...part, encrypted: true })
        continue
      }
      if (message.encrypted) await this.#certificates.takeInsideText(message.octets)
      const signature = await this.#verdictAfterKeys(octets, message)
      // What is signed is read as UTF-8: the label stands outside the signature, where anyone can change it.
      const label = signature.kind === 'none' ? entity : undefined
      const text = await decodeText(message.octets, label)
      const content = await this.#withCleartext(openedPart(message, signature, text))
      // A webmail says the same in HTML once more.
      const isSaid = entity.mediaType === 'text/html' && this.#parts.some(one => isSame(one, content))
      if (!isSaid) this.#parts.push(content)
      note({ kind: 'opened', part: content })
    }
    return ok(undefined)
  }

  /** The part with what is to be said of a signature within its text. */
  async #withCleartext(part: Part): Promise<Part> {
    const { mediaType, disposition, text, octets } = part
    if (mediaType !== 'text/plain' || disposition !== 'inline' || text === undefined) return part
    const found = cleartextIn(octets)
    if (found === undefined || this.#verificationsLeft === 0) return part
    this.#verificationsLeft -= 1
    const verdict: SignatureVerdict =
      found.kind === 'one'
        ? await this.#certificates.verifyDetached(found.signature, found.content)
        : { kind: 'refused', fault: found.kind, claimed: undefined }
    return { ...part, cleartextSignature: { verdict, around: found.kind === 'one' ? found.around : 'words' } }
  }

  /** An attachment that is an OpenPGP message becomes what is in it: a file, or the whole mail. */
  async #openAttachment(task: Task, part: Part): Promise<Result<undefined, WalkFault>> {
    const opened = await this.#open(part.octets)
    if (!opened.ok) return opened
    const message = opened.value
    if (message === undefined) {
      this.#undecryptable += 1
      this.#parts.push({ ...part, encrypted: true })
      return ok(undefined)
    }
    if (message.encrypted && isMimeEntity(message.octets)) return this.#goInto(task, part.octets, message)
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
      const { encrypted, lists } = opened.value
      if (!encrypted) return opened
      this.#lists = this.#decrypted === 0 ? lists : this.#lists.filter(one => lists.includes(one))
      this.#decrypted += 1
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

const CR = 0x0d
const LF = 0x0a

/** The canonical form that is signed (RFC 3156 §5): every line break that a store has shortened is CRLF again. */
export function withCrLf(octets: Uint8Array): Uint8Array {
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
