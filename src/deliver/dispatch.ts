// Takes what is due from the outbox, hands it to the submission server and records the answer, one mail and
// one recipient at a time. It never sends before the due instant and never decides what a failure means.
import { type Log, logCode } from '../log.ts'
import type { Octets } from '../model/octets.ts'
import { type EmailAddress, type Instant, later, type OutboxId } from '../model/scalars.ts'
import { SECOND } from '../model/time.ts'
import { nextAttempt, type SendOutcome, type SendStage } from './retry.ts'

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

export type DeliveryOutcome =
  | { readonly kind: 'accepted'; readonly code: number }
  | {
      readonly kind: 'retry'
      readonly at: Instant
      readonly code: number | undefined
      readonly stage: SendStage
    }
  | { readonly kind: 'failed'; readonly code: number | undefined; readonly stage: SendStage }
  /** Sent again at `at` if it is promised at least once, dropped if at most once. */
  | { readonly kind: 'in-doubt'; readonly at: Instant }

/** What came of a mail that was claimed; `at`: when that was known. */
export type Answer = { readonly id: OutboxId; readonly outcome: DeliveryOutcome; readonly at: Instant }

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
/** Pause after a fault of the outbox that may pass. */
const FAULT_PAUSE = SECOND

export class Dispatcher<C extends Claimed> {
  readonly #options: DispatcherOptions<C>
  readonly #underWay = new Map<OutboxId, Promise<void>>()
  /** Not recorded yet: nothing is claimed but in the transaction that records them all. */
  #answers: readonly (Answer & { readonly claimed: C })[] = []
  #soon: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
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

  /** Records what was answered and sends what is due, as far as connections are free. */
  #turn(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#soon)
    const isRunning = this.#state === 'running'
    const room = isRunning ? this.#options.connections - this.#underWay.size : 0
    if (room === 0 && this.#answers.length === 0) return
    try {
      const claimed = this.#exchange(room)
      for (const one of claimed) this.#send(one)
      if (isRunning && claimed.length < room) this.#sleep()
    } catch (error) {
      if (this.#passes(error)) this.#timer = setTimeout(() => this.#turn(), FAULT_PAUSE)
      else this.#fail(error)
    }
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
    const dueAt = this.#options.outbox.nextDueAt()
    if (dueAt === undefined) return
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
      clearImmediate(this.#soon)
      // What the other connections are answered in the same moment shares the transaction.
      if (this.#underWay.size === 0) this.#turn()
      else this.#soon = setImmediate(() => this.#turn())
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
    const { stage, code } = sent
    if (sent.kind === 'permanent' || again === 'give-up') return { kind: 'failed', stage, code }
    return { kind: 'retry', at: again, stage, code }
  }

  #fail(error: unknown): void {
    if (this.#state === 'failed') return
    this.#state = 'failed'
    clearTimeout(this.#timer)
    this.#options.log('dispatch-stopped')
    this.#options.onFatal(error)
  }
}
