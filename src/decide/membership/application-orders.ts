// Mail about an application: to the applicant where it stands, to every admin what came. Nothing that says who is on a
// list goes to an applicant, and nothing of what one wrote goes back to them (threats.md B01, C15).
import type { Application } from '../../model/application.ts'
import type { Snapshot } from '../../model/decision.ts'
import type { OpenedMail } from '../../model/mail.ts'
import type { Content, EncryptTo, MailOrder, Suggestion } from '../../model/order.ts'
import type { MessageId } from '../../model/scalars.ts'
import type { Admin, Settings } from '../../model/settings.ts'
import { suggestion } from '../commands/suggestion.ts'
import { toAdmins } from '../orders.ts'

/** To the applicant's address alone; `encryptTo` where it goes under a key. */
export const toApplicant = (
  { id, project, address, proven }: Application,
  content: Extract<Content, { kind: 'application-answer' }>,
  encryptTo: EncryptTo,
  inReplyTo: MessageId | undefined,
  settings: Settings,
): MailOrder => ({
  to: address,
  encryptTo,
  project,
  case: undefined,
  notice: undefined,
  contact: undefined,
  application: id,
  inReplyTo,
  content,
  ...(proven === undefined || content.occasion === 'lapsed'
    ? {}
    : {
        offers: [
          suggestion(settings, 'See where it stands', `status ${id}`),
          suggestion(settings, 'Withdraw it', `withdraw ${id}`),
        ],
      }),
})

/**
 * Under the key that was proven, or one that stood on the outside of the mail that is answered; else in clear: a key
 * from inside an encryption would tell whoever passed the mail on what was in it.
 */
export function applicantsKey(
  { key, proven }: Application,
  mail: OpenedMail | undefined,
  { ownKeys }: Pick<Snapshot, 'ownKeys'>,
): EncryptTo {
  if (key !== undefined && proven !== undefined) return { kind: 'offered', certificate: key.certificate }
  const offer = mail?.offered.find(
    one =>
      one.encryptable &&
      !ownKeys.includes(one.fingerprint) &&
      (one.place === 'autocrypt' || (one.place === 'outer' && mail.encryption === 'clear')),
  )
  return offer === undefined ? { kind: 'nobody' } : { kind: 'offered', certificate: offer.octets }
}

export const applicationToAdmins = (
  admins: readonly Admin[],
  content: Extract<Content, { kind: 'application' }>,
  settings: Settings,
): readonly MailOrder[] => {
  const { application } = content
  const offers = applicationOffers(application, settings)
  return toAdmins(admins, { project: application.project, case: undefined }, content).map(order => ({
    ...order,
    offers,
  }))
}

/** What an admin may do with an application by one tap. */
export function applicationOffers({ id, state }: Application, settings: Settings): readonly Suggestion[] {
  const offer = (label: string, command: string) => suggestion(settings, label, command)
  const look = offer('See all that is known', `show ${id}`)
  return state === 'open' ? [look, offer('Close it as spam, telling nobody', `spam ${id}`)] : [look]
}
