// The way in: one connection to the mailbox after the other, each taking in what is there and what arrives. Every
// mail is fetched octet for octet, handed over, and filed on the server only when it is stored.
import { setTimeout as pause } from 'node:timers/promises'
import { logCode } from '../log.ts'
import { MINUTE, SECOND } from '../model/time.ts'
import { DEADLINES, type Deadlines, faultOf, MailboxConnection, type MailboxFault } from './imap.ts'
import { Taking, type TakingParts } from './taking.ts'

/** Milliseconds. */
export type Waits = {
  /** Before the first new connection; doubled each time, with jitter, up to `longest`. */
  readonly first: number
  readonly longest: number
  /** At least this between logins once one was refused. */
  readonly afterRefusedLogin: number
}

export type MailboxOptions = Omit<TakingParts, 'connection' | 'ends'> & {
  readonly waits?: Waits
  readonly deadlines?: Deadlines
}

const WAITS: Waits = { first: SECOND, longest: 5 * MINUTE, afterRefusedLogin: 30 * SECOND }
/** A connection that lived this long starts the waits anew. */
const STABLE = MINUTE

export class Mailbox {
  readonly #options: MailboxOptions
  readonly #stopping = new AbortController()
  #awake = Promise.withResolvers<void>()
  #connection: MailboxConnection | undefined
  #ended: Promise<void> | undefined
  /** How often connections ended at a UID. */
  readonly #ends = new Map<number, number>()

  constructor(options: MailboxOptions) {
    this.#options = options
  }

  start(): void {
    this.#ended ??= this.#run()
  }

  /** Looks for mail now; never shortens the wait for a new connection. */
  poll(): void {
    this.#awake.resolve()
  }

  /** Ends the connection; a mail that is being stored is stored, and filed after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#connection?.close()
    this.#awake.resolve()
    await this.#ended
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted
  }

  async #run(): Promise<void> {
    const { handler, waits = WAITS } = this.#options
    const { signal } = this.#stopping
    let wait = waits.first
    while (!this.#stopped) {
      const startedAt = performance.now()
      const state = await this.#connect()
      if (this.#stopped) return
      handler.state(state, undefined)
      if (performance.now() - startedAt > STABLE) wait = waits.first
      const jittered = wait * (0.5 + Math.random() / 2)
      const least = state === 'auth-failed' ? waits.afterRefusedLogin : 0
      wait = Math.min(2 * wait, waits.longest)
      await pause(Math.max(jittered, least), undefined, { signal }).catch(() => undefined)
    }
  }

  /** One connection from login to its end. */
  async #connect(): Promise<MailboxFault['state']> {
    const { server, handler, maxMail, log, deadlines } = this.#options
    const connection = new MailboxConnection(server, maxMail, () => this.#awake.resolve(), deadlines)
    this.#connection = connection
    try {
      await connection.open()
      if (this.#stopped) return 'lost'
      handler.state('connected', connection.uidValidity)
      log('mailbox-connected', { uidValidity: connection.uidValidity })
      await this.#receive(connection)
      return 'lost'
    } catch (error) {
      const { state, reason } = faultOf(error)
      if (!this.#stopped) log('mailbox-lost', { state: logCode(state), reason: logCode(reason ?? 'unknown') })
      return state
    } finally {
      connection.close()
    }
  }

  /** Takes in what is there and then what arrives, until the connection ends. */
  async #receive(connection: MailboxConnection): Promise<void> {
    const { handler, deadlines = DEADLINES } = this.#options
    const taking = new Taking({ ...this.#options, connection, ends: this.#ends })
    for (;;) {
      this.#awake = Promise.withResolvers()
      const unread = await taking.all()
      if (unread === 0) handler.settled()
      connection.listen()
      // A server that went away without a word leaves this look unanswered, which ends the connection.
      const timer = setTimeout(() => this.poll(), deadlines.silence)
      await this.#awake.promise
      clearTimeout(timer)
      if (this.#stopped || !connection.usable) return
    }
  }
}
