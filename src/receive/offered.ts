// The certificates that one mail's signatures are checked against: enrolled ones, and those that came with
// the mail. In: octets that may hold certificates. Out: what was offered. An offered copy of an enrolled
// certificate never takes part in a verification: it may lack the revocation.
import type { KeyFault } from '../model/key-fault.ts'
import type { OfferedCertificate, Part, SignatureVerdict } from '../model/mail.ts'
import type { Result } from '../model/result.ts'
import type { EmailAddress, Fingerprint, Instant } from '../model/scalars.ts'
import { decodeLeaf } from './leaf.ts'
import { autocryptKey, hasArmoredCertificate, hasArmoredKey } from './shapes.ts'
import { type Entity, subtree } from './structure.ts'

const MAX_OFFERED = 5
/** Octets of an encoded part; a longer one is not looked at for certificates. */
const MAX_KEY_PART = 400 * 1024
/** Parts of one mail that are looked at for certificates. */
const MAX_KEY_PARTS = 20

/** What this folder needs of OpenPGP; `Certificate` is the library's business. */
export type OpenPgp<Certificate> = {
  /** One message, encrypted or only signed, byte-exact, with the verdict on the signature inside. */
  openMessage(
    octets: Uint8Array,
    certificates: readonly Certificate[],
    now: Instant,
  ): Promise<Result<OpenedMessage, 'undecryptable' | 'malformed' | 'too-large'>>
  verifyDetached(
    signature: Uint8Array,
    content: Uint8Array,
    certificates: readonly Certificate[],
    now: Instant,
  ): Promise<SignatureVerdict>
  /** The readable certificates in octets of a stranger, pruned, and why others cannot be used. */
  inspect(
    octets: Uint8Array,
    now: Instant,
  ): Promise<{
    readonly certificates: readonly Inspected<Certificate>[]
    readonly refused: readonly KeyFault[]
  }>
}

export type OpenedMessage = {
  readonly octets: Uint8Array
  readonly signature: SignatureVerdict
  readonly encrypted: boolean
  /** To whose lists' keys it is encrypted. */
  readonly lists: readonly EmailAddress[]
}

export type Inspected<Certificate> = {
  readonly certificate: Certificate
  readonly fingerprint: Fingerprint
  readonly keyIds: readonly string[]
  readonly octets: Uint8Array
  /** Whether mail can be encrypted to it now. */
  readonly encryptable: boolean
  /** When that ends; undefined: never. */
  readonly encryptsUntil?: Instant
  /** Whether its owner has revoked it. */
  readonly revoked: boolean
  /** Why no member may use it. */
  readonly fault: KeyFault | undefined
}

export type EnrolledCertificate<Certificate> = {
  readonly certificate: Certificate
  readonly fingerprint: Fingerprint
}

/** Grows while one mail is opened. */
export class KnownCertificates<Certificate> {
  readonly #openPgp: OpenPgp<Certificate>
  readonly #now: Instant
  readonly #known: Map<Fingerprint, Certificate>
  readonly #enrolled: ReadonlySet<Fingerprint>
  readonly #offered: OfferedCertificate[] = []
  readonly #refused = new Set<KeyFault>()

  constructor(
    openPgp: OpenPgp<Certificate>,
    enrolled: readonly EnrolledCertificate<Certificate>[],
    now: Instant,
  ) {
    this.#openPgp = openPgp
    this.#now = now
    this.#known = new Map(enrolled.map(({ fingerprint, certificate }) => [fingerprint, certificate]))
    this.#enrolled = new Set(this.#known.keys())
  }

  /** In the order in which they stand in the mail, at most five; one certificate once per side of an encryption. */
  get offered(): readonly OfferedCertificate[] {
    return this.#offered
  }

  /** Why keys that stand in the mail are not among those offered; each reason once. */
  get refused(): readonly KeyFault[] {
    return [...this.#refused]
  }

  /** Takes the Autocrypt key of the outer header and the certificates attached to clear parts. */
  async takeOuter(root: Entity, author: string | undefined): Promise<void> {
    const key = author === undefined ? undefined : autocryptKey(root, author)
    if (key !== undefined) await this.#take(key, 'autocrypt')
    await this.#takeAttached(root, 'outer')
  }

  /** Takes what came inside an encryption: attached certificates, and armored ones in texts. */
  async takeInside(payload: Entity): Promise<void> {
    await this.#takeAttached(payload, 'inside')
    const texts = subtree(payload).filter(entity => entity.mediaType === 'text/plain' && isSmall(entity))
    for (const text of texts.slice(0, MAX_KEY_PARTS))
      await this.takeInsideText((await decodeLeaf(text)).octets)
  }

  /** Takes the armored keys in a decrypted text. */
  async takeInsideText(octets: Uint8Array): Promise<void> {
    if (octets.length <= MAX_KEY_PART && hasArmoredKey(octets)) await this.#take(octets, 'inside')
  }

  /** Notes whose signature covers an offered certificate; of several copies the signed one is kept. */
  async noteSigners(parts: readonly Part[]): Promise<void> {
    const vouching = parts.filter(part => part.signature.kind === 'good' && mayHoldCertificates(part))
    for (const { octets, signature } of vouching.slice(0, MAX_KEY_PARTS)) {
      if (signature.kind !== 'good') continue
      const signedBy = signature.signature.primary
      for (const copy of (await this.#openPgp.inspect(octets, this.#now)).certificates)
        for (const [index, offer] of this.#offered.entries())
          if (offer.fingerprint === copy.fingerprint && offer.revoked === undefined)
            this.#offered[index] = {
              ...offer,
              octets: copy.octets,
              keyIds: copy.keyIds,
              encryptable: copy.encryptable,
              encryptsUntil: copy.encryptsUntil,
              ...faultOf(copy),
              signedBy,
            }
    }
  }

  verifyDetached(signature: Uint8Array, content: Uint8Array): Promise<SignatureVerdict> {
    return this.#openPgp.verifyDetached(signature, content, [...this.#known.values()], this.#now)
  }

  openMessage(octets: Uint8Array): ReturnType<OpenPgp<Certificate>['openMessage']> {
    return this.#openPgp.openMessage(octets, [...this.#known.values()], this.#now)
  }

  async #takeAttached(root: Entity, place: OfferedCertificate['place']): Promise<void> {
    const attached = await attachedKeys(root)
    if (attached.tooLarge > 0) this.#refused.add('too-large')
    for (const octets of attached.keys) await this.#take(octets, place)
  }

  async #take(octets: Uint8Array, place: OfferedCertificate['place']): Promise<void> {
    const { certificates, refused } = await this.#openPgp.inspect(octets, this.#now)
    for (const fault of refused) this.#refused.add(fault)
    for (const inspected of certificates) {
      const { fingerprint, keyIds, certificate, encryptable, encryptsUntil, octets } = inspected
      const before = this.#offered.findIndex(
        other => other.fingerprint === fingerprint && (other.place === 'inside') === (place === 'inside'),
      )
      const revoked = inspected.revoked ? ({ revoked: true } as const) : {}
      const fit = { encryptable, encryptsUntil, ...faultOf(inspected) }
      const offer = { place, octets, fingerprint, keyIds, ...fit, ...revoked }
      // A revocation counts however many copies stand beside it that lack it.
      if (before >= 0 && inspected.revoked) this.#offered[before] = offer
      else if (before < 0 && this.#offered.length < MAX_OFFERED) this.#offered.push(offer)
      else continue
      if (!this.#enrolled.has(fingerprint) && (inspected.revoked || !this.#known.has(fingerprint)))
        this.#known.set(fingerprint, certificate)
    }
  }
}

const faultOf = ({ fault }: { readonly fault: KeyFault | undefined }) =>
  fault === undefined ? {} : { fault }

const mayHoldCertificates = ({ mediaType, disposition, fileName, octets }: Part): boolean =>
  octets.length <= MAX_KEY_PART &&
  (mediaType === 'application/pgp-keys' ||
    ((disposition === 'attachment' || fileName !== undefined) && hasArmoredCertificate(octets)))

const isSmall = (entity: Entity): boolean => entity.body.end - entity.body.start <= MAX_KEY_PART

/**
 * The octets of application/pgp-keys parts, and of named or attached ones that hold an armored key, be it a secret
 * one; and how many parts that are declared as keys are too large to be looked at.
 */
async function attachedKeys(
  root: Entity,
): Promise<{ readonly keys: readonly Uint8Array[]; readonly tooLarge: number }> {
  const keys: Uint8Array[] = []
  let tooLarge = 0
  for (const entity of subtree(root)) {
    if (entity.children.length > 0) continue
    const isDeclared = entity.mediaType === 'application/pgp-keys'
    if (!isSmall(entity)) {
      if (isDeclared) tooLarge += 1
      continue
    }
    if (keys.length >= MAX_KEY_PARTS) break
    const leaf = await decodeLeaf(entity)
    const isAttached = leaf.disposition === 'attachment' || leaf.fileName !== undefined
    if (isDeclared || (isAttached && hasArmoredKey(leaf.octets))) keys.push(leaf.octets)
  }
  return { keys, tooLarge }
}
