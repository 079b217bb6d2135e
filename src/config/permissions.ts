// Who else on this host may look: modes of the data directory and of private files. In go paths, out come
// sentences that name the chmod to run. It never loosens or repairs a mode that somebody set.
import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { err, ok, type Result } from '../model/result.ts'

const PRIVATE_DIRECTORY = 0o700
/** Permission bits of group and others, of which a private file has none. */
export const GROUP_AND_OTHERS = 0o077
export const OTHERS = 0o007
const MAX_ENTRIES = 100_000

/** A file name as one word of a shell command. */
const shellWord = (text: string): string =>
  /^[A-Za-z0-9_./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

/** What is wrong with `mode` if any of the `forbidden` bits are set, with the chmod that mends it. */
export function laxMode(
  path: string,
  mode: number,
  kind: 'file' | 'directory',
  forbidden: number = GROUP_AND_OTHERS,
): string | undefined {
  if ((mode & forbidden) === 0) return undefined
  const shown = (mode & 0o777).toString(8).padStart(4, '0')
  const wanted = kind === 'directory' ? '700' : '600'
  return `${path} is open to other users (mode ${shown}): run chmod ${wanted} ${shellWord(path)}`
}

/**
 * Makes the data directory, 0700, if there is none, then looks at it and at everything in it: directories
 * must be 0700 and files 0600 or stricter. The error is one sentence per path. No file is opened, since
 * closing a locked one would drop its lock.
 */
export async function ensurePrivateDirectory(directory: string): Promise<Result<void, readonly string[]>> {
  const faults: string[] = []
  try {
    await mkdir(directory, { recursive: true, mode: PRIVATE_DIRECTORY })
    const waiting = [directory]
    let seen = 0
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (++seen > MAX_ENTRIES) return err([`${directory} holds more than ${MAX_ENTRIES} entries`])
      const lax = laxMode(path, (await stat(path)).mode, 'directory')
      if (lax !== undefined) faults.push(lax)
      for (const entry of await readdir(path, { withFileTypes: true })) {
        const inner = join(path, entry.name)
        if (entry.isDirectory()) waiting.push(inner)
        else {
          seen++
          const fault = await laxEntry(inner)
          if (fault !== undefined) faults.push(fault)
        }
      }
    }
  } catch (error) {
    faults.push(`${directory} ${fileFault(error)}`)
  }
  return faults.length === 0 ? ok(undefined) : err(faults)
}

/** A link counts as what it leads to; a file that has just gone (SQLite's own come and go) as none. */
async function laxEntry(path: string): Promise<string | undefined> {
  const found = await stat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  })
  return found && laxMode(path, found.mode, found.isDirectory() ? 'directory' : 'file')
}

/** The system's name of a failure, `ENOENT`. */
export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error'

/** The same in words that follow a path. */
export function fileFault(error: unknown): string {
  const code = errorCode(error)
  if (code === 'ENOENT') return 'does not exist'
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user'
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'is, or lies behind, something that is not a directory'
  return `cannot be read (${code})`
}
