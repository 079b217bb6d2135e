// Takes what is due from the outbox, hands it to the submission server and records the answer, one mail and
// one recipient at a time. It never sends before the due instant and never decides what a failure means.
import { type Log, logCode } from '../log.ts'
import { type EmailAddress, type Instant, later, type OutboxId } from '../model/scalars.ts'
import { SECOND } from '../model/time.ts'
import { nextAttempt, type SendOutcome, type SendStage } from './retry.ts'

/** One mail for one recipient, marked as being sent. */
export type Claimed = {
  readonly id: OutboxId
  /** Envelope sender and the one envelope recipient. */
  readonly from: EmailAddress
  readonly to: EmailAddress
  readonly octets: Uint8Array
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

/** `C` is what the outbox knows of a mail beyond this; `onFailure` gets it back. */
export type DispatcherOptions<C extends Claimed> = {
  readonly outbox: {
    /** Takes one mail due at `now` and marks it durably as being sent. */
    claim(now: Instant): C | 'nothing'
    record(id: OutboxId, outcome: DeliveryOutcome, now: Instant): void
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
  /** Told once why no more is sent; the copies under way stay marked, as after a crash. */
  readonly onFatal: (error: unknown) => void
  readonly log: Log
}

/** Longest sleep, so that a clock set forward or a suspended host delays no copy by more. */
const LONGEST_SLEEP = 10 * SECOND

export class Dispatcher<C extends Claimed> {
  readonly #options: DispatcherOptions<C>
  readonly #underWay = new Set<Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #state: 'idle' | 'running' | 'stopped' | 'failed' = 'idle'

  constructor(options: DispatcherOptions<C>) {
    this.#options = options
  }

  start(): void {
    if (this.#state !== 'idle') return
    this.#state = 'running'
    this.#claimDue()
  }

  /** Something was queued, changed or released: look again. */
  wake(): void {
    this.#claimDue()
  }

  /** Mail will be due in a moment: connects now. */
  warm(): void {
    if (this.#state === 'running') void this.#options.submission.warm()
  }

  /** Claims nothing more, lets what is under way end within ten seconds and records how it did. */
  async stop(): Promise<void> {
    if (this.#state !== 'failed') this.#state = 'stopped'
    clearTimeout(this.#timer)
    await this.#options.submission.close()
    await Promise.all(this.#underWay)
  }

  #claimDue(): void {
    clearTimeout(this.#timer)
    const { outbox, clock, connections } = this.#options
    try {
      while (this.#state === 'running' && this.#underWay.size < connections) {
        const claimed = outbox.claim(clock.now())
        if (claimed === 'nothing') {
          this.#sleep()
          return
        }
        const delivery = this.#deliver(claimed)
        this.#underWay.add(delivery)
        void delivery.then(() => {
          this.#underWay.delete(delivery)
          this.#claimDue()
        })
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  /** A timer may fire a millisecond early: then nothing is due yet and it is set again. */
  #sleep(): void {
    const dueAt = this.#options.outbox.nextDueAt()
    if (dueAt === undefined) return
    const wait = Math.min(Math.max(dueAt - this.#options.clock.now(), 1), LONGEST_SLEEP)
    this.#timer = setTimeout(() => this.#claimDue(), wait)
  }

  /** Never rejects. */
  async #deliver(claimed: C): Promise<void> {
    const { outbox, submission, clock, log } = this.#options
    const { id, from, to, octets } = claimed
    try {
      const sent = await submission.send({ from, to, octets })
      const now = clock.now()
      const outcome = this.#outcomeOf(sent, claimed, now)
      outbox.record(id, outcome, now)
      const stage = 'stage' in outcome ? logCode(outcome.stage) : undefined
      const code = 'code' in outcome ? outcome.code : undefined
      log(`delivery-${outcome.kind}`, { outbox: id, attempt: claimed.attempts, stage, code })
      if (outcome.kind !== 'accepted') this.#options.onFailure(claimed, outcome)
    } catch (error) {
      this.#fail(error)
    }
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
