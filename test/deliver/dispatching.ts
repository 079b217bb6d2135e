// What the tests of the dispatcher send by: rows of an outbox in memory, and servers that are real or follow a script.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type Claimed, Dispatcher, type DispatcherOptions } from '../../src/deliver/dispatch.ts'
import { Submission } from '../../src/deliver/smtp.ts'
import type { Log } from '../../src/log.ts'
import type { Answer, DeliveryOutcome } from '../../src/model/delivery-outcome.ts'
import { octetsOf } from '../../src/model/octets.ts'
import { type Instant, instant, outboxId, parseEmailAddress } from '../../src/model/scalars.ts'
import { MINUTE } from '../../src/model/time.ts'
import { startSubmission } from '../support/submission.ts'
import { until } from '../support/workspace.ts'
import { type Script, ScriptedServer } from './scripted-server.ts'

export const IN_DOUBT_WAIT = 10 * MINUTE
export const realClock = { now: () => instant(Temporal.Now.instant().epochMilliseconds) }

export function address(text: string) {
  const parsed = parseEmailAddress(text)
  assert.ok(parsed.ok)
  return parsed.value
}

export const copy = (id: number, change: Partial<Claimed> = {}): Claimed => ({
  id: outboxId(id),
  from: address('security@example.com'),
  to: address(`member${id}@example.org`),
  octets: octetsOf(Buffer.from(`Subject: ${id}\r\n\r\n`)),
  attempts: 1,
  promise: 'at-least-once',
  firstAttemptAt: realClock.now(),
  ...change,
})

/** Rows in memory; each is claimed once. */
export class Rows {
  readonly rows: { claimed: Claimed; dueAt: Instant; claimedAt?: Instant }[] = []
  readonly outcomes = new Map<number, DeliveryOutcome>()
  readonly #recorded = new Map<number, PromiseWithResolvers<DeliveryOutcome>>()

  queue(claimed: Claimed, dueAt: Instant): this {
    this.rows.push({ claimed, dueAt })
    return this
  }

  exchange(answers: readonly Answer[], room: number, now: Instant): readonly Claimed[] {
    for (const { id, outcome } of answers) this.record(id, outcome)
    const due = this.rows.filter(({ dueAt, claimedAt }) => claimedAt === undefined && dueAt <= now)
    return due.slice(0, room).map(row => {
      row.claimedAt = now
      return row.claimed
    })
  }

  record(id: number, outcome: DeliveryOutcome): void {
    this.outcomes.set(id, outcome)
    this.#waiter(id).resolve(outcome)
  }

  nextDueAt(): Instant | undefined {
    const waiting = this.rows.filter(row => row.claimedAt === undefined).map(row => row.dueAt)
    return waiting.sort((a, b) => a - b)[0]
  }

  recorded(id: number): Promise<DeliveryOutcome> {
    return this.#waiter(id).promise
  }

  #waiter(id: number): PromiseWithResolvers<DeliveryOutcome> {
    const waiter = this.#recorded.get(id) ?? Promise.withResolvers<DeliveryOutcome>()
    this.#recorded.set(id, waiter)
    return waiter
  }
}

export type Told = { failures: string[]; fatal: unknown[]; events: string[] }

export function dispatch(
  t: TestContext,
  options: Pick<DispatcherOptions<Claimed>, 'outbox' | 'submission'> & { readonly mailsPerMinute?: number },
  clock = realClock,
) {
  const told: Told = { failures: [], fatal: [], events: [] }
  const log: Log = event => void told.events.push(event)
  const dispatcher = new Dispatcher({
    mailsPerMinute: undefined,
    ...options,
    clock,
    connections: 2,
    inDoubtWait: IN_DOUBT_WAIT,
    onFailure: (claimed, outcome) => void told.failures.push(`${claimed.to} ${outcome.kind}`),
    mayPass: error => error instanceof Error && error.message === 'disk full',
    onFatal: error => void told.fatal.push(error),
    log,
  })
  t.after(() => dispatcher.stop())
  return { dispatcher, told }
}

export async function toServer(t: TestContext, rows: Rows, clock = realClock) {
  const server = await until(t, startSubmission())
  const { host, port } = server
  const submission = new Submission({ server: { host, port, tls: 'none' }, connections: 2 })
  return { server, ...dispatch(t, { outbox: rows, submission }, clock) }
}

export async function toScript(t: TestContext, rows: Rows, script: Script) {
  const server = await until(t, new ScriptedServer(script).listen())
  const { port } = server
  const submission = new Submission({ server: { host: '127.0.0.1', port, tls: 'none' }, connections: 2 })
  return { server, ...dispatch(t, { outbox: rows, submission }) }
}
