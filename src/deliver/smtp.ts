// The way out: a few kept connections to the submission server, each sending one mail at a time. In goes
// one mail for one recipient, out comes how it went; it never queues for later, logs or tries again.
import { isLoopback, type LargestMail } from '../model/settings.ts'
import { MINUTE, SECOND } from '../model/time.ts'
import { Connection, type Deadlines, type Mail, type OpenFault, type SubmissionServer } from './connection.ts'
import type { SendFailure, SendOutcome } from './retry.ts'

export type SubmissionOptions = {
  readonly server: SubmissionServer
  /** Connections used at once. */
  readonly connections: number
  readonly deadlines?: Deadlines
  /** Milliseconds after which an unused connection is closed. */
  readonly idle?: number
  /** Told at each new connection what the server takes. */
  readonly onLimit?: (takes: LargestMail) => void
}

/** RFC 5321 §4.5.3.2, taken over a whole phase. */
export const DEADLINES: Deadlines = {
  connect: 2 * MINUTE,
  envelope: 5 * MINUTE,
  data: 10 * MINUTE,
  final: 10 * MINUTE,
}

const IDLE = MINUTE
const DRAIN = 10 * SECOND
const NOT_SENT: SendFailure = { kind: 'temporary', stage: 'connect', code: undefined }

type Unused = { readonly connection: Connection; readonly timer: NodeJS.Timeout }

export class Submission {
  readonly #server: SubmissionServer
  readonly #deadlines: Deadlines
  readonly #idle: number
  readonly #onLimit: (takes: LargestMail) => void
  readonly #waiting: (() => void)[] = []
  readonly #running = new Set<Promise<SendOutcome>>()
  readonly #opening = new Set<Connection>()
  readonly #sending = new Set<Connection>()
  readonly #unused: Unused[] = []
  #slots: number
  #state: 'open' | 'closed' = 'open'

  /** @throws on `tls: none` to anywhere but loopback. */
  constructor({
    server,
    connections,
    deadlines = DEADLINES,
    idle = IDLE,
    onLimit = () => undefined,
  }: SubmissionOptions) {
    if (server.tls === 'none' && !isLoopback(server.host)) throw new Error('submission without TLS')
    this.#server = server
    this.#deadlines = deadlines
    this.#idle = idle
    this.#onLimit = onLimit
    this.#slots = connections
  }

  /**
   * Sends the mail as soon as a connection is free. A kept connection that turns out to be lost before
   * anything of the mail was handed over is replaced once. Never rejects.
   */
  async send(mail: Mail): Promise<SendOutcome> {
    const sending = this.#sendInTurn(mail)
    this.#running.add(sending)
    try {
      return await sending
    } finally {
      this.#running.delete(sending)
    }
  }

  /** Opens all its connections, so that the next mails find them; what fails is left to those. Never rejects. */
  async warm(): Promise<void> {
    const missing = Math.max(0, this.#slots - this.#unused.length)
    await Promise.all(Array.from({ length: missing }, () => this.#openAhead()))
  }

  /** Connects, logs in and leaves again. */
  async check(): Promise<'ok' | OpenFault> {
    const connection = new Connection(this.#server, this.#deadlines)
    const opened = await connection.open()
    await connection.quit()
    return opened.ok ? 'ok' : opened.error
  }

  /** Begins no further envelope; what is under way has `drain` milliseconds to end and is then cut. */
  async close(drain: number = DRAIN): Promise<void> {
    this.#state = 'closed'
    for (const resume of this.#waiting.splice(0)) resume()
    for (const connection of this.#opening) connection.cut()
    const timer = setTimeout(() => {
      for (const connection of this.#sending) connection.cut()
    }, drain)
    await Promise.all(this.#running)
    clearTimeout(timer)
    await Promise.all(this.#unused.splice(0).map(unused => this.#leave(unused)))
  }

  async #sendInTurn(mail: Mail): Promise<SendOutcome> {
    await this.#takeSlot()
    try {
      const kept = this.#takeUnused()
      if (kept !== undefined) {
        const outcome = await this.#sendOver(kept, mail)
        if (kept.usable || !isEarlyLoss(outcome)) return outcome
      }
      const connection = new Connection(this.#server, this.#deadlines)
      const opened = await this.#open(connection)
      return opened ?? (await this.#sendOver(connection, mail))
    } finally {
      this.#giveSlot()
    }
  }

  async #openAhead(): Promise<void> {
    await this.#takeSlot()
    const connection = new Connection(this.#server, this.#deadlines)
    const failure = await this.#open(connection)
    if (failure === undefined) {
      if (this.#state === 'open') this.#keep(connection)
      else await connection.quit()
    }
    this.#giveSlot()
  }

  async #open(connection: Connection): Promise<SendFailure | undefined> {
    if (this.#state === 'closed') return NOT_SENT
    this.#opening.add(connection)
    const opened = await connection.open()
    this.#opening.delete(connection)
    if (opened.ok) {
      if (connection.takes !== undefined) this.#onLimit(connection.takes)
      return undefined
    }
    const { kind, stage, code } = opened.error
    return { kind, stage, code }
  }

  async #sendOver(connection: Connection, mail: Mail): Promise<SendOutcome> {
    if (this.#state === 'closed') {
      await connection.quit()
      return NOT_SENT
    }
    this.#sending.add(connection)
    const outcome = await connection.send(mail)
    this.#sending.delete(connection)
    if (connection.usable) this.#keep(connection)
    return outcome
  }

  async #takeSlot(): Promise<void> {
    while (this.#slots === 0) await new Promise<void>(resolve => this.#waiting.push(resolve))
    this.#slots -= 1
  }

  #giveSlot(): void {
    this.#slots += 1
    this.#waiting.shift()?.()
  }

  #takeUnused(): Connection | undefined {
    for (;;) {
      const unused = this.#unused.pop()
      if (unused === undefined) return undefined
      clearTimeout(unused.timer)
      if (unused.connection.usable) return unused.connection
    }
  }

  #keep(connection: Connection): void {
    const unused = { connection, timer: setTimeout(() => this.#drop(unused), this.#idle) }
    unused.timer.unref()
    this.#unused.push(unused)
  }

  #drop(unused: Unused): void {
    const index = this.#unused.indexOf(unused)
    if (index >= 0) this.#unused.splice(index, 1)
    void this.#leave(unused)
  }

  async #leave({ connection, timer }: Unused): Promise<void> {
    clearTimeout(timer)
    await connection.quit()
  }
}

const isEarlyLoss = (outcome: SendOutcome): boolean =>
  outcome.kind === 'temporary' && (outcome.stage === 'mail' || outcome.stage === 'rcpt')
