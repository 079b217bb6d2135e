// Takes what is due from the outbox, hands it to the submission server and records the answer, one mail and
// one recipient at a time. It never sends before the due instant and never decides what a failure means.
import { type Log, logCode } from '../log.ts'
import type { Answer, DeliveryOutcome } from '../model/delivery-outcome.ts'
import type { Octets } from '../model/octets.ts'
import { allowance, nextAllowed, type Pace, paced, rested, spent } from '../model/pace.ts'
import { type EmailAddress, type Instant, later, type OutboxId } from '../model/scalars.ts'
import { SECOND } from '../model/time.ts'
import { nextAttempt, type SendOutcome } from './retry.ts'

/** One mail for one recipient, marked as being sent. */
export type Claimed = {
  readonly id: OutboxId
  /** Envelope sender and the one envelope recipient. */
  readonly from: EmailAddress
  readonly to: EmailAddress
  readonly octets: Octets
  /** Attempts made, this one included. */
  readonly attempts: number
  readonly firstAttemptAt: Instant
  readonly promise: 'at-most-once' | 'at-least-once'
}

/** `C` is what the outbox knows of a mail beyond this; `onFailure` gets it back. */
export type DispatcherOptions<C extends Claimed> = {
  readonly outbox: {
    /** In one durable step: records the answers, then takes at most `room` mails due at `now` as being sent. */
    exchange(answers: readonly Answer[], room: number, now: Instant): readonly C[]
    nextDueAt(): Instant | undefined
  }
  readonly submission: {
    send(mail: Pick<Claimed, 'from' | 'to' | 'octets'>): Promise<SendOutcome>
    /** Opens connections ahead. */
    warm(): Promise<void>
    /** Begins no further envelope and ends what is under way within ten seconds. */
    close(): Promise<void>
  }
  readonly clock: { now(): Instant }
  /** Copies under way at once; no more than the submission has connections. */
  readonly connections: number
  /** Mails handed over in any minute at most, each attempt counted; undefined: as many as the server takes. */
  readonly mailsPerMinute: number | undefined
  /** Milliseconds before a copy in doubt is sent again. */
  readonly inDoubtWait: number
  /** Told of everything but acceptance, after it was recorded. */
  readonly onFailure: (claimed: C, outcome: Exclude<DeliveryOutcome, { kind: 'accepted' }>) => void
  /** Whether the outbox failed for a reason that may pass, as a full disk: then the same is tried again. */
  readonly mayPass: (error: unknown) => boolean
  /** Told once why no more is sent; the copies under way stay marked, as after a crash. */
  readonly onFatal: (error: unknown) => void
  readonly log: Log
}

/** Longest sleep, so that a clock set forward or a suspended host delays no copy by more. */
const LONGEST_SLEEP = 10 * SECOND
/** Milliseconds: answers this close together share a transaction, whose cost is the disk's. */
const SAME_MOMENT = 4
/** Pause after a fault of the outbox that may pass. */
const FAULT_PAUSE = SECOND

export class Dispatcher<C extends Claimed> {
  readonly #options: DispatcherOptions<C>
  readonly #underWay = new Map<OutboxId, Promise<void>>()
  /** Not recorded yet: nothing is claimed but in the transaction that records them all. */
  #answers: readonly (Answer & { readonly claimed: C })[] = []
  #soon: NodeJS.Timeout | undefined
  #timer: NodeJS.Timeout | undefined
  #pace: Pace | undefined
  #state: 'idle' | 'running' | 'stopped' | 'failed' = 'idle'

  constructor(options: DispatcherOptions<C>) {
    this.#options = options
  }

  start(): void {
    if (this.#state !== 'idle') return
    this.#state = 'running'
    this.#turn()
  }

  /** Something was queued, changed or released: look again. */
  wake(): void {
    this.#turn()
  }

  /** Mail will be due in a moment: connects now. */
  warm(): void {
    if (this.#state === 'running') void this.#options.submission.warm()
  }

  /**
   * Claims nothing more, lets what is under way end within ten seconds and records how it did. What cannot be
   * recorded then is in doubt.
   */
  async stop(): Promise<void> {
    if (this.#state !== 'failed') this.#state = 'stopped'
    await this.#options.submission.close()
    await Promise.all(this.#underWay.values())
    this.#turn()
    clearTimeout(this.#timer)
  }

  /** Records what was answered and sends what is due, as far as connections are free and the pace allows. */
  #turn(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#soon)
    const isRunning = this.#state === 'running'
    const free = isRunning ? this.#options.connections - this.#underWay.size : 0
    const room = Math.min(free, this.#allowance())
    try {
      const claimed = room === 0 && this.#answers.length === 0 ? [] : this.#exchange(room)
      if (this.#pace !== undefined) this.#pace = spent(this.#pace, claimed.length)
      for (const one of claimed) this.#send(one)
      if (claimed.length < free) this.#sleep()
    } catch (error) {
      if (this.#passes(error)) this.#timer = setTimeout(() => this.#turn(), FAULT_PAUSE)
      else this.#fail(error)
    }
  }

  /** Mails that may be handed over now; what was left of it before counts on from then. */
  #allowance(): number {
    const { mailsPerMinute, clock } = this.#options
    if (mailsPerMinute === undefined) return Infinity
    const now = clock.now()
    this.#pace =
      this.#pace === undefined ? rested(mailsPerMinute, now) : paced(this.#pace, mailsPerMinute, now)
    return allowance(this.#pace)
  }

  #exchange(room: number): readonly C[] {
    const { outbox, clock } = this.#options
    try {
      const claimed = outbox.exchange(this.#answers, room, clock.now())
      this.#recorded()
      return claimed
    } catch (error) {
      // What cannot be claimed does not undo what is known.
      if (room > 0 && this.#answers.length > 0) {
        outbox.exchange(this.#answers, 0, clock.now())
        this.#recorded()
      }
      throw error
    }
  }

  #recorded(): void {
    const answers = this.#answers
    this.#answers = []
    for (const { id, outcome, claimed } of answers) {
      const stage = 'stage' in outcome ? logCode(outcome.stage) : undefined
      const code = 'code' in outcome ? outcome.code : undefined
      this.#options.log(`delivery-${outcome.kind}`, { outbox: id, attempt: claimed.attempts, stage, code })
      if (outcome.kind !== 'accepted') this.#options.onFailure(claimed, outcome)
    }
  }

  /** A timer may fire a millisecond early: then nothing is due yet and it is set again. */
  #sleep(): void {
    const { outbox, mailsPerMinute } = this.#options
    const next = outbox.nextDueAt()
    if (next === undefined) return
    const isSpent = this.#pace !== undefined && allowance(this.#pace) === 0
    const allowed =
      this.#pace !== undefined && mailsPerMinute !== undefined && isSpent
        ? nextAllowed(this.#pace, mailsPerMinute)
        : next
    const dueAt = Math.max(next, allowed)
    const wait = Math.min(Math.max(dueAt - this.#options.clock.now(), 1), LONGEST_SLEEP)
    this.#timer = setTimeout(() => this.#turn(), wait)
  }

  #send(claimed: C): void {
    const { submission, clock } = this.#options
    const { id, from, to, octets } = claimed
    const sending = submission.send({ from, to, octets }).then(sent => {
      const at = clock.now()
      this.#underWay.delete(id)
      this.#answers = [...this.#answers, { id, outcome: this.#outcomeOf(sent, claimed, at), at, claimed }]
      clearTimeout(this.#soon)
      // What the other connections are answered in the same moment shares the transaction.
      if (this.#underWay.size === 0) this.#turn()
      else this.#soon = setTimeout(() => this.#turn(), SAME_MOMENT)
    })
    this.#underWay.set(
      id,
      sending.catch(error => this.#fail(error)),
    )
  }

  #passes(error: unknown): boolean {
    const { mayPass, log } = this.#options
    if (!mayPass(error)) return false
    log('dispatch-waits')
    return true
  }

  #outcomeOf(sent: SendOutcome, claimed: C, now: Instant): DeliveryOutcome {
    if (sent.kind === 'accepted') return sent
    const again = nextAttempt(claimed.attempts, claimed.firstAttemptAt, now)
    if (sent.kind === 'in-doubt') {
      if (claimed.promise === 'at-least-once' && again === 'give-up')
        return { kind: 'failed', stage: 'final', code: undefined }
      // A server that keeps the mail and never answers would make a copy each time: hence the schedule too.
      const earliest = later(now, this.#options.inDoubtWait)
      return { kind: 'in-doubt', at: again !== 'give-up' && again > earliest ? again : earliest }
    }
    const { kind, ...said } = sent
    if (kind === 'permanent' || again === 'give-up') return { kind: 'failed', ...said }
    return { kind: 'retry', at: again, ...said }
  }

  #fail(error: unknown): void {
    if (this.#state === 'failed') return
    this.#state = 'failed'
    clearTimeout(this.#timer)
    this.#options.log('dispatch-stopped')
    this.#options.onFatal(error)
  }
}
