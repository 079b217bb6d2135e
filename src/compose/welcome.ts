// What somebody who joins a case reads first: what it is, in which part they are, and what they may send. The
// thread so far follows in mails of its own.
import type { Content, Suggestion } from '../model/order.ts'
import type { Policy } from '../model/policy.ts'
import type { Settings } from '../model/settings.ts'
import { suggestionBlock } from './links.ts'
import { type Rendered, render, type Templates } from './template.ts'
import { quoted } from './text.ts'
import type { Block } from './variables.ts'

export function welcome(
  templates: Templates,
  { theCase, as, mails, older }: Extract<Content, { kind: 'welcome' }>,
  offers: readonly Suggestion[],
  policy: Policy,
  settings: Settings,
  discussion: Block | undefined,
): Rendered {
  const { id, state, lead, title } = theCase
  const thread = { mails: `${mails}`, one: mails === 1, older: older === 0 ? undefined : `${older}` }
  return render(templates, 'welcome', {
    case: id,
    project: policy.displayName,
    [as === 'lead' ? 'asked-to-lead' : as]: true,
    state,
    lead,
    discussion,
    offers: suggestionBlock(offers, settings),
    command: settings.addresses.command,
    thread: mails === 0 ? undefined : thread,
    title: { verbatim: quoted(title.open()).text },
  })
}
