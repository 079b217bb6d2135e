// Who is acknowledged, now or later: limits to an address, to a domain and in all. What is over a limit is owed,
// and paid when the day allows, in one mail for all that a mailbox is owed. Nothing that a mail says counts here.

import type { Limit } from '../model/alert.ts'
import type { Case } from '../model/case.ts'
import type { Decision, Input, Owed, OwedChange, Snapshot } from '../model/decision.ts'
import { SCHEDULER } from '../model/event.ts'
import type { OfferedCertificate, OpenedMail } from '../model/mail.ts'
import type { Content, EncryptTo, MailOrder } from '../model/order.ts'
import { type CaseId, domainOf, type EmailAddress, UNROUTED } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { answerable, toAdmins } from './orders.ts'
import { silent } from './outcomes.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

/** Case numbers in one mail; a mailbox that is owed more is hardly a person's. */
const MOST_LISTED = 1_000

/** The acknowledgement of a new case, the debt that stands in its place, or why there is neither. */
export function acknowledging(
  theCase: Case,
  input: MailInput,
  snapshot: Snapshot,
): {
  readonly mails: readonly MailOrder[]
  readonly owed: OwedChange | undefined
  readonly unanswered: Extract<Content, { kind: 'report' }>['unanswered']
} {
  if (theCase.advisory !== undefined) return { mails: [], owed: undefined, unanswered: 'advisory' }
  const author = answerable(input, snapshot)
  if (!author.ok) return { mails: [], owed: undefined, unanswered: author.error }
  const order = acknowledge(theCase, author.value, input.mail, snapshot)
  const limit = limitReached(author.value, snapshot.acknowledged, snapshot.settings)
  if (limit === undefined) return { mails: [order], owed: undefined, unanswered: undefined }
  const told = { kind: 'acknowledgements-postponed', limit, case: theCase.id } as const
  const about = { project: theCase.project, case: theCase.id }
  const { admins } = snapshot.settings
  return {
    // One alert for all that follows: a flood must not become one of ours.
    mails: snapshot.owed.includes(limit) ? [] : toAdmins(admins, about, { kind: 'alert', alert: told }),
    owed: { kind: 'owed', order, limit },
    unanswered: 'capped',
  }
}

/** One mail for all that a mailbox is owed; undefined while the limits hold. */
export function payOwed({ mailbox, orders, cases }: Owed, snapshot: Snapshot): Decision | undefined {
  const [first, second] = orders
  if (first === undefined || snapshot.mode === 'safe') return undefined
  if (limitReached(first.to, snapshot.acknowledged, snapshot.settings) !== undefined) return undefined
  return {
    ...silent('command', 'acknowledgement-paid'),
    actor: SCHEDULER,
    mails: [second === undefined ? first : listOf(first, orders, cases)],
    owed: { kind: 'paid', mailbox, cases },
  }
}

/** In clear, for it says no more than numbers, and any of these mails may have brought a stranger's key. */
function listOf(first: MailOrder, orders: readonly MailOrder[], cases: number): MailOrder {
  const isCase = (id: CaseId | undefined): id is CaseId => id !== undefined
  const listed = orders
    .slice(0, MOST_LISTED)
    .map(order => order.case)
    .filter(isCase)
  const project = orders.every(order => order.project === first.project) ? first.project : UNROUTED
  return {
    ...first,
    project,
    encryptTo: { kind: 'nobody' },
    content: { kind: 'acknowledgement-list', cases: listed, others: cases - listed.length },
  }
}

/** Which limit keeps one more mail of this kind from that address; `acknowledged`: what went out in 24 h. */
export function limitReached(
  to: EmailAddress,
  acknowledged: Snapshot['acknowledged'],
  { limits, mailProviders }: Settings,
): Limit | undefined {
  if (acknowledged.address >= limits.acknowledgementsPerAddressAndDay) return 'address'
  if (acknowledged.all >= limits.acknowledgementsPerDay) return 'all'
  const shared = mailProviders.includes(domainOf(to))
  return !shared && acknowledged.domain >= limits.acknowledgementsPerDomainAndDay ? 'domain' : undefined
}

/** Encrypted only to a key that stood on the outside, where the sender's own mail server saw it too. */
export function acknowledge(
  theCase: Case,
  to: EmailAddress,
  mail: OpenedMail,
  { ownKeys }: Pick<Snapshot, 'ownKeys'>,
): MailOrder {
  const outside = (offer: OfferedCertificate) =>
    offer.encryptable &&
    !ownKeys.includes(offer.fingerprint) &&
    (offer.place === 'autocrypt' || (offer.place === 'outer' && mail.encryption === 'clear'))
  const key = mail.offered.find(outside)
  const encryptTo: EncryptTo =
    key === undefined ? { kind: 'nobody' } : { kind: 'offered', certificate: key.octets }
  return {
    to,
    encryptTo,
    project: theCase.project,
    case: theCase.id,
    notice: undefined,
    contact: undefined,
    inReplyTo: mail.header.messageId,
    content: { kind: 'acknowledgement', receivedAt: theCase.receivedAt },
  }
}
