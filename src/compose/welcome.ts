// What somebody who joins a case reads first: what it is, in which part they are, and what they may send. The
// thread so far follows in mails of its own.
import type { Content, Suggestion } from '../model/order.ts'
import type { Policy } from '../model/policy.ts'
import type { Settings } from '../model/settings.ts'
import { suggestionBlock } from './links.ts'
import { when } from './phrases.ts'
import { type Rendered, render, type Templates } from './template.ts'
import { quoted } from './text.ts'
import type { Block } from './variables.ts'

export function welcome(
  templates: Templates,
  content: Extract<Content, { kind: 'welcome' }>,
  offers: readonly Suggestion[],
  policy: Policy,
  settings: Settings,
  zone: string,
  discussion: Block | undefined,
): Rendered {
  const { theCase, as, mails, older, answerBy } = content
  const { id, state, lead, title } = theCase
  const common = {
    case: id,
    project: policy.displayName,
    offers: suggestionBlock(offers, settings),
    command: settings.addresses.command,
  }
  // Nothing of what was reported, for they have not agreed to keep it.
  if (as === 'invited')
    return render(templates, 'invitation', {
      ...common,
      terms: { verbatim: quoted(policy.fixTeam.terms ?? '').text },
      follows: mails > 0,
    })
  const thread = { mails: `${mails}`, one: mails === 1, older: older === 0 ? undefined : `${older}` }
  return render(templates, 'welcome', {
    ...common,
    'answer-by': answerBy && when(answerBy, zone),
    [as === 'lead' ? 'asked-to-lead' : as]: true,
    state,
    lead,
    discussion,
    thread: mails === 0 ? undefined : thread,
    title: { verbatim: quoted(title.open()).text },
  })
}
