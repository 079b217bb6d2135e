// Alerts to admins: codes and ids, no content. In clear not even those: who gets our mail is nobody's business.
import type { Alert, MissingCopy } from '../model/alert.ts'
import type { CopyCause } from '../model/copy-end.ts'
import type { Suggestion } from '../model/order.ts'
import { unreachable } from '../model/result.ts'
import type { CaseId } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { formatInstant } from '../model/time.ts'
import type { ALERTS } from './declared/alerts.ts'
import { suggestionBlock } from './links.ts'
import { doubtView } from './phrases.ts'
import { type Rendered, render, type Templates } from './template.ts'
import { oneLine } from './text.ts'
import type { View } from './variables.ts'

export const alert = (
  templates: Templates,
  about: Alert,
  secrecy: 'encrypted' | 'clear',
  offers: readonly Suggestion[],
  settings: Settings,
  zone: string,
): Rendered =>
  secrecy === 'clear'
    ? render(templates, 'alert-bare', {})
    : render(templates, 'alert', {
        about: numberOf(about),
        calm: isCalm(about),
        ...alertView(about, zone),
        offers: suggestionBlock([...offers, ...nextCommands(about, settings)], settings),
        command: settings.addresses.command,
      })

/** Which notice or case it is about, where it is one: several alarms of a night are told apart by it. */
const numberOf = (about: Alert): string | undefined =>
  'notice' in about ? about.notice : 'case' in about ? about.case : undefined

/** Whether it says that nothing is to be done. */
const isCalm = (about: Alert): boolean =>
  about.kind === 'notice-ahead' &&
  about.lacking.length + about.outdated.length === 0 &&
  about.stop === undefined &&
  about.fault === undefined

/** What can be answered by one tap. */
function nextCommands(about: Alert, { instance }: Settings): readonly Suggestion[] {
  const offer = (label: string, command: string) => ({ label, body: `embargod ${instance}\n${command}\n` })
  if (about.kind === 'case-public') return [offer('See where', `show ${about.case}`)]
  if (about.kind === 'copies-missing') return [offer(`See all of ${about.case}`, `show ${about.case}`)]
  if (about.kind === 'notice-ahead')
    return [offer('See whom it would reach now', `preflight ${about.notice}`)]
  if (about.kind === 'incidents-open')
    return about.incidents.slice(0, MOST_OFFERED).map(id => offer(`See all of ${id}`, `incident ${id}`))
  if (about.kind !== 'key-revoked') return []
  const [verb, label] =
    about.engineer === undefined ? ['ask-key', 'Ask for a new key'] : ['show', 'See all that is known']
  return about.cases.slice(0, MOST_OFFERED).map(id => offer(`${label}, ${id}`, `${verb} ${id}`))
}

const COLUMNS = 300
/** Cases that an alert names. */
const MOST_NAMED = 10
/** Members that an alert names. */
const MOST_MEMBERS = 50
/** Cases with a command each. */
const MOST_OFFERED = 3

const line = (value: string): string => oneLine(value, COLUMNS)
const more = (count: number): string | undefined => (count === 0 ? undefined : `${count}`)

const named = (cases: readonly CaseId[]) => ({
  cases: cases.slice(0, MOST_NAMED).join(', '),
  'more-cases': cases.length > MOST_NAMED,
})

/** A command stands on a line of its own, or it could not be copied. */
const missingCopy = ({ notice, contact, who, state }: MissingCopy): string =>
  state === 'held'
    ? line(`${who}: ${notice} is held`)
    : `${line(`${who}: ${notice} came back or was refused`)}\n    resend ${notice} to=${contact}`

function alertView(about: Alert, zone: string): View<typeof ALERTS> {
  const { kind } = about
  switch (kind) {
    case 'acceptance-overdue': {
      const members = about.contacts.slice(0, MOST_MEMBERS)
      return {
        [kind]: {
          version: about.version,
          members: members.map(({ id, address }) => ({ member: line(`${id}, ${address}`) })),
          more: more(about.contacts.length - members.length),
          [about.effect]: true,
        },
      }
    }
    case 'shunted':
      return {
        [kind]: {
          oversize: about.why === 'oversize',
          why: line(about.why),
          inbound: `${about.inbound}`,
        },
      }
    case 'member-command':
      return { [kind]: { contact: about.contact, inbound: `${about.inbound}` } }
    case 'case-public':
      return {
        [kind]: {
          case: about.case,
          [about.effect]: true,
          doubt: about.doubt && doubtView(about.doubt, zone),
        },
      }
    case 'key-revoked':
      return { [kind]: { key: about.key, engineer: about.engineer, ...named(about.cases) } }
    case 'incidents-open':
      return {
        [kind]: {
          incidents: about.incidents.slice(0, MOST_NAMED).join(', '),
          others: more(Math.max(0, about.incidents.length - MOST_NAMED)),
          since: formatInstant(about.since),
        },
      }
    case 'posts-waiting':
      return {
        [kind]: {
          posts: {
            verbatim: about.posts
              .slice(0, MOST_NAMED)
              .map(({ id, about: theCase = 'the whole list' }) => `${id}, for ${theCase}`)
              .join('\n'),
          },
          more: more(Math.max(0, about.posts.length - MOST_NAMED)),
          since: formatInstant(about.since),
          one: about.posts.length === 1,
        },
      }
    case 'delivery-failed':
      return { [kind]: { mail: line(about.mail), to: line(about.to) } }
    case 'delivery-late':
      return { [kind]: { mail: line(about.mail), to: line(about.to), others: more(about.others) } }
    case 'delivery-held':
      return { [kind]: { mail: line(about.mail), to: line(about.to), why: line(about.why) } }
    case 'copies-missing': {
      const copies = about.copies.slice(0, MOST_MEMBERS)
      return {
        [kind]: {
          case: about.case,
          date: about.disclose && formatInstant(about.disclose),
          copies: { verbatim: copies.map(missingCopy).join('\n\n') },
          more: more(about.copies.length - copies.length),
        },
      }
    }
    case 'notice-ahead': {
      const { lacking, outdated, fault, stop } = about
      const lines = (all: readonly string[]) =>
        all.slice(0, MOST_MEMBERS).map(member => ({ member: line(member) }))
      const beyond = [lacking, outdated].map(all => Math.max(0, all.length - MOST_MEMBERS))
      return {
        [kind]: {
          notice: about.notice,
          case: about.case,
          at: formatInstant(about.sendAt),
          reached: `${about.reached}`,
          of: `${about.of}`,
          well: lacking.length === 0,
          lacking: lines(lacking),
          terms: outdated.length > 0,
          outdated: lines(outdated),
          more: more(beyond.reduce((sum, count) => sum + count, 0)),
          fault,
          held: stop === 'held',
          over: stop === 'over',
        },
      }
    }
    case 'copies-ended':
      return { [kind]: copiesView(about) }
    case 'notice-held':
      return { [kind]: { notice: about.notice, why: line(about.why) } }
    case 'notice-waits':
      return { [kind]: { notice: about.notice, [about.why]: true } }
    case 'mailbox-refused':
      return { [kind]: { [about.why]: true } }
    case 'team-changed':
      return { [kind]: { joined: about.joined, left: about.left, changed: about.changed } }
    case 'team-keys':
      return {
        [kind]: {
          ends: about.ends.map(({ name, fingerprint, within }) => ({
            name,
            fingerprint,
            days: within === 0 ? undefined : within === 1 ? 'a day' : `${within} days`,
          })),
          usable: `${about.usable}`,
          of: `${about.of}`,
          few: about.usable < about.needed,
          needed: `${about.needed}`,
        },
      }
    case 'admins-unreachable':
    case 'filing-refused':
    case 'mailbox-renumbered':
      return { [kind]: {} }
    case 'mail-vanished':
      return { [kind]: { one: about.mails === 1, mails: `${about.mails}` } }
    case 'octets-missing':
      return {
        [kind]: {
          one: about.mails === 1,
          mails: `${about.mails}`,
          ...named(about.cases),
        },
      }
    case 'acknowledgements-postponed':
      return { [kind]: { case: about.case, [about.limit]: true } }
    case 'disk-failed':
      return { [kind]: { since: formatInstant(about.since) } }
    default:
      return unreachable(about)
  }
}

/** Those that a further copy helps; all others go by themselves, once they can, or have no use for one. */
const FAILED: readonly CopyCause[] = [
  'content',
  'size',
  'refused',
  'given-up',
  'reported',
  'challenged',
  'operator',
]

function copiesView({ notice, embargo, copies }: Extract<Alert, { kind: 'copies-ended' }>) {
  const named = copies.slice(0, MOST_MEMBERS)
  const has = (...causes: readonly CopyCause[]) => copies.some(({ cause }) => causes.includes(cause))
  return {
    notice,
    lasts: embargo === 'lasts',
    copies: named.map(({ contact, to, cause, code, doubt }) => ({
      member: line(`${contact}, ${to}`),
      code,
      doubtful: doubt === 'in-doubt',
      [cause]: true,
    })),
    more: more(copies.length - named.length),
    contents: embargo === 'lasts' && has('content', 'size'),
    again: embargo === 'lasts' && has(...FAILED),
  }
}
