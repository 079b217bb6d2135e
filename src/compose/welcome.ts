// What somebody who joins a case reads first: what it is, in which part they are, and what they may send. The
// thread so far follows in mails of its own.
import type { Content, Suggestion } from '../model/order.ts'
import type { Policy } from '../model/policy.ts'
import type { Settings } from '../model/settings.ts'
import { MARKER, suggestionBlock } from './links.ts'
import { fill, paragraphs, quoted } from './text.ts'

type Welcome = Extract<Content, { kind: 'welcome' }>

const parts: Readonly<Record<Welcome['as'], string>> = {
  maintainer: 'was shared with you, as a maintainer of the project',
  engineer: 'has you on its fix team',
  lead: 'is to be led by you, if you accept',
}

export function welcomeText(
  { theCase, as }: Welcome,
  offers: readonly Suggestion[],
  policy: Policy,
  settings: Settings,
): string {
  const { id, state, lead } = theCase
  return paragraphs(
    MARKER,
    fill(`${id} of ${policy.displayName} ${parts[as]}. It is ${state}; lead: ${lead ?? 'nobody yet'}.`),
    fill(
      'It is under embargo: tell nobody of it who does not need to know it to get it fixed. What you write to ' +
        'this thread, signed, reaches the others who work on it, and never the reporter.',
    ),
    suggestionBlock(offers, settings, 'What you can do now.'),
    as === 'lead' ? undefined : 'The mails of the thread so far follow, each in a mail of its own.',
    'Its title, in the words of whoever reported it:',
    quoted(theCase.title.open()).text,
  )
}
