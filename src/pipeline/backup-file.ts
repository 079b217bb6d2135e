// Makes a backup: one moment of the database, encrypted to the storage key, as one file that appears whole or
// not at all. Keys and configuration are not in it, and neither is the lock file.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { link, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Keyring } from '../instance/keyring.ts'
import { logCode } from '../log.ts'
import { err, ok, type Result } from '../model/result.ts'
import { type Instant, parseSha256, type Sha256 } from '../model/scalars.ts'
import type { Store } from '../store/store.ts'

export type BackupMade = { readonly octets: number; readonly sha256: Sha256 }

type BackupParts = {
  readonly store: Pick<Store, 'copyTo'>
  readonly keyring: Pick<Keyring, 'encryptStreamForStorage'>
  /** The data directory, in which the copy stands until it is encrypted. */
  readonly directory: string
  readonly now: Instant
  readonly signal: AbortSignal
}

/** As private as the data directory: what is in it is sealed, but addresses and instants are not. */
const COPY_FILE = 'backup.part'

/** `file` must not exist yet. The error is a short code; nothing is left behind then. */
export async function makeBackup(parts: BackupParts, file: string): Promise<Result<BackupMade, string>> {
  const copy = join(parts.directory, COPY_FILE)
  const unfinished = `${file}.part`
  try {
    await createAnew(copy)
    await parts.store.copyTo(copy)
    await createAnew(unfinished)
    const made = await encryptInto(unfinished, copy, parts)
    // Unlike a rename, this does not replace what has the name.
    await link(unfinished, file)
    return ok(made)
  } catch (error) {
    return err(logCode(error instanceof Error && 'code' in error ? String(error.code) : 'other'))
  } finally {
    await Promise.all([copy, unfinished].map(path => rm(path, { force: true }).catch(() => undefined)))
  }
}

async function createAnew(path: string): Promise<void> {
  await rm(path, { force: true })
  await (await open(path, 'wx', 0o600)).close()
}

async function encryptInto(
  target: string,
  copy: string,
  { keyring, now, signal }: BackupParts,
): Promise<BackupMade> {
  const clear = Readable.toWeb(createReadStream(copy)) as ReadableStream<Uint8Array>
  const encrypted = await keyring.encryptStreamForStorage(clear, now)
  const hash = createHash('sha256')
  let octets = 0
  const file = await open(target, 'r+')
  try {
    for await (const chunk of encrypted) {
      signal.throwIfAborted()
      hash.update(chunk)
      await file.writeFile(chunk)
      octets += chunk.length
    }
    await file.sync()
  } finally {
    await file.close()
  }
  const sha256 = parseSha256(hash.digest('hex'))
  if (sha256 === undefined) throw new Error('a digest that is none')
  return { octets, sha256 }
}
