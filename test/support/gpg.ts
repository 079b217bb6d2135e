// A person who uses GnuPG: a keyring of their own in a temporary folder, one key without a passphrase.
// Independent of the program under test; the whole of it is the real gpg.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type KeyOptions, keyParameters } from './gpg-parameters.ts'
import { type Verified, verified } from './gpg-status.ts'
import { findProgram, type Run, run } from './program.ts'
import { makeFolder, removeFolder } from './workspace.ts'

/** Reason to skip a test, false where gpg is there. */
export const missingGnuPG = (): string | false =>
  findProgram('gpg') === undefined && 'install GnuPG: apt-get install gnupg'

export type Octets = Uint8Array | string

export type SignOptions = {
  /** `SHA256` (the default), `SHA512`, `SHA1`, … */
  readonly digest?: string
  /** Milliseconds since 1970 at which gpg believes to sign. */
  readonly fakedTime?: number
  /** `text`: signature type 0x01 over canonical text. */
  readonly textMode?: 'binary' | 'text'
  /** Key to sign with instead of the person's own; a trailing `!` names exactly that subkey. */
  readonly signWith?: string
  /** More options for gpg, before the verb: `['--compress-algo', 'none']`. */
  readonly gpgOptions?: readonly string[]
}

export type EncryptOptions = SignOptions & { readonly signed?: 'signed' | 'unsigned' }

/** A person whose certificate is taken into the keyring first, or the fingerprint of one already there. */
export type Recipient = GnuPG | string

export type Decrypted = Verified & {
  readonly octets: Buffer
  /** Key ids of the subkeys that the message is encrypted to, in order; zeros for a hidden one. */
  readonly keyIds: readonly string[]
}

const UNATTENDED = ['--no-tty', '--quiet', '--yes', '--trust-model', 'always', '--disable-dirmngr']

/** `await using alice = await GnuPG.create('Alice', 'alice@example.org')`, or `until(t, GnuPG.create(…))`. */
export class GnuPG {
  readonly name: string
  readonly address: string
  readonly #home: string
  #fingerprint = ''
  #signatures = 0
  /** The own certificate until something may have changed it: most who encrypt ask for it each time. */
  #certificate: Promise<Buffer> | undefined
  /** Certificates that are in the keyring, each as it was taken. */
  readonly #taken = new WeakSet<Buffer>()

  private constructor(home: string, name: string, address: string) {
    this.#home = home
    this.name = name
    this.address = address
  }

  /** A person with a new key; takes about 50 ms with Curve25519. */
  static async create(name: string, address: string, options: KeyOptions = {}): Promise<GnuPG> {
    const person = await GnuPG.withoutKey(name, address)
    try {
      const parameters = keyParameters(name, address, options)
      const { status } = await person.#gpg([...faked(options.fakedTime), '--gen-key'], parameters)
      person.#fingerprint = /^\[GNUPG:\] KEY_CREATED \S+ ([0-9A-F]{40})/m.exec(status)?.[1] ?? ''
      return person
    } catch (error) {
      await person.close()
      throw error
    }
  }

  /** Somebody who can encrypt and verify, but has no key. */
  static async withoutKey(name: string, address: string): Promise<GnuPG> {
    return new GnuPG(await makeFolder(), name, address)
  }

  /** The folder of the keyring, for programs that run gpg themselves. */
  get home(): string {
    return this.#home
  }

  /** `Alice <alice@example.org>` */
  get mailbox(): string {
    return `${this.name} <${this.address}>`
  }

  /** Primary fingerprint, 40 upper-case hex digits. */
  get fingerprint(): string {
    if (this.#fingerprint === '') throw new Error(`${this.name} has no key`)
    return this.#fingerprint
  }

  /** Takes certificates (or secret keys) into the keyring, binary or armored; returns their fingerprints. */
  async importKey(key: Octets): Promise<readonly string[]> {
    const { status } = await this.#change(['--import'], key)
    return [
      ...new Set([...status.matchAll(/^\[GNUPG:\] IMPORT_OK \d+ ([0-9A-F]{40})/gm)].map(([, f = '']) => f)),
    ]
  }

  /** Takes a key for genuine from now on, as after comparing fingerprints; programs then encrypt to it unasked. */
  async trust(fingerprint: string): Promise<void> {
    await this.#gpg(['--import-ownertrust'], `${fingerprint}:6:\n`)
  }

  /** The person's own certificate in binary; `minimal` without third-party signatures. */
  async exportPublic(form: 'full' | 'minimal' = 'full'): Promise<Buffer> {
    if (form === 'minimal') return (await this.#export(form)).stdout
    this.#certificate ??= this.#export(form).then(({ stdout }) => stdout)
    return this.#certificate
  }

  /** The person's own certificate armored, LF line ends. */
  async exportArmored(form: 'full' | 'minimal' = 'full'): Promise<string> {
    return (await this.#gpg(['--armor', ...minimal(form), '--export', this.fingerprint])).stdout.toString(
      'ascii',
    )
  }

  /** The secret key in binary, without a passphrase. */
  async exportSecret(): Promise<Buffer> {
    return (await this.#gpg(['--export-secret-keys', this.fingerprint])).stdout
  }

  /** Fingerprints of the own primary key and then its subkeys, in order. */
  async keyFingerprints(): Promise<readonly string[]> {
    const { stdout } = await this.#gpg(['--with-colons', '--list-keys', this.fingerprint])
    return [...stdout.toString('utf8').matchAll(/^fpr:{9}([0-9A-F]{40}):/gm)].map(
      ([, fingerprint = '']) => fingerprint,
    )
  }

  /** Armored detached signature, LF line ends. */
  async detachSign(octets: Octets, options: SignOptions = {}): Promise<string> {
    return this.#armored([...this.#signing(options), '--detach-sign'], octets)
  }

  /** `gpg --sign --armor`: the text inside the OpenPGP message, not encrypted. */
  async sign(octets: Octets, options: SignOptions = {}): Promise<string> {
    return this.#armored([...this.#signing(options), '--sign'], octets)
  }

  /** Cleartext signature (RFC 9580 §7), LF line ends. */
  async clearsign(text: Octets, options: SignOptions = {}): Promise<string> {
    return this.#armored([...this.#signing(options), '--clear-sign'], text)
  }

  /** `gpg --sign --encrypt --armor`, the signature inside; `signed: 'unsigned'` encrypts only. */
  async encryptSign(to: readonly Recipient[], octets: Octets, options: EncryptOptions = {}): Promise<string> {
    const recipients: string[] = []
    for (const recipient of to) recipients.push('--recipient', await this.#known(recipient))
    const signing =
      options.signed === 'unsigned'
        ? [...faked(options.fakedTime), ...(options.gpgOptions ?? [])]
        : [...this.#signing(options), '--sign']
    return this.#armored([...recipients, ...signing, '--encrypt'], octets)
  }

  /** Decrypts and verifies; throws if gpg cannot decrypt it or finds it damaged. */
  async decrypt(octets: Octets): Promise<Decrypted> {
    const result = await this.#try(['--decrypt'], octets)
    if (!/^\[GNUPG:\] (DECRYPTION_OKAY|VALIDSIG|PLAINTEXT)\b/m.test(result.status))
      throw new Error(`gpg cannot decrypt for ${this.name}: ${result.stderr}`)
    if (/^\[GNUPG:\] (DECRYPTION_FAILED|BADMDC)\b/m.test(result.status))
      throw new Error(`gpg refuses for ${this.name}: ${result.stderr}`)
    const keyIds = [...result.status.matchAll(/^\[GNUPG:\] ENC_TO ([0-9A-F]{16}) /gm)].map(
      ([, id = '']) => id,
    )
    return { octets: result.stdout, keyIds, ...verified(result.status) }
  }

  /** Takes off the encryption and leaves the signed message in it as it was, for passing on. */
  async unwrap(octets: Octets): Promise<Buffer> {
    return (await this.#gpg(['--unwrap', '--decrypt'], octets)).stdout
  }

  async verifyDetached(signature: Octets, octets: Octets): Promise<Verified> {
    // A file of its own each time: several may be verified at once.
    this.#signatures += 1
    const path = join(this.#home, `signature-${this.#signatures}`)
    await writeFile(path, signature)
    return verified((await this.#try(['--verify', path, '-'], octets)).status)
  }

  /** Verifies an opaque or cleartext-signed message. */
  async verify(octets: Octets): Promise<Verified> {
    return verified((await this.#try(['--verify'], octets)).status)
  }

  /** gpg's readable list of the packets, without trying to decrypt. */
  async listPackets(octets: Octets): Promise<string> {
    return (await this.#try(['--list-only', '--list-packets'], octets)).stdout.toString('utf8')
  }

  /** Key ids that a message is encrypted to, 16 upper-case hex digits each, in order. */
  async recipientKeyIds(octets: Octets): Promise<readonly string[]> {
    const packets = await this.listPackets(octets)
    return [...packets.matchAll(/^:pubkey enc packet: .*keyid ([0-9A-F]{16})$/gm)].map(([, id = '']) => id)
  }

  /** Revokes the own primary key with the revocation certificate that gpg made beside it. */
  async revoke(): Promise<void> {
    await this.#change(['--import'], await this.revocationCertificate())
  }

  /** The one that gpg made beside the own key, as its owner would send it: a signature and no key. */
  async revocationCertificate(): Promise<string> {
    const path = join(this.#home, 'openpgp-revocs.d', `${this.fingerprint}.rev`)
    return (await readFile(path, 'utf8')).replace(/^:-----/m, '-----')
  }

  /** Revokes the own primary key for a reason that leaves its past intact: a newer key took its place. */
  async supersede(): Promise<void> {
    await this.#edit('revkey\ny\n2\n\ny\nsave\n')
  }

  /** Makes a signing RSA subkey one that encrypts; 1 is the first. */
  async turnToEncryption(position: number): Promise<void> {
    await this.#edit(`key ${position}\nchange-usage\ns\ne\nq\nsave\n`)
  }

  /** Revokes one subkey; 1 is the first. */
  async revokeSubkey(position: number, fakedTime?: number): Promise<void> {
    await this.#edit(`key ${position}\nrevkey\ny\n0\n\ny\nsave\n`, fakedTime)
  }

  /** Adds a subkey and returns its fingerprint. */
  async addSubkey(
    usage: 'encrypt' | 'sign',
    options: { readonly algorithm?: string; readonly expire?: string; readonly fakedTime?: number } = {},
  ): Promise<string> {
    const algorithm = options.algorithm ?? (usage === 'encrypt' ? 'cv25519' : 'ed25519')
    const verb = ['--quick-add-key', this.fingerprint, algorithm, usage, options.expire ?? 'never']
    await this.#change([...faked(options.fakedTime), ...verb])
    return (await this.keyFingerprints()).at(-1) ?? ''
  }

  /** Sets when the primary key, or every subkey, expires: `1d`, `seconds=1`, an ISO date or `never`. */
  async expire(when: string, which: 'primary' | 'subkeys' = 'primary', fakedTime?: number): Promise<void> {
    const subkeys = which === 'subkeys' ? ['*'] : []
    await this.#change([...faked(fakedTime), '--quick-set-expire', this.fingerprint, when, ...subkeys])
  }

  /** Ends the agent and removes the keyring. */
  async close(): Promise<void> {
    await run('gpgconf', ['--homedir', this.#home, '--kill', 'gpg-agent'])
    await removeFolder(this.#home)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #known(recipient: Recipient): Promise<string> {
    if (typeof recipient === 'string') return recipient
    if (recipient !== this) {
      const certificate = await recipient.exportPublic()
      if (!this.#taken.has(certificate)) await this.importKey(certificate)
      this.#taken.add(certificate)
    }
    return recipient.fingerprint
  }

  #export(form: 'full' | 'minimal'): Promise<Run> {
    return this.#gpg([...minimal(form), '--export', this.fingerprint])
  }

  #signing(options: SignOptions): readonly string[] {
    return [
      ...faked(options.fakedTime),
      ...(options.textMode === 'text' ? ['--textmode'] : []),
      '--digest-algo',
      options.digest ?? 'SHA256',
      '--local-user',
      options.signWith ?? this.fingerprint,
      ...(options.gpgOptions ?? []),
    ]
  }

  async #armored(args: readonly string[], octets: Octets): Promise<string> {
    return (await this.#gpg(['--armor', ...args], octets)).stdout.toString('utf8')
  }

  #gpg(args: readonly string[], stdin: Octets = ''): Promise<Run> {
    return expectSuccess(this.#try(args, stdin), args)
  }

  /** What may change the own certificate. */
  async #change(args: readonly string[], stdin: Octets = ''): Promise<Run> {
    try {
      return await this.#gpg(args, stdin)
    } finally {
      this.#certificate = undefined
    }
  }

  /** What a person types at gpg's menu for the own key. */
  async #edit(answers: string, fakedTime?: number): Promise<void> {
    const args = [...faked(fakedTime), '--command-fd', '0', '--expert', '--edit-key', this.fingerprint]
    await expectSuccess(this.#start(args, answers), args)
    this.#certificate = undefined
  }

  #try(args: readonly string[], stdin: Octets): Promise<Run> {
    return this.#start(['--batch', '--pinentry-mode', 'loopback', '--passphrase', '', ...args], stdin)
  }

  #start(args: readonly string[], stdin: Octets): Promise<Run> {
    return run('gpg', ['--homedir', this.#home, ...UNATTENDED, '--status-fd', '3', ...args], { stdin })
  }
}

async function expectSuccess(running: Promise<Run>, args: readonly string[]): Promise<Run> {
  const result = await running
  if (result.code === 0) return result
  throw new Error(`gpg ${args.join(' ')} ended with ${result.code}: ${result.stderr}${result.status}`)
}

const minimal = (form: 'full' | 'minimal'): readonly string[] =>
  form === 'minimal' ? ['--export-options', 'export-minimal'] : []

/** The trailing `!` stops gpg's clock at that second. */
const faked = (milliseconds: number | undefined): readonly string[] =>
  milliseconds === undefined ? [] : ['--faked-system-time', `${Math.floor(milliseconds / 1000)}!`]
