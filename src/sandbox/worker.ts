// One child process and the limits it lives under. In: one job at a time. Out: its answer, or why there is
// none. A child that is too slow, too big or asks too much is killed; nothing of it is trusted afterwards.
import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { piecesOf } from '../model/octets.ts'
import { err, ok, type Result } from '../model/result.ts'
import {
  type FromChild,
  type Job,
  MOST_CERTIFICATES_ASKED,
  MOST_SESSION_KEYS_ASKED,
  type SessionKey,
  type ToChild,
} from './protocol.ts'

/** Milliseconds, for the start and for each job. */
const DEADLINE = 10_000
/** Octets; the heap limit does not bound buffers, so the resident set is what is watched. */
const MAX_RSS = 512 * 1024 * 1024
/** Octets; a child that has grown beyond is replaced after its job, so that the next one has room. */
const MAX_IDLE_RSS = 256 * 1024 * 1024
/** Milliseconds between two looks at the resident set. */
const SAMPLING = 50
/** Questions that one job may ask; the child keeps to it, whatever a mail makes it want. */
const MAX_QUESTIONS = MOST_SESSION_KEYS_ASKED + MOST_CERTIFICATES_ASKED

export type SandboxFault = 'sandbox-timeout' | 'sandbox-memory' | 'sandbox-died' | 'sandbox-failed'

/** The session keys that PKESK packets carry for us; empty if they are for others. */
export type SessionKeyAnswer = (packets: Uint8Array) => Promise<readonly SessionKey[]>

/** What the child may ask of the parent, who alone has secret keys and the store. */
export type Answers = {
  readonly sessionKeys: SessionKeyAnswer
  /** Certificates that hold a key with this id, 16 lower-case hex digits. */
  readonly certificates: (keyId: string) => readonly Uint8Array[]
}

/** Octets of a mail that go over in one message; of large ones Node leaves a large copy to the collector. */
const MESSAGE = 16 * 1024

/** Octets in order. */
export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

type Question = Extract<FromChild, { readonly question: number }>

type Waiting = {
  readonly id: number
  readonly settle: (result: Result<unknown, SandboxFault>) => void
  questions: number
}

export class Worker {
  readonly #process: ChildProcess
  readonly #answers: Answers
  readonly #exited: Promise<void>
  readonly #started: Promise<Result<unknown, SandboxFault>>
  #waiting: Waiting | undefined
  #fault: SandboxFault | undefined
  #lastJob = 0

  constructor(answers: Answers) {
    this.#answers = answers
    const program = new URL(`./child${extname(import.meta.filename)}`, import.meta.url)
    this.#process = fork(program, [], {
      serialization: 'advanced',
      // No files written, no network, no processes, whatever a mail makes of a library.
      execArgv: ['--permission', '--allow-fs-read=*'],
      // Nothing inherited: no secret, no option for Node, no time zone.
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.#process.on('message', (message: FromChild) => this.#hear(message))
    this.#exited = new Promise(resolve => {
      this.#process.on('exit', () => {
        this.#settle(err(this.#fault ?? 'sandbox-died'))
        resolve()
      })
    })
    // Without a listener a failed fork or a broken pipe would end this process.
    this.#process.on('error', () => this.#kill('sandbox-died'))
    this.#started = this.#limited(0)
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** Whether it can take another job. */
  get isAlive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null && this.#fault === undefined
  }

  /** Whether it has kept so much memory that the next job should find a new process. */
  get isBloated(): boolean {
    return residentOctets(this.#process.pid) > MAX_IDLE_RSS
  }

  /** Not before the answer to the job before; the caller sees to that. */
  async run(job: Job): Promise<Result<unknown, SandboxFault>> {
    const started = await this.#started
    if (!started.ok) return started
    if (!this.isAlive) return err('sandbox-died')
    this.#lastJob += 1
    const id = this.#lastJob
    const result = this.#limited(id)
    this.#tell({ kind: 'job', id, job })
    return result
  }

  /** Hands over the mail that the next job opens, a piece after the other. Rejects as the pieces do. */
  async give(pieces: Pieces): Promise<Result<undefined, SandboxFault>> {
    const started = await this.#started
    if (!started.ok) return started
    // What is there of a mail whose end was not authentic makes way.
    await this.#send({ kind: 'mail-begins' })
    for await (const piece of pieces)
      for (const octets of piecesOf(piece, MESSAGE)) {
        if (!this.isAlive) return err(this.#fault ?? 'sandbox-died')
        await this.#send({ kind: 'mail-piece', octets })
      }
    return ok(undefined)
  }

  /** Resolves when it went out, or never will. A child that does not take it in time is killed. */
  async #send(message: ToChild): Promise<void> {
    if (!this.#process.connected) return
    const deadline = setTimeout(() => this.#kill('sandbox-timeout'), DEADLINE)
    const sent = new Promise<void>(resolve => this.#process.send(message, () => resolve()))
    await Promise.race([sent, this.#exited])
    clearTimeout(deadline)
  }

  /** Resolves when the process is gone. */
  close(): Promise<void> {
    this.#kill('sandbox-died')
    return this.#exited
  }

  /** The answer to this job, or to the start for 0, within the limits. */
  #limited(id: number): Promise<Result<unknown, SandboxFault>> {
    return new Promise(resolve => {
      const deadline = setTimeout(() => this.#kill('sandbox-timeout'), DEADLINE)
      const sampling = setInterval(() => {
        if (residentOctets(this.#process.pid) > MAX_RSS) this.#kill('sandbox-memory')
      }, SAMPLING)
      const settle = (result: Result<unknown, SandboxFault>) => {
        clearTimeout(deadline)
        clearInterval(sampling)
        this.#waiting = undefined
        resolve(result)
      }
      this.#waiting = { id, settle, questions: 0 }
    })
  }

  #hear(message: FromChild): void {
    if (message.kind === 'which-session-keys' || message.kind === 'which-certificates')
      // What the store cannot tell now it may tell the next time: nobody is a stranger for that.
      this.#answerQuestion(message).catch(() => this.#kill('sandbox-failed'))
    else if (message.kind === 'ready') this.#settleJob(0, ok(undefined))
    else if (message.kind === 'done') this.#settleJob(message.id, ok(message.answer))
    else this.#settleJob(message.id, err('sandbox-failed'))
  }

  async #answerQuestion(asked: Question): Promise<void> {
    const waiting = this.#waiting
    if (waiting === undefined || waiting.questions >= MAX_QUESTIONS) return this.#kill('sandbox-failed')
    waiting.questions += 1
    // What cannot be answered is undecryptable, as if the packets were for others.
    if (asked.kind === 'which-session-keys') {
      const keys = await this.#answers.sessionKeys(asked.packets).catch(() => [])
      this.#tell({ kind: 'session-keys', question: asked.question, keys })
    } else {
      const certificates = this.#answers.certificates(asked.keyId)
      this.#tell({ kind: 'certificates', question: asked.question, certificates })
    }
  }

  #tell(message: ToChild): void {
    if (this.#process.connected) this.#process.send(message)
  }

  #settleJob(id: number, result: Result<unknown, SandboxFault>): void {
    if (this.#waiting?.id === id) this.#settle(result)
  }

  #settle(result: Result<unknown, SandboxFault>): void {
    this.#waiting?.settle(result)
  }

  #kill(fault: SandboxFault): void {
    this.#fault ??= fault
    this.#process.kill('SIGKILL')
    // Without a pid it never ran, and no exit will be told.
    if (this.#process.pid === undefined) this.#settle(err(fault))
  }
}

/** Resident set of a process in octets; 0 where there is no /proc or no such process. */
function residentOctets(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    return Number(/^VmRSS:\s*([0-9]+) kB$/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
