// The two mail servers as their clients want them: configuration plus the certificates it names.
import { readFile } from 'node:fs/promises'
import type { Config } from './config/config.ts'
import type { SubmissionServer } from './deliver/connection.ts'
import { err, ok, type Result } from './model/result.ts'
import type { MailboxServer } from './receive/mailbox.ts'

export type Servers = { readonly imap: MailboxServer; readonly smtp: SubmissionServer }

/** The error is one line that names the file. */
export async function readServers({ imap, smtp }: Config): Promise<Result<Servers, string>> {
  const imapTrust = await trusted(imap.certificateAuthority)
  const smtpTrust = await trusted(smtp.certificateAuthority)
  if (!imapTrust.ok) return imapTrust
  if (!smtpTrust.ok) return smtpTrust
  return ok({
    imap: { ...imap, trustedCertificates: imapTrust.value },
    smtp: { ...smtp, trustedCertificates: smtpTrust.value },
  })
}

async function trusted(file: string | undefined): Promise<Result<string | undefined, string>> {
  if (file === undefined) return ok(undefined)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? err(`${file}: cannot be read, and certificateAuthority names it`) : ok(text)
}
