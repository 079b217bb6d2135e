// The acknowledgement: a function of policy, case id, time of receipt and whether a key stood on the outside, and of
// nothing that the mail it answers says (product.md §5), so that it never carries or confirms a stranger's words.
import { dueAt } from '../model/calendar.ts'
import type { Content } from '../model/order.ts'
import type { Policy } from '../model/policy.ts'
import type { CaseId, Fingerprint, Instant } from '../model/scalars.ts'
import { clockSentence, grouped, toldAtOnce, when } from './phrases.ts'
import { bullets, fill, paragraphs } from './text.ts'

/** Whether it goes out encrypted, to a key that came on the outside of a mail. */
type Secrecy = 'encrypted' | 'clear'

/** The whole text; our key goes along as a file. */
export function acknowledgementText(
  policy: Policy,
  theCase: CaseId,
  receivedAt: Instant,
  ourKey: Fingerprint,
  secrecy: Secrecy,
): string {
  const { zone } = policy.calendar
  const latest = when(dueAt(receivedAt, policy.embargo.maximum, policy.calendar), zone)
  const { intake, links } = policy
  const clocks = toldAtOnce(policy)
  return paragraphs(
    fill(`Thank you for your report. It has reached us, and its number is ${theCase}.`),
    fill(`It arrived on ${when(receivedAt, zone)}. It is with the ${policy.team} now.`),
    clocks.length === 0
      ? undefined
      : `What happens next:\n\n${bullets(clocks.map(clock => clockSentence(clock, policy, receivedAt, zone)))}`,
    fill(
      `If it proves to be a vulnerability, our policy is to publish it by ${latest} at the latest. ` +
        'Please open no public issue about it.',
    ),
    intake.proposedContent.length === 0
      ? undefined
      : `${fill('What helps us to work on it, if it is not yet in your report:')}\n\n${bullets(intake.proposedContent.map(({ text }) => text))}`,
    fill('To add anything, just answer this mail.'),
    ...encryption(ourKey, secrecy),
    links.tracker === undefined
      ? undefined
      : `A bug that does no harm to security belongs in public, here:\n${links.tracker}`,
    links.advisories && `What we publish about security stands here:\n${links.advisories}`,
    links.policy && `Our whole policy:\n${links.policy}`,
    `With thanks,\n${policy.team}`,
  )
}

/** Numbers in one line. */
const ABREAST = 6

/** One mail for all the cases that a limit left without their own: numbers, and what holds for each of them. */
export function acknowledgementListText(
  policy: Policy,
  { cases, others }: Extract<Content, { kind: 'acknowledgement-list' }>,
  ourKey: Fingerprint,
): string {
  const lines = cases.flatMap((_, at) =>
    at % ABREAST === 0 ? [`    ${cases.slice(at, at + ABREAST).join('  ')}`] : [],
  )
  return paragraphs(
    fill(
      'Thank you for your further reports. So many came that this one mail answers them all. Their numbers:',
    ),
    lines.join('\n'),
    others === 0 ? undefined : `and ${others} more.`,
    fill(
      `They are with the ${policy.team}. Whatever we promise counts for each from when it arrived. Please open no ` +
        'public issue about any of them.',
    ),
    fill(`An answer to this mail goes to ${cases[0]}; if it is about another, please name its number.`),
    ...encryption(ourKey, 'clear'),
    `With thanks,\n${policy.team}`,
  )
}

const theirKey: Readonly<Record<Secrecy, string>> = {
  clear: 'Attach your own public key, outside the encryption. Without it we can answer only in clear.',
  encrypted:
    'This mail is encrypted to the key that came with yours. If you want answers under another key, attach that one.',
}

const encryption = (ourKey: Fingerprint, secrecy: Secrecy): readonly string[] => [
  `${fill(
    'Please encrypt what you write from now on. Our public key is attached to this mail. Its fingerprint is',
  )}\n\n${grouped(ourKey)}`,
  bullets([
    'If your mail was encrypted to another key, we cannot read it. Please send it again, encrypted to this one.',
    theirKey[secrecy],
  ]),
]
