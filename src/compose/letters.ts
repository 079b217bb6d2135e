// Letters to a reporter: a reply in an admin's own words, and news of a change of state. In clear, news
// says only that there is some.
import type { CaseState } from '../model/case.ts'
import type { DisclosureDate } from '../model/order.ts'
import type { Plaintext } from '../model/plaintext.ts'
import type { Policy } from '../model/policy.ts'
import { unreachable } from '../model/result.ts'
import type { CaseId } from '../model/scalars.ts'
import { formatInstant } from '../model/time.ts'
import { when } from './phrases.ts'
import { fill, paragraphs } from './text.ts'

const closing = (theCase: CaseId, policy: Policy): string =>
  `This is about ${theCase}. To add to it, just answer this mail.\n\n${policy.team}`

/** The admin's text as written, then which case it is about and from whom. */
export const replyText = (text: Plaintext, theCase: CaseId, policy: Policy): string =>
  paragraphs(text.open().trimEnd(), closing(theCase, policy))

const requests = {
  key: [
    'To answer you in private we need your OpenPGP public key. Please answer this mail and attach the key, outside any encryption.',
    'If you have none, please say so in your answer; we will find another way.',
  ],
  private: [
    'What you report seems to be public, or about to be. Would you agree to have it handled in private until a fix is out?',
    'Please answer this mail with a line of its own: "private yes", or "private no". If you cannot agree, we move as fast as we can.',
  ],
} as const

/** Constant, so that it may go in clear whatever the case is about. */
export const requestText = (about: keyof typeof requests, theCase: CaseId, policy: Policy): string =>
  paragraphs(...requests[about].map(sentence => fill(sentence)), closing(theCase, policy))

/** `next`: the sentence of the promise that falls due next, if one does. */
export function newsText(
  news:
    | { readonly openness: 'bare' }
    | {
        readonly openness: 'full'
        readonly state: CaseState | undefined
        readonly reason: Plaintext | undefined
        readonly date?: DisclosureDate
      },
  theCase: CaseId,
  policy: Policy,
  next: string | undefined,
): string {
  if (news.openness === 'bare')
    return paragraphs(
      fill(
        `There is news of your report ${theCase}. To hear it, answer this mail and attach your OpenPGP public ` +
          'key, outside any encryption; or say that you have none.',
      ),
      next && fill(next),
      policy.team,
    )
  const reason = news.reason?.open().trim()
  return paragraphs(
    news.state && fill(stateSentence(news.state, theCase)),
    reason && `The reason:\n\n${reason}`,
    news.state === 'not-security' && policy.links.tracker !== undefined
      ? `Please report it in public, here:\n${policy.links.tracker}`
      : undefined,
    news.date && dateText(news.date, theCase, policy),
    next && fill(next),
    `To add anything, just answer this mail.\n\n${policy.team}`,
  )
}

function dateText({ at, standing }: DisclosureDate, theCase: CaseId, policy: Policy): string {
  const shown = when(at, policy.calendar.zone)
  switch (standing) {
    case 'lifted':
      return fill(
        `The embargo on ${theCase} is over since ${shown}: our policy allows none that is longer. We are to publish now.`,
      )
    case 'proposed':
    case 'active': {
      const what =
        standing === 'active'
          ? `We disclose ${theCase} in public on ${shown}. Please keep it to yourself until then.`
          : `If ${theCase} turns out to be a vulnerability, we propose to disclose it in public on ${shown}.`
      const propose = `propose date=${formatInstant(at)}`
      return paragraphs(
        fill(what),
        fill(
          `Please answer with a line of its own: "agree", "object", or with a date of yours, "${propose}".`,
        ),
      ).trimEnd()
    }
    default:
      return unreachable(standing)
  }
}

const sentences: Readonly<Record<CaseState, string>> = {
  new: 'is waiting for one of us to take it up',
  triaged: 'has been taken up: one of us is looking into it',
  accepted: 'has been accepted: we agree that it is a vulnerability, and work on it',
  fixing: 'is being fixed',
  'fix-ready': 'has a fix, which is now being prepared for its release',
  published: 'has been published',
  closed: 'is closed. Everything there was to do is done',
  rejected: 'has been looked into, and we do not take it for a vulnerability',
  duplicate: 'tells of something that was reported to us before. It is handled there',
  'not-security': 'has been looked into. We take it for a bug that does no harm to security',
  internal: 'has been looked into. It is handled internally',
  spam: 'has been closed',
}

const stateSentence = (state: CaseState, theCase: CaseId): string =>
  `Your report ${theCase} ${sentences[state]}.`
