// Reads the small files that the configuration names, whole. In go a path and limits, out come octets or
// one sentence that says what is wrong. It never reads what is not a regular file, nor an endless one.
import { readFile, stat } from 'node:fs/promises'
import { err, ok, type Result } from '../model/result.ts'
import { errorCode, fileFault, laxMode } from './permissions.ts'

/** Octets; a certificate with many signatures has some 100 KB. */
const MAX_OCTETS = 1_048_576

export type FileFault = { readonly kind: 'absent' | 'refused'; readonly text: string }

/** `forbidden`: permission bits that must not be set; 0 for what everybody may read. */
export async function readSmallFile(
  path: string,
  forbidden: number,
): Promise<Result<Uint8Array<ArrayBuffer>, FileFault>> {
  const refused = (text: string) => err<FileFault>({ kind: 'refused', text })
  try {
    const found = await stat(path)
    if (!found.isFile()) return refused(`${path} is not a regular file`)
    const lax = laxMode(path, found.mode, 'file', forbidden)
    if (lax !== undefined) return refused(lax)
    if (found.size > MAX_OCTETS) return refused(`${path} has more than ${MAX_OCTETS} octets`)
    return ok(await readFile(path))
  } catch (error) {
    const code = errorCode(error)
    const text = `${path} ${fileFault(error)}`
    return err({ kind: code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : 'refused', text })
  }
}
