// Opens the store read-only for a verb that only looks; works beside the running daemon.
import type { Config } from '../config/config.ts'
import { loadKeys, type OpenFault, openStoreOf } from '../instance/at-rest.ts'
import type { Keyring } from '../instance/keyring.ts'
import type { Store } from '../store/store.ts'
import { EXIT, type Io } from './verb.ts'

export type Opened = { readonly store: Store; readonly config: Config; readonly keyring: Keyring }

/** Runs `look` and closes the store; configuration faults are printed, a line each. */
export async function reading(io: Io, look: (opened: Opened) => number | Promise<number>): Promise<number> {
  const loaded = await loadKeys(io.configFile)
  if (!loaded.ok) return refuse(io, loaded.error)
  const opened = await openStoreOf(loaded.value.config, loaded.value.keyring, 'read')
  if (!opened.ok) return refuse(io, opened.error)
  try {
    return await look({ store: opened.value, ...loaded.value })
  } finally {
    opened.value.close()
  }
}

/** Prints why an instance does not open and gives the exit code. */
export function refuse(io: Io, fault: OpenFault): number {
  for (const line of fault.lines) io.problem(line)
  return EXIT[fault.kind]
}
