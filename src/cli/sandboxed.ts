// A child of its own for a verb that looks into stored mail; it reads, and changes nothing.
import { automaticSettings } from '../instance/instance.ts'
import type { Instant } from '../model/scalars.ts'
import { Sandbox } from '../sandbox/sandbox.ts'
import type { Opened } from './reading.ts'

/** Knows all enrolled certificates; whoever asks for it closes it. */
export function sandboxOf({ store, keyring, config }: Opened, now: Instant): Sandbox {
  const answers = {
    sessionKeys: (packets: Uint8Array) => keyring.sessionKeys(packets, now),
    certificates: (keyId: string) => store.certificatesFor(keyId).map(({ certificate }) => certificate),
  }
  const sandbox = new Sandbox(answers, automaticSettings(config))
  sandbox.enrol(keyring.enrolled())
  return sandbox
}
