// The copies of a notice, made ahead of its instant: those that its contacts still lack go into the outbox, a batch
// a transaction. A mail that waits ends it early, since that may be the `cancel`. Nothing is released from here.
import type { Config } from '../config/config.ts'
import type { Clock } from '../instance/clock.ts'
import type { Keyring } from '../instance/keyring.ts'
import type { Log } from '../log.ts'
import type { Contact } from '../model/contact.ts'
import type { Notice } from '../model/notice.ts'
import type { Instant } from '../model/scalars.ts'
import { policyOf } from '../model/settings.ts'
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

/** Notices that went out, and of which some contact is to get a copy still, if their embargo lasts. */
export function noticesOwed({ store, config }: Pick<Parts, 'store' | 'config'>): readonly Notice[] {
  const { projects } = config.settings
  const late = projects.filter(({ policy }) => policy.membership?.lateJoiners === 'embargoed')
  const owed = [
    ...store.outbox.releasedWithOutdatedCopies(),
    ...late.flatMap(({ name }) => store.lateJoiners.notices(name)),
  ]
  return [...new Map(owed.map(notice => [notice.id, notice])).values()]
}

/** Those who joined since it went out get it where the policy says so; who calls has seen that its embargo lasts. */
function lackingOf(notice: Notice, { store, config }: Parts): readonly Contact[] {
  const lacking = store.outbox.contactsWithoutCopy(notice)
  const { membership } = policyOf(config.settings, notice.project)
  if (notice.state !== 'released' || membership?.lateJoiners !== 'embargoed') return lacking
  return [...lacking, ...store.lateJoiners.of(notice)]
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
  let lacking = contacts.length
  for await (const copies of sealer.sealCopies(notice, contacts, now, theCase)) {
    store.outbox.addNoticeCopies(notice, copies, now)
    lacking -= copies.length
    if (signal.aborted || clock.now() >= until || store.inbound.oldestWaiting() !== undefined) break
  }
  log('copies-prepared', { notice: notice.id, copies: contacts.length - lacking, lacking })
  return lacking > 0 ? 'more' : 'made'
}
