// Mail about an embargo that somebody broke: to the team what there is to do, to members that it is over.
import type { EndingContent } from '../model/ending.ts'
import type { MailOrder } from '../model/order.ts'
import { policyOf } from '../model/settings.ts'
import { formatLength } from '../model/time.ts'
import type { ComposeContext } from './context.ts'
import { suggestionBlock } from './links.ts'
import type { Wording } from './mime.ts'
import { caseOf } from './order-case.ts'
import { when } from './phrases.ts'
import { type Rendered, render } from './template.ts'
import { quoted } from './text.ts'

/** @throws when the order names no case: a fault of ours. */
export function endingWording(
  order: MailOrder,
  content: EndingContent,
  { settings, templates }: ComposeContext,
): Wording {
  const policy = policyOf(settings, order.project)
  const common = { case: caseOf(order), project: policy.displayName }
  if (content.kind === 'embargo-over') {
    const { public: known } = content
    const date = content.date && when(content.date.at, policy.calendar.zone)
    const view = { ...common, date, public: known === 'yes', team: policy.team }
    return alone(render(templates, 'embargo-over', view))
  }
  const { by, reason, sinceWord, sinceNotice, stopped, members, incident, retrospective, who } = content
  const { notices, copies } = stopped
  return alone(
    render(templates, 'embargo-broken', {
      ...common,
      by,
      word: sinceWord === undefined ? undefined : formatLength(sinceWord),
      notice: sinceNotice === undefined ? undefined : formatLength(sinceNotice),
      reason: { verbatim: quoted(reason.open()).text },
      stopped: notices.length === 0 ? undefined : { notices: notices.join(', '), copies: `${copies}` },
      waits: members === 'waits',
      members: members === 'waits' || members === 0 ? undefined : contactsWords(members),
      incident,
      retrospective: retrospective === 'held',
      who: { verbatim: quoted(who.open()).text },
      offers: suggestionBlock(order.offers ?? [], settings),
      command: settings.addresses.command,
    }),
  )
}

const contactsWords = (count: number): string => (count === 1 ? '1 contact' : `${count} contacts`)

const alone = ({ subject, text }: Rendered): Wording => ({ subject, leaves: [{ kind: 'text', text }] })
