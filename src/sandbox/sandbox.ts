// What the daemon sees of the child process: functions over hostile octets that answer or say why not. One
// job at a time; a child that died is replaced before the next job and told the enrolled certificates anew.
import type { KeyFault } from '../model/key-fault.ts'
import type { OpenedMail } from '../model/mail.ts'
import { piecesOf } from '../model/octets.ts'
import type { Result } from '../model/result.ts'
import type { Fingerprint, Instant } from '../model/scalars.ts'
import type { AutomaticSettings, MachineKind } from '../receive/automatic.ts'
import { type Enrolled, type Job, unwrap } from './protocol.ts'
import type { Signed } from './signed.ts'
import { type Answers, type Pieces, type SandboxFault, Worker } from './worker.ts'

export type Opened = { readonly mail: OpenedMail; readonly machine: MachineKind }

export type Encrypted = {
  /** Armored, with CRLF line ends. */
  readonly armored: Uint8Array
  /** Key id of the one subkey that can read it, 16 lower-case hex digits. */
  readonly subkey: string
}

export type Inspected = {
  readonly fingerprint: Fingerprint
  readonly keyIds: readonly string[]
  /** Pruned and binary. */
  readonly octets: Uint8Array
  readonly encryptable: boolean
  /** When the last subkey that mail can be encrypted to ends; undefined: never. */
  readonly encryptsUntil?: Instant
  readonly revoked: boolean
  /** Why no member may use it. */
  readonly fault: KeyFault | undefined
}

export class Sandbox {
  readonly #answers: Answers
  readonly #automatic: AutomaticSettings
  readonly #passedOn: number
  #worker: Worker
  #enrolled: readonly Enrolled[] = []
  /** The worker that was told `#enrolled`. */
  #informed: Worker | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #isClosed = false

  /** `passedOn`: octets of a mail's parts that are handed back in all. */
  constructor(answers: Answers, automatic: AutomaticSettings, passedOn = Number.MAX_SAFE_INTEGER) {
    this.#answers = answers
    this.#passedOn = passedOn
    this.#automatic = automatic
    this.#worker = new Worker(answers)
  }

  /** Process id of the child that runs or ran last. */
  get pid(): number | undefined {
    return this.#worker.pid
  }

  /** The certificates that signatures are verified with from the next job on. */
  enrol(certificates: readonly Enrolled[]): void {
    this.#enrolled = certificates
    this.#informed = undefined
  }

  /**
   * Any error that begins with `sandbox-` is the child's end, not a property of the mail. Pieces of the mail are
   * given over one by one, and nothing is done with them before they ended well: rejects as they do.
   */
  open(octets: Uint8Array | Pieces, now: Instant): Promise<Result<Opened, string>> {
    const pieces = octets instanceof Uint8Array ? piecesOf(octets) : octets
    const job = { kind: 'open', automatic: this.#automatic, passedOn: this.#passedOn, now } as const
    return this.#run<Opened>(job, pieces)
  }

  /** What the owner of a certificate signed in a mail, apart from it; `at`: when the signature is to hold. */
  signed(octets: Uint8Array, certificate: Uint8Array, at: Instant): Promise<Result<Signed, string>> {
    return this.#run<Signed>({ kind: 'signed', certificate, now: at }, piecesOf(octets))
  }

  /** Encrypts signed packets to a stranger's certificate. */
  encrypt(packets: Uint8Array, certificate: Uint8Array, now: Instant): Promise<Result<Encrypted, string>> {
    return this.#run<Encrypted>({ kind: 'encrypt', packets, certificate, now })
  }

  /** Reads exactly one certificate of a stranger; the error is a KeyFault or the child's end. */
  inspect(certificate: Uint8Array, now: Instant): Promise<Result<Inspected, string>> {
    return this.#run<Inspected>({ kind: 'inspect', certificate, now })
  }

  /** Ends the child; jobs still waiting get `sandbox-died`. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#worker.close()
  }

  #run<Value>(job: Job, pieces?: Pieces): Promise<Result<Value, string>> {
    const result = this.#queue.then(() => this.#runNow<Value>(job, pieces))
    // What one mail's octets fail of is not the next one's.
    this.#queue = result.catch(() => undefined)
    return result
  }

  async #runNow<Value>(job: Job, pieces: Pieces | undefined): Promise<Result<Value, string>> {
    if (!this.#worker.isAlive && !this.#isClosed) this.#worker = new Worker(this.#answers)
    const worker = this.#worker
    if (this.#informed !== worker) {
      const certificates = this.#enrolled
      const told = await answerOf<undefined>(worker, { kind: 'enrol', certificates })
      if (!told.ok) return told
      if (certificates === this.#enrolled) this.#informed = worker
    }
    if (pieces !== undefined) {
      const given = await worker.give(pieces)
      if (!given.ok) return given
    }
    const answer = await answerOf<Value>(worker, job)
    if (worker.isBloated) await worker.close()
    return answer
  }
}

async function answerOf<Value>(worker: Worker, job: Job): Promise<Result<Value, SandboxFault | string>> {
  const answered = await worker.run(job)
  if (!answered.ok) return answered
  const answer = unwrap(answered.value)
  return isResult<Value>(answer) ? answer : { ok: false, error: 'sandbox-failed' }
}

/** The child is this same program, so the value inside a result is what its function returns for the job. */
function isResult<Value>(answer: unknown): answer is Result<Value, string> {
  if (typeof answer !== 'object' || answer === null || !('ok' in answer)) return false
  return answer.ok === true ? 'value' in answer : 'error' in answer && typeof answer.error === 'string'
}
