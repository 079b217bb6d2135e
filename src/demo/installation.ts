// One embargod as an operator runs it: made by `init`, its daemon a process of its own that can be killed and
// started again, its command line beside it. Everything lies in one folder that goes when the demo ends.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { init } from '../cli/init.ts'
import { EXIT, type Verb } from '../cli/verb.ts'
import { type Certificate, parseCertificate } from '../openpgp/certificates.ts'
import { Feed } from './feed.ts'
import type { Person } from './mail-program.ts'
import type { Names } from './names.ts'
import { LOOPBACK, PASSWORD, type Servers, USER } from './servers.ts'

const LAUNCH = fileURLToPath(new URL('../launch.js', import.meta.url))

/** One line of the daemon's log. */
export type LogLine = Readonly<Record<string, unknown>>

export class Installation {
  readonly #folder: string
  /** Log lines of every daemon that ran, in order. */
  readonly log = new Feed<LogLine>()
  #daemon: ChildProcess | undefined
  #isClosed = false

  constructor(folder: string) {
    this.#folder = folder
    // However the demo ends, its daemon does not outlive it.
    process.once('exit', () => this.#daemon?.kill('SIGKILL'))
  }

  get #config(): string {
    return join(this.#folder, 'embargod.yaml')
  }

  /** `init`, with everything it asks for. */
  async initialise(names: Names, admins: readonly Person[], servers: Servers): Promise<void> {
    const password = await this.write('imap.password', PASSWORD)
    const team = admins.map(
      async ({ name, address, certificate }) =>
        `${name.toLowerCase()} <${address}> ${await this.write(`${name}.asc`, certificate)}`,
    )
    await this.cli(
      init,
      ...['--instance', names.instance, '--security', names.security],
      ...['--project', `${names.project}=${names.distributors}`],
      ...['--imap-host', LOOPBACK, '--imap-port', String(servers.imapPort), '--imap-tls', 'none'],
      ...['--imap-user', USER, '--imap-password-file', password],
      ...['--smtp-host', LOOPBACK, '--smtp-port', String(servers.smtpPort), '--smtp-tls', 'none'],
      ...(await Promise.all(team)).flatMap(admin => ['--admin', admin]),
    )
  }

  /** The certificate that `init` wrote for publication. */
  async certificate(name: string): Promise<Certificate> {
    const parsed = await parseCertificate(await readFile(this.publishedKey(name)))
    if (!parsed.ok) throw new Error(`init wrote a certificate that is ${parsed.error}`)
    return parsed.value
  }

  /** The file in which it lies. */
  publishedKey(name: string): string {
    return join(this.#folder, 'keys', `${name}.pub.asc`)
  }

  /** Puts a private file into the folder; the answer is its path. */
  async write(name: string, content: string): Promise<string> {
    const file = join(this.#folder, name)
    await writeFile(file, content, { mode: 0o600 })
    return file
  }

  /** Runs a verb of the command line and gives what it printed. @throws if its exit code is not 0. */
  async cli(verb: Verb, ...args: readonly string[]): Promise<string> {
    const printed: string[] = []
    const print = (text: string) => void printed.push(text)
    const code = await verb.run(args, {
      out: print,
      octets: () => undefined,
      problem: print,
      configFile: this.#config,
    })
    if (code !== EXIT.done) throw new Error(`embargod ${verb.name} ended with ${code}: ${printed.join(' ')}`)
    return printed.join('\n')
  }

  /** Starts the daemon; resolves when it has the mailbox open. */
  async start(): Promise<void> {
    if (this.#isClosed) throw new Error('the demo has ended')
    const from = this.log.items.length
    const daemon = spawn(process.execPath, [LAUNCH, '--config', this.#config, 'run'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#daemon = daemon
    createInterface({ input: daemon.stderr }).on('line', line => this.log.add(parsed(line)))
    daemon.once('exit', (code, signal) => {
      if (signal === null && code !== 0) this.log.end(`the daemon ended by itself with ${code}`)
    })
    await this.log.find('start of the daemon', isConnected, from)
  }

  /** SIGKILL, as a power cut would. */
  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  /** Kills the daemon for good. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.kill()
  }

  /** SIGTERM, as a service manager stops it. */
  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const daemon = this.#daemon
    if (daemon === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return
    const ended = once(daemon, 'exit')
    daemon.kill(signal)
    await ended
  }
}

const isConnected = ({ event, state }: LogLine): boolean => event === 'mailbox' && state === 'connected'

/** What is no JSON, as Node's own warnings, is kept as text. */
function parsed(line: string): LogLine {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : { text: line }
  } catch {
    return { text: line }
  }
}
