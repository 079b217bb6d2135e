// Every key the daemon uses: its own secret ones, which never leave this process, and the certificates of
// admins and contacts. Parsed once, kept in memory.
import { readFile } from 'node:fs/promises'
import type { Config } from '../config/config.ts'
import type { Secret } from '../config/secret.ts'
import type { KeyFile } from '../config/servers.ts'
import { err, ok, type Result } from '../model/result.ts'
import { type EmailAddress, type Fingerprint, type Instant, sameMailbox } from '../model/scalars.ts'
import {
  armorCertificate,
  autocryptKeydata,
  type Certificate,
  encryptionSubkeyAt,
  parseCertificate,
} from '../openpgp/certificates.ts'
import { decryptFromStorage, encryptForStorage, encryptForStorageInPlace } from '../openpgp/encrypt.ts'
import { merged } from '../openpgp/merge.ts'
import { certificateOf, loadSecretKey, type SecretKey, sessionKeys } from '../openpgp/secret-keys.ts'
import { openStored } from '../openpgp/stored.ts'
import { decryptStream, encryptStream, type OctetStream } from '../openpgp/streams.ts'
import type { SessionKey } from '../sandbox/protocol.ts'

/** What a mail of ours shows of the key it is signed with. */
export type PublicKey = {
  readonly fingerprint: Fingerprint
  readonly armored: string
  readonly autocrypt: string
}

export type KeyringFault =
  /** Of these files the passphrase is absent or empty, and nothing else is wrong. */
  | { readonly kind: 'locked'; readonly files: readonly string[] }
  /** One line that names the file. */
  | { readonly kind: 'unusable'; readonly line: string }

export class Keyring {
  readonly storage: SecretKey
  readonly #mail: SecretKey
  readonly #lists: ReadonlyMap<EmailAddress, SecretKey>
  readonly #certificates = new Map<Fingerprint, Certificate>()
  /** Those of them to which no mail was encrypted yet. */
  readonly #unused = new Set<Certificate>()
  /** Those of them that the configuration names, which nothing that came by mail replaces. */
  readonly #configured = new Set<Fingerprint>()

  private constructor(storage: SecretKey, mail: SecretKey, lists: ReadonlyMap<EmailAddress, SecretKey>) {
    this.storage = storage
    this.#mail = mail
    this.#lists = lists
  }

  /** Unlocks every secret key the configuration names; `entered` are passphrases that it does not name. */
  static async load(config: Config, entered: readonly Secret[] = []): Promise<Result<Keyring, KeyringFault>> {
    const unlocked = new Map<string, SecretKey>()
    const locked: string[] = []
    for (const one of secretKeysOf(config)) {
      const key = await secretKey(one, entered)
      if (key.ok) unlocked.set(one.file, key.value)
      else if (key.error === 'locked') locked.push(one.file)
      else return err({ kind: 'unusable', line: key.error.line })
    }
    const storage = unlocked.get(config.keys.storage.file)
    const mail = unlocked.get(config.keys.mail.file)
    if (locked.length > 0 || storage === undefined || mail === undefined)
      return err({ kind: 'locked', files: locked })
    const lists = new Map<EmailAddress, SecretKey>()
    for (const { name, distributors } of config.settings.projects) {
      const list = unlocked.get(config.keys.lists.get(name)?.file ?? '')
      if (list !== undefined && distributors !== undefined) lists.set(distributors, list)
    }
    const ring = new Keyring(storage, mail, lists)
    for (const [fingerprint, octets] of config.certificates) {
      const parsed = await parseCertificate(octets)
      if (!parsed.ok)
        return err({
          kind: 'unusable',
          line: `the key ${fingerprint} of an admin or maintainer cannot be used (${parsed.error})`,
        })
      ring.#certificates.set(fingerprint, parsed.value)
      ring.#configured.add(fingerprint)
    }
    return ok(ring)
  }

  /** Fingerprints of the keys we sign with. */
  get own(): readonly Fingerprint[] {
    return [this.#mail, ...this.#lists.values()].map(key => key.fingerprint)
  }

  /** The key that mail from this address of ours is signed with. */
  signer(from: EmailAddress): SecretKey {
    for (const [address, key] of this.#lists) if (sameMailbox(address, from)) return key
    return this.#mail
  }

  shown(from: EmailAddress): PublicKey {
    const { certificate, fingerprint } = this.signer(from)
    return { fingerprint, armored: armorCertificate(certificate), autocrypt: autocryptKeydata(certificate) }
  }

  /** The certificate of an admin or a contact. */
  certificate(fingerprint: Fingerprint): Certificate | undefined {
    return this.#certificates.get(fingerprint)
  }

  /**
   * Makes contacts' pinned certificates known, as they are now; those already there are not parsed again. Of a key on two
   * lists both copies count, whichever its owner renewed or revoked. The answer is whether any was new.
   */
  async enrol(
    contacts: readonly { readonly fingerprint: Fingerprint; readonly certificate: Uint8Array }[],
  ): Promise<'changed' | 'as-known'> {
    let done: 'changed' | 'as-known' = 'as-known'
    for (const { fingerprint, certificate } of contacts) {
      const known = this.#certificates.get(fingerprint)
      if (this.#configured.has(fingerprint) || (known !== undefined && known.octets === certificate)) continue
      if (known !== undefined && Buffer.compare(known.octets, certificate) === 0) continue
      const parsed = await parseCertificate(certificate)
      if (!parsed.ok || parsed.value.fingerprint !== fingerprint) continue
      const both = known === undefined ? parsed.value : await merged(known, parsed.value)
      if (both === known) continue
      this.#certificates.set(fingerprint, both)
      if (known !== undefined) this.#unused.delete(known)
      this.#unused.add(both)
      done = 'changed'
    }
    return done
  }

  /** Verifies the next certificate that no mail was encrypted to yet, so that the first copy to it does not wait for that. */
  async verifyAhead(now: Instant): Promise<'more' | 'done'> {
    const [next] = this.#unused
    if (next === undefined) return 'done'
    this.#unused.delete(next)
    await encryptionSubkeyAt(next, now)
    return 'more'
  }

  /** Everything a signature may be verified with: admins, contacts, and ourselves. */
  enrolled(): readonly { readonly fingerprint: Fingerprint; readonly octets: Uint8Array }[] {
    const ours = [this.#mail, ...this.#lists.values()].map(key => key.certificate)
    return [...this.#certificates.values(), ...ours].map(({ fingerprint, octets }) => ({
      fingerprint,
      octets,
    }))
  }

  /** What the sandbox asks for: session keys of mail encrypted to one of our addresses' keys. */
  async sessionKeys(packets: Uint8Array, now: Instant): Promise<readonly SessionKey[]> {
    const found: SessionKey[] = [...(await sessionKeys(packets, [this.#mail], now))]
    for (const [list, key] of this.#lists)
      found.push(...(await sessionKeys(packets, [key], now)).map(one => ({ ...one, list })))
    return found
  }

  encryptForStorage(octets: Uint8Array, now: Instant): Promise<Uint8Array> {
    return encryptForStorage(octets, this.storage.certificate, now)
  }

  /** The octets become the ciphertext. */
  encryptForStorageInPlace(octets: Uint8Array, now: Instant): Promise<readonly Uint8Array[]> {
    return encryptForStorageInPlace(octets, this.storage.certificate, now)
  }

  encryptStreamForStorage(octets: OctetStream, now: Instant): Promise<OctetStream> {
    return encryptStream(octets, this.storage.certificate, now)
  }

  decryptStreamFromStorage(octets: OctetStream, now: Instant): Promise<OctetStream> {
    return decryptStream(octets, this.storage, now)
  }

  /** Counts only once the last piece was had: it throws if any of it was altered. */
  decryptPiecesFromStorage(pieces: Iterator<Uint8Array, void>, now: Instant): AsyncIterable<Uint8Array> {
    return openStored(pieces, this.storage, now)
  }

  decryptFromStorage(octets: Uint8Array, now: Instant): Promise<Uint8Array> {
    return decryptFromStorage(octets, this.storage, now)
  }
}

/** What raw mail is encrypted to, even while the key is locked; the error is one line that names the file. */
export async function storageCertificate({ keys }: Config): Promise<Result<Certificate, string>> {
  const { file } = keys.storage
  const octets = await readFile(file).catch(() => undefined)
  if (octets === undefined) return err(notThere(file))
  const certificate = await certificateOf(octets)
  return certificate.ok ? certificate : err(unusable(file, certificate.error))
}

const secretKeysOf = ({ keys }: Config): readonly KeyFile[] => [
  keys.storage,
  keys.mail,
  ...keys.lists.values(),
]

async function secretKey(
  { file, passphrase }: KeyFile,
  entered: readonly Secret[],
): Promise<Result<SecretKey, 'locked' | { readonly line: string }>> {
  const octets = await readFile(file).catch(() => undefined)
  if (octets === undefined) return err({ line: notThere(file) })
  let loaded = await loadSecretKey(octets, passphrase?.open())
  for (const one of entered) {
    if (loaded.ok || loaded.error !== 'locked') break
    const tried = await loadSecretKey(octets, one.open())
    if (tried.ok || tried.error !== 'wrong-passphrase') loaded = tried
  }
  if (loaded.ok) return loaded
  if (loaded.error === 'locked') return err('locked')
  const wrong = `${file}: its passphrase is wrong; put the right one where the config says, or leave the file empty`
  return err({ line: loaded.error === 'wrong-passphrase' ? wrong : unusable(file, loaded.error) })
}

const notThere = (file: string): string => `${file}: cannot be read; make the keys with: embargod init`

const unusable = (file: string, why: string): string =>
  `${file}: is no secret key that embargod can use (${why})`
