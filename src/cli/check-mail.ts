// What `check` says of the way of a mail: one is sent to each of our addresses and looked for in the mailbox,
// and what was filed there last must be known to the ledger. A daemon that meets such a mail does nothing.
import type { Config } from '../config/config.ts'
import { Submission } from '../deliver/smtp.ts'
import { sha256Of } from '../digest.ts'
import { openStoreOf } from '../instance/at-rest.ts'
import type { Keyring } from '../instance/keyring.ts'
import { type Probe, probeMail, probesOf } from '../instance/probe.ts'
import type { Servers } from '../instance/servers.ts'
import type { HeaderField } from '../model/mail.ts'
import { octetsOf } from '../model/octets.ts'
import { type EmailAddress, type Instant, sameMailbox } from '../model/scalars.ts'
import { SECOND } from '../model/time.ts'
import { filedLast, seekMails } from '../receive/seek.ts'
import type { Finding } from './finding.ts'

/** Fields in which servers write whom a mail was delivered to. */
const DELIVERY_FIELDS = [
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'x-envelope-to',
  'x-delivered-to',
  'original-recipient',
]
/** Mails of the filing mailbox that are looked up: with two daemons on one mailbox, half of them are foreign. */
const LOOKED_UP = { most: 20, largest: 256 * 1024 }

export type RoundTrip = {
  readonly config: Config
  readonly servers: Servers
  readonly keyring: Keyring
  readonly now: Instant
  /** Milliseconds that mail may take. */
  readonly patience: number
}

/** Sends the mails and waits for them. */
export async function checkRoundTrip(trip: RoundTrip): Promise<readonly Finding[]> {
  const probes = probesOf(trip.config.settings)
  const refused = new Map<Probe, Finding>()
  const submission = new Submission({ server: trip.servers.smtp, connections: 1 })
  for (const probe of probes) {
    const fault = await send(probe, submission, trip)
    if (fault !== undefined) refused.set(probe, fault)
  }
  await submission.close()
  const sent = probes.filter(probe => !refused.has(probe))
  const tokens = sent.map(({ token }) => token)
  const found = await seekMails(trip.servers.imap, tokens, trip.patience).catch(() => undefined)
  if (found === undefined)
    return [
      {
        verdict: 'unreachable',
        about: 'mail',
        text: 'the mailbox was lost while mails were awaited: run check again',
      },
    ]
  const isThere = ({ token }: Probe) => found.has(token)
  const findings = probes.map(
    probe => refused.get(probe) ?? judge(probe, found.get(probe.token), sent.some(isThere), trip.patience),
  )
  const arrived = sent.flatMap(({ to, token }) => {
    const fields = found.get(token)
    return fields === undefined ? [] : [{ to, fields }]
  })
  return arrived.length === 0 ? findings : [...findings, judgeHeaders(arrived, trip.config.delivery.headers)]
}

async function send(
  probe: Probe,
  submission: Submission,
  { config, keyring, now }: RoundTrip,
): Promise<Finding | undefined> {
  const octets = await probeMail(probe, config.settings, keyring, now)
  const outcome = await submission.send({
    from: config.smtp.mailFrom,
    to: probe.to,
    octets: octetsOf(octets),
  })
  if (outcome.kind === 'accepted' || outcome.kind === 'in-doubt') return undefined
  const { kind, stage, code } = outcome
  const text = `smtp does not take a mail to ${probe.to} (${code ?? 'no answer'}, at ${stage}): ask its operator why`
  return { verdict: kind === 'permanent' ? 'wrong' : 'unreachable', about: 'mail', text }
}

function judge(
  { to, proves }: Probe,
  fields: readonly HeaderField[] | undefined,
  othersArrive: boolean,
  patience: number,
): Finding {
  const what = proves === 'subaddress' ? ', so that subaddresses work' : ''
  if (fields !== undefined) {
    const named = namesOf(fields, to)
    const by = named.length === 0 ? 'no delivery header names it' : `${named.join(' and ')} names it`
    return { verdict: 'ok', about: 'mail', text: `to ${to} arrives${what}; ${by}` }
  }
  const text = `to ${to} did not arrive within ${patience / SECOND} s`
  if (!othersArrive)
    return {
      verdict: 'unreachable',
      about: 'mail',
      text: `${text}, nor did any other: let the server deliver them to this mailbox, or give them more time with --wait`,
    }
  const advice =
    proves === 'subaddress'
      ? 'but others did: let the server deliver subaddresses, or set addresses.separator'
      : 'but others did: let the server deliver it to this mailbox'
  return { verdict: 'wrong', about: 'mail', text: `${text}, ${advice}` }
}

/** As the fields are written, each once. */
const namesOf = (fields: readonly HeaderField[], to: EmailAddress): readonly string[] => [
  ...new Set(
    fields
      .filter(({ name, value }) => DELIVERY_FIELDS.includes(name.toLowerCase()) && isNamed(value, to))
      .map(({ name }) => name),
  ),
]

/** `rfc822;a@b` in Original-Recipient (RFC 3798 §2.3). */
const isNamed = (value: string, to: EmailAddress): boolean =>
  sameMailbox(value.trim().replace(/^(?:rfc822;\s*)?<?([^<>]*)>?$/i, '$1') as EmailAddress, to)

/** Whether what the configuration trusts is what the server writes. */
function judgeHeaders(
  arrived: readonly { readonly to: EmailAddress; readonly fields: readonly HeaderField[] }[],
  trusted: readonly string[],
): Finding {
  const lower = trusted.map(name => name.toLowerCase())
  const topmost = (fields: readonly HeaderField[]) =>
    fields.find(({ name }) => lower.includes(name.toLowerCase()))
  const isTold = arrived.every(({ to, fields }) => isNamed(topmost(fields)?.value ?? '', to))
  if (isTold) return { verdict: 'ok', about: 'mail', text: 'delivery.headers tell whom a mail is for' }
  const [first, ...others] = arrived.map(({ to, fields }) => namesOf(fields, to))
  const common = (first ?? []).filter(name => others.every(names => names.includes(name)))
  if (common.length === 0)
    return {
      verdict: trusted.length === 0 ? 'ok' : 'warn',
      about: 'mail',
      text: `no header field names every address${trusted.length === 0 ? '' : ', nor do delivery.headers'}: To and Cc tell whom a mail is for`,
    }
  return {
    verdict: 'warn',
    about: 'mail',
    text: `whom a mail in blind copy is for is not known: if your server itself writes ${common[0]}, name it in delivery.headers`,
  }
}

/** Two daemons with two data directories on one mailbox each see half of the mail (threats.md J07). */
export async function checkFiled({
  config,
  servers,
  keyring,
}: Omit<RoundTrip, 'patience'>): Promise<readonly Finding[]> {
  const filed = await filedLast(servers.imap, LOOKED_UP).catch(() => [])
  const store = await openStoreOf(config, keyring, 'read')
  // One that cannot be opened has its own line.
  if (!store.ok && filed.length === 0) return []
  const isKnown = (octets: Uint8Array) => store.ok && store.value.inbound.hasOctets(sha256Of(octets))
  const foreign = filed.filter(({ octets }) => !isKnown(octets)).length
  if (store.ok) store.value.close()
  if (foreign === 0) return []
  const folder = config.imap.done.join('/')
  const text = `${foreign} of the last ${filed.length} mails in ${folder} are not in our database: if another embargod reads this mailbox, stop one of them`
  return [{ verdict: 'warn', about: 'imap', text }]
}
