// After a restore: the mailbox of filed mail is read until all of it was, and what the backup does not know is
// put into the inbound queue.
import { setTimeout as pause } from 'node:timers/promises'
import { sha256Of } from '../digest.ts'
import type { Instance } from '../instance/instance.ts'
import { SECOND } from '../model/time.ts'
import { readFiled } from '../receive/rescan.ts'

const WAIT = 10 * SECOND

/** Ends when there is nothing to read again, or with `signal`; never rejects. */
export async function rescan(
  { store, servers, config, keyring, clock, log }: Omit<Instance, 'close'>,
  signal: AbortSignal,
  stored: () => void,
): Promise<void> {
  const restoredAt = store.safeMode.restoredAt() ?? clock.now()
  while (store.safeMode.rescan() === 'due' && !signal.aborted) {
    let missing = 0
    try {
      const { mails, unfiled } = await readFiled({
        server: servers.imap,
        maxMail: config.settings.limits.maxMail,
        signal,
        // What came since is of this life, and may only not be filed yet.
        known: uidValidity => store.inbound.uidsKnown(servers.imap.mailbox, uidValidity, restoredAt),
        store: async ({ octets, ...place }) => {
          const sha256 = sha256Of(octets)
          if (store.inbound.hasOctets(sha256)) return
          const receivedAt = clock.now()
          const raw = await keyring.encryptForStorage(octets, receivedAt)
          store.inbound.receive({ source: 'imap', ...place, sha256, size: octets.length, raw, receivedAt })
          missing += 1
        },
      })
      store.safeMode.rescanned(unfiled)
      log('rescanned', { mails, missing })
      stored()
    } catch {
      if (signal.aborted) return
      log('rescan-failed', { missing })
      await pause(WAIT, undefined, { signal }).catch(() => undefined)
    }
  }
}
