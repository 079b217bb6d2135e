// Orders of mail about a request to join: to whoever made it, in its thread, and to the team.
import type { Application } from '../../model/application.ts'
import type { Content, MailOrder } from '../../model/order.ts'
import type { Settings } from '../../model/settings.ts'
import type { Known } from '../known.ts'
import { toAdmins } from '../orders.ts'
import { applicantsKey } from './application-orders.ts'
import { standingOf } from './standing.ts'

/** One mail to whoever made a request, under the key that they proved, or in clear where they proved none. */
export const letterToApplicant = (application: Application, content: Content): MailOrder => ({
  to: application.address,
  encryptTo: applicantsKey(application, undefined, { ownKeys: [] }),
  project: application.project,
  case: undefined,
  notice: undefined,
  contact: undefined,
  application: application.id,
  inReplyTo: undefined,
  content,
})

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
