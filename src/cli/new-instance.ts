// Makes an instance on disk: keys, copies of the admins' certificates, data directory and, last of all, the
// configuration, which is then loaded as the daemon will. What is there is never overwritten, and nothing
// stays of what could not be finished.
import { randomBytes } from 'node:crypto'
import { lstat, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Config, loadConfig } from '../config/config.ts'
import { readSmallFile } from '../config/file.ts'
import { readPolicies, usualCommandAddress } from '../config/people.ts'
import { ensurePrivateDirectory, errorCode, fileFault } from '../config/permissions.ts'
import { renderConfig } from '../config/render.ts'
import { readSecret, Secret, secretFile } from '../config/secret.ts'
import { formatProblem } from '../config/source.ts'
import { lockedLines } from '../instance/at-rest.ts'
import { configServices, encryptionFaultAt, readCertificate } from '../instance/config-services.ts'
import { Keyring } from '../instance/keyring.ts'
import { err, ok, type Result } from '../model/result.ts'
import { type EmailAddress, type Instant, parseEmailAddress, sameMailbox } from '../model/scalars.ts'
import { generateSecretKey, type NewKey, type NewKeyOwner } from '../openpgp/secret-keys.ts'
import { type AdminCopy, answersOf, inOptions, listKeyName, type Places } from './init-answers.ts'
import type { InitRequest } from './init-request.ts'
import { Making } from './making.ts'

export type OwnKey = {
  /** Of its files, without what follows the first dot. */
  readonly name: string
  readonly address: EmailAddress
  readonly use: 'mail' | 'storage'
  readonly key: NewKey
}

export type NewInstance = {
  readonly config: Config
  readonly places: Places
  readonly own: readonly OwnKey[]
}

/** One line per problem. `failed`: the disk, not the request. */
export type NewInstanceFault = { readonly kind: 'config' | 'failed'; readonly lines: readonly string[] }

/** Makes all of it or nothing. */
export async function makeInstance(
  configFile: string,
  request: InitRequest,
  now: Instant,
): Promise<Result<NewInstance, NewInstanceFault>> {
  const directory = dirname(configFile)
  const places: Places = {
    configFile,
    data: request.data ?? join(directory, 'data'),
    keys: join(directory, 'keys'),
    revocation: join(directory, 'revocation'),
    admins: join(directory, 'admins'),
  }
  const problems: string[] = []
  const report = (problem: string) => void problems.push(problem)
  await refuseOverwriting(places, report)
  const admins = await readAdminKeys(request, now, report)
  const displayNames = await readDisplayNames(request, directory, report)
  const passphrase = await choosePassphrase(request, report)
  if (problems.length > 0 || passphrase === undefined) return err({ kind: 'config', lines: problems })
  const own = await makeKeys(request, displayNames, passphrase, now)

  const making = new Making()
  try {
    await writeFiles(making, { request, places, admins, own, passphrase })
    const checked = await load(request, places)
    if (checked.ok) return ok({ config: checked.value, places, own })
    await making.undo()
    return err({ kind: 'config', lines: checked.error })
  } catch (error) {
    await making.undo()
    if (!(error instanceof Error && 'syscall' in error)) throw error
    const where = 'path' in error ? String(error.path) : directory
    return err({ kind: 'failed', lines: [`${where} cannot be written (${errorCode(error)})`] })
  }
}

type Report = (problem: string) => void

async function refuseOverwriting({ data, ...others }: Places, report: Report): Promise<void> {
  for (const path of Object.values(others)) {
    const found = await lstat(path).then(
      () => 'is there already, and nothing is overwritten: name another place with --config',
      (error: unknown) => (errorCode(error) === 'ENOENT' ? undefined : fileFault(error)),
    )
    if (found !== undefined) report(`${path} ${found}`)
  }
  const fault = await readdir(data).then(
    entries =>
      entries.length === 0 ? undefined : 'is not empty: name a new or an empty directory with --data',
    (error: unknown) => (errorCode(error) === 'ENOENT' ? undefined : fileFault(error)),
  )
  if (fault !== undefined) report(`${data} ${fault}`)
}

/** `octets` as in the admin's own file. */
type AdminKey = AdminCopy & { readonly octets: Uint8Array }

/** The first octet of an OpenPGP packet has its highest bit set (RFC 9580 §4.2); armor is ASCII. */
const copyName = (name: string, octets: Uint8Array): string =>
  `${name}.${(octets[0] ?? 0) >= 0x80 ? 'pgp' : 'asc'}`

async function readAdminKeys(
  request: InitRequest,
  now: Instant,
  report: Report,
): Promise<readonly AdminKey[]> {
  const keys: AdminKey[] = []
  for (const { name, address, keyFile } of request.admins) {
    const octets = await readSmallFile(keyFile, 0)
    const certificate = octets.ok ? await readCertificate(octets.value) : undefined
    if (!octets.ok) report(`--admin ${name}: ${octets.error.text}`)
    else if (certificate?.ok === false) report(`--admin ${name}: ${keyFile} ${certificate.error}`)
    else if (certificate?.ok) {
      const fault = await encryptionFaultAt(certificate.value, now)
      if (fault !== undefined) report(`--admin ${name}: the key in ${keyFile} ${fault}`)
      const { fingerprint } = certificate.value
      keys.push({ name, address, fingerprint, file: copyName(name, octets.value), octets: octets.value })
    }
  }
  return keys
}

/** What people call each profile's project. */
async function readDisplayNames(
  { projects, profiles }: InitRequest,
  directory: string,
  report: Report,
): Promise<ReadonlyMap<string, string>> {
  const named = projects.map(({ name, profile }) => ({ path: ['projects', name], profile }))
  const policies = await readPolicies(named, profiles, {
    directory,
    report: ([section, name], text) =>
      report(section === 'profiles' ? `--profiles: ${text}` : `--project ${String(name)}: ${text}`),
    pass: others => others.map(formatProblem).forEach(report),
  })
  return new Map([...policies].map(([profile, policy]) => [profile, policy.displayName]))
}

/** Undefined only if a problem was reported. */
async function choosePassphrase(
  { passphraseFile }: InitRequest,
  report: Report,
): Promise<Secret | undefined> {
  if (passphraseFile === undefined) return new Secret(randomBytes(24).toString('base64url'))
  const read = await readSecret(secretFile(passphraseFile))
  if (!read.ok) report(`--passphrase-file: ${read.error}`)
  else if (read.value === undefined) report(`--passphrase-file: ${passphraseFile} is absent or empty`)
  return read.ok ? read.value : undefined
}

async function makeKeys(
  request: InitRequest,
  displayNames: ReadonlyMap<string, string>,
  passphrase: Secret,
  now: Instant,
): Promise<readonly OwnKey[]> {
  const { instance, security, projects, defaultProfile, passphraseFile } = request
  const called = (profile: string) => displayNames.get(profile) ?? profile
  const locked = {
    passphrase: passphrase.open(),
    passphraseOrigin: passphraseFile === undefined ? 'drawn' : 'chosen',
  } as const
  const make = async (
    name: string,
    use: OwnKey['use'],
    userName: string,
    address: EmailAddress,
    further: Pick<NewKeyOwner, 'furtherAddress'> = {},
  ): Promise<OwnKey> => ({
    name,
    use,
    address,
    key: await generateSecretKey({ userName, address, ...further, ...locked, now }),
  })
  const own = [
    await make('mail', 'mail', `${called(defaultProfile)} Security`, security, commandAddressOf(request)),
    await make('storage', 'storage', `${instance} storage`, security),
  ]
  for (const project of projects) {
    const { profile, distributors } = project
    if (distributors === undefined) continue
    own.push(await make(listKeyName(project), 'mail', `${called(profile)} Distributors`, distributors))
  }
  return own
}

type Content = {
  readonly request: InitRequest
  readonly places: Places
  readonly admins: readonly AdminKey[]
  readonly own: readonly OwnKey[]
  readonly passphrase: Secret
}

async function writeFiles(making: Making, content: Content): Promise<void> {
  const { request, places, admins, own, passphrase } = content
  await making.directoryIfMissing(dirname(places.configFile))
  await making.directoryIfMissing(places.data)
  await making.directory(places.keys)
  await making.directory(places.revocation)
  await making.directory(places.admins)
  if (request.passphraseFile === undefined)
    await making.file(join(places.keys, 'passphrase'), `${passphrase.open()}\n`)
  for (const { name, use, key } of own) {
    await making.file(join(places.keys, `${name}.asc`), key.armored)
    // The storage key is never published, so there is nobody to whom it could be revoked.
    if (use === 'storage') continue
    await making.file(join(places.keys, `${name}.pub.asc`), key.certificate)
    await making.file(join(places.revocation, `${name}.rev.asc`), `${REVOCATION}\n\n${key.revocation}`)
  }
  for (const admin of admins) await making.file(join(places.admins, admin.file), admin.octets)
  await making.file(places.configFile, renderConfig(answersOf(request, places, admins)))
}

/** Stands above the armor, where every reader skips it. */
const REVOCATION =
  'Move this file off the host. Importing and publishing it makes the key useless to everybody, for ever.'

/** As the daemon starts: configuration, modes, keys. */
async function load(request: InitRequest, places: Places): Promise<Result<Config, readonly string[]>> {
  const config = await loadConfig(places.configFile, configServices)
  if (!config.ok) return err(config.error.map(problem => inOptions(problem, request, places)))
  const directory = await ensurePrivateDirectory(places.data)
  if (!directory.ok) return directory
  const keyring = await Keyring.load(config.value)
  return keyring.ok
    ? config
    : err(keyring.error.kind === 'locked' ? lockedLines(keyring.error.files) : [keyring.error.line])
}

/** So that a mail program finds our key for a command that it is to encrypt. */
function commandAddressOf({
  security,
  separator,
  command,
}: InitRequest): Pick<NewKeyOwner, 'furtherAddress'> {
  const address =
    command === undefined ? usualCommandAddress(security, separator ?? '+') : parseEmailAddress(command)
  return address.ok && !sameMailbox(address.value, security) ? { furtherAddress: address.value } : {}
}
