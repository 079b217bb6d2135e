// The mail servers and keys: sections of the configuration together with the secret files they name. In go
// sections, out come logins and key files; what is wrong goes to `report`.

import { resolve } from 'node:path'
import type { EmailAddress } from '../model/scalars.ts'
import { isLoopback } from '../model/settings.ts'
import { readSmallFile } from './file.ts'
import { GROUP_AND_OTHERS } from './permissions.ts'
import { type KeySection, type Sections, type ServerSection, TLS_ALLOWED } from './schema.ts'
import { credentialPlace, readSecret, type Secret, secretFile } from './secret.ts'
import type { Path } from './source.ts'

export type Tls = 'implicit' | 'starttls' | 'none'

export type Imap = {
  readonly host: string
  readonly port: number
  readonly tls: Tls
  readonly user: string
  readonly password: Secret
  readonly mailbox: string
  /** Names from the outermost mailbox in: the separator differs between servers. */
  readonly done: readonly string[]
  readonly pollSeconds: number
  /** Absolute path of PEM certificates to trust instead of the system's. */
  readonly certificateAuthority?: string
}

export type Smtp = {
  readonly host: string
  readonly port: number
  readonly tls: Tls
  /** With `password` or not at all. */
  readonly user?: string
  readonly password?: Secret
  readonly connections: number
  /** The envelope sender where a mail has no return address of its own (RFC 5321 §4.1.1.2). */
  readonly mailFrom: EmailAddress
  readonly certificateAuthority?: string
}

/** A secret key. Without its passphrase the daemon starts `locked`. */
export type KeyFile = { readonly file: string; readonly passphrase: Secret | undefined }

/** Where things are judged: `directory` is what relative paths are relative to. */
export type Judge = {
  readonly directory: string
  readonly report: (path: Path, text: string) => void
}

/** Undefined only if a problem was reported. */
export async function readImap(section: Sections['imap'], judge: Judge): Promise<Imap | undefined> {
  const server = await readServer('imap', section, judge)
  const { host, tls, user, mailbox, done } = section
  const password = await readPassword('imap', section, judge)
  if (password === undefined) return undefined
  const port = section.port ?? (tls === 'implicit' ? 993 : 143)
  const pollSeconds = section.poll / 1000
  return { host, port, tls, user, password, mailbox, done, pollSeconds, ...server }
}

/** All but the envelope sender, whose default stands in another section; undefined as above. */
export async function readSmtp(
  section: Sections['smtp'],
  judge: Judge,
): Promise<Omit<Smtp, 'mailFrom'> | undefined> {
  const { host, tls, user, connections } = section
  const port = section.port ?? (tls === 'implicit' ? 465 : 587)
  const server = { host, port, tls, connections, ...(await readServer('smtp', section, judge)) }
  if (user === undefined) {
    const named = (['passwordFile', 'credential'] as const).find(key => section[key] !== undefined)
    if (named === undefined) return server
    judge.report(['smtp', 'user'], `is missing: ${named} needs one (or leave both out)`)
    return undefined
  }
  const password = await readPassword('smtp', section, judge)
  return password && { ...server, user, password }
}

async function readServer(
  name: 'imap' | 'smtp',
  section: ServerSection,
  judge: Judge,
): Promise<{ readonly certificateAuthority?: string }> {
  if (section.tls === 'none' && !isLoopback(section.host)) judge.report([name, 'tls'], TLS_ALLOWED)
  if (section.certificateAuthority === undefined) return {}
  const certificateAuthority = resolve(judge.directory, section.certificateAuthority)
  const octets = await readSmallFile(certificateAuthority, 0)
  if (!octets.ok) judge.report([name, 'certificateAuthority'], octets.error.text)
  return { certificateAuthority }
}

async function readPassword(
  name: 'imap' | 'smtp',
  section: ServerSection,
  judge: Judge,
): Promise<Secret | undefined> {
  const found = await readNamedSecret([name], 'passwordFile', section, judge)
  if (found.kind === 'unnamed')
    judge.report(
      [name, 'passwordFile'],
      'is missing: name a file here, or a systemd credential as credential',
    )
  if (found.kind === 'absent') judge.report([name, found.key], `${found.place} is absent or empty`)
  return found.kind === 'read' ? found.secret : undefined
}

/** Notes where the key lies and reads its passphrase; the key itself is opened elsewhere. */
export async function readKeyFile(path: Path, section: KeySection, judge: Judge): Promise<KeyFile> {
  const file = resolve(judge.directory, section.file)
  const octets = await readSmallFile(file, GROUP_AND_OTHERS)
  if (!octets.ok) judge.report([...path, 'file'], octets.error.text)
  const found = await readNamedSecret(path, 'passphraseFile', section, judge)
  return { file, passphrase: found.kind === 'read' ? found.secret : undefined }
}

type FileKey = 'passwordFile' | 'passphraseFile'
type NamedSecret =
  | { readonly kind: 'read'; readonly secret: Secret }
  | { readonly kind: 'absent'; readonly key: FileKey | 'credential'; readonly place: string }
  | { readonly kind: 'unnamed' }
  /** Something was wrong with it, and has been reported. */
  | { readonly kind: 'refused' }

async function readNamedSecret(
  path: Path,
  fileKey: FileKey,
  section: { readonly [K in FileKey | 'credential']?: string | undefined },
  judge: Judge,
): Promise<NamedSecret> {
  const file = section[fileKey]
  const { credential } = section
  if (file !== undefined && credential !== undefined) {
    judge.report([...path, 'credential'], `must be left out where ${fileKey} is given`)
    return { kind: 'refused' }
  }
  if (file === undefined && credential === undefined) return { kind: 'unnamed' }
  const key = file === undefined ? 'credential' : fileKey
  const place =
    file === undefined ? credentialPlace(credential ?? '') : secretFile(resolve(judge.directory, file))
  if (place === undefined) return { kind: 'absent', key, place: `$CREDENTIALS_DIRECTORY/${credential}` }
  const secret = await readSecret(place)
  if (secret.ok)
    return secret.value === undefined
      ? { kind: 'absent', key, place: place.path }
      : { kind: 'read', secret: secret.value }
  judge.report([...path, key], secret.error)
  return { kind: 'refused' }
}
