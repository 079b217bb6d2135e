// Mail about a request to join: to whoever made it, in its thread, and to the team what came and how it stands. Nothing
// that says who is on a list goes to an applicant, and nothing of what one wrote goes back to them (threats.md B01, C15).
import type { Application } from '../../model/application.ts'
import type { Snapshot } from '../../model/decision.ts'
import type { OpenedMail } from '../../model/mail.ts'
import type { Content, EncryptTo, MailOrder } from '../../model/order.ts'
import type { MessageId } from '../../model/scalars.ts'
import type { Settings } from '../../model/settings.ts'
import type { Known } from '../known.ts'
import { toAdmins } from '../orders.ts'
import { standingOf } from './standing.ts'

/** To the address that the request came from, alone, in answer to nothing, or to a mail under a key of its own choice. */
export const toApplicant = (
  application: Application,
  content: Content,
  encryptTo: EncryptTo = provenKey(application),
  inReplyTo?: MessageId,
): MailOrder => ({
  to: application.address,
  encryptTo,
  project: application.project,
  case: undefined,
  notice: undefined,
  contact: undefined,
  application: application.id,
  inReplyTo,
  content,
})

const provenKey = ({ key, proven }: Application): EncryptTo =>
  key === undefined || proven === undefined
    ? { kind: 'nobody' }
    : { kind: 'offered', certificate: key.certificate }

/**
 * Under the key that was proven, or one that stood on the outside of the mail that is answered; else in clear: a key
 * from inside an encryption would tell whoever passed the mail on what was in it.
 */
export function keyOfAnswer(
  application: Application,
  mail: OpenedMail,
  { ownKeys }: Pick<Snapshot, 'ownKeys'>,
): EncryptTo {
  const proven = provenKey(application)
  if (proven.kind !== 'nobody') return proven
  const offer = mail.offered.find(
    one =>
      one.encryptable &&
      !ownKeys.includes(one.fingerprint) &&
      (one.place === 'autocrypt' || (one.place === 'outer' && mail.encryption === 'clear')),
  )
  return offer === undefined ? { kind: 'nobody' } : { kind: 'offered', certificate: offer.octets }
}

/** How a request stands, to every admin who is to hear of it. */
export function reviewMails(
  application: Application,
  occasion: Extract<Content, { kind: 'application-review' }>['occasion'],
  known: Pick<Known, 'contacts' | 'distributors' | 'settings'>,
  admins: Settings['admins'] = known.settings.admins,
): readonly MailOrder[] {
  const standing = standingOf(application, known)
  if (standing === undefined) return []
  const content = { kind: 'application-review', occasion, standing } as const
  return toAdmins(admins, { project: application.project, case: undefined }, content)
}
