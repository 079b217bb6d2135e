// Posts to distributors lists, as far as decisions look at them: those that are named, those that wait, how many one key
// wrote, and what a mail answers, by our copies of it or by its writer's own Message-ID. Never writes.
import type { OwnCopy, ThreadParent } from '../model/decision.ts'
import type { Post } from '../model/post.ts'
import {
  type CaseId,
  type Fingerprint,
  type Instant,
  later,
  type MessageId,
  type PostId,
  parsePostId,
} from '../model/scalars.ts'
import { DAY } from '../model/time.ts'
import type { Database } from './database.ts'
import { messageIdDigest } from './inbound-rows.ts'
import type { OutboxView } from './outbox-view.ts'
import type { States } from './state-rows.ts'

/** Waiting posts of one case that are looked at, the oldest. */
const MOST_WAITING = 50
/** Of all waiting posts. */
const MOST_LISTED = 200

type Discussed = {
  readonly posts: readonly Post[]
  readonly parent: ThreadParent | undefined
  readonly ownCopies: ReadonlyMap<ThreadParent, readonly OwnCopy[]>
}

export class Posts {
  readonly #database: Database
  readonly #rows: States['posts']
  readonly #outbox: OutboxView

  constructor(database: Database, rows: States['posts'], outbox: OutboxView) {
    this.#database = database
    this.#rows = rows
    this.#outbox = outbox
  }

  /** Posts of these numbers, what a mail with such a thread answers, and who has which copy of what either answers. */
  discussed(ids: readonly PostId[], thread: readonly MessageId[]): Discussed {
    const named = this.#found(ids)
    const parent = this.#outbox.parentOfMessage(thread) ?? this.#ofWriter(thread)
    const parents = new Set([parent, ...named.map(one => one.parent)].filter(one => one !== undefined))
    const answered = this.#found([...parents].flatMap(id => parsePostId(id) ?? []))
    const ownCopies = new Map([...parents].map(id => [id, this.#outbox.copiesOfParent(id)]))
    return { posts: [...named, ...answered], parent, ownCopies }
  }

  /** Posts about a case that an admin has to let through, the oldest first. */
  waiting(about: CaseId): readonly Post[] {
    return this.#rows.where(
      `case_id = :about AND state = 'waiting' ORDER BY received_at, id LIMIT ${MOST_WAITING}`,
      { about },
    )
  }

  /** Posts that wait, about whatever case or for the whole list, the oldest first. */
  allWaiting(): readonly Post[] {
    return this.#rows.where(`state = 'waiting' ORDER BY received_at, id LIMIT ${MOST_LISTED}`)
  }

  /** Posts that a key signed in the last 24 h. */
  today(by: Fingerprint, now: Instant): number {
    const count = this.#database
      .prepare<{ by: Fingerprint; since: Instant }, number>(
        'SELECT count(*) FROM posts WHERE signed_by = :by AND received_at > :since',
      )
      .pluck()
      .get({ by, since: later(now, -DAY) })
    return count ?? 0
  }

  #found(ids: readonly PostId[]): readonly Post[] {
    return ids.flatMap(id => this.#rows.get(id) ?? [])
  }

  /** Whoever goes on with their own post names their own Message-ID. */
  #ofWriter(thread: readonly MessageId[]): PostId | undefined {
    const find = this.#database
      .prepare<[string | null], PostId>(
        `SELECT p.id FROM inbound i JOIN posts p ON p.inbound = i.id WHERE i.message_id_sha256 = ? LIMIT 1`,
      )
      .pluck()
    for (const id of thread) {
      const found = find.get(messageIdDigest(id))
      if (found !== undefined) return found
    }
    return undefined
  }
}
