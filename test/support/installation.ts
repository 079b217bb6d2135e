// One embargod as an operator runs it: made by `init`, its own process, real Dovecot and SMTP servers, and
// people whose keys GnuPG made. Everything is seen from outside.
import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Dovecot, startDovecot } from './dovecot.ts'
import { GnuPG } from './gpg.ts'
import { type ReadMail, readMail } from './outgoing.ts'
import { type Submission, startSubmission } from './submission.ts'
import { type Cli, cli } from './verbs.ts'
import { makeFolder, removeFolder } from './workspace.ts'

const LAUNCH = fileURLToPath(new URL('../../src/launch.js', import.meta.url))
/** Longest wait for anything that should happen at once. */
const PATIENCE = 45_000

export class Installation {
  readonly folder: string
  readonly config: string
  /** Where the daemon would put temporary files. */
  readonly temporary: string
  readonly dovecot: Dovecot
  readonly submission: Submission
  readonly alice: GnuPG
  readonly bob: GnuPG
  #daemon: ChildProcess | undefined
  #slowestStart = 0
  /** Log lines of every daemon that ran, in order. */
  readonly log: string[] = []
  /** How daemons ended that nobody had asked to. */
  readonly deaths: string[] = []
  /** Whether the oracle looked at it: no test may end without (threats.md, I1 to I7). */
  examined = false
  #asked: ChildProcess | undefined
  readonly #fingerprints = new Map<string, string>()
  readonly #logged = new EventEmitter<{ lines: [] }>()
  #closers: (() => Promise<void>)[] = []

  constructor(folder: string, dovecot: Dovecot, submission: Submission, alice: GnuPG, bob: GnuPG) {
    this.folder = folder
    this.config = join(folder, 'embargod.yaml')
    this.temporary = join(folder, 'tmp')
    this.dovecot = dovecot
    this.submission = submission
    this.alice = alice
    this.bob = bob
  }

  static async make(t: TestContext, settings: { readonly quorum?: number } = {}): Promise<Installation> {
    const folder = await makeFolder()
    const dovecot = await startDovecot({ users: ['security'] })
    const submission = await startSubmission()
    const alice = await GnuPG.create('Alice Admin', 'alice@team.example')
    const bob = await GnuPG.create('Bob Admin', 'bob@team.example')
    const made = new Installation(folder, dovecot, submission, alice, bob)
    t.after(async () => {
      await made.close()
      if (made.examined) return
      // To throw would keep what was registered after this from its end.
      process.exitCode = 1
      console.error(`${t.name}: I1 to I7 were not checked, see checkInvariants`)
    })
    await made.#initialise(settings)
    return made
  }

  async #initialise({ quorum }: { readonly quorum?: number }): Promise<void> {
    const { folder, dovecot, submission } = this
    await writeFile(join(folder, 'imap.password'), dovecot.password, { mode: 0o600 })
    for (const admin of [this.alice, this.bob])
      await writeFile(join(folder, `${admin.address}.asc`), await admin.exportArmored())
    const result = await this.cli(
      ...[
        'init',
        '--instance',
        'acme',
        '--security',
        'security@acme.example',
        '--data',
        join(folder, 'data'),
      ],
      ...['--imap-host', dovecot.host, '--imap-port', String(dovecot.imapPort), '--imap-tls', 'none'],
      ...['--imap-user', 'security', '--imap-password-file', join(folder, 'imap.password')],
      ...['--smtp-host', submission.host, '--smtp-port', String(submission.port), '--smtp-tls', 'none'],
      ...['--admin', `alice <alice@team.example> ${join(folder, 'alice@team.example.asc')}`],
      ...['--admin', `bob <bob@team.example> ${join(folder, 'bob@team.example.asc')}`],
      ...['--project', 'velero=distributors@acme.example'],
    )
    if (result.code !== 0) throw new Error(`init failed: ${result.problem}${result.out}`)
    if (quorum !== undefined) await this.edit(text => text.replace(/^#quorum: 0$/m, `quorum: ${quorum}`))
    const key = await this.publicKey('mail')
    for (const person of [this.alice, this.bob]) await person.importKey(key)
  }

  /** Changes the configuration file as an editor would. */
  async edit(change: (text: string) => string): Promise<void> {
    const text = await readFile(this.config, 'utf8')
    const changed = change(text)
    if (changed === text) throw new Error('the edit changed nothing')
    await writeFile(this.config, changed, { mode: 0o600 })
  }

  /** The certificate that `init` wrote for the mail key or a project's list key. */
  async publicKey(which: string): Promise<Buffer> {
    return readFile(join(this.folder, 'keys', `${which}.pub.asc`))
  }

  /** Fingerprint of the mail key or a project's list key. */
  async fingerprintOf(which: string): Promise<string> {
    const known = this.#fingerprints.get(which)
    if (known !== undefined) return known
    const [fingerprint] = await this.alice.importKey(await this.publicKey(which))
    if (fingerprint === undefined) throw new Error(`no key ${which}`)
    this.#fingerprints.set(which, fingerprint)
    return fingerprint
  }

  /** Puts a person on the list of distributors. */
  async importMember(contact: GnuPG, organisation: string): Promise<Cli> {
    const file = join(this.folder, `${contact.address}.asc`)
    await writeFile(file, await contact.exportArmored())
    return this.cli(
      ...['member', 'import', '--project', 'velero', '--organisation', organisation],
      ...['--name', contact.name, '--address', contact.address, '--key', file],
    )
  }

  /** A person who knows our key. */
  async person(name: string, address: string): Promise<GnuPG> {
    const person = await GnuPG.create(name, address)
    this.#closers.push(() => person.close())
    const ours = await Promise.all(['mail', 'list-velero'].map(which => this.publicKey(which)))
    await person.importKey(Buffer.concat(ours))
    return person
  }

  cli(...args: readonly string[]): Promise<Cli> {
    return cli('--config', this.config, ...args)
  }

  /**
   * Milliseconds that the slowest start took so far: a measure of how busy this machine is, for times that cannot
   * be waited for.
   */
  get slowestStart(): number {
    return this.#slowestStart
  }

  /** Starts the daemon and waits until it idles on its mailbox. */
  async start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    await mkdir(this.temporary, { recursive: true })
    const began = performance.now()
    const daemon = spawn(process.execPath, [LAUNCH, '--config', this.config, 'run'], {
      env: { ...process.env, TMPDIR: this.temporary, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#daemon = daemon
    const connected = new Promise<void>((resolve, reject) => {
      let rest = ''
      daemon.stderr?.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        this.log.push(...lines)
        this.#logged.emit('lines')
        if (lines.some(line => line.includes('"event":"mailbox","state":"connected"'))) resolve()
      })
      daemon.once('exit', (code, signal) => {
        if (this.#asked !== daemon) this.deaths.push(`ended with ${signal ?? code}`)
      })
      daemon.once('exit', code => reject(new Error(`the daemon ended with ${code}: ${this.log.join('\n')}`)))
      setTimeout(() => reject(new Error(`not connected: ${this.log.join('\n')}`)), PATIENCE).unref()
    })
    await connected
    this.#slowestStart = Math.max(this.#slowestStart, performance.now() - began)
  }

  /** Waits until `count` log lines fit, those of former daemons included, and returns the last of them. */
  async logged(fits: RegExp, count = 1): Promise<string> {
    const deadline = AbortSignal.timeout(PATIENCE)
    for (;;) {
      const line = this.log.filter(text => fits.test(text))[count - 1]
      if (line !== undefined) return line
      await once(this.#logged, 'lines', { signal: deadline }).catch(() => {
        throw new Error(`not logged ${count} times: ${fits}: ${this.log.join('\n')}`)
      })
    }
  }

  /** Process id of the daemon while it runs. */
  get pid(): number | undefined {
    const daemon = this.#daemon
    return daemon?.exitCode === null && daemon.signalCode === null ? daemon.pid : undefined
  }

  /** SIGKILL, as a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** The answer is the exit code. */
  async stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP' = 'SIGTERM'): Promise<number | null> {
    return this.#end(signal)
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const daemon = this.#daemon
    if (daemon === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return null
    const exit = once(daemon, 'exit')
    this.#asked = daemon
    daemon.kill(signal)
    const [code] = await exit
    return typeof code === 'number' ? code : null
  }

  /** Puts a mail into the mailbox of the security address. */
  deliver(octets: Uint8Array): Promise<unknown> {
    return this.dovecot.deliver('security', octets)
  }

  /** The mails sent to an address so far, oldest first, as that person reads them. */
  async inboxOf(person: GnuPG): Promise<readonly ReadMail[]> {
    const mine = this.submission.mails.filter(mail => mail.to.includes(person.address))
    return Promise.all(mine.map(mail => readMail(mail.octets, person)))
  }

  /** Waits for the n-th mail to a person and reads it. */
  async mailTo(person: GnuPG, position: number): Promise<ReadMail> {
    const mine = () => this.submission.mails.filter(mail => mail.to.includes(person.address))
    await this.submission.waitFor(() => mine().length >= position, PATIENCE)
    const mail = mine()[position - 1]
    if (mail === undefined) throw new Error('the mail is gone')
    return readMail(mail.octets, person)
  }

  /** The octets of the n-th mail to a person. */
  octetsTo(person: GnuPG, position: number): Buffer {
    const mine = this.submission.mails.filter(mail => mail.to.includes(person.address))
    const octets = mine[position - 1]?.octets
    if (octets === undefined) throw new Error('no such mail')
    return Buffer.from(octets)
  }

  async close(): Promise<void> {
    await this.kill()
    await Promise.all([this.dovecot.stop(), this.submission.close(), this.alice.close(), this.bob.close()])
    await Promise.all(this.#closers.map(closer => closer()))
    await removeFolder(this.folder)
  }
}
