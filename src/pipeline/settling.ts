// What the pipeline asks of a decision: how far each stream was that it saw, and who hears of mail that is read
// a second time.
import type { Decision, Snapshot } from '../model/decision.ts'
import { type Event, streamOf } from '../model/event.ts'
import { type CaseId, type Instant, sameMailbox } from '../model/scalars.ts'
import { FILED_MAILBOX } from '../receive/rescan.ts'
import type { Waiting } from '../store/inbound.ts'

/** When each case at hand was reported, for the wording of what was promised. */
export function receiptsIn(snapshot: Snapshot, decision: Decision): (theCase: CaseId) => Instant | undefined {
  const opened = decision.events.find(event => event.kind === 'case-opened')
  return id => snapshot.cases.get(id)?.receivedAt ?? (opened?.case === id ? opened.at : undefined)
}

/** The revision of each stream that the events go to, as the decision saw it; new streams are left out. */
export function revisionsSeen(
  events: readonly Event[],
  snapshot: Snapshot,
): Map<ReturnType<typeof streamOf>, number> {
  const seen = new Map<ReturnType<typeof streamOf>, number>()
  for (const event of events) {
    const before =
      'notice' in event
        ? snapshot.notices.get(event.notice)
        : 'contact' in event
          ? undefined
          : snapshot.cases.get(event.case)
    if (before !== undefined) seen.set(streamOf(event), before.revision)
  }
  return seen
}

/**
 * Mail that was answered in a life that the backup does not know of is not answered again: of mail read from
 * where it was filed, or that waited at the backup, only the team hears (threats.md L01, L02).
 */
export function heardAgain(
  decision: Decision,
  { mailbox, receivedAt }: Waiting,
  snapshot: Snapshot,
): Decision {
  const { restoredAt, settings } = snapshot
  const again = mailbox === FILED_MAILBOX || (restoredAt !== undefined && receivedAt <= restoredAt)
  if (!again) return decision
  const mails = decision.mails.filter(({ to }) =>
    settings.admins.some(admin => sameMailbox(admin.address, to)),
  )
  return { ...decision, mails }
}
