// Posts that an admin lets through or not: what the two verbs have in common, and what is offered with each.
import type { Suggestion } from '../../model/order.ts'
import type { Post, PostWait } from '../../model/post.ts'
import { err, ok, type Result } from '../../model/result.ts'
import { type PostId, parsePostId } from '../../model/scalars.ts'
import type { Settings } from '../../model/settings.ts'
import { type Refusal, refuse, takeArguments, type World } from '../commands/command.ts'
import type { ParsedCommand } from '../commands/grammar.ts'

/** What can be sent now: of a case that is held nothing goes out. */
export function choices(post: PostId, why: PostWait, { instance }: Settings): readonly Suggestion[] {
  const through = { label: 'Let it through', body: `embargod ${instance}\nrelay ${post}\n` }
  const back = {
    label: 'Keep it back, with why for its writer in the gap',
    body: `embargod ${instance}\nwithhold ${post} <<\n\n.\n`,
  }
  return why === 'held' ? [back] : [through, back]
}

/** The post that a command names, and its block. */
export function takePost(parsed: ParsedCommand, block: 'needed' | 'none') {
  const taken = takeArguments(parsed, {
    positional: ['the post (P-…)'],
    named: [],
    block,
    attachments: 'none',
  })
  if (!taken.ok) return taken
  const [word = ''] = taken.value.positional
  const post = parsePostId(word)
  return post === undefined
    ? err(`"${word}" is not a post like P-610044`)
    : ok({ post, block: taken.value.block })
}

/** One that nobody has decided on: the first decision stands. */
export function findWaiting(id: PostId, { posts }: World): Result<Post, Refusal> {
  const post = posts.get(id)
  if (post === undefined) return refuse('E-UNKNOWN', `There is no post ${id}; check the number.`)
  if (post.state === 'waiting') return ok(post)
  const went = post.state === 'relayed' ? 'went out' : 'was withheld'
  return refuse('E-STATE', `${id} ${went} already; that cannot be changed any more.`)
}
