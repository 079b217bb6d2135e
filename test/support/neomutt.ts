// A person at NeoMutt: the real program on a terminal of its own, with keys pressed as it asks for them, and an
// editor that does what a test says. What it sends is caught instead of leaving; what it shows is kept.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GnuPG } from './gpg.ts'
import { findProgram } from './program.ts'
import { type TestEnd, tempDir } from './workspace.ts'

/** Debian's, of the programs' own names for gpg's options; NeoMutt has none built in. */
const GPG_COMMANDS = '/etc/neomuttrc.d/gpg.rc'
/** Longest wait for the program to ask for the next key. */
const PATIENCE = 30_000

/** Reason to skip a test, false where NeoMutt and a terminal for it are there. */
export function missingNeoMutt(): string | false {
  const there = findProgram('neomutt') !== undefined && findProgram('script') !== undefined
  return !(there && existsSync(GPG_COMMANDS)) && 'install NeoMutt: apt-get install neomutt bsdutils'
}

export type NeoMuttSettings = {
  /** Whether it calls gpg through GPGME or by commands. */
  readonly gpgme: 'yes' | 'no'
  readonly flowed: 'yes' | 'no'
  /** `sign` signs everything; `encrypt` does both. */
  readonly protect: 'sign' | 'encrypt'
  /** Fingerprint of a key that the person has compared, and trusts. */
  readonly ourKey: string
}

/** What is pressed once the screen shows something. */
type Step = readonly [shown: RegExp, pressed: string]

const INDEX = /NeoMutt: [^\r\n]*Msgs:/
const COMPOSE = /NeoMutt: Compose/

export class NeoMutt {
  readonly #folder: string
  readonly #person: GnuPG

  private constructor(folder: string, person: GnuPG) {
    this.#folder = folder
    this.#person = person
  }

  static async make(t: TestEnd, person: GnuPG, settings: NeoMuttSettings): Promise<NeoMutt> {
    const program = new NeoMutt(await tempDir(t), person)
    await program.#configure(settings)
    return program
  }

  async #configure({ gpgme, flowed, protect, ourKey }: NeoMuttSettings): Promise<void> {
    await this.#person.trust(ourKey)
    const settings = {
      from: this.#person.mailbox,
      folder: this.#folder,
      spool_file: this.#at('inbox'),
      mbox_type: 'Maildir',
      tmpdir: this.#folder,
      record: '',
      header_cache: '',
      sendmail: this.#at('sendmail'),
      editor: this.#at('editor'),
      pager: this.#at('pager'),
      crypt_use_gpgme: gpgme,
      crypt_auto_sign: 'yes',
      crypt_auto_encrypt: protect === 'encrypt' ? 'yes' : 'no',
      pgp_sign_as: this.#person.fingerprint,
      pgp_default_key: this.#person.fingerprint,
      text_flowed: flowed,
      // Nothing is asked that this program has an answer for.
      abort_unmodified: 'no',
      fast_reply: 'yes',
      include: 'yes',
      reply_to: 'yes',
      quit: 'yes',
      wait_key: 'no',
      prompt_after: 'no',
      sleep_time: '0',
    }
    const lines = Object.entries(settings).map(([name, value]) => `set ${name}="${value}"`)
    await writeFile(this.#at('neomuttrc'), `source ${GPG_COMMANDS}\n${lines.join('\n')}\n`)
    await this.#script('sendmail', `cat > ${this.#at('sent')}`)
    await this.#script('pager', `cp "$1" ${this.#at('shown')}`)
  }

  /** Taps a `mailto:` link, types `words` into its gap if there are any, and sends; the octets that leave. */
  async tap(link: string, words = ''): Promise<Buffer> {
    await this.#editor(`sed -i -e '/^\r*$/{r ${this.#at('words')}' -e 'd}' "$1"`, words)
    await this.#run([link], [[COMPOSE, 'y']])
    return readFile(this.#at('sent'))
  }

  /** Answers a mail, quoted as NeoMutt does, with words typed above or below that. */
  async reply(mail: Uint8Array, words: string, place: 'above' | 'below'): Promise<Buffer> {
    await this.#receive(mail)
    const [first, second] = place === 'above' ? [this.#at('words'), '"$1"'] : ['"$1"', this.#at('words')]
    await this.#editor(
      `cat ${first} ${second} > ${this.#at('edited')} && cp ${this.#at('edited')} "$1"`,
      words,
    )
    await this.#run(
      [],
      [
        [INDEX, 'r'],
        [COMPOSE, 'y'],
        [/Mail sent/, 'q'],
      ],
    )
    return readFile(this.#at('sent'))
  }

  /** What it shows of a mail: header and text, with what it says of signatures and encryption. */
  async show(mail: Uint8Array): Promise<string> {
    await this.#receive(mail)
    await this.#run([], [[INDEX, '\rq']])
    return readFile(this.#at('shown'), 'utf8')
  }

  async #receive(mail: Uint8Array): Promise<void> {
    await rm(this.#at('inbox'), { recursive: true, force: true })
    for (const name of ['cur', 'new', 'tmp']) await mkdir(this.#at(`inbox/${name}`), { recursive: true })
    // Kept with the line ends of the system, as every Maildir is.
    const text = Buffer.from(mail).toString('latin1').replaceAll('\r\n', '\n')
    await writeFile(this.#at('inbox/cur/1.mail:2,'), text, 'latin1')
  }

  async #editor(command: string, words: string): Promise<void> {
    await writeFile(this.#at('words'), words)
    await this.#script('editor', command)
  }

  async #script(name: string, command: string): Promise<void> {
    await writeFile(this.#at(name), `#!/bin/sh\n${command}\n`)
    await chmod(this.#at(name), 0o700)
  }

  #at(name: string): string {
    return join(this.#folder, name)
  }

  /** Presses each step's keys when its words are on the screen, one after the other, until the program ends. */
  #run(args: readonly string[], steps: readonly Step[]): Promise<void> {
    const command = ['neomutt', '-n', '-F', this.#at('neomuttrc'), ...args].map(quoted).join(' ')
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      env: {
        ...process.env,
        GNUPGHOME: this.#person.home,
        TERM: 'xterm',
        LINES: '24',
        COLUMNS: '80',
        LC_ALL: 'C.UTF-8',
      },
      stdio: ['pipe', 'pipe', 'inherit'],
      timeout: PATIENCE,
    })
    const waiting = [...steps]
    let screen = ''
    let all = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text
      all += text
      const [next] = waiting
      if (next === undefined || !next[0].test(screen)) return
      waiting.shift()
      screen = ''
      child.stdin.write(next[1])
    })
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', code =>
        code === 0 && waiting.length === 0
          ? resolve()
          : reject(new Error(`NeoMutt ended with ${code} before ${waiting[0]?.[0]}: ${all.slice(-2_000)}`)),
      )
    })
  }
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`
