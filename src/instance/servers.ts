// The two mail servers as their clients want them: configuration plus the certificates it names, and the
// daemon's two ports to the world that are made from it.
import { readFile } from 'node:fs/promises'
import type { Config } from '../config/config.ts'
import type { SubmissionServer } from '../deliver/connection.ts'
import type { DispatcherOptions } from '../deliver/dispatch.ts'
import { Submission } from '../deliver/smtp.ts'
import type { Log } from '../log.ts'
import { err, ok, type Result } from '../model/result.ts'
import type { MailboxServer } from '../receive/imap.ts'
import { commandTerms } from '../receive/lane.ts'
import { Mailbox } from '../receive/mailbox.ts'
import type { MailboxHandler } from '../receive/mailbox-handler.ts'
import { isEnvironmentFault } from '../store/database.ts'
import type { Claimed } from '../store/outbox.ts'
import type { Store } from '../store/store.ts'

export type Servers = { readonly imap: MailboxServer; readonly smtp: SubmissionServer }

/** Where mail comes from and where it goes. */
export type Ports = {
  readonly mailbox: (handler: MailboxHandler) => Pick<Mailbox, 'start' | 'poll' | 'stop'>
  readonly submission: DispatcherOptions<Claimed>['submission']
}

/** IMAP and SMTP; nothing is dialled yet. */
export const portsTo = (
  { imap, smtp }: Servers,
  { settings, delivery, smtp: { connections } }: Config,
  log: Log,
  { serverLimit }: Pick<Store, 'serverLimit'>,
): Ports => ({
  mailbox: handler =>
    new Mailbox({
      server: imap,
      maxMail: settings.limits.maxMail,
      first: commandTerms(settings.addresses, delivery.headers),
      handler,
      log,
    }),
  submission: new Submission({
    server: smtp,
    connections,
    onLimit: takes => {
      try {
        serverLimit.remember(takes)
      } catch (error) {
        // It is told again at the next connection, and no mail waits for it.
        if (!isEnvironmentFault(error)) throw error
        log('server-limit-not-kept')
      }
    },
  }),
})

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
