// Files and directories of a new instance: each new, each private, on the disk when the call returns, and all
// of them taken back together if the work cannot be finished. It never touches what was there before.
import { mkdir, open, rm } from 'node:fs/promises'

/** What was made so far. Its calls throw what the file system throws, `EEXIST` too. */
export class Making {
  readonly #made: string[] = []

  async directory(path: string): Promise<void> {
    await mkdir(path, { mode: 0o700 })
    this.#made.push(path)
  }

  /** One that may be there already, with those above it. */
  async directoryIfMissing(path: string): Promise<void> {
    const first = await mkdir(path, { recursive: true, mode: 0o700 })
    if (first !== undefined) this.#made.push(first)
  }

  async file(path: string, content: string | Uint8Array): Promise<void> {
    const file = await open(path, 'wx', 0o600)
    this.#made.push(path)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
  }

  async undo(): Promise<void> {
    for (const path of this.#made.toReversed()) await rm(path, { recursive: true, force: true })
  }
}
