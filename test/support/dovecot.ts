// A throwaway real Dovecot on loopback, in a temporary folder: the mailbox on the other side of a test.
// It runs as root and as an ordinary user, and ends with the process that started it, however that ends.
import { type ChildProcess, execFileSync } from 'node:child_process'
import { existsSync, watch } from 'node:fs'
import { chmod, chown, link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Certificate, loopbackCertificate } from './certificate.ts'
import {
  configuration,
  freePorts,
  isRoot,
  mailOwner,
  type Owner,
  type Ports,
  serve,
} from './dovecot-server.ts'
import { findProgram } from './program.ts'
import { makeFolder, removeFolder } from './workspace.ts'

/** Where packages put the programs that Dovecot starts itself. */
const LIBRARY_FOLDERS = ['/usr/lib', '/usr/libexec', '/usr/local/libexec', '/opt/homebrew/libexec']

/** Reason to skip a test, false where a Dovecot that reads this configuration is there, with LMTP. */
export function missingDovecot(): string | false {
  const program = findProgram('dovecot')
  const hasProtocol = (name: string) =>
    LIBRARY_FOLDERS.some(folder => existsSync(join(folder, 'dovecot', name)))
  if (program === undefined || !hasProtocol('imap') || !hasProtocol('lmtp'))
    return 'install dovecot-imapd: apt-get install dovecot-imapd dovecot-lmtpd'
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim()
  return !version.startsWith('2.3.') && `install Dovecot 2.3 (here is ${version})`
}

export type DovecotOptions = {
  /** Names of the mailboxes; each has the password `dovecot.password`. */
  readonly users: readonly string[]
}

export type StoredMail = {
  readonly octets: Buffer
  /** Maildir letters: `S` seen, `R` answered, `F` flagged, `T` deleted. */
  readonly flags: string
}

const DEFAULT_WAIT = 45_000
const START_ATTEMPTS = 5

/** `await using`, or `until(t, startDovecot({ users: ['security'] }))`. */
export async function startDovecot(options: DovecotOptions): Promise<Dovecot> {
  const folder = await makeFolder()
  const dovecot = new Dovecot(folder)
  try {
    await dovecot.prepare(options.users)
    await dovecot.start()
    return dovecot
  } catch (error) {
    await dovecot.stop()
    throw error
  }
}

export class Dovecot {
  readonly host = '127.0.0.1'
  readonly password = 'pw'
  readonly certificate: Certificate = loopbackCertificate()
  readonly #folder: string
  readonly #owner: Owner = mailOwner()
  #ports: Ports = { imap: 0, imaps: 0, lmtp: 0 }
  #server: ChildProcess | undefined
  #delivered = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  /** IMAP without TLS, STARTTLS offered. */
  get imapPort(): number {
    return this.#ports.imap
  }

  /** IMAP over TLS with `certificate`. */
  get imapsPort(): number {
    return this.#ports.imaps
  }

  get lmtpPort(): number {
    return this.#ports.lmtp
  }

  /** `startDovecot` has done this. */
  async prepare(users: readonly string[]): Promise<void> {
    await chmod(this.#folder, 0o711)
    await writeFile(join(this.#folder, 'cert.pem'), this.certificate.certificate)
    await writeFile(join(this.#folder, 'key.pem'), this.certificate.key)
    const passwords = users.map(user => `${user}:{PLAIN}${this.password}::::::\n`).join('')
    await writeFile(join(this.#folder, 'users'), passwords)
    await this.#ownFolder(join(this.#folder, 'mail'))
    for (const user of users)
      for (const part of ['', 'Maildir', 'Maildir/tmp', 'Maildir/new', 'Maildir/cur'])
        await this.#ownFolder(join(this.#folder, 'mail', user, part))
  }

  /** Starts the server, again on the former ports after `halt`. `capability`: what it says it can do; all, if empty. */
  async start({ capability = '' }: { readonly capability?: string } = {}): Promise<void> {
    const chooses = this.#ports.imap === 0
    // What a killed server leaves behind looks to the next one as if it still ran.
    await removeFolder(join(this.#folder, 'run'))
    for (let attempt = 1; ; attempt += 1) {
      if (chooses) this.#ports = await freePorts()
      await writeFile(
        join(this.#folder, 'dovecot.conf'),
        configuration(this.#folder, this.#ports, this.#owner, capability),
      )
      try {
        this.#server = await serve(this.#folder)
        return
      } catch (error) {
        const clash = error instanceof Error && error.message.includes('Address already in use')
        if (!chooses || !clash || attempt === START_ATTEMPTS) throw error
      }
    }
  }

  /** Kills the server and all its connections, as a crash does; the mail stays for the next `start`. */
  async halt(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined || server.signalCode !== null) return
    const ended = new Promise(resolve => server.once('close', resolve))
    server.stdin?.end()
    await ended
  }

  async stop(): Promise<void> {
    await this.halt()
    await removeFolder(this.#folder)
  }

  close(): Promise<void> {
    return this.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /**
   * Puts a mail into the inbox. Exactly these octets are what IMAP serves if their line ends are CRLF; LMTP
   * would add header fields, so this writes into the maildir, which Dovecot notices at once (IDLE too).
   */
  async deliver(user: string, octets: Uint8Array | string): Promise<void> {
    this.#delivered += 1
    const [seconds, micros] = [Math.floor(Date.now() / 1000), String(this.#delivered).padStart(6, '0')]
    const name = `${seconds}.M${micros}P${process.pid}.loopback`
    const temporary = join(this.maildir(user), 'tmp', name)
    await writeFile(temporary, octets, { flag: 'wx', mode: 0o600 })
    await this.#own(temporary)
    await link(temporary, join(this.maildir(user), 'new', name))
    await rm(temporary)
  }

  /** The mails of a folder (`INBOX`, or names from the root: `['embargod', 'done']`) in order of arrival. */
  async list(user: string, folder: 'INBOX' | readonly string[] = 'INBOX'): Promise<readonly StoredMail[]> {
    const found: { name: string; mail: StoredMail }[] = []
    for (const part of ['new', 'cur']) {
      const path = join(this.#folderPath(user, folder), part)
      for (const name of await readdir(path).catch(() => [])) {
        const octets = await readFile(join(path, name)).catch(() => undefined)
        // A file that is gone was renamed (a flag was set) while we read; the folder is read once more.
        if (octets === undefined) return this.list(user, folder)
        found.push({ name, mail: { octets, flags: name.split(':2,')[1] ?? '' } })
      }
    }
    found.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
    return found.map(({ mail }) => mail)
  }

  /** Resolves with the mails of a folder as soon as there are `count`; rejects after `ms`. */
  async waitForCount(
    user: string,
    folder: 'INBOX' | readonly string[],
    count: number,
    ms: number = DEFAULT_WAIT,
  ): Promise<readonly StoredMail[]> {
    const root = this.maildir(user)
    const path = this.#folderPath(user, folder)
    const deadline = AbortSignal.timeout(ms)
    for (;;) {
      const changed = changeIn([root, path, join(path, 'new'), join(path, 'cur')], deadline)
      const mails = await this.list(user, folder)
      if (mails.length >= count || deadline.aborted) changed.cancel()
      if (mails.length >= count) return mails
      if (deadline.aborted)
        throw new Error(`${mails.length} mails of ${user} in ${String(folder)}, not ${count}, after ${ms} ms`)
      await changed.happened
    }
  }

  /** Where the mail of a user lies. */
  maildir(user: string): string {
    return join(this.#folder, 'mail', user, 'Maildir')
  }

  /** Gives the inbox a new UIDVALIDITY, as a restored server does; only while halted. */
  renewUidValidity(user: string): Promise<void> {
    return this.#renumber(user, former => former + 1)
  }

  /** Lets the inbox give its UIDs a second time, as one that was set back does; only while halted. */
  reuseUids(user: string): Promise<void> {
    return this.#renumber(user, former => former)
  }

  async #renumber(user: string, uidValidity: (former: number) => number): Promise<void> {
    const path = join(this.maildir(user), 'dovecot-uidlist')
    const former = /^3 V(\d+)/.exec(await readFile(path, 'utf8'))?.[1] ?? '1'
    for (const name of await readdir(this.maildir(user)))
      if (name.startsWith('dovecot.index')) await rm(join(this.maildir(user), name))
    await writeFile(path, `3 V${uidValidity(Number(former))} N1\n`)
  }

  #folderPath(user: string, folder: 'INBOX' | readonly string[]): string {
    return folder === 'INBOX' ? this.maildir(user) : join(this.maildir(user), `.${folder.join('.')}`)
  }

  async #ownFolder(path: string): Promise<void> {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await this.#own(path)
  }

  async #own(path: string): Promise<void> {
    if (isRoot()) await chown(path, this.#owner.uid, this.#owner.gid)
  }
}

/** The next change in any of the folders that exist. */
function changeIn(folders: readonly string[], deadline: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<void>()
  const watchers = folders.flatMap(folder => {
    try {
      return [watch(folder, () => cancel())]
    } catch {
      return []
    }
  })
  const cancel = () => {
    for (const watcher of watchers) watcher.close()
    deadline.removeEventListener('abort', cancel)
    resolve()
  }
  deadline.addEventListener('abort', cancel)
  return { happened: promise, cancel }
}
