// Alerts to admins: codes and ids, no content. In clear not even those: who gets our mail is nobody's business.
import type { Alert } from '../model/order.ts'
import { unreachable } from '../model/result.ts'
import { formatInstant } from '../model/time.ts'
import type { ALERTS } from './declared/alerts.ts'
import { type Rendered, render, type Templates } from './template.ts'
import { oneLine } from './text.ts'
import type { View } from './variables.ts'

export const alert = (templates: Templates, about: Alert, secrecy: 'encrypted' | 'clear'): Rendered =>
  secrecy === 'clear' ? render(templates, 'alert-bare', {}) : render(templates, 'alert', alertView(about))

const COLUMNS = 300
/** Cases that an alert names. */
const MOST_NAMED = 10

const line = (value: string): string => oneLine(value, COLUMNS)
const more = (count: number): string | undefined => (count === 0 ? undefined : `${count}`)

function alertView(about: Alert): View<typeof ALERTS> {
  const { kind } = about
  switch (kind) {
    case 'shunted':
      return { [kind]: { why: line(about.why), inbound: `${about.inbound}` } }
    case 'member-command':
      return { [kind]: { contact: about.contact, inbound: `${about.inbound}` } }
    case 'case-public':
      return { [kind]: { case: about.case, [about.effect]: true } }
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
          cases: about.cases.slice(0, MOST_NAMED).join(', '),
          'more-cases': about.cases.length > MOST_NAMED,
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
