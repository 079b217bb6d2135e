// A case of which three organisations were told, under a policy with a discussion, and mail to their list by any of their
// keys: what the tests of posts start from.
import { decide } from '../../../src/decide/decide.ts'
import { fold, ownState } from '../../../src/decide/known.ts'
import type { Decision, Snapshot } from '../../../src/model/decision.ts'
import type { PostAnswer } from '../../../src/model/discussion.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import type { Discussion } from '../../../src/model/policy.ts'
import type { Post } from '../../../src/model/post.ts'
import { type Fingerprint, type Instant, parseMessageId } from '../../../src/model/scalars.ts'
import type { Settings } from '../../../src/model/settings.ts'
import { fresh, type Given, mail, NOW, settings, signature, signedText, sure } from '../given.ts'
import {
  BARE_MEMBERSHIP,
  CASE,
  type Name,
  PEOPLE,
  type Given as Situation,
  given as sharingGiven,
} from '../sharing/sharing-world.ts'

export const messageId = (text: string) => sure(parseMessageId(`<${text}>`))

/** Under a policy with this discussion, or with none. */
export const discussing = (
  discussion: Discussion | undefined,
  roster: 'hidden' | 'organisations' = 'hidden',
): Settings =>
  settings({
    projects: settings().projects.map(project => ({
      ...project,
      policy: { ...project.policy, discussion, membership: { ...BARE_MEMBERSHIP, roster } },
    })),
  })

export const RELAYED = discussing({ posts: 'relayed' })
export const MODERATED = discussing({ posts: 'moderated' })

export const given = (situation: Situation = {}): Snapshot =>
  sharingGiven({ settings: RELAYED, ...situation })

export type Letter = {
  readonly from?: string
  readonly text?: string
  readonly subject?: string
  readonly at?: Instant
  readonly machine?: Given['machine']
  readonly mail?: Given['mail']
}

const [PROJECT] = settings().projects
export const LIST = { kind: 'distributors', project: sure(PROJECT).name } as const

/** A signed mail to the list. */
export function posts(by: Fingerprint, letter: Letter = {}, before: Snapshot = given()): Decision {
  const { text = 'It holds for us, too.', subject = `Re: ${CASE}`, at = NOW, machine } = letter
  const input = mail({
    authored: signedText(text, by, at),
    addressed: LIST,
    receivedAt: before.now,
    ...(letter.from === undefined ? {} : { from: letter.from }),
    mail: { author: signature(by, at), protectedSubject: plaintext(subject), ...letter.mail },
    ...(machine === undefined ? {} : { machine }),
  })
  return decide(input, before, fresh)
}

export const postBy = (name: Name, letter?: Letter, before?: Snapshot): Decision =>
  posts(PEOPLE[name].fingerprint, letter, before)

/** What came of it: the reason, what its writer was told, and whom the post went to. */
export const cameOf = (decision: Decision): readonly [string, PostAnswer | 'nothing', readonly string[]] => [
  decision.reason,
  decision.mails.flatMap(({ content }) => (content.kind === 'post-answer' ? [content.why] : []))[0] ??
    'nothing',
  readersIn(decision),
]

/** By the names before the at sign of their addresses, or in front of `.example`; in order. */
export const readersIn = ({ mails }: Decision): readonly string[] =>
  mails
    .filter(({ content }) => content.kind === 'post')
    .map(({ to }) => to.replace(/^oncall@|@.*|\.example$/g, ''))
    .sort()

/** What is known after a decision. */
export const after = (decision: Decision, before: Snapshot): Snapshot => ({
  ...before,
  ...fold(ownState(before), decision.events),
})

export const postsIn = ({ posts: all }: Snapshot): readonly Post[] => [...all.values()]
