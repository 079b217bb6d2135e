// What an instance is while it does not run: its configuration, its keys and its store, and why one of them does
// not open. All that a verb needs that only looks; nothing here knows of mail servers.
import { type Config, loadConfig } from '../config/config.ts'
import { ensurePrivateDirectory } from '../config/permissions.ts'
import { formatProblem } from '../config/source.ts'
import { err, ok, type Result } from '../model/result.ts'
import { instant } from '../model/scalars.ts'
import { openStore, type Store } from '../store/store.ts'
import { configServices } from './config-services.ts'
import { copyRules } from './copy-rules.ts'
import { Keyring } from './keyring.ts'

/**
 * Why an instance does not open: sentences, one a line. `busy`: another process has the data directory.
 * `locked`: a passphrase is absent or empty, and all else that was looked at is in order. `failed`: the disk
 * does not serve, and may later.
 */
export type OpenFault = {
  readonly kind: 'config' | 'busy' | 'locked' | 'failed'
  readonly lines: readonly string[]
}

/** An error with its lines. */
export const fault = (kind: OpenFault['kind'], ...lines: readonly string[]) => err({ kind, lines })

/** The configuration, and a data directory that nobody else can look into. */
export async function loadPlaces(configFile: string): Promise<Result<Config, OpenFault>> {
  const config = await loadConfig(configFile, configServices)
  if (!config.ok) return fault('config', ...config.error.map(formatProblem))
  const directory = await ensurePrivateDirectory(config.value.dataDirectory)
  return directory.ok ? config : fault('config', ...directory.error)
}

/** Configuration and unlocked keys; what reading verbs of the command line need too. */
export async function loadKeys(
  configFile: string,
): Promise<Result<{ readonly config: Config; readonly keyring: Keyring }, OpenFault>> {
  const config = await loadPlaces(configFile)
  if (!config.ok) return config
  const keyring = await Keyring.load(config.value)
  if (keyring.ok) return ok({ config: config.value, keyring: keyring.value })
  return keyring.error.kind === 'locked'
    ? fault('locked', ...lockedLines(keyring.error.files))
    : fault('config', keyring.error.line)
}

/** What is missing, a line a file, and what ends it. */
export const lockedLines = (files: readonly string[]): readonly string[] => [
  ...files.map(file => `${file}: its passphrase is absent or empty`),
  'Locked: mail is stored and nothing is sent until embargod unlock, or a start with the passphrase in place.',
]

/** The store in one of its modes; reading verbs and requests of the command line need no lock. */
export async function openStoreOf(
  config: Config,
  keyring: Keyring,
  mode: 'write' | 'append' | 'read',
): Promise<Result<Store, OpenFault>> {
  const now = instant(Temporal.Now.instant().epochMilliseconds)
  const store = await openStore({
    directory: config.dataDirectory,
    mode,
    rules: copyRules(config),
    wrap: octets => keyring.encryptForStorage(octets, now),
    unwrap: octets => keyring.decryptFromStorage(octets, now),
  })
  return store.ok ? store : fault(store.error.code === 'disk' ? 'failed' : 'config', store.error.sentence)
}

/** A store that somebody, or a failing disk, changed behind our back is not worked with (threats.md L03, L04). */
export function alterationIn(store: Store): string | undefined {
  const chain = store.audit.verify()
  if (!chain.ok) return `The audit chain is broken at row ${chain.seq}: restore a backup.`
  const [unlike] = store.journal.misfolded()
  return unlike === undefined
    ? undefined
    : `The stored state of ${unlike} is not what its journal says: restore a backup.`
}
