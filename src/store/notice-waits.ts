// What the admins know of notices that are due and do not go, so that each reason is told once, across restarts.
import type { NoticeWait } from '../model/alert.ts'
import type { NoticeId } from '../model/scalars.ts'
import type { Database } from './database.ts'

export class NoticeWaits {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Why it waits, as the admins were told last; undefined if they were not. */
  told(notice: NoticeId): NoticeWait | undefined {
    const why = this.#database
      .prepare<[NoticeId], NoticeWait | null>('SELECT told_waits FROM notices WHERE id = ?')
      .pluck()
      .get(notice)
    return why ?? undefined
  }

  /** Within the caller's transaction. */
  remember(notice: NoticeId, why: NoticeWait): void {
    this.#database
      .prepare<[NoticeWait, NoticeId]>('UPDATE notices SET told_waits = ? WHERE id = ?')
      .run(why, notice)
  }

  /** Another instant is news again; within the caller's transaction. */
  forget(notice: NoticeId): void {
    this.#database.prepare<[NoticeId]>('UPDATE notices SET told_waits = NULL WHERE id = ?').run(notice)
  }
}
