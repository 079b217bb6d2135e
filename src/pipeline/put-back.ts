// Octets that were fetched from the mailbox again: only those are sealed, and so put back, that are the very ones
// which their mail had when it came.
import { sha256Of } from '../digest.ts'
import type { Keyring } from '../instance/keyring.ts'
import type { OperatorRequest } from '../model/decision.ts'
import type { Instant } from '../model/scalars.ts'
import type { Store } from '../store/store.ts'
import type { RefetchedRequest } from './operator-request.ts'

export async function sealAgain(
  mails: RefetchedRequest['mails'],
  { inbound }: Pick<Store, 'inbound'>,
  keyring: Pick<Keyring, 'encryptForStorage'>,
  now: Instant,
): Promise<OperatorRequest> {
  const isIts = ({ id, octets }: (typeof mails)[number]) => {
    const row = inbound.row(id)
    return row?.source === 'imap' && row.sha256 === sha256Of(octets)
  }
  const sealed = mails
    .filter(isIts)
    .map(async ({ id, octets }) => ({ id, raw: await keyring.encryptForStorage(octets, now) }))
  return { kind: 'put-back', mails: await Promise.all(sealed) }
}
