// One kept connection to the submission server, and the only file that speaks through nodemailer's SMTP
// client. In go a mail and its envelope, out comes what became of it; reply texts never leave this file.
import SMTPConnection, { type SMTPError } from 'nodemailer/lib/smtp-connection'
import type { SendStage } from '../model/delivery-outcome.ts'
import { type Octets, piecesOf } from '../model/octets.ts'
import { err, ok, type Result } from '../model/result.ts'
import type { EmailAddress } from '../model/scalars.ts'
import type { LargestMail } from '../model/settings.ts'
import { MailSource } from './data.ts'
import { classifyReply, type SendFailure, type SendOutcome } from './retry.ts'

export type SubmissionServer = {
  readonly host: string
  readonly port: number
  /** `starttls` is required, never merely offered; `none` is for loopback only. */
  readonly tls: 'implicit' | 'starttls' | 'none'
  /** With `password` or not at all: then nobody logs in. */
  readonly user?: string | undefined
  readonly password?: { open(): string } | undefined
  /** PEM certificates to trust instead of the system's. */
  readonly trustedCertificates?: string | undefined
}

/** Milliseconds each part may take, whatever trickles in meanwhile; together they bound a mail. */
export type Deadlines = {
  /** DNS, TCP, TLS, greeting and EHLO in all; AUTH gets as much again. */
  readonly connect: number
  /** MAIL, RCPT and DATA together; RSET. */
  readonly envelope: number
  readonly data: number
  /** From the final dot to its answer: shorter waits make duplicates (RFC 5321 §4.5.3.2.6). */
  readonly final: number
}

export type Mail = {
  /** Envelope sender (RFC5321.MailFrom). */
  readonly from: EmailAddress
  /** The one envelope recipient. */
  readonly to: EmailAddress
  /** A whole mail in 7-bit octets and CRLF lines, without dot-stuffing; read as fast as the server takes it. */
  readonly octets: Octets
}

/** `reason` is a code of Node.js or the client (`ECONNREFUSED`, `ETLS`), never a text. */
export type OpenFault = SendFailure & { readonly reason: string | undefined }

const CHUNK = 64 * 1024
const MAX_REPLY = 64 * 1024
const QUIT_DEADLINE = 2_000
/** The limit that a server names in its answer to EHLO (RFC 1870 §3); 0 and none at all mean that it has no fixed one. */
const sizeOffered = /^250[ -]SIZE[ ]+([0-9]{1,15})[ ]*$/im
const ENVELOPE_STAGES: Readonly<Record<string, SendStage>> = {
  'MAIL FROM': 'mail',
  'RCPT TO': 'rcpt',
  DATA: 'data',
}

export class Connection {
  readonly #smtp: SMTPConnection
  readonly #server: SubmissionServer
  readonly #deadlines: Deadlines
  #takes: LargestMail | undefined

  constructor(server: SubmissionServer, deadlines: Deadlines) {
    const { host, port, tls, trustedCertificates } = server
    this.#server = server
    this.#deadlines = deadlines
    this.#smtp = new SMTPConnection({
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      tls: { ca: trustedCertificates, minVersion: 'TLSv1.2', rejectUnauthorized: true },
      // The deadlines are kept here: the client's own count silence only, so that a drip would outlast them.
      connectionTimeout: 2 * deadlines.connect,
      greetingTimeout: 2 * deadlines.connect,
      socketTimeout: 2 * (deadlines.connect + deadlines.envelope + deadlines.data + deadlines.final),
      socketCloseTimeout: 0,
      maxResponseSize: MAX_REPLY,
    })
    // Without a listener a connection that breaks while nobody waits would end the process.
    this.#smtp.on('error', () => undefined)
  }

  /** Whether another mail may go this way. */
  get usable(): boolean {
    return !this.#smtp.destroyed
  }

  /** The largest mail that the server takes; undefined before it has said so. */
  get takes(): LargestMail | undefined {
    return this.#takes
  }

  /** Connects, secures and logs in; whatever fails leaves the connection cut. */
  async open(): Promise<Result<undefined, OpenFault>> {
    const smtp = this.#smtp
    const connected = await this.#run(this.#deadlines.connect, done => smtp.connect(error => done(error)))
    if (!connected.ok) return this.#openFault(smtp.stage === 'init' ? 'connect' : 'greeting', connected.error)
    if (this.#server.tls !== 'none' && !smtp.secure) return this.#openFault('greeting', undefined)
    const size = Number(sizeOffered.exec(String(smtp.lastServerResponse))?.[1] ?? 0)
    this.#takes = size === 0 ? 'any' : size
    const { user, password } = this.#server
    if (user === undefined) return ok(undefined)
    const pass = password?.open() ?? ''
    const entered = await this.#run(this.#deadlines.connect, done =>
      smtp.login({ user, pass }, error => done(error)),
    )
    return entered.ok ? ok(undefined) : this.#openFault('auth', entered.error)
  }

  /** Sends one mail to one recipient. After a failure the session is reset, or cut where that fails. */
  async send(mail: Mail): Promise<SendOutcome> {
    const outcome = await this.#transfer(mail)
    if (outcome.kind === 'in-doubt') this.cut()
    else if (outcome.kind !== 'accepted' && this.usable) {
      const reset = await this.#run(this.#deadlines.envelope, done => this.#smtp.reset(error => done(error)))
      if (!reset.ok) this.cut()
    }
    return outcome
  }

  /** Ends politely, within two seconds. */
  async quit(): Promise<void> {
    if (this.usable) await this.#run(QUIT_DEADLINE, () => this.#smtp.quit())
  }

  /** Ends at once; what is under way ends as a loss. */
  cut(): void {
    this.#smtp.close()
  }

  async #transfer({ from, to, octets }: Mail): Promise<SendOutcome> {
    const progress: { phase: 'envelope' | 'data' | 'final' } = { phase: 'envelope' }
    const deadlines = this.#deadlines
    const envelope = { from, to: [to], size: octets.size, dsn: { ret: 'HDRS' } }
    const sent = await this.#run<string>(deadlines.envelope, (done, extend) => {
      const chunks = Iterator.from(octets.pieces()).flatMap(piece => piecesOf(piece, CHUNK))
      // The client reads the mail only after 354, and sends the final dot only after reading it to its end:
      // that tells a clean loss from doubt.
      const source = new MailSource({
        highWaterMark: CHUNK,
        read() {
          if (progress.phase === 'envelope') extend(deadlines.data)
          progress.phase = 'data'
          const chunk = nextOf(chunks)
          // Octets that turn out to be damaged at their very end are never followed by the final dot.
          if (chunk === 'damaged') this.destroy(new Error('damaged octets'))
          else this.push(chunk)
        },
      })
      source.once('end', () => {
        progress.phase = 'final'
        extend(deadlines.final)
      })
      this.#smtp.send(envelope, source, (error, info) => {
        // An answer amid the data: cut before the final dot can follow, and nothing has been delivered.
        if (progress.phase === 'data') {
          source.destroy()
          this.cut()
        }
        done(error, info?.response)
      })
    })
    if (progress.phase === 'final') return finalOutcome(sent)
    if (sent.ok) return { kind: 'temporary', stage: 'data', code: undefined }
    return progress.phase === 'data' ? lossAmidData(sent.error) : envelopeFailure(sent.error)
  }

  #openFault(stage: SendStage, error: SMTPError | undefined): Result<never, OpenFault> {
    this.cut()
    const reason = error?.originalCode ?? error?.code
    return err({ ...classifyReply(stage, error?.responseCode), reason })
  }

  /**
   * Waits for the client's callback, for its `error` and `end` events (it has operations that a loss reaches
   * by these alone) and for the deadline, which cuts. An error is undefined where there is no more to say.
   */
  #run<T = undefined>(
    milliseconds: number,
    start: (
      done: (error?: SMTPError | null, value?: T) => void,
      extend: (milliseconds: number) => void,
    ) => void,
  ): Promise<Result<T | undefined, SMTPError | undefined>> {
    return new Promise(resolve => {
      const smtp = this.#smtp
      let state: 'waiting' | 'settled' = 'waiting'
      let timer: NodeJS.Timeout | undefined
      const extend = (next: number) => {
        clearTimeout(timer)
        if (state === 'waiting') timer = setTimeout(() => smtp.close(), next)
      }
      const settle = (result: Result<T | undefined, SMTPError | undefined>) => {
        state = 'settled'
        clearTimeout(timer)
        smtp.off('error', onError)
        smtp.off('end', onEnd)
        resolve(result)
      }
      const onError = (error: SMTPError) => settle(err(error))
      // After a 421 the client ends first and calls back with the reply in the same tick.
      const onEnd = () => setImmediate(() => settle(err(undefined)))
      smtp.on('error', onError)
      smtp.on('end', onEnd)
      extend(milliseconds)
      start((error, value) => settle(error ? err(error) : ok(value)), extend)
    })
  }
}

/** The next octets to send, null after the last. */
function nextOf(chunks: Iterator<Uint8Array>): Uint8Array | null | 'damaged' {
  try {
    const { done, value } = chunks.next()
    return done === true ? null : value
  } catch {
    return 'damaged'
  }
}

/** After the final dot only a complete reply to it decides. */
function finalOutcome(sent: Result<string | undefined, SMTPError | undefined>): SendOutcome {
  if (sent.ok) {
    // The client takes any line that begins with 2 for a yes.
    const [, code] = /^(2[0-9]{2})(?:[ -]|$)/.exec(sent.value ?? '') ?? []
    return code === undefined ? { kind: 'in-doubt' } : { kind: 'accepted', code: Number(code) }
  }
  const { code, responseCode } = sent.error ?? {}
  const refused = code === 'EMESSAGE' && responseCode !== undefined && responseCode >= 400
  return refused ? refusal('final', sent.error) : { kind: 'in-doubt' }
}

function lossAmidData(error: SMTPError | undefined): SendFailure {
  return refusal('data', error?.code === 'EMESSAGE' ? error : undefined)
}

function envelopeFailure(error: SMTPError | undefined): SendFailure {
  const stage = ENVELOPE_STAGES[error?.command ?? '']
  // The client itself refuses what exceeds the SIZE that the server announces (RFC 1870).
  if (stage === 'mail' && error?.code === 'EMESSAGE')
    return { kind: 'permanent', stage, code: error.responseCode, status: TOO_LARGE }
  if (stage !== undefined) return refusal(stage, error)
  return { kind: 'temporary', stage: 'mail', code: error?.responseCode }
}

/** "Message too big for system" (RFC 3463 §3.4). */
const TOO_LARGE = '5.3.4'

/** With the enhanced status code that begins a reply's text (RFC 2034 §4), and nothing else of it. */
function refusal(stage: SendStage, error: SMTPError | undefined): SendFailure {
  const failure = classifyReply(stage, error?.responseCode)
  const [, status] =
    /^[45][0-9]{2}[ -]([45]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.])/.exec(error?.response ?? '') ?? []
  return status === undefined ? failure : { ...failure, status }
}
