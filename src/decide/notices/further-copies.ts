// A copy of a notice that failed a contact goes once more, made anew, after a mail that they signed: their mailbox is
// somebody's again (product.md §8). Once; after that an admin sends it.
import type { Decision, Input, Snapshot } from '../../model/decision.ts'
import { type NoticeEvent, SCHEDULER } from '../../model/event.ts'
import type { FurtherCopy } from '../../model/notice.ts'
import { plaintext } from '../../model/plaintext.ts'
import { policyOf } from '../../model/settings.ts'
import { freshnessOf } from '../freshness.ts'
import { toAdmins } from '../orders.ts'
import { copyFault } from './copies.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

/** Nobody wrote these to us, or not now. */
const UNHEARD: readonly Decision['outcome'][] = ['own', 'bounce', 'duplicate', 'shunt']

export function withFurtherCopies(decision: Decision, input: MailInput, snapshot: Snapshot): Decision {
  const copies = UNHEARD.includes(decision.outcome) ? [] : furtherOf(input, snapshot)
  if (copies.length === 0) return decision
  const { now, notices, settings } = snapshot
  const byNotice = Map.groupBy(copies, one => one.notice)
  const events: NoticeEvent[] = []
  const mails = [...decision.mails]
  for (const [notice, some] of byNotice) {
    const found = notices.get(notice)
    if (found === undefined || decision.events.some(event => 'notice' in event && event.notice === notice))
      continue
    const further = some.map(({ contact, copy }): FurtherCopy => ({ contact, copy }))
    events.push({ at: now, actor: SCHEDULER, notice, kind: 'notice-resent', copies: further })
    const lines = further.map(({ contact }) =>
      plaintext(
        `${notice} goes once more to ${contact}: its copy had failed, and they signed a mail just now.`,
      ),
    )
    const about = { project: found.project, case: found.case }
    mails.push(...toAdmins(settings.admins, about, { kind: 'change', by: 'scheduler', lines }))
  }
  return { ...decision, events: [...decision.events, ...events], mails }
}

function furtherOf({ mail: { author }, receivedAt }: MailInput, snapshot: Snapshot) {
  const { failed, contacts, distributors, notices, cases, settings, now, signature } = snapshot
  if (author === undefined || signature === 'used') return []
  return failed.flatMap(({ notice: id, case: about, contact: to }) => {
    const notice = notices.get(id)
    const contact = contacts.find(one => one.id === to && one.fingerprint === author.primary)
    if (notice?.state !== 'released' || contact === undefined) return []
    if (notice.further.some(one => one.contact === to)) return []
    if (freshnessOf(author, receivedAt, snapshot, contact.since) !== 'fresh') return []
    const of = distributors.find(one => one.id === contact.distributor)
    const fault = copyFault(notice, cases.get(about), contact, of, policyOf(settings, notice.project), now)
    return fault === undefined ? [{ notice: id, contact: to, copy: 2 }] : []
  })
}
