// Who was declined asks again, and when they may: told to the mailbox and the key that were proven then, and to nobody
// else (threats.md C15).
import type { Application } from '../../model/application.ts'
import { dueAt } from '../../model/calendar.ts'
import type { Snapshot } from '../../model/decision.ts'
import type { MailOrder } from '../../model/order.ts'
import {
  type EmailAddress,
  type Fingerprint,
  foldedMailbox,
  type Instant,
  type ProjectName,
} from '../../model/scalars.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import { toApplicant } from './application-orders.ts'

/** From when on who is declined at an instant may ask again; undefined: at once. */
export function againFrom(
  project: ProjectName,
  declinedAt: Instant,
  settings: Settings,
): Instant | undefined {
  const { membership, calendar } = policyOf(settings, project)
  const pause = membership?.review.again
  return pause && dueAt(declinedAt, pause, calendar)
}

/** The request of theirs that was declined too short a time ago to ask again. */
export function declinedBefore(
  project: ProjectName,
  author: EmailAddress,
  key: Fingerprint | undefined,
  { applications, settings, now }: Pick<Snapshot, 'applications' | 'settings' | 'now'>,
): Application | undefined {
  return [...applications.values()].find(one => {
    if (one.state !== 'declined' || one.project !== project || one.proven === undefined) return false
    const isTheirs =
      foldedMailbox(one.address) === foldedMailbox(author) ||
      (key !== undefined && one.key?.fingerprint === key)
    const from = one.end && againFrom(project, one.end.at, settings)
    return isTheirs && from !== undefined && now < from
  })
}

/** What they were told when they were declined, once more, at the address and under the key of then. */
export function declinedAgain(application: Application, settings: Settings): readonly MailOrder[] {
  const { end, project } = application
  if (end?.reason === undefined) return []
  const again = againFrom(project, end.at, settings)
  const content = { kind: 'application-declined', application, reason: end.reason, again } as const
  return [toApplicant(application, content)]
}
