// Whether a mailbox can be used as it is configured: one look, and nothing in it is touched.
import {
  type Filing,
  faultOf,
  MAX_HEADER,
  MailboxConnection,
  type MailboxFault,
  type MailboxServer,
} from './imap.ts'

export type MailboxReport =
  | {
      readonly kind: 'ok'
      readonly mails: number
      readonly uidValidity: number
      readonly filing: Filing
      readonly news: 'idle' | 'polling'
    }
  | ({ readonly kind: 'fault' } & MailboxFault)

/** Connects, logs in, looks at the mailbox and leaves. @throws on `tls: none` to anywhere but loopback. */
export async function checkMailbox(server: MailboxServer): Promise<MailboxReport> {
  const connection = new MailboxConnection(server, MAX_HEADER, () => undefined)
  try {
    await connection.open()
    const { mails, uidValidity, filing, news } = connection
    return { kind: 'ok', mails, uidValidity, filing, news }
  } catch (error) {
    return { kind: 'fault', ...faultOf(error) }
  } finally {
    connection.close()
  }
}
