// What the pipeline asks of a decision: how far each stream was that it saw, and who hears of mail that is read
// a second time.
import { statesIn } from '../decide/known.ts'
import type { Decision, Snapshot } from '../model/decision.ts'
import { type Event, streamOf } from '../model/event.ts'
import type { MailOrder } from '../model/order.ts'
import { sameMailbox } from '../model/scalars.ts'
import { stateBefore } from '../model/states.ts'
import { FILED_MAILBOX } from '../receive/rescan.ts'
import type { Waiting } from '../store/inbound-rows.ts'
import type { AnsweredUpTo } from '../store/safe-mode.ts'

/** The revision of each stream that the events go to, as the decision saw it; new streams are left out. */
export function revisionsSeen(
  events: readonly Event[],
  snapshot: Snapshot,
): Map<ReturnType<typeof streamOf>, number> {
  const seen = new Map<ReturnType<typeof streamOf>, number>()
  const states = statesIn(snapshot)
  for (const event of events) {
    const before = stateBefore(event, states)
    if (before !== undefined) seen.set(streamOf(event), before.revision)
  }
  return seen
}

/**
 * Mail that may have been answered in a life that the backup does not know of is not answered again: of mail
 * that was filed, or lay in a mailbox that is not emptied, or waited at the backup, only the team hears, and is
 * told so (threats.md L01, L02).
 */
export function heardAgain(
  decision: Decision,
  waiting: Pick<Waiting, 'mailbox' | 'uidValidity' | 'uid' | 'receivedAt'>,
  snapshot: Snapshot,
  answeredUpTo: AnsweredUpTo | undefined,
): Decision {
  const { restoredAt, settings } = snapshot
  const { mailbox, uidValidity, uid, receivedAt } = waiting
  const stayed = uidValidity === answeredUpTo?.uidValidity && uid <= answeredUpTo.uid
  const waited = restoredAt !== undefined && receivedAt <= restoredAt
  if (mailbox !== FILED_MAILBOX && !stayed && !waited) return decision
  const mails = decision.mails.filter(({ to }) =>
    settings.admins.some(admin => sameMailbox(admin.address, to)),
  )
  const { owed, ...heard } = decision
  const dropped = owed !== undefined || mails.length < decision.mails.length
  // A token that is not mailed is not out: the next mail of the applicant brings one.
  const events = heard.events.filter(({ kind }) => kind !== 'challenge-sent')
  return { ...heard, events, mails: dropped ? mails.map(unanswered) : mails }
}

function unanswered(order: MailOrder): MailOrder {
  const { content } = order
  return (content.kind === 'report' && content.what === 'new') || content.kind === 'application'
    ? { ...order, content: { ...content, unanswered: 'restored' } }
    : order
}
