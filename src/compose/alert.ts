// Alerts to admins: codes and ids, no content. In clear not even those: who gets our mail is nobody's business.
import type { Alert } from '../model/alert.ts'
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
        ...alertView(about, zone),
        offers: suggestionBlock([...offers, ...nextCommands(about, settings)], settings),
        command: settings.addresses.command,
      })

/** What can be answered by one tap. */
function nextCommands(about: Alert, { instance }: Settings): readonly Suggestion[] {
  const offer = (label: string, command: string) => ({ label, body: `embargod ${instance}\n${command}\n` })
  if (about.kind === 'case-public') return [offer('See where', `show ${about.case}`)]
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
    case 'delivery-failed':
      return { [kind]: { mail: line(about.mail), to: line(about.to) } }
    case 'delivery-late':
      return { [kind]: { mail: line(about.mail), to: line(about.to), others: more(about.others) } }
    case 'delivery-held':
      return { [kind]: { mail: line(about.mail), to: line(about.to), why: line(about.why) } }
    case 'notice-held':
      return { [kind]: { notice: about.notice, why: line(about.why) } }
    case 'notice-waits':
      return { [kind]: { notice: about.notice, [about.why]: true } }
    case 'mailbox-refused':
      return { [kind]: { [about.why]: true } }
    case 'team-changed':
      return { [kind]: { joined: about.joined, left: about.left, changed: about.changed } }
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
