// A password or passphrase, read once from a file that the configuration names. It prints as [secret]
// wherever it lands by accident; it is never in the configuration's own text, in argv or in a message.
import { join } from 'node:path'
import { err, ok, type Result } from '../model/result.ts'
import { readSmallFile } from './file.ts'
import { GROUP_AND_OTHERS, OTHERS } from './permissions.ts'

export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself. Call it only where a server is logged in to or a key unlocked. */
  open(): string {
    return this.#text
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }
}

/** Where a secret lies. Modes of a credential are the service manager's: it may grant the group by an ACL. */
export type SecretPlace = { readonly path: string; readonly forbidden: number }

export const secretFile = (path: string): SecretPlace => ({ path, forbidden: GROUP_AND_OTHERS })

/** A systemd credential (systemd.exec(5), LoadCredential=); undefined outside of such a service. */
export function credentialPlace(name: string): SecretPlace | undefined {
  const directory = process.env['CREDENTIALS_DIRECTORY']
  return directory === undefined || directory === ''
    ? undefined
    : { path: join(directory, name), forbidden: OTHERS }
}

/**
 * One line of UTF-8, its end cut off. Undefined if the file is absent or empty; an error, one sentence, if
 * others may read it, or it holds more than one line.
 */
export async function readSecret(place: SecretPlace): Promise<Result<Secret | undefined, string>> {
  const octets = await readSmallFile(place.path, place.forbidden)
  if (!octets.ok) return octets.error.kind === 'absent' ? ok(undefined) : err(octets.error.text)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(octets.value).replace(/\r?\n$/, '')
  } catch {
    return err(`${place.path} is not UTF-8 text`)
  }
  if (/[\r\n\0]/.test(text)) return err(`${place.path} holds more than one line of text`)
  return ok(text === '' ? undefined : new Secret(text))
}
