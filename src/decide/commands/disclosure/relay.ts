// `relay`: a post that waits reaches its readers, as they are now. It tells nobody of a case who does not know of it, and
// so needs no confirmation.
import type { Case } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import type { Post } from '../../../model/post.ts'
import { unreachable } from '../../../model/result.ts'
import { isOver } from '../../discussion/about.ts'
import { readersOf, relayed } from '../../discussion/readers.ts'
import { findWaiting, takePost } from '../../discussion/waiting.ts'
import { defineCommand, effect, refuse, type World } from '../command.ts'

export const relay = defineCommand({
  verb: 'relay',
  usage: 'relay P-…',
  summary: 'let a post through that waits: it goes to all who may know what it is about',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => takePost(parsed, 'none'),
  decide: ({ post: id }, world) => {
    const found = findWaiting(id, world)
    if (!found.ok) return found
    const post = found.value
    const { project, by } = post
    const theCase = post.case === undefined ? undefined : world.cases.get(post.case)
    if (theCase?.held !== undefined)
      return refuse(
        'E-STATE',
        `${theCase.id} is held, and so is what is said of it; first send: release ${theCase.id}`,
      )
    if (theCase !== undefined && isOver(theCase))
      return refuse('E-STATE', `The embargo of ${theCase.id} is over; send: withhold ${id} << why`)
    const gone = goneOf(post, theCase, world)
    if (gone !== undefined)
      return refuse('E-STATE', `${gone} takes part no more; send: withhold ${id} << why`)
    const readers = readersOf(theCase, project, by, world)
    const [members, others] = [readers.contacts.length, readers.others.length]
    return effect('ok', plaintext(`${id} goes to ${members} on the list and ${others} others.`), {
      facts: { post: id, members, others, ...(theCase === undefined ? {} : { case: theCase.id }) },
      events: [{ kind: 'post-relayed', at: world.now, actor: world.actor, post: id }],
      mails: relayed(post, undefined, readers, world),
      // Each of them gets the post itself.
      others: 'told',
    })
  },
})

/** Who wrote it, if they have no part in the list or the case any more. */
function goneOf({ poster }: Post, theCase: Case | undefined, { contacts }: World): string | undefined {
  switch (poster.kind) {
    case 'member':
      return contacts.find(({ id }) => id === poster.contact)?.state === 'active' ? undefined : poster.contact
    case 'reporter':
      return theCase?.reporterDiscusses === undefined ? 'The reporter' : undefined
    case 'team':
      return undefined
    default:
      return unreachable(poster)
  }
}
