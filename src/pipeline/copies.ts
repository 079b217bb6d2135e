// The copies of a notice, made ahead of its instant: those that its contacts still lack go into the outbox, a batch
// a transaction. A mail that waits ends it early, since that may be the `cancel`. Nothing is released from here.
import type { Config } from '../config/config.ts'
import type { Clock } from '../instance/clock.ts'
import type { Keyring } from '../instance/keyring.ts'
import type { Log } from '../log.ts'
import type { Contact } from '../model/contact.ts'
import { causeOf, codeOf, type EndedCopy } from '../model/copy-end.ts'
import type { Notice } from '../model/notice.ts'
import type { ContactId, Instant } from '../model/scalars.ts'
import { policyOf } from '../model/settings.ts'
import type { Delivery } from '../store/delivery.ts'
import type { Store } from '../store/store.ts'
import type { Sealer } from './sealing.ts'

type Parts = {
  readonly config: Pick<Config, 'settings'>
  readonly clock: Clock
  readonly log: Log
  readonly store: Store
  readonly keyring: Keyring
  readonly sealer: Sealer
}

/** Notices that went out, and of which some contact is to get a copy still. */
export function noticesOwed(parts: Parts): readonly Notice[] {
  const { store, config, clock } = parts
  const { projects } = config.settings
  const late = projects.filter(({ policy }) => policy.membership?.lateJoiners === 'embargoed')
  const joined = late
    .flatMap(({ name }) => store.lateJoiners.notices(name))
    .filter(notice => lackingOf(notice, parts).length > 0)
  const owed = [...store.copies.owed(clock.now()), ...joined]
  return [...new Map(owed.map(notice => [notice.id, notice])).values()]
}

/** Those who joined since it went out get it where the policy says so. */
function lackingOf(notice: Notice, { store, config, clock }: Parts): readonly Contact[] {
  const now = clock.now()
  const lacking = store.copies.lacking(notice, now)
  const { membership } = policyOf(config.settings, notice.project)
  if (notice.state !== 'released' || membership?.lateJoiners !== 'embargoed') return lacking
  const joined = store.lateJoiners.of(notice)
  return [...lacking, ...joined.filter(one => store.copies.faultFor(notice, one, now) === undefined)]
}

/** At least a batch, at most until then or a stop; `more`: some contacts still lack their copy. */
export async function prepareCopies(
  parts: Parts,
  notice: Notice,
  until: Instant,
  signal: AbortSignal,
): Promise<'made' | 'more'> {
  const { store, sealer, keyring, clock, log } = parts
  const contacts = lackingOf(notice, parts)
  if (contacts.length === 0) return 'made'
  await keyring.enrol(contacts)
  const now = clock.now()
  const theCase = store.findCase(notice.case)
  // Before anything is worded, so that what changes meanwhile shows.
  const basis = store.copies.basisOf(notice)
  let lacking = contacts.length
  for await (const copies of sealer.sealCopies(notice, contacts, now, theCase)) {
    store.outbox.addNoticeCopies(notice, copies, basis, now)
    lacking -= copies.length
    if (signal.aborted || clock.now() >= until || store.inbound.oldestWaiting() !== undefined) break
  }
  log('copies-prepared', { notice: notice.id, copies: contacts.length - lacking, lacking })
  return lacking > 0 ? 'more' : 'made'
}

/** How a copy ended, by codes. */
export const endedCopy = (delivery: Delivery): EndedCopy => {
  const { contact, to, state, inDoubt } = delivery
  if (contact === undefined) throw new Error('not a copy of a notice')
  const doubt = inDoubt === 1 ? 'in-doubt' : 'none'
  return { contact, to, state, doubt, cause: causeOf(delivery), code: codeOf(delivery) }
}

/** Of a notice whose embargo is over: those who never had it, or of whom it is not known. */
export function neverHad({ id }: Notice, { store }: Pick<Parts, 'store'>): readonly EndedCopy[] {
  const last = new Map<ContactId, Delivery>()
  for (const one of store.outbox.list({ notice: id })) {
    const { contact } = one
    const other = contact && last.get(contact)
    if (contact !== undefined && (other === undefined || other.copy < one.copy)) last.set(contact, one)
  }
  return [...last.values()].filter(({ state }) => state !== 'sent' && state !== 'sending').map(endedCopy)
}
