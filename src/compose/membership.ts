// News of one contact on a distributors list, for them, for the others of their organisation, or for an admin.
import type { Contact } from '../model/contact.ts'
import type { MemberNews, MembershipMail } from '../model/member-news.ts'
import type { Suggestion } from '../model/order.ts'
import type { Plaintext } from '../model/plaintext.ts'
import type { Policy } from '../model/policy.ts'
import { unreachable } from '../model/result.ts'
import type { Settings } from '../model/settings.ts'
import { suggestionBlock } from './links.ts'
import { when } from './phrases.ts'
import { type Rendered, render, type Templates } from './template.ts'
import { quoted } from './text.ts'
import type { Block } from './variables.ts'

export function membership(
  templates: Templates,
  { reader, contact, news }: MembershipMail,
  offers: readonly Suggestion[],
  policy: Policy,
  settings: Settings,
  zone: string,
): Rendered {
  const { id, address, fingerprint, organisation, name } = contact
  // Names are whoever gave them's words, and stand behind a mark as all such do.
  const names = quoted(`${organisation.open()}\n${name.open()}`).text
  return render(templates, 'membership', {
    [reader]: true,
    contact: id,
    project: policy.displayName,
    team: policy.team,
    [ABOUT[news.kind]]: true,
    ...viewOf(news, contact, zone),
    offers: suggestionBlock(offers, settings),
    command: settings.addresses.command,
    who: { verbatim: `${address}\nkey ${fingerprint}\n${names}` },
  })
}

/** What the subject says, inside. */
const ABOUT = {
  'key-asked': 'about-key',
  'key-proven': 'about-key',
  'key-changed': 'about-key',
  'key-dropped': 'about-key',
  'key-merged': 'about-key',
  'contact-key-revoked': 'about-key',
  'key-ends': 'about-key',
  named: 'about-newcomer',
  cooling: 'about-newcomer',
  joined: 'on',
  ended: 'off',
  suspended: 'stopped',
  resumed: 'goes-on',
  attest: 'asks',
  'attest-missing': 'unsaid',
} as const satisfies Readonly<Record<MemberNews['kind'], string>>

function viewOf(news: MemberNews, { fingerprint }: Contact, zone: string) {
  const { kind } = news
  switch (kind) {
    case 'key-asked':
      return { [kind]: { key: news.key, rekey: news.by === 'rekey' } }
    case 'key-dropped':
      return { [kind]: { key: news.key } }
    case 'key-proven':
      return { [kind]: { key: news.key, until: when(news.effectiveAt, zone) } }
    case 'key-changed':
      return { [kind]: { key: news.key, former: news.former } }
    case 'key-merged':
      return { [kind]: { until: news.until && when(news.until, zone) } }
    case 'key-ends':
      return { [kind]: { key: fingerprint, until: when(news.at, zone), over: news.isOver === 'over' } }
    case 'named':
      return { [kind]: { by: news.by } }
    case 'cooling':
      return { [kind]: { until: when(news.activeAt, zone), approval: news.approval === 'needed' } }
    case 'ended':
      return { [kind]: { left: news.as === 'left', reason: words(news.reason) } }
    case 'suspended': {
      const { why, until, reason } = news
      return {
        [kind]: {
          attestation: why === 'attestation',
          until: until && when(until, zone),
          reason: words(reason),
        },
      }
    }
    case 'attest':
      return { [kind]: { until: when(news.by, zone), suspends: news.silent === 'suspend' } }
    case 'contact-key-revoked':
    case 'joined':
    case 'resumed':
    case 'attest-missing':
      return { [kind]: {} }
    default:
      return unreachable(news)
  }
}

const words = (text: Plaintext | undefined): Block | undefined =>
  text && { verbatim: quoted(text.open()).text }
