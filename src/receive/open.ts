// Opens one mail: structure, decryption, signatures, keys that came with it, the text of a command. In: raw
// octets and the OpenPGP functions. Out: OpenedMail and whether a machine wrote it. Runs in the child; it
// opens no more than one level of encryption, and nothing at all of what may be a bounce (threats.md B03).
import type { GoodSignature, OpenedMail, Part } from '../model/mail.ts'
import { type Plaintext, plaintext } from '../model/plaintext.ts'
import { ok, type Result } from '../model/result.ts'
import type { EmailAddress, Instant } from '../model/scalars.ts'
import { authoredText, cryptographicPayload } from './authored.ts'
import {
  type AutomaticSettings,
  automaticKind,
  hasNullReturnPath,
  MAX_HINT_TEXT,
  type MachineHints,
  type MachineKind,
} from './automatic.ts'
import { decodeLeaf } from './leaf.ts'
import { type EnrolledCertificate, KnownCertificates, type OpenPgp } from './offered.ts'
import { authorsOf, mailHeader, subjectOf } from './parse.ts'
import { sha256Of } from './part.ts'
import { hasProtectedHeader } from './shapes.ts'
import { type Entity, fieldValue, octetsOf, splitEntity, subtree } from './structure.ts'
import { Walk, type Walked, type WalkFault } from './walk.ts'

export type OpenedInbound = { readonly mail: OpenedMail; readonly machine: MachineKind }

/**
 * Opens a mail; ciphertext that cannot be opened is no fault, it stays a part. A fault means that the mail is
 * beyond the bounds of what can be read at all (`too-large`: something inside grew when it was opened).
 */
export async function openMail<Certificate>(
  octets: Uint8Array,
  openPgp: OpenPgp<Certificate>,
  enrolled: readonly EnrolledCertificate<Certificate>[],
  automatic: AutomaticSettings,
  now: Instant,
): Promise<Result<OpenedInbound, WalkFault>> {
  const split = splitEntity(octets)
  if (!split.ok) return split
  const root = split.value
  const header = await mailHeader(root.fields, automatic.lists)
  const machine = automaticKind(header, await machineHints(root), automatic)
  const certificates = new KnownCertificates(openPgp, enrolled, now)
  await certificates.takeOuter(root, header.authors.length === 1 ? header.authors[0] : undefined)
  const mayBeBounce = machine === 'bounce' || hasNullReturnPath(root.fields, automatic)
  const walked = await new Walk(root, certificates, mayBeBounce ? 'closed' : 'opened').run()
  if (!walked.ok) return walked
  await certificates.noteSigners(walked.value.parts)
  const mail: OpenedMail = {
    header,
    bodySha256: sha256Of(octetsOf(root, root.body)),
    encryption: encryptionOf(walked.value),
    ...(walked.value.decrypted === 0 ? {} : { lists: walked.value.lists }),
    protectedSubject: await protectedSubject(cryptographicPayload(root, walked.value), header.subject),
    innerAuthors: innerAuthors(walked.value),
    parts: walked.value.allParts,
    authored: authoredText(root, walked.value),
    offered: certificates.offered,
    ...(certificates.refused.length === 0 ? {} : { refusedKeys: certificates.refused }),
    author: authorOf(walked.value.parts),
  }
  return ok({ mail, machine })
}

async function machineHints(root: Entity): Promise<MachineHints> {
  const first = subtree(root).find(entity => entity.mediaType.startsWith('text/'))
  const leaf = first === undefined ? undefined : await decodeLeaf(first)
  return {
    mediaType: root.mediaType,
    childTypes: root.children.filter(child => !isMarkedAttached(child)).map(child => child.mediaType),
    firstText: leaf?.text?.open().slice(0, MAX_HINT_TEXT) ?? '',
  }
}

const isMarkedAttached = (entity: Entity): boolean =>
  /^attachment\b/i.test(fieldValue(entity.fields, 'content-disposition') ?? '')

/** `partly` as soon as anything stood outside the encryption, or one of several encryptions stayed closed. */
function encryptionOf({ allParts, decrypted, undecryptable }: Walked): OpenedMail['encryption'] {
  if (decrypted === 0) return undecryptable > 0 ? 'undecryptable' : 'clear'
  return undecryptable === 0 && allParts.every(part => part.encrypted) ? 'encrypted' : 'partly'
}

/** RFC 9788 §4: the payload's own Subject, where it declares its header protected and differs from the outer. */
async function protectedSubject(
  payload: Entity | undefined,
  outer: Plaintext,
): Promise<Plaintext | undefined> {
  if (payload === undefined || !hasProtectedHeader(payload)) return undefined
  if (fieldValue(payload.fields, 'subject') === undefined) return undefined
  const subject = await subjectOf(payload.fields)
  return subject === outer.open() ? undefined : plaintext(subject)
}

/** Who wrote what was decrypted, by its own protected header, wherever in the mail it stood. */
function innerAuthors({ cryptography, forwardAuthors }: Walked): readonly EmailAddress[] {
  const named = [...cryptography.values()].flatMap(found => {
    if (found.kind !== 'decrypted') return []
    const inner = cryptography.get(found.content)
    return authorsOf((inner?.kind === 'verified' ? inner.content : found.content).fields)
  })
  return [...named, ...forwardAuthors]
}

/** Every text that people read must carry a good signature of one and the same key. */
function authorOf(parts: readonly Part[]): GoodSignature | undefined {
  let author: GoodSignature | undefined
  for (const part of parts) {
    if (part.disposition !== 'inline' || !part.mediaType.startsWith('text/')) continue
    if (part.signature.kind !== 'good') return undefined
    if (author !== undefined && author.primary !== part.signature.signature.primary) return undefined
    author ??= part.signature.signature
  }
  return author
}
