// Faults of the host under a daemon: a disk that fails at the n-th write, a wall clock that is off. A small
// library, compiled here, is preloaded into the real process, which knows nothing of it.
import { type FileHandle, open } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram, run } from './program.ts'
import type { TestEnd } from './workspace.ts'
import { tempDir } from './workspace.ts'

const SOURCE = fileURLToPath(new URL('host-faults.c', import.meta.url))
const FIELDS = ['counted', 'from', 'error', 'refused', 'offset'] as const

export type DiskError = 'ENOSPC' | 'EIO' | 'EROFS' | 'ENOMEM'

/** Why tests with faults of the host are skipped; false where they can run. */
export const missingCompiler = (): string | false =>
  process.platform === 'linux' && findProgram('cc') !== undefined
    ? false
    : 'needs Linux and a C compiler: apt-get install gcc libc6-dev'

/** Steers one process; `environment` is what to start it with. */
export class HostFaults {
  readonly environment: Readonly<Record<string, string>>
  readonly #control: FileHandle

  private constructor(environment: Readonly<Record<string, string>>, control: FileHandle) {
    this.environment = environment
    this.#control = control
  }

  /** @param folder where writes are counted and fail. */
  static async make(t: TestEnd, folder: string): Promise<HostFaults> {
    const place = await tempDir(t)
    const library = join(place, 'host-faults.so')
    const compiler = findProgram('cc') ?? 'cc'
    const args = ['-shared', '-fPIC', '-O1', '-o', library, SOURCE, '-ldl']
    const compiled = await run(compiler, args)
    if (compiled.code !== 0) throw new Error(compiled.stderr)
    const path = join(place, 'control')
    const control = await open(path, 'w+')
    t.after(() => control.close())
    await control.write(Buffer.alloc(8 * FIELDS.length), 0)
    return new HostFaults({ LD_PRELOAD: library, HOST_FAULTS: path, HOST_FAULTS_FOLDER: folder }, control)
  }

  /** Writes to the folder so far. */
  counted(): Promise<number> {
    return this.#get('counted')
  }

  /** Writes that failed so far. */
  refused(): Promise<number> {
    return this.#get('refused')
  }

  /** The n-th write from now fails half-way, and so do all after it until the disk is well. */
  async failAt(write: number, error: DiskError): Promise<void> {
    await this.#set('error', constants.errno[error as keyof typeof constants.errno])
    await this.#set('from', (await this.counted()) + write)
  }

  async well(): Promise<void> {
    await this.#set('from', 0)
  }

  /** Sets the wall clock off by so many milliseconds; what is measured since boot goes on. */
  async wallClockOff(milliseconds: number): Promise<void> {
    await this.#set('offset', milliseconds * 1_000_000)
  }

  async #get(field: (typeof FIELDS)[number]): Promise<number> {
    const { buffer } = await this.#control.read(Buffer.alloc(8), 0, 8, 8 * FIELDS.indexOf(field))
    return Number(buffer.readBigInt64LE())
  }

  async #set(field: (typeof FIELDS)[number], value: number): Promise<void> {
    const octets = Buffer.alloc(8)
    octets.writeBigInt64LE(BigInt(value))
    await this.#control.write(octets, 0, 8, 8 * FIELDS.indexOf(field))
  }
}
