// `withhold`: a post that waits reaches nobody, and its writer hears why.
import type { Case } from '../../../model/case.ts'
import { isMember } from '../../../model/contact.ts'
import type { MailOrder } from '../../../model/order.ts'
import { type Plaintext, plaintext } from '../../../model/plaintext.ts'
import type { Post } from '../../../model/post.ts'
import { err, ok } from '../../../model/result.ts'
import { insidersOf } from '../../authority.ts'
import { findWaiting, takePost } from '../../discussion/waiting.ts'
import { toInsider, toMember } from '../../orders.ts'
import { defineCommand, effect, type World } from '../command.ts'

const REASON_CHARACTERS = 10_000

export const withhold = defineCommand({
  verb: 'withhold',
  usage: 'withhold P-… << reason',
  summary: 'keep back a post that waits, and tell its writer why',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takePost(parsed, 'needed')
    if (!taken.ok) return taken
    const reason = taken.value.block ?? plaintext('')
    return reason.length > REASON_CHARACTERS
      ? err(`the reason has at most ${REASON_CHARACTERS} characters`)
      : ok({ post: taken.value.post, reason })
  },
  decide: ({ post: id, reason }, world) => {
    const found = findWaiting(id, world)
    if (!found.ok) return found
    const post = found.value
    const mails = toldOf(post, reason, world)
    const told = mails.length === 0 ? 'Its writer is gone, and is not told.' : 'Its writer is told why.'
    return effect('ok', plaintext(`${id} stays here. ${told}`), {
      facts: { post: id, ...(post.case === undefined ? {} : { case: post.case }) },
      events: [{ kind: 'post-withheld', at: world.now, actor: world.actor, post: id, reason }],
      mails,
    })
  },
})

/** To its writer as who they are now, while they have a part in it. */
function toldOf(post: Post, reason: Plaintext, world: World): readonly MailOrder[] {
  const { project, case: about, poster, messageId: inReplyTo } = post
  const content = { kind: 'post-answer', why: 'withheld', about, reason } as const
  const theCase = about === undefined ? undefined : world.cases.get(about)
  const thread = { case: about, from: 'list', inReplyTo } as const
  if (poster.kind === 'member') {
    const writer = world.contacts.find(one => one.id === poster.contact && isMember(one))
    return writer === undefined ? [] : [{ ...toMember(writer, content), ...thread }]
  }
  const person = theCase === undefined ? undefined : personOf(post, theCase, world)
  return person === undefined ? [] : [{ ...toInsider(person, { project, case: about }, content), ...thread }]
}

function personOf({ by, poster }: Post, theCase: Case, { settings }: World) {
  const { address, key } = theCase.reporter
  if (poster.kind !== 'reporter') return insidersOf(theCase, settings).find(one => one.fingerprint === by)
  return key?.fingerprint !== by || address === undefined
    ? undefined
    : { name: 'reporter', address, fingerprint: by, certificate: key.certificate }
}
