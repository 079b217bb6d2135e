// Posts that no admin has let through or kept back: all admins are reminded, of all that wait in one mail.
import { SCHEDULER } from '../../model/event.ts'
import type { Post } from '../../model/post.ts'
import { later } from '../../model/scalars.ts'
import { choices } from '../discussion/waiting.ts'
import { toAdmins } from '../orders.ts'
import { nextNag, TOGETHER } from './nagging.ts'
import type { TimedRule } from './rule.ts'

export const postReminders: TimedRule<Post> = {
  nextAt: ({ state, receivedAt, remindedAt }) =>
    state === 'waiting' ? nextNag(receivedAt, remindedAt) : undefined,
  carryOut: ({ id, project }, { now, settings, posts, cases }) => {
    const due = [...posts.values()]
      .filter(one => {
        const at = postReminders.nextAt(one, settings)
        return at !== undefined && one.project === project && (one.id === id || at <= later(now, TOGETHER))
      })
      .toSorted((a, b) => a.receivedAt - b.receivedAt)
    const [first, ...others] = due
    const theCase = first?.case === undefined ? undefined : cases.get(first.case)
    const alert = {
      kind: 'posts-waiting',
      posts: due.map(one => ({ id: one.id, about: one.case })),
      since: first?.receivedAt ?? now,
    } as const
    const why = theCase?.held === undefined ? (first?.waits ?? 'moderated') : 'held'
    const offers = first !== undefined && others.length === 0 ? choices(first.id, why, settings) : []
    return {
      events: due.map(one => ({ kind: 'post-reminded', at: now, actor: SCHEDULER, post: one.id })),
      mails: toAdmins(settings.admins, { project, case: undefined }, { kind: 'alert', alert }).map(order => ({
        ...order,
        offers,
      })),
    }
  },
}
