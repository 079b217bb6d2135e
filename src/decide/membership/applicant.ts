// Who an applicant is, mail by mail: whose words one about a request to join are, and which key comes with it. Nothing
// but a mailbox says so until a key is proven, and from then on that key alone.
import type { Application } from '../../model/application.ts'
import type { Input, Snapshot } from '../../model/decision.ts'
import { type Actor, OUTSIDER } from '../../model/event.ts'
import type { KeyFault } from '../../model/key-fault.ts'
import type { OpenedMail } from '../../model/mail.ts'
import type { CaseKey } from '../../model/person.ts'
import { err, type Result } from '../../model/result.ts'
import { type EmailAddress, foldedMailbox, instant } from '../../model/scalars.ts'
import { freshnessOf } from '../freshness.ts'
import { authorOf, insideOf } from '../report.ts'
import { keyForMember } from './keys.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

/**
 * The key that the mail offers: of an encrypted mail only one from inside, for whoever relays a mail can put a key on
 * it; and none where the inside is somebody else's (threats.md B01).
 */
export function keyIn(mail: OpenedMail, snapshot: Snapshot): Result<CaseKey, KeyFault> {
  if (insideOf(mail, snapshot) === 'foreign') return err('none')
  const offered = mail.offered.filter(({ place, fingerprint }) =>
    mail.encryption === 'clear'
      ? place !== 'inside'
      : place === 'inside' || fingerprint === mail.author?.primary,
  )
  return keyForMember({ ...mail, offered }, snapshot.ownKeys)
}

/**
 * Whose words they are. Before the key is proven, whoever writes from the mailbox; from then on the key alone, for
 * anyone can put an address on a mail and undo what was proven.
 */
export function writerOf(
  input: MailInput,
  application: Application,
  snapshot: Snapshot,
): Actor | 'other' | 'replayed' {
  const { mail, sorted, receivedAt } = input
  const { key, proven, id } = application
  const { author } = mail
  if (sorted.machine !== 'human') return 'other'
  if (key !== undefined && author?.primary === key.fingerprint && insideOf(mail, snapshot) === 'own') {
    if (snapshot.signature === 'used') return 'replayed'
    if (freshnessOf(author, receivedAt, snapshot, instant(0)) === 'fresh')
      return { kind: 'applicant', name: id, fingerprint: key.fingerprint }
  }
  return proven === undefined && isFrom(authorOf(mail, snapshot.settings), application) ? OUTSIDER : 'other'
}

/** Another key than the one that is known, or a newer copy of it; once proven, only one that the proven key signed. */
export function newKey(
  offered: CaseKey,
  mail: OpenedMail,
  { key, proven }: Application,
  writer: Actor,
): CaseKey | undefined {
  if (offered.fingerprint === key?.fingerprint && isSame(offered.certificate, key.certificate))
    return undefined
  const isSigned = mail.offered.some(
    ({ fingerprint, signedBy }) => fingerprint === offered.fingerprint && signedBy === key?.fingerprint,
  )
  return proven === undefined || (writer.kind === 'applicant' && isSigned) ? offered : undefined
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((octet, at) => octet === b[at])

/** Whether a mail comes from the mailbox that a request came from. */
export const isFrom = (author: EmailAddress | undefined, { address }: Application): boolean =>
  author !== undefined && foldedMailbox(author) === foldedMailbox(address)
