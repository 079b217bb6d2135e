// Reads again what was filed on the server, once, after a restore: the mail that a backup does not know. It
// changes nothing on the server and never looks into a mail.
import { faultOf, MailboxConnection, type MailboxServer } from './imap.ts'

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
  /** Resolves when the mail is durably stored, or was known. */
  readonly store: (mail: FiledMail) => Promise<void>
}

/** How many mails are filed; 0 where nothing ever was. @throws when the connection is lost or ends with `signal`. */
export async function readFiled({ server, maxMail, signal, store }: Rescan): Promise<number> {
  const connection = new MailboxConnection(server, maxMail, () => undefined)
  try {
    await connection.open('filed')
    const uids = await connection.uidsAfter(0)
    for (const uid of uids) {
      signal.throwIfAborted()
      const octets = await connection.octets(uid, maxMail)
      if (octets === undefined) continue
      await store({ mailbox: FILED_MAILBOX, uidValidity: connection.uidValidity, uid, octets })
    }
    return uids.length
  } catch (error) {
    if (faultOf(error).reason === 'NONEXISTENT') return 0
    throw error
  } finally {
    connection.close()
  }
}
