// Sequoia's `sq` as a second, independent reader of OpenPGP: decrypts and verifies octets with given keys.
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Octets } from './gpg.ts'
import { findProgram, run } from './program.ts'
import { makeFolder, removeFolder } from './workspace.ts'

/** The command line below changed with 0.28. */
const SPOKEN = /^sq 0\.2[5-7]\./

/** Reason to skip a test, false where a usable sq is there. */
export function missingSequoia(): string | false {
  const program = findProgram('sq')
  if (program === undefined) return 'install Sequoia: apt-get install sq'
  const [version = ''] = execFileSync(program, ['--version'], { encoding: 'utf8' }).split('\n')
  return !SPOKEN.test(version) && `install sq 0.25 to 0.27 (here is ${version})`
}

export type SequoiaKeys = {
  /** Secret key of the recipient, binary or armored. */
  readonly recipientKey: Octets
  /** Certificates whose signatures count; each must have signed. */
  readonly signers?: readonly Octets[]
  /** Of the program, where it is to have another clock. */
  readonly environment?: Readonly<Record<string, string>>
}

/** What sq decrypts, or its refusal: not for this key, damaged, or not signed by every signer. */
export async function sequoiaDecrypt(
  message: Octets,
  keys: SequoiaKeys,
): Promise<{ readonly octets: Buffer } | { readonly refusal: string }> {
  const { signers = [], environment = {} } = keys
  return withFiles({ key: keys.recipientKey, ...numbered(signers) }, async path => {
    const verifying = signers.flatMap((_, i) => ['--signer-cert', path(`signer${i}`)])
    const threshold = signers.length === 0 ? [] : ['--signatures', String(signers.length)]
    const args = ['decrypt', '--recipient-key', path('key'), ...verifying, ...threshold]
    const result = await run('sq', args, { stdin: message, env: environment })
    return result.code === 0 ? { octets: result.stdout } : { refusal: result.stderr }
  })
}

/** Whether sq finds a detached signature by `signer` good over `octets`; otherwise its refusal. */
export async function sequoiaVerify(
  signature: Octets,
  octets: Octets,
  signer: Octets,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly good: true } | { readonly good: false; readonly refusal: string }> {
  return withFiles({ signature, signer }, async path => {
    const args = ['verify', '--signer-cert', path('signer'), '--detached', path('signature')]
    const result = await run('sq', args, { stdin: octets, env: environment })
    return result.code === 0 ? { good: true } : { good: false, refusal: result.stderr }
  })
}

const numbered = (signers: readonly Octets[]): Record<string, Octets> =>
  Object.fromEntries(signers.map((signer, i) => [`signer${i}`, signer]))

async function withFiles<T>(
  files: Readonly<Record<string, Octets>>,
  use: (path: (name: string) => string) => Promise<T>,
): Promise<T> {
  const folder = await makeFolder()
  try {
    for (const [name, octets] of Object.entries(files)) await writeFile(join(folder, name), octets)
    return await use(name => join(folder, name))
  } finally {
    await removeFolder(folder)
  }
}
