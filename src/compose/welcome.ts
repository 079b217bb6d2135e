// What somebody who joins a case reads first: what it is, in which part they are, and what they may send. The
// thread so far follows in mails of its own.
import type { Content, Suggestion } from '../model/order.ts'
import type { Policy } from '../model/policy.ts'
import type { Settings } from '../model/settings.ts'
import { MARKER, suggestionBlock } from './links.ts'
import { when } from './phrases.ts'
import { fill, paragraphs, quoted } from './text.ts'

type Welcome = Extract<Content, { kind: 'welcome' }>

const parts: Readonly<Record<Exclude<Welcome['as'], 'invited'>, string>> = {
  maintainer: 'was shared with you, as a maintainer of the project',
  engineer: 'has you on its fix team',
  lead: 'is to be led by you, if you accept',
}

export const welcomeSubject = ({ theCase: { id }, as }: Welcome): string =>
  as === 'lead' ? `${id}: will you lead it?` : `${id}: your part in it`

export function welcomeText(
  content: Welcome,
  offers: readonly Suggestion[],
  policy: Policy,
  settings: Settings,
  zone: string,
  discussion: string | undefined,
): string {
  const { theCase, as, mails, older, answerBy } = content
  const { id, state, lead } = theCase
  if (as === 'invited') return termsText(content, offers, policy, settings)
  return paragraphs(
    MARKER,
    fill(`${id} of ${policy.displayName} ${parts[as]}. State: ${state}; lead: ${lead ?? 'nobody yet'}.`),
    answerBy &&
      fill(
        `Please answer by ${when(answerBy, zone)}; then the next in turn is asked. Anybody may take it before.`,
      ),
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

/** Nothing of what was reported, for they have not agreed to keep it. */
function termsText(
  { theCase: { id }, mails }: Welcome,
  offers: readonly Suggestion[],
  policy: Policy,
  settings: Settings,
): string {
  return paragraphs(
    MARKER,
    fill(
      `You are asked to join the fix team of ${id} of ${policy.displayName}. First please agree to its terms:`,
    ),
    quoted(policy.fixTeam.terms ?? '').text,
    suggestionBlock(offers, settings, 'What you can do now.'),
    mails === 0
      ? undefined
      : fill('What it is about follows when you have agreed. Until then, tell nobody of it.'),
  )
}

function threadSentence(mails: number, older: number): string {
  const follow =
    mails === 1 ? 'Its one mail so far follows.' : `Its ${mails} mails so far follow, one by one.`
  return older === 0 ? follow : `${follow} ${older} older ones are left out; ask the team for them.`
}
