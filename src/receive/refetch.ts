// Fetches mails again whose stored octets are lost, wherever they lie now: filing gives a mail another UID, so
// that size and SHA-256 tell which is which. It changes nothing on the server.
import { createHash } from 'node:crypto'
import type { Sha256 } from '../model/scalars.ts'
import { MailboxConnection, type MailboxServer } from './imap.ts'

export type Wanted = { readonly sha256: Sha256; readonly size: number }

export type Refetch = {
  readonly server: MailboxServer
  /** Octets of the largest mail; of a larger one the header alone was stored. */
  readonly maxMail: number
  readonly wanted: readonly Wanted[]
  /** Called once for each that is found. */
  readonly found: (sha256: Sha256, octets: Uint8Array) => Promise<void>
}

/** Mails whose sizes are asked for at once. */
const BATCH = 500

/**
 * Looks through the mailbox and what was filed: first at mails of the right size, then, for servers that only
 * estimate sizes, at all others. @throws on a lost connection.
 */
export async function refetch({ server, maxMail, wanted, found }: Refetch): Promise<void> {
  const missing = new Map(wanted.map(one => [one.sha256, one.size]))
  const connection = new MailboxConnection(server, maxMail, () => undefined)
  const look = async (uid: number, size: number) => {
    const octets = size > maxMail ? await connection.header(uid) : await connection.octets(uid, maxMail)
    const sha256 = octets && (createHash('sha256').update(octets).digest('hex') as Sha256)
    if (octets !== undefined && sha256 !== undefined && missing.delete(sha256)) await found(sha256, octets)
  }
  try {
    await connection.open()
    for (const those of ['alike', 'others'] as const)
      for (const place of ['filed', 'mailbox'] as const) {
        if (missing.size === 0) return
        if ((await connection.examine(place)) === 'missing') continue
        const uids = await connection.uidsAfter(0)
        for (let start = 0; start < uids.length && missing.size > 0; start += BATCH) {
          const sizes = await connection.sizes(uids.slice(start, start + BATCH))
          for (const [uid, size] of sizes) {
            const isAlike = [...missing.values()].includes(size)
            if (missing.size > 0 && isAlike === (those === 'alike')) await look(uid, size)
          }
        }
      }
  } finally {
    connection.close()
  }
}
