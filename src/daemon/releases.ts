// What happens before a notice's instant and at it: its copies are made, connections opened, and then it goes, or
// the admins are told, once, what hinders it. Whether it may go is decided in the pipeline.
import { MAILBOX_PATIENCE, type Surroundings } from '../decide/notices/release.ts'
import type { Instance } from '../instance/instance.ts'
import type { Alert, NoticeWait } from '../model/alert.ts'
import type { Notice } from '../model/notice.ts'
import { type Instant, later, type NoticeId } from '../model/scalars.ts'
import { MINUTE, SECOND } from '../model/time.ts'
import type { DiskWatch } from './disk-watch.ts'
import type { Looks } from './looks.ts'
import { LONGEST_NAP, step } from './step.ts'

/** Copies are made this long before their instant. */
const PREPARE_AHEAD = 10 * MINUTE
/** Copies are made for so long at a stretch, and then all else gets its turn. */
const STRETCH = SECOND
/** Connections are opened this long before an instant. */
const WARM_AHEAD = 5 * SECOND
/** A notice later than this waits until the mailbox was read after its instant. */
const PUNCTUAL = 5 * SECOND

export type ReleasesParts = Pick<Instance, 'store' | 'clock' | 'pipeline' | 'log'> & {
  readonly looks: Looks
  readonly mailbox: { poll(): void }
  readonly dispatcher: { wake(): void; warm(): void }
  readonly disk: DiskWatch
  readonly tell: (alert: Alert) => void
  readonly stopping: AbortSignal
}

export class Releases {
  readonly #parts: ReleasesParts
  readonly #startedAt: Instant
  /** Notices that are due and hindered, of which the admins know. */
  readonly #hindered = new Set<NoticeId>()
  /** Notices that are soon due and lack room, of which they know. */
  readonly #cramped = new Set<NoticeId>()
  /** Notices at whose instant the mailbox was read, and that waited for nothing but commands since. */
  readonly #punctual = new Set<NoticeId>()

  constructor(parts: ReleasesParts) {
    this.#parts = parts
    this.#startedAt = parts.clock.now()
  }

  isHindered(id: NoticeId): boolean {
    return this.#hindered.has(id)
  }

  /** Makes copies ahead of time and releases what is due; the answer is how long until the next instant. */
  async step(): Promise<number> {
    const { store, clock, log } = this.#parts
    const notices = store.scheduledNotices()
    const now = clock.now()
    const end = later(now, STRETCH)
    const until = notices.find(({ sendAt }) => sendAt > now && sendAt < end)?.sendAt ?? end
    let wait = LONGEST_NAP
    // Each by itself: one that cannot be made does not keep the others.
    for (const notice of notices)
      wait = Math.min(
        wait,
        await step(
          () => this.#release(notice, until),
          'release-failed',
          log,
          () => this.#hinders(notice, 'fault'),
        ),
      )
    for (const notice of this.#parts.pipeline.noticesOwed())
      wait = Math.min(wait, await step(() => this.#mend(notice, until), 'release-failed', log))
    this.#tellOfMailbox()
    for (const notice of store.copies.past(clock.now()))
      await step(() => this.#parts.pipeline.endCopies(notice), 'release-failed', log)
    return wait
  }

  /**
   * What was held for a contact's key, or made for another one, goes under the key that is theirs now; and who came
   * late gets what the policy lets them have.
   */
  async #mend(notice: Notice, until: Instant): Promise<number> {
    const { pipeline, disk, stopping, dispatcher } = this.#parts
    if (!disk.hasRoomToDisclose()) return SECOND
    await pipeline.prepareCopies(notice, until, stopping)
    dispatcher.wake()
    return 0
  }

  async #release(notice: Notice, until: Instant): Promise<number> {
    const { pipeline, clock, disk, dispatcher, mailbox, stopping } = this.#parts
    const early = notice.sendAt - clock.now()
    const room = disk.hasRoomToDisclose() ? 'enough' : 'none'
    if (early <= WARM_AHEAD && early >= -PUNCTUAL) dispatcher.warm()
    // Nothing is begun that its ledger has no room for, and copies would take what is left of it.
    if (early <= PREPARE_AHEAD && room === 'none') this.#tellOfRoom(notice)
    else if (early <= PREPARE_AHEAD) {
      const prepared = await pipeline.prepareCopies(notice, until, stopping)
      if (prepared === 'more') return 0
    }
    if (early > 0) {
      this.#hindered.delete(notice.id)
      this.#punctual.delete(notice.id)
      if (early > PREPARE_AHEAD) this.#cramped.delete(notice.id)
      const next = early > WARM_AHEAD ? notice.sendAt - WARM_AHEAD : notice.sendAt
      const wait = Math.max(1, next - clock.now())
      return room === 'none' ? Math.min(wait, SECOND) : wait
    }
    const around = { clock: clock.trust(), mailbox: this.#mailboxFor(notice), waitingSince: this.#startedAt }
    const doubtful = around.clock === 'doubtful'
    if (doubtful || room === 'none') {
      this.#hinders(notice, doubtful ? 'clock' : 'room')
      return SECOND
    }
    if (around.mailbox === 'unread') mailbox.poll()
    const released = await pipeline.releaseNotice(notice, around)
    dispatcher.wake()
    if (released === 'settled') this.#punctual.delete(notice.id)
    return released === 'settled' ? 0 : SECOND
  }

  /** Copies that were left over wait for the mailbox to be read; the admins hear when nobody can say for how long. */
  #tellOfMailbox(): void {
    const { looks, store, clock, tell } = this.#parts
    const isLong = clock.now() - this.#startedAt > MAILBOX_PATIENCE
    if (looks.mayGo === 'all' || looks.storedAt !== undefined || !isLong) return
    for (const notice of store.outbox.noticesDue(clock.now()))
      if (!this.#hindered.has(notice)) {
        this.#hindered.add(notice)
        tell({ kind: 'notice-waits', notice, why: 'mailbox' })
      }
  }

  /** Tells the admins ahead, once, that it could not go. */
  #tellOfRoom({ id, sendAt }: Notice): void {
    if (this.#parts.clock.now() >= sendAt || this.#cramped.has(id)) return
    this.#cramped.add(id)
    this.#parts.tell({ kind: 'notice-waits', notice: id, why: 'room-ahead' })
  }

  /** Tells the admins, once, why a notice that is due does not go. */
  #hinders(notice: Notice, why: NoticeWait): void {
    if (this.#parts.clock.now() < notice.sendAt || this.#hindered.has(notice.id)) return
    this.#hindered.add(notice.id)
    this.#parts.tell({ kind: 'notice-waits', notice: notice.id, why })
  }

  /** Anything late must not overtake a `cancel` that waits in the mailbox. */
  #mailboxFor(notice: Notice): Surroundings['mailbox'] {
    const { clock, looks, store } = this.#parts
    const late = clock.now() - notice.sendAt > PUNCTUAL && !this.#punctual.has(notice.id)
    const counts = (at: Instant | undefined) => at !== undefined && (!late || at >= notice.sendAt)
    if (counts(looks.readAt)) {
      if (!late) this.#punctual.add(notice.id)
      return store.inbound.commandWaits(notice.sendAt) ? 'commands-wait' : 'settled'
    }
    return counts(looks.storedAt) ? 'stored' : 'unread'
  }
}
