// A post: what somebody wrote to a distributors list for those to read who may know what it is about. State is what its
// events give, and holds no word of it: those stand in the stored mail alone.
import type { PostEvent } from './event.ts'
import { unreachable } from './result.ts'
import type {
  CaseId,
  ContactId,
  Fingerprint,
  InboundId,
  Instant,
  MessageId,
  NoticeId,
  PostId,
  ProjectName,
} from './scalars.ts'

export type Poster =
  | { readonly kind: 'member'; readonly contact: ContactId }
  | { readonly kind: 'team'; readonly name: string }
  | { readonly kind: 'reporter' }

/**
 * Why a post waits for an admin: the policy wants it, its case is held, or somebody may not have kept the embargo; it
 * names no case though its writer knows of one that not all members know of; or its writer wrote too much in a day.
 */
export type PostWait = 'moderated' | 'held' | 'doubted' | 'unnamed' | 'limit'

export type Post = {
  readonly id: PostId
  readonly project: ProjectName
  /** Undefined: it is for the whole list. */
  readonly case: CaseId | undefined
  readonly revision: number
  readonly inbound: InboundId
  readonly receivedAt: Instant
  readonly poster: Poster
  /** The key that signed it. */
  readonly by: Fingerprint
  /** The writer's own, which answers to it refer to in their mailbox. */
  readonly messageId: MessageId | undefined
  /** What it answers. */
  readonly parent: NoticeId | PostId | undefined
  readonly waits: PostWait | undefined
  readonly state: 'relayed' | 'waiting' | 'withheld'
  /** When the admins were told last that it waits. */
  readonly remindedAt: Instant | undefined
}

/** Folds one event into its post. @throws on a journal that does not begin with its arrival. */
export function evolvePost(before: Post | undefined, event: PostEvent): Post {
  if (event.kind === 'post-received') {
    if (before !== undefined) throw new Error('post received twice')
    const { post: id, project, inbound, at, poster, by, messageId, parent, waits } = event
    const state = waits === undefined ? 'relayed' : 'waiting'
    return {
      id,
      project,
      case: event.about,
      revision: 1,
      inbound,
      receivedAt: at,
      poster,
      by,
      messageId,
      parent,
      waits,
      state,
      remindedAt: undefined,
    }
  }
  if (before === undefined) throw new Error('event of a post that never came')
  const next = { ...before, revision: before.revision + 1 }
  switch (event.kind) {
    case 'post-relayed':
      return { ...next, state: 'relayed' }
    case 'post-withheld':
      return { ...next, state: 'withheld' }
    case 'post-reminded':
      return { ...next, remindedAt: event.at }
    default:
      return unreachable(event)
  }
}
