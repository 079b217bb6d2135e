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
  { theCase, as, mails, older }: Welcome,
  offers: readonly Suggestion[],
  policy: Policy,
  settings: Settings,
  discussion: string | undefined,
): string {
  const { id, state, lead } = theCase
  return paragraphs(
    MARKER,
    fill(`${id} of ${policy.displayName} ${parts[as]}. State: ${state}; lead: ${lead ?? 'nobody yet'}.`),
    fill(
      'It is under embargo: talk of it only with those who work on it. What you write to its thread, signed, ' +
        'reaches them, and never the reporter.',
    ),
    discussion,
    suggestionBlock(offers, settings, 'What you can do now.'),
    mails === 0 ? undefined : fill(threadSentence(mails, older)),
    'Its title, in the words of whoever reported it:',
    quoted(theCase.title.open()).text,
  )
}

function threadSentence(mails: number, older: number): string {
  const follow =
    mails === 1 ? 'Its one mail so far follows.' : `Its ${mails} mails so far follow, one by one.`
  return older === 0 ? follow : `${follow} ${older} older ones are left out; ask the team for them.`
}
