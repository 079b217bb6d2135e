// Reads again what was filed on the server, once, after a restore: the mail that a backup does not know. Where a
// server cannot file, such mail is among that in the mailbox, up to its last. It changes nothing on the server and
// never looks into a mail.
import { MailboxConnection, type MailboxServer } from './imap.ts'

/** Stands for the mailbox of filed mail in the inbound queue. */
export const FILED_MAILBOX = '(filed)'

type FiledMail = {
  readonly mailbox: typeof FILED_MAILBOX
  readonly uidValidity: number
  readonly uid: number
  readonly octets: Uint8Array
}

export type Rescan = {
  readonly server: MailboxServer
  /** Octets of the largest mail to fetch; larger ones were never filed. */
  readonly maxMail: number
  readonly signal: AbortSignal
  /** UIDs of the mailbox that the backup knows. */
  readonly known: (uidValidity: number) => ReadonlySet<number>
  /** Resolves when the mail is durably stored, or was known. */
  readonly store: (mail: FiledMail) => Promise<void>
}

export type Rescanned = {
  /** How many mails are filed; 0 where nothing ever was. */
  readonly mails: number
  /** The last mail of the mailbox, if what was stored stayed there: the server cannot file, or did not let us. */
  readonly unfiled: { readonly uidValidity: number; readonly uid: number } | undefined
}

/** @throws when the connection is lost or ends with `signal`. */
export async function readFiled({ server, maxMail, signal, known, store }: Rescan): Promise<Rescanned> {
  const connection = new MailboxConnection(server, maxMail, () => undefined)
  try {
    await connection.open()
    const unfiled = await lastUnfiled(connection, known)
    if ((await connection.examine('filed')) === 'missing') return { mails: 0, unfiled }
    const uids = await connection.uidsAfter(0)
    for (const uid of uids) {
      signal.throwIfAborted()
      const octets = await connection.octets(uid, maxMail)
      if (octets === undefined) continue
      await store({ mailbox: FILED_MAILBOX, uidValidity: connection.uidValidity, uid, octets })
    }
    return { mails: uids.length, unfiled }
  } finally {
    connection.close()
  }
}

async function lastUnfiled(
  connection: MailboxConnection,
  known: Rescan['known'],
): Promise<Rescanned['unfiled']> {
  const { filing, uidValidity } = connection
  const uids = await connection.uidsAfter(0)
  const uid = uids.at(-1)
  if (uid === undefined) return undefined
  const stays = filing === 'none' || !known(uidValidity).isDisjointFrom(new Set(uids))
  return stays ? { uidValidity, uid } : undefined
}
