// What `check` says of the mail servers: connected to, logged in at and left again, without a mail sent or a
// mailbox changed. Reasons come as codes and leave as what to look at.
import type { Config } from '../config/config.ts'
import type { OpenFault, SubmissionServer } from '../deliver/connection.ts'
import { DEADLINES, Submission } from '../deliver/smtp.ts'
import { SECOND } from '../model/time.ts'
import type { MailboxServer } from '../receive/imap.ts'
import { checkMailbox, type MailboxReport } from '../receive/mailbox-check.ts'
import type { Finding } from './finding.ts'

/** Somebody waits for the answer. */
const PATIENCE = 20 * SECOND

export async function checkImap(config: Config, server: MailboxServer): Promise<Finding> {
  const report = await checkMailbox(server)
  const place = placeOf(server)
  if (report.kind === 'fault') return imapFault(report, server)
  const { mails, news, filing } = report
  const box = `${server.user} has ${mails === 1 ? '1 mail' : `${mails} mails`} in ${server.mailbox}`
  if (filing === 'none')
    return {
      verdict: 'warn',
      about: 'imap',
      text: `${place} ${box}; they stay there: the server has neither MOVE nor UIDPLUS, or the mailbox is read-only: let us write to it if it can`,
    }
  const heard = news === 'idle' ? 'heard of at once (IDLE)' : `looked for every ${config.imap.pollSeconds} s`
  const filed = `filed by ${filing} in ${server.done.join('/')}`
  return { verdict: 'ok', about: 'imap', text: `${place} ${box}; new ones are ${heard} and ${filed}` }
}

function imapFault(report: Extract<MailboxReport, { kind: 'fault' }>, server: MailboxServer): Finding {
  const { state, reason } = report
  const place = placeOf(server)
  if (state === 'auth-failed')
    return {
      verdict: 'wrong',
      about: 'imap',
      text: `${place} refuses the login: look at imap.user and the password that imap names`,
    }
  if (state === 'unusable' && reason !== 'ETLS')
    return {
      verdict: 'wrong',
      about: 'imap',
      text: `${place} has no usable mailbox ${server.mailbox} (${reason ?? 'no reason given'}): look at imap.mailbox`,
    }
  return { verdict: 'unreachable', about: 'imap', text: `${place} ${whyUnreachable('imap', reason)}` }
}

export async function checkSmtp(server: SubmissionServer): Promise<Finding> {
  const deadlines = { ...DEADLINES, connect: PATIENCE }
  const outcome = await new Submission({ server, connections: 1, deadlines }).check()
  const place = placeOf(server)
  if (outcome !== 'ok') return smtpFault(outcome, server)
  const login = server.user === undefined ? 'takes us without a login' : `lets ${server.user} in`
  return { verdict: 'ok', about: 'smtp', text: `${place} ${login}` }
}

/** Replies to a command that is not known, not implemented or out of place (RFC 5321 §4.2.3). */
const NO_AUTH: readonly number[] = [500, 502, 503]

function smtpFault({ stage, code, reason }: OpenFault, server: SubmissionServer): Finding {
  const place = placeOf(server)
  if (stage === 'auth' && reason === 'EAUTH' && (code === undefined || code >= 500)) {
    const why =
      code === undefined || NO_AUTH.includes(code)
        ? `offers no login (${code ?? reason}): look at smtp.port and smtp.tls, or leave smtp.user out`
        : `refuses the login (${code}): look at smtp.user and the password that smtp names`
    return { verdict: 'wrong', about: 'smtp', text: `${place} ${why}` }
  }
  // A server without STARTTLS is asked for it all the same, and answers with a code.
  const silent = code === undefined || reason === 'ETLS'
  const why = silent ? whyUnreachable('smtp', reason) : `refuses us (${code}): try later, or ask its operator`
  return { verdict: 'unreachable', about: 'smtp', text: `${place} ${why}` }
}

const tlsWords = { implicit: 'TLS', starttls: 'STARTTLS', none: 'no TLS' } as const

const placeOf = ({
  host,
  port,
  tls,
}: {
  readonly host: string
  readonly port: number
  readonly tls: keyof typeof tlsWords
}): string => `${host}:${port} (${tlsWords[tls]})`

const fittingPorts = {
  imap: 'implicit for 993, starttls for 143',
  smtp: 'implicit for 465, starttls for 587',
} as const

/** `reason` is a code of Node.js or of a client library. */
function whyUnreachable(section: 'imap' | 'smtp', reason: string | undefined): string {
  const named = `${section}.host and ${section}.port`
  if (reason === 'ECONNREFUSED') return `is not listening: look at ${named}, and whether the server runs`
  if (reason === 'ENOTFOUND' || reason === 'EAI_AGAIN' || reason === 'EDNS')
    return `is not found in the DNS: look at ${section}.host and at this host's resolver`
  if (/CERT|SELF_SIGNED|ISSUER|VERIFY/.test(reason ?? ''))
    return `has a certificate that is not trusted (${reason}): write ${section}.host as the certificate does, or name your own authority as ${section}.certificateAuthority`
  if (/SSL|TLS|EPROTO/.test(reason ?? ''))
    return `does not begin TLS (${reason}): ${section}.tls must fit the port, ${fittingPorts[section]}`
  return `does not answer (${reason ?? 'no reason given'}): look at ${named}, ${section}.tls and the firewall`
}
