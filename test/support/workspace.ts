// Temporary folders and the end of what a test started: everything made here is gone when the test ends,
// passed or failed.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A TestContext, or `{ after }` of node:test for what a whole file shares: at the top of the file, never in
 * `before`, whose own end node:test takes for the end meant.
 */
export type TestEnd = { after(action: () => void | Promise<void>): void }

export type Closable = { close(): void | Promise<void> }

/** Longest folder below which gpg-agent's socket still fits into a socket address (104 octets on macOS). */
const LONGEST_BASE = 40

const base = (): string => (tmpdir().length <= LONGEST_BASE ? tmpdir() : '/tmp')

/** A new folder of mode 0700 with a short path; whoever calls this removes it. */
export const makeFolder = (): Promise<string> => mkdtemp(join(base(), 'eg-'))

/** Removes a folder, also while a program that is ending still touches files in it. */
export const removeFolder = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })

/** A new folder of mode 0700, removed when the test ends. */
export async function tempDir(test: TestEnd): Promise<string> {
  const path = await makeFolder()
  test.after(() => removeFolder(path))
  return path
}

/** `const server = await until(t, startSubmission())`: closes what was started when the test ends. */
export async function until<T extends Closable>(test: TestEnd, starting: T | Promise<T>): Promise<T> {
  const resource = await starting
  test.after(() => resource.close())
  return resource
}
