// How mailbox and mail server were found last, for `status`: from what the daemon wrote down, without asking
// either server.
import type { Config } from '../config/config.ts'
import { type Instant, later } from '../model/scalars.ts'
import { formatInstant, MINUTE, SECOND } from '../model/time.ts'
import type { Store } from '../store/store.ts'

const TROUBLE = ['delivery-retry', 'delivery-failed', 'delivery-in-doubt'] as const

const shown = (at: Instant | undefined): string | null => (at === undefined ? null : formatInstant(at))

/** States, instants and codes; never an address or a server's words. */
export function connectionsOf(store: Store, { imap }: Config) {
  const { state, since, lookedAt, trouble } = store.mailboxes.watch(imap.mailbox)
  const accepted = store.audit.newestOf(['delivery-accepted'])
  const troubled = store.audit.newestOf(TROUBLE)
  const isLast = troubled !== undefined && troubled.seq > (accepted?.seq ?? 0)
  const { stage, code }: { stage?: unknown; code?: unknown } = isLast ? JSON.parse(troubled.ids) : {}
  return {
    mailbox: {
      state: state ?? 'never connected',
      since: shown(since),
      lastLook: shown(lookedAt),
      refused: trouble ?? null,
    },
    smtp: {
      lastAccepted: shown(accepted?.at),
      trouble: isLast
        ? { kind: troubled.kind, at: formatInstant(troubled.at), stage: stage ?? null, code: code ?? null }
        : null,
    },
  }
}

/** Whether a daemon reads the mailbox: the last look is no older than two polls and a minute. */
export function isRead(store: Store, { imap }: Config, now: Instant): boolean {
  const { state, lookedAt } = store.mailboxes.watch(imap.mailbox)
  const patience = 2 * imap.pollSeconds * SECOND + MINUTE
  return state === 'connected' && lookedAt !== undefined && now < later(lookedAt, patience)
}
