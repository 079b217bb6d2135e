// Order → octets ready to sign and encrypt. Subject, author and date travel inside, under the signature
// (RFC 9788); outside stands only what a relay needs. One recipient per mail, and never a word of anybody
// else's in a header.
import type { HeaderField } from '../model/mail.ts'
import type { Content, MailOrder, SimulatedMail } from '../model/order.ts'
import type { EmailAddress, Instant, MessageId } from '../model/scalars.ts'
import type { ComposeContext } from './context.ts'
import { autocryptField, dateField, fieldLines, mailbox } from './header.ts'
import { boundaryFrom, entityOf, entityPieces, type Leaf, multipart, type Wording } from './mime.ts'
import { automaticFields, replyToOf, type Secrecy, secrecyOf, senderName, senderOf } from './traits.ts'
import { wordingOf } from './wording.ts'

/** A mail, worded and addressed, before it is signed. */
export type Draft = {
  /** Sending address; its key signs. */
  readonly from: EmailAddress
  readonly to: EmailAddress
  readonly messageId: MessageId
  /** Fields under the signature, with the true subject. */
  readonly protectedFields: readonly HeaderField[]
  /** Fields outside it only. */
  readonly outerFields: readonly HeaderField[]
  /** What stands for the subject outside an encryption. */
  readonly outerSubject: string
  readonly leaves: readonly Leaf[]
  readonly innerBoundary: string
  readonly outerBoundary: string
  readonly secrecy: Secrecy
}

/**
 * Words and addresses an order. Copies of one notice differ in To, Message-ID and the outer boundary: see
 * `readdressed`.
 * @throws if the order cannot be worded: a fault of ours, never of a mail's content.
 */
export function compose(order: MailOrder, context: ComposeContext): Draft {
  const from = senderOf(order, context.settings)
  const { subject, leaves } = worded(order, context)
  const own: HeaderField[] = [
    { name: 'To', value: order.to },
    { name: 'Message-ID', value: context.messageId },
  ]
  if (order.inReplyTo !== undefined)
    own.push({ name: 'In-Reply-To', value: order.inReplyTo }, { name: 'References', value: order.inReplyTo })
  const common: HeaderField[] = [
    { name: 'From', value: mailbox(senderName(order, context.settings), from) },
    { name: 'Reply-To', value: replyToOf(order, context) },
    { name: 'Subject', value: subject },
    { name: 'Date', value: dateField(dateOf(order.content, context.now)) },
  ]
  const outer = [
    ...automaticFields(order.content),
    { name: 'Autocrypt', value: autocryptField(from, context.key(from).autocrypt) },
  ]
  // The payload of a notice is shared by all members, so that nothing of one of them may be in it.
  const shared = order.content.kind === 'notice'
  return {
    from,
    to: order.to,
    messageId: context.messageId,
    protectedFields: shared ? common : [...common, ...own],
    outerFields: shared ? [...own, ...outer] : outer,
    outerSubject: ['[...]', order.notice ?? order.case].filter(word => word !== undefined).join(' '),
    leaves,
    innerBoundary: boundaryFrom(context.boundaries()),
    outerBoundary: boundaryFrom(context.boundaries()),
    secrecy: secrecyOf(order.content.kind),
  }
}

const NOTHING = new Uint8Array(0)

/** What its reader sees of an order: subject and parts. @throws as `compose` does. */
export function worded(order: MailOrder, context: ComposeContext): Wording {
  // Of files only names are shown, and those of a notice that is not scheduled are not kept yet.
  const file = () => NOTHING
  const later = (then: SimulatedMail) => worded(then.order, { ...context, now: then.at, file })
  return wordingOf(order, senderOf(order, context.settings), context, later)
}

/** The draft of one copy of a notice → that of another, with the same payload; `token` is for the boundary. */
export function readdressed(draft: Draft, to: EmailAddress, messageId: MessageId, token: string): Draft {
  const outerFields = draft.outerFields.map(({ name, value }) => {
    if (name === 'To') return { name, value: to }
    return { name, value: name === 'Message-ID' ? messageId : value }
  })
  return { ...draft, to, messageId, outerFields, outerBoundary: boundaryFrom(token) }
}

/**
 * The MIME entity to sign, with its protected fields (RFC 9788 §2); inside an encryption also what the
 * outside shows of each (`HP-Outer`).
 * @throws if a mail that must be encrypted is asked for in clear.
 */
export const payloadOf = (draft: Draft, protection: 'encrypted' | 'clear'): Uint8Array =>
  Buffer.concat(payloadPieces(draft, protection))

/** The same in pieces, which nobody else holds. */
export function payloadPieces(draft: Draft, protection: 'encrypted' | 'clear'): readonly Uint8Array[] {
  if (protection === 'clear' && draft.secrecy === 'encrypted-only') throw new Error('never in clear')
  const { fields, body } = entityOf(draft.leaves, draft.innerBoundary)
  const hidden = withSubject(draft.protectedFields, draft.outerSubject)
  const shownOutside = hidden.map(({ name, value }) => ({ name: 'HP-Outer', value: `${name}: ${value}` }))
  // Readers older than RFC 9788 look for the parameter of its draft.
  const parameters = `; hp="${protection === 'clear' ? 'clear' : 'cipher'}"; protected-headers="v1"`
  return entityPieces({
    fields: [
      ...draft.protectedFields,
      ...(protection === 'encrypted' ? shownOutside : []),
      ...fields.map(field =>
        field.name === 'Content-Type' ? { ...field, value: `${field.value}${parameters}` } : field,
      ),
    ],
    body,
  })
}

/**
 * The whole mail in clear, multipart/signed (RFC 3156 §5), the payload octet for octet as signed.
 * `micalg` as the parameter wants it: `pgp-sha512`.
 */
export function signedMail(
  draft: Draft,
  payload: Uint8Array,
  armoredSignature: string,
  micalg: string,
): Uint8Array {
  const boundary = draft.outerBoundary
  const type = `multipart/signed; micalg="${micalg}"; protocol="application/pgp-signature"; boundary="${boundary}"`
  const signature = entityPieces({
    fields: [
      { name: 'Content-Type', value: 'application/pgp-signature; name="signature.asc"' },
      { name: 'Content-Disposition', value: 'attachment; filename="signature.asc"' },
    ],
    body: [canonicalLines(Buffer.from(armoredSignature, 'latin1'))],
  })
  return Buffer.concat(
    mailPieces(draft, draft.protectedFields, multipart(type, boundary, [[payload], signature])),
  )
}

/** The whole mail encrypted (RFC 3156 §4): outside stands nothing of what it says. */
export const encryptedMail = (draft: Draft, armoredCiphertext: Uint8Array): Uint8Array =>
  Buffer.concat([...encryptedMailAround(draft, [canonicalLines(armoredCiphertext)])])

/** The same of a ciphertext with CRLF line ends in pieces, of which one at a time is held. */
export function* encryptedMailAround(
  draft: Draft,
  armoredCiphertext: Iterable<Uint8Array>,
): Generator<Uint8Array, void> {
  const place = new Uint8Array(0)
  const boundary = draft.outerBoundary
  const type = `multipart/encrypted; protocol="application/pgp-encrypted"; boundary="${boundary}"`
  const control = entityPieces({
    fields: [{ name: 'Content-Type', value: 'application/pgp-encrypted' }],
    body: [Buffer.from('Version: 1\r\n')],
  })
  const ciphertext = entityPieces({
    fields: [
      { name: 'Content-Type', value: 'application/octet-stream; name="encrypted.asc"' },
      { name: 'Content-Disposition', value: 'inline; filename="encrypted.asc"' },
    ],
    body: [place],
  })
  const fields = withSubject(draft.protectedFields, draft.outerSubject)
  for (const piece of mailPieces(draft, fields, multipart(type, boundary, [control, ciphertext])))
    if (piece === place) yield* armoredCiphertext
    else yield piece
}

function mailPieces(draft: Draft, fields: readonly HeaderField[], entity: ReturnType<typeof multipart>) {
  const header = [...fields, ...draft.outerFields, { name: 'MIME-Version', value: '1.0' }]
  return [Buffer.from(header.map(fieldLines).join('')), ...entityPieces(entity)]
}

const withSubject = (fields: readonly HeaderField[], subject: string): readonly HeaderField[] =>
  fields.map(field => (field.name === 'Subject' ? { name: 'Subject', value: subject } : field))

/** Armor with CRLF line ends; most of it comes so, and is then not copied. */
export function canonicalLines(armor: Uint8Array): Uint8Array {
  const text = Buffer.from(armor.buffer, armor.byteOffset, armor.byteLength)
  for (let at = text.indexOf(10); at !== -1; at = text.indexOf(10, at + 1))
    if (text[at - 1] !== 13) return Buffer.from(text.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')
  return armor
}

/** Copies of a notice are prepared ahead; they bear the instant at which they leave. */
const dateOf = (content: Content, now: Instant): Instant =>
  content.kind === 'notice' && content.notice.sendAt > now ? content.notice.sendAt : now
