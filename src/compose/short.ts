// The short texts: refusals that are the same for everybody, help, our key, alerts of codes and ids, and
// what a colleague changed.
import type { Alert, Content, Limit, RefusalSentence, Suggestion } from '../model/order.ts'
import { unreachable } from '../model/result.ts'
import type { Fingerprint } from '../model/scalars.ts'
import type { Admin, Settings } from '../model/settings.ts'
import { formatInstant } from '../model/time.ts'
import { MARKER, suggestionBlock } from './links.ts'
import { grouped } from './phrases.ts'
import { bullets, fill, oneLine, paragraphs } from './text.ts'

export type Verb = { readonly usage: string; readonly summary: string }

const refusals: Readonly<Record<RefusalSentence, string>> = {
  'not-authorised':
    'Your mail changed nothing: a command counts only if it is signed, as PGP/MIME, by a key that is registered for it here.',
  'cleartext-signed':
    'Your mail changed nothing: a signature written into the text does not count, so please send the command again, signed as PGP/MIME.',
  'html-only':
    'Your mail changed nothing: it has no plain text, so please send the command again as plain text, signed as PGP/MIME.',
  'did-not-verify':
    'Your mail changed nothing: its signature does not hold, so please send the command again, signed as PGP/MIME by the key that is registered here.',
  replayed:
    'Your mail changed nothing: its signature was used before, so if you mean it again, please sign it anew and send that.',
}

/** One constant sentence, whoever asks. */
export const refusalText = (sentence: RefusalSentence, settings: Settings): string =>
  paragraphs(
    MARKER,
    fill(refusals[sentence]),
    fill(
      `To report a security problem, just write to ${settings.addresses.security}; that needs no signature.`,
    ),
  )

/** For an admin the verbs; for anyone else only what needs no key. */
export function helpText(
  role: Extract<Content, { kind: 'help' }>['role'],
  settings: Settings,
  verbs: readonly Verb[],
): string {
  const { instance, addresses } = settings
  if (role === 'anyone')
    return paragraphs(
      MARKER,
      fill(`To report a security problem, just write to ${addresses.security}. Any mail will do.`),
      fill(
        `To get our public key, send a mail to ${addresses.command} that says nothing but "sendkey". ` +
          'To read this again, send "help". All else there needs a signature by a registered key.',
      ),
    )
  return paragraphs(
    MARKER,
    fill(
      `Write plain text to ${addresses.command}, signed as PGP/MIME. The first line is "embargod ${instance}", ` +
        `then one command a line. "embargod ${instance} dry-run" shows what would happen. A text begins ` +
        'with << at the end of the line and ends with a line of one dot.',
    ),
    ...verbs.map(({ usage, summary }) => `${usage}\n${fill(summary, '    ')}`),
  )
}

/** The key itself goes along as a file. */
export const keyText = (address: string, key: Fingerprint): string =>
  paragraphs(
    MARKER,
    `Our public key is attached. It belongs to\n${address}\nand its fingerprint is`,
    grouped(key),
    fill('Please compare it with the one our project publishes before you trust it.'),
  )

export const changeText = (
  { by, lines }: Extract<Content, { kind: 'change' }>,
  offers: readonly Suggestion[],
  settings: Settings,
  discussion: string | undefined,
): string =>
  paragraphs(
    MARKER,
    'What changed:',
    bullets(lines.map(line => oneLine(attributed(line.open(), by), CHANGE_COLUMNS))),
    fill('If that was not agreed, talk to each other, or answer with a command of your own.'),
    suggestionBlock(offers, settings, 'What you can do now.'),
    discussion,
  )

/** "alice leads C-… now." says already who it was, and so does "The reporter of C-… agrees". */
const attributed = (line: string, by: string): string =>
  line.startsWith(`${by} `) || line.startsWith(`The ${by} `) ? line : `${by}: ${line}`

const ALERT_COLUMNS = 600
/** Holds a mail of many commands and, at its end, how to confirm it. */
const CHANGE_COLUMNS = 10_000
/** Cases that an alert names. */
const MOST_NAMED = 10

/** Codes and ids, no content. In clear not even those: who gets our mail is nobody's business. */
export const alertText = (alert: Alert, secrecy: 'encrypted' | 'clear'): string =>
  secrecy === 'clear'
    ? paragraphs(
        MARKER,
        fill(
          'Something needs you, and this mail could not be encrypted to tell you what. On the host, please run',
        ),
        '    embargod check',
      )
    : paragraphs(MARKER, ...alertSentences(alert).map(sentence => fill(oneLine(sentence, ALERT_COLUMNS))))

const obstacles: Readonly<Record<Extract<Alert, { kind: 'notice-waits' }>['why'], string>> = {
  clock:
    'The clock of the host cannot be trusted: it has jumped, or is behind what we saw before. Please set it right there: then the notice goes by itself. If the clock is right as it is, tell embargod so, there: embargod clock trust',
  fault: 'Its copies could not be made, and it is tried again and again. On the host, the log says more.',
  room: 'The disk of the host has no room left to record what is sent. Please make room there.',
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

const described = ({ address, fingerprint }: Admin): string => `${address}, key ${fingerprint}`

const changedByIt = (clocks: readonly string[]): string =>
  clocks.length === 0
    ? 'By the policy no clock changes.'
    : `By the policy these change: ${clocks.join('; ')}.`

function alertSentences(alert: Alert): readonly string[] {
  switch (alert.kind) {
    case 'member-command':
      return [
        `${alert.contact}, a contact on the list, signed a command that only you may send. It changed nothing. It is inbound ${alert.inbound}.`,
        'On the host, embargod member list --reveal says who that is. Ask them, other than by mail, whether they wrote it.',
      ]
    case 'case-public':
      return [
        `${alert.case} is public. ${changedByIt(alert.changed ?? [])}`,
        `To see where, send: show ${alert.case}`,
      ]
    case 'shunted':
      return [
        `A mail could not be handled (${alert.why}). It is kept whole, as inbound ${alert.inbound}.`,
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
      const about =
        cases.length === 0
          ? ''
          : `, of ${cases.slice(0, MOST_NAMED).join(', ')}${cases.length > MOST_NAMED ? ' and others' : ''}`
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
