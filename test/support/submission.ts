// A real SMTP submission server on loopback that keeps every mail it is sent, octet for octet, and answers
// as a test's script says. Dot-stuffing is undone; nothing else about the octets changes.
import type { Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { type Certificate, loopbackCertificate } from './certificate.ts'

export type SubmissionOptions = {
  /** `none` (the default), `starttls` (offered, not required) or `implicit`; the certificate is self-signed. */
  readonly tls?: 'none' | 'starttls' | 'implicit'
  /** AUTH PLAIN or LOGIN is required with exactly these; also accepted without TLS. */
  readonly credentials?: { readonly user: string; readonly password: string }
  /** A free port by default; the former one when a server comes back. */
  readonly port?: number
  /** Largest mail in octets, announced as SIZE (RFC 1870). */
  readonly size?: number
}

/** An SMTP answer: `451 4.3.0 try later`. */
export type Answer = `${4 | 5}${number} ${string}`

/** What goes wrong once (or `times`) for the next mail that fits; `recipient` limits it to that address. */
export type Fault = (
  | { readonly at: 'connect'; readonly answer: Answer }
  | { readonly at: 'mail-from'; readonly answer: Answer }
  | { readonly at: 'recipient'; readonly recipient?: string; readonly answer: Answer }
  /** The answer to the final dot is a refusal. */
  | { readonly at: 'data'; readonly recipient?: string; readonly answer: Answer }
  /** The connection ends after 354 and before the final dot. */
  | { readonly at: 'within-data'; readonly recipient?: string }
  /** The connection ends after the final dot and before any answer; the server kept the mail or lost it. */
  | { readonly at: 'final-dot'; readonly recipient?: string; readonly mail: 'kept' | 'lost' }
  /** The answer to the final dot waits for `until`; if the client is gone by then, the server kept or lost the mail. */
  | {
      readonly at: 'hold'
      readonly recipient?: string
      readonly until: () => Promise<unknown>
      readonly mail?: 'kept' | 'lost'
    }
) & { readonly times?: number }

export type Attempt = {
  readonly outcome: 'accepted' | 'kept' | 'lost' | 'cut' | 'refused-recipient' | 'refused-data'
  readonly from: string
  /** Envelope recipients that were accepted (or the one that was refused), in order. */
  readonly to: readonly string[]
  /** Empty for a refused recipient, a beginning for `cut`. */
  readonly octets: Buffer
  /** Milliseconds since 1970: the final dot, or the refusal. */
  readonly at: number
  readonly secure: boolean
  readonly user: string | undefined
  /** Delivery status notification asked for (RFC 3461); `notify` goes with `to`. */
  readonly dsn: {
    readonly ret: string | undefined
    readonly envelopeId: string | undefined
    readonly notify: readonly (readonly string[])[]
    readonly originalRecipients: readonly (string | undefined)[]
  }
}

const DEFAULT_WAIT = 45_000

type Session = Parameters<NonNullable<SMTPServerOptions['onClose']>>[0]
type RunningFault = { readonly fault: Fault; left: number }
type Waiter = { check(): boolean }

/** Listens on a free port of 127.0.0.1; `await using`, or `until(t, startSubmission())`. */
export async function startSubmission(options: SubmissionOptions = {}): Promise<Submission> {
  const submission = new Submission(options)
  await submission.listen(options.port ?? 0)
  return submission
}

export class Submission {
  readonly host = '127.0.0.1'
  readonly certificate: Certificate = loopbackCertificate()
  readonly #server: SMTPServer
  readonly #sockets = new Map<number, Socket>()
  readonly #attempts: Attempt[] = []
  readonly #faults: RunningFault[] = []
  readonly #waiters = new Set<Waiter>()
  #port = 0

  constructor(options: SubmissionOptions) {
    this.#server = new SMTPServer(this.#serverOptions(options))
    // A client that goes away, or that we cut off, is part of the test and no failure of it.
    this.#server.on('error', () => undefined)
    this.#server.server.on('connection', (socket: Socket) => {
      const port = socket.remotePort ?? 0
      this.#sockets.set(port, socket)
      socket.once('close', () => this.#sockets.delete(port))
    })
  }

  /** `startSubmission` has done this. */
  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.server.once('error', reject)
      this.#server.listen(port, this.host, () => {
        const address = this.#server.server.address()
        if (address !== null && typeof address === 'object') this.#port = address.port
        resolve()
      })
    })
  }

  get port(): number {
    return this.#port
  }

  /** What the server answers for: accepted mail, and mail it kept though it never answered. */
  get mails(): readonly Attempt[] {
    return this.#attempts.filter(attempt => attempt.outcome === 'accepted' || attempt.outcome === 'kept')
  }

  /** As if nothing had come after the first `known` attempts. */
  forgetFrom(known: number): void {
    this.#attempts.splice(known)
  }

  /** Everything that reached RCPT, with what became of it, in order. */
  get attempts(): readonly Attempt[] {
    return this.#attempts
  }

  /** Clients connected now. */
  get connections(): number {
    return this.#sockets.size
  }

  /** Arranges a fault; several are tried in the order in which they were arranged. */
  script(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 })
  }

  /** Resolves with the mails as soon as there are `count`; rejects after `ms` and says what came instead. */
  waitForCount(count: number, ms: number = DEFAULT_WAIT): Promise<readonly Attempt[]> {
    return this.#wait(`${count} mails`, ms, () => (this.mails.length >= count ? this.mails : undefined))
  }

  /** Resolves with the first mail that fits, past or future. */
  waitFor(fits: (mail: Attempt) => boolean, ms: number = DEFAULT_WAIT): Promise<Attempt> {
    return this.#wait('a mail that fits', ms, () => this.mails.find(fits))
  }

  /** Like `waitFor`, also over refused, lost and cut attempts. */
  waitForAttempt(fits: (attempt: Attempt) => boolean, ms: number = DEFAULT_WAIT): Promise<Attempt> {
    return this.#wait('an attempt that fits', ms, () => this.#attempts.find(fits))
  }

  /** Ends every connection without a word, as a crash does, and goes on listening. */
  cutConnections(): void {
    for (const socket of this.#sockets.values()) socket.destroy()
  }

  close(): Promise<void> {
    return new Promise(resolve => {
      this.#server.close(resolve)
      this.cutConnections()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #serverOptions({ tls = 'none', credentials, size }: SubmissionOptions): SMTPServerOptions {
    const disabled = [...(tls === 'starttls' ? [] : ['STARTTLS']), ...(credentials ? [] : ['AUTH'])]
    return {
      name: 'submission.test',
      secure: tls === 'implicit',
      key: this.certificate.key,
      cert: this.certificate.certificate,
      disabledCommands: disabled,
      authOptional: credentials === undefined,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      hideDSN: false,
      closeTimeout: 1,
      ...(size === undefined ? {} : { size }),
      onAuth: (auth, _session, callback) => {
        const right = auth.username === credentials?.user && auth.password === credentials?.password
        callback(
          right ? null : refusal('535 5.7.8 authentication failed'),
          right ? { user: auth.username } : undefined,
        )
      },
      onConnect: (_session, callback) => callback(this.#refusalAt('connect')),
      onMailFrom: (_address, _session, callback) => callback(this.#refusalAt('mail-from')),
      onRcptTo: (address, session, callback) => {
        const refused = this.#refusalAt('recipient', [address.address])
        if (refused) this.#record('refused-recipient', session, Buffer.alloc(0), [address])
        callback(refused)
      },
      onData: (stream, session, callback) => {
        const recipients = session.envelope.rcptTo.map(recipient => recipient.address)
        const chunks: Buffer[] = []
        let cut = this.#take('within-data', recipients) !== undefined
        stream.on('data', (chunk: Buffer) => {
          chunks.push(chunk)
          if (!cut) return
          cut = false
          this.#record('cut', session, Buffer.concat(chunks))
          this.#sockets.get(session.remotePort)?.destroy()
        })
        // The client went away within DATA; what it sent is no mail.
        stream.on('error', () => undefined)
        stream.on('end', () => void this.#settle(session, recipients, Buffer.concat(chunks), callback))
      },
    }
  }

  async #settle(
    session: Session,
    recipients: readonly string[],
    octets: Buffer,
    answer: (error?: Error | null, text?: string) => void,
  ): Promise<void> {
    const hold = this.#take('hold', recipients)
    if (hold?.at === 'hold') {
      await hold.until()
      if (!this.#sockets.has(session.remotePort)) return this.#record(hold.mail ?? 'kept', session, octets)
    }
    const dropped = this.#take('final-dot', recipients)
    if (dropped?.at === 'final-dot') {
      this.#sockets.get(session.remotePort)?.destroy()
      this.#record(dropped.mail, session, octets)
      return
    }
    const refused = this.#refusalAt('data', recipients)
    this.#record(refused ? 'refused-data' : 'accepted', session, octets)
    answer(refused, '2.0.0 kept')
  }

  #take(at: Fault['at'], recipients: readonly string[]): Fault | undefined {
    const running = this.#faults.find(({ fault, left }) => {
      const only = 'recipient' in fault ? fault.recipient : undefined
      return left > 0 && fault.at === at && (only === undefined || recipients.includes(only))
    })
    if (running) running.left -= 1
    return running?.fault
  }

  #refusalAt(at: Fault['at'], recipients: readonly string[] = []): Error | null {
    const fault = this.#take(at, recipients)
    return fault !== undefined && 'answer' in fault ? refusal(fault.answer) : null
  }

  #record(
    outcome: Attempt['outcome'],
    session: Session,
    octets: Buffer,
    recipients = session.envelope.rcptTo,
  ): void {
    const { mailFrom, dsn } = session.envelope
    this.#attempts.push({
      outcome,
      from: mailFrom === false ? '' : mailFrom.address,
      to: recipients.map(recipient => recipient.address),
      octets,
      at: Date.now(),
      secure: session.secure,
      user: typeof session.user === 'string' ? session.user : undefined,
      dsn: {
        ret: dsn?.ret ?? undefined,
        envelopeId: dsn?.envid ?? undefined,
        notify: recipients.map(recipient => recipient.dsn?.notify ?? []),
        originalRecipients: recipients.map(recipient => recipient.dsn?.orcpt),
      },
    })
    for (const waiter of this.#waiters) if (waiter.check()) this.#waiters.delete(waiter)
  }

  #wait<T>(wanted: string, ms: number, find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter)
        reject(new Error(`no ${wanted} within ${ms} ms; there were: ${this.#summary()}`))
      }, ms)
      const waiter: Waiter = {
        check: () => {
          const found = find()
          if (found === undefined) return false
          clearTimeout(timer)
          resolve(found)
          return true
        },
      }
      if (!waiter.check()) this.#waiters.add(waiter)
    })
  }

  #summary(): string {
    const lines = this.#attempts.map(({ outcome, to, octets }) => {
      const subject = /^Subject: ?(.*)$/im.exec(octets.toString('latin1'))?.[1]?.trim() ?? ''
      return `${outcome} to ${to.join(', ')} (${octets.length} octets, ${JSON.stringify(subject)})`
    })
    return lines.length === 0 ? 'no attempts' : lines.join('; ')
  }
}

function refusal(answer: Answer): Error {
  return Object.assign(new Error(answer.slice(4)), { responseCode: Number(answer.slice(0, 3)) })
}
