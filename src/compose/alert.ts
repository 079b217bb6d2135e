// Alerts: something that admins must know, in codes and ids, and what can be done about it.
import type { Alert, Limit, Suggestion } from '../model/order.ts'
import { unreachable } from '../model/result.ts'
import type { CaseId } from '../model/scalars.ts'
import type { Admin, Settings } from '../model/settings.ts'
import { formatInstant } from '../model/time.ts'
import { MARKER, suggestionBlock } from './links.ts'
import { fill, oneLine, paragraphs } from './text.ts'

const ALERT_COLUMNS = 600
/** Cases that an alert names. */
const MOST_NAMED = 10
/** Cases with a command each. */
const MOST_OFFERED = 3

/** Codes and ids, no content. In clear not even those: who gets our mail is nobody's business. */
export const alertText = (alert: Alert, secrecy: 'encrypted' | 'clear', settings: Settings): string =>
  secrecy === 'clear'
    ? paragraphs(
        MARKER,
        fill(
          'Something needs you, and this mail could not be encrypted to tell you what. On the host, please run',
        ),
        '    embargod check',
      )
    : paragraphs(
        MARKER,
        ...alertSentences(alert).map(sentence => fill(oneLine(sentence, ALERT_COLUMNS))),
        suggestionBlock(nextCommands(alert, settings), settings, 'What you can do now.'),
      )

/** What can be answered by one tap. */
function nextCommands(alert: Alert, { instance }: Settings): readonly Suggestion[] {
  const offer = (label: string, command: string) => ({ label, body: `embargod ${instance}\n${command}\n` })
  if (alert.kind === 'case-public') return [offer('See where', `show ${alert.case}`)]
  if (alert.kind !== 'key-revoked') return []
  const [verb, label] =
    alert.engineer === undefined ? ['ask-key', 'Ask for a new key'] : ['show', 'See all that is known']
  return alert.cases.slice(0, MOST_OFFERED).map(id => offer(`${label}, ${id}`, `${verb} ${id}`))
}

const obstacles: Readonly<Record<Extract<Alert, { kind: 'notice-waits' }>['why'], string>> = {
  clock:
    'The clock of the host cannot be trusted: it has jumped, or is behind what we saw before. Please set it right there: then the notice goes by itself. If the clock is right as it is, tell embargod so, there: embargod clock trust',
  fault: 'Its copies could not be made, and it is tried again and again. On the host, the log says more.',
  room: 'The disk of the host has no room left to record what is sent. Please make room there.',
}

const publicEffects: Readonly<Record<Extract<Alert, { kind: 'case-public' }>['effect'], string>> = {
  'disclose-now':
    'The policy says: disclose at once. The embargo is due now: publish what users need, mitigations first, or set the nearest date you can keep: plan.',
  'all-asap':
    'The policy says: as soon as possible. Every time it gives you is over now, and so is the embargo: publish what users need, mitigations first, or set the nearest date you can keep: plan.',
  none: 'The policy changes no time because of it: what was due when is due then. To disclose it earlier, set another date: plan.',
}

const refusedBy: Readonly<Record<Extract<Alert, { kind: 'mailbox-refused' }>['why'], string>> = {
  'auth-failed': 'The mail server refuses our login: the password of the mailbox is no more what we have.',
  unusable: 'The mail server lets us in, but our mailbox is missing there or cannot be used.',
}

const limits: Readonly<Record<Limit, string>> = {
  address: 'one sender',
  domain: 'one domain',
  all: 'all senders together',
}

const others = (count: number): string => (count === 0 ? '' : `, and ${count} more`)

const namedCases = (cases: readonly CaseId[]): string =>
  `${cases.slice(0, MOST_NAMED).join(', ')}${cases.length > MOST_NAMED ? ' and others' : ''}`

function revocationSentences({
  key,
  engineer,
  cases,
}: Extract<Alert, { kind: 'key-revoked' }>): readonly string[] {
  const about = namedCases(cases)
  if (engineer === undefined)
    return [
      `The reporter of ${about} has revoked their key ${key}. Nothing it signed counts any more, and nothing is encrypted to it.`,
      'If somebody has stolen it, they may have read what you wrote. Trust nothing that comes in their name until you know their new key.',
    ]
  return [
    `${engineer} has revoked the key ${key}, and so is off ${about}: nothing it signed counts any more, and nothing is encrypted to it.`,
    `If somebody has stolen it, look at what was done under it. Under a new key ${engineer} joins again with assign.`,
  ]
}

const described = ({ address, fingerprint }: Admin): string => `${address}, key ${fingerprint}`

function alertSentences(alert: Alert): readonly string[] {
  switch (alert.kind) {
    case 'member-command':
      return [
        `${alert.contact}, a contact on the list, signed a command that only you may send. It changed nothing. It is inbound ${alert.inbound}.`,
        'On the host, embargod member list --reveal says who that is. Ask them, other than by mail, whether they wrote it.',
      ]
    case 'case-public':
      return [`${alert.case} is public. ${publicEffects[alert.effect]}`]
    case 'key-revoked':
      return revocationSentences(alert)
    case 'shunted':
      return [
        alert.why === 'oversize'
          ? `A mail is too large to be read (limits.maxMail). It stays in the mailbox; its header is kept, as inbound ${alert.inbound}.`
          : `A mail could not be handled (${alert.why}). It is kept whole, as inbound ${alert.inbound}.`,
        `On the host, embargod shunt list tells its size and digest, and embargod shunt show ${alert.inbound} --reveal prints it.`,
      ]
    case 'delivery-failed':
      return [
        `A mail did not arrive: ${alert.mail}, to ${alert.to}. It will not be tried again.`,
        'On the host, embargod outbox list says why.',
      ]
    case 'delivery-late':
      return [
        `A mail is late: ${alert.mail}, to ${alert.to}${others(alert.others)}. It is still being tried.`,
        'On the host, embargod outbox list says how far it is.',
      ]
    case 'delivery-held':
      return [
        `A mail is held: ${alert.mail}, to ${alert.to} (${alert.why}). It never goes out in clear.`,
        'On the host, embargod outbox list shows it. If it cannot wait, reach them in another way.',
      ]
    case 'notice-held':
      return [
        `${alert.notice} was not sent at its instant (${alert.why}). Nothing went out, and nothing will until you decide.`,
        `Cancel it with cancel ${alert.notice} and schedule a new one.`,
      ]
    case 'notice-waits':
      return [`${alert.notice} is due and has not gone out, but will.`, obstacles[alert.why]]
    case 'admins-unreachable':
      return [
        'Mail for the team is held: it can be encrypted to none of its keys.',
        'On the host, embargod check tells why.',
      ]
    case 'mailbox-refused':
      return [
        `${refusedBy[alert.why]} Until that is put right no mail is read, no command either.`,
        'It is tried again and again. On the host, embargod check says whether it works.',
      ]
    case 'team-changed':
      return [
        'The configuration names another team than before. It counts from this start on.',
        ...alert.joined.map(admin => `${admin.name} joined: ${described(admin)}.`),
        ...alert.left.map(
          admin => `${admin.name} left: ${described(admin)}. Nothing signed by that key counts.`,
        ),
        ...alert.changed.map(admin => `${admin.name} is now: ${described(admin)}.`),
        'If that was not agreed, somebody else can change the configuration: look after the host.',
      ]
    case 'filing-refused':
      return [
        'The mail server does not let us file away mail that we have taken in: its quota may be used up, or our folders there are read-only. Mail is read and answered all the same, and stays where it is; nothing is done twice.',
        'It is tried again and again. On the host, embargod check says whether the server can do it at all.',
      ]
    case 'mail-vanished':
      return [
        `${alert.mails === 1 ? 'A mail was' : `${alert.mails} mails were`} in our mailbox and gone before we could read ${alert.mails === 1 ? 'it' : 'them'}: somebody, or a filter, deletes or moves mail there.`,
        'If it was a report, nobody has it now. Please look where it went, and put it back into the inbox; and let nothing but embargod take mail out of it.',
      ]
    case 'mailbox-renumbered':
      return [
        'The mail server numbers the mails of our mailbox anew, as after a restore from a backup. Nothing was lost, and nothing was done twice: mail that was seen before is kept as a duplicate.',
        'If nobody restored or replaced the mailbox, please ask who runs the mail server why.',
      ]
    case 'octets-missing': {
      const { mails, cases } = alert
      const about = cases.length === 0 ? '' : `, of ${namedCases(cases)}`
      return [
        `The octets of ${mails === 1 ? 'one stored mail are' : `${mails} stored mails are`} gone${about}. What was decided on them stands.`,
        'On the host, embargod inbound refetch fetches them from the mailbox again.',
      ]
    }
    case 'acknowledgements-postponed':
      return [
        `From ${alert.case} on acknowledgements are postponed: ${limits[alert.limit]} had as many as a day allows. They go out by themselves when it allows more, and you are not told of each.`,
        'If it is junk, close it with spam C-… C-…, or all of one sender with spam from=ADDRESS. Then it is never acknowledged.',
      ]
    case 'disk-failed':
      return [
        `The data directory could not be written from ${formatInstant(alert.since)} on; now it can be again. Nothing was lost, but mail was late.`,
        'On the host, please look after the disk: whether it is full, and what the system log says.',
      ]
    default:
      return unreachable(alert)
  }
}
