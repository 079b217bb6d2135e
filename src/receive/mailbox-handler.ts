// What the mailbox asks of whoever takes its mail in, and tells them.
import type { MailboxFault } from './imap.ts'

/** A mail is known by mailbox, UIDVALIDITY and UID (RFC 9051 §2.3.1.1). */
export type MailPlace = { readonly mailbox: string; readonly uidValidity: number; readonly uid: number }
export type FetchedMail = MailPlace & { readonly octets: Uint8Array }
/** `size` in octets as the server says; `header` at most 64 KB. */
export type OversizeMail = MailPlace & { readonly header: Uint8Array; readonly size: number }

export type MailboxState = 'connected' | MailboxFault['state']

export type MailboxHandler = {
  isKnown(mailbox: string, uidValidity: number, uid: number): 'stored' | 'new'
  /** Whether a mail of exactly these octets was ever stored, under whatever number. */
  holds(octets: Uint8Array): 'stored' | 'new'
  /** Resolves when the mail is durably stored, and only then is it filed; a rejection ends the connection. */
  store(mail: FetchedMail): Promise<void>
  /** The mail itself stays in the mailbox and is not asked for again. */
  storeOversize(mail: OversizeMail): Promise<void>
  /** Every mail that was there when the mailbox was last looked at is stored; after each such look. */
  settled(): void
  /** What came of filing mails away, after each try. */
  filing(outcome: 'filed' | 'refused'): void
  /** A mail was there and is gone, and was never stored. */
  vanished(): void
  /** `uidValidity` with `connected` only. */
  state(state: MailboxState, uidValidity: number | undefined): void
}
