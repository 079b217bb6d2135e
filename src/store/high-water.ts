// A small file beside the database that says how far it had come: head of the audit chain, last inbound id.
// A database that is gone, emptied or behind its mark has lost what was committed. Written after each
// commit, so that it is never ahead; it holds digests and numbers only.
import { closeSync, fsyncSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export type Reached = {
  /** Last row of the audit chain and its hash; 0 and zeros before the first. */
  readonly seq: number
  readonly hash: string
  /** Last inbound id; 0 before the first. */
  readonly inbound: number
}

const DIGITS = 15
const shape = /^embargod 1 ([0-9]{15}) ([0-9a-f]{64}) ([0-9]{15})\n$/

/** What the mark says; `damaged` if it is there and says nothing we wrote. */
export function readMark(path: string): Reached | 'absent' | 'damaged' {
  try {
    const [, seq, hash, inbound] = shape.exec(readFileSync(path, 'latin1')) ?? []
    if (seq === undefined || hash === undefined || inbound === undefined) return 'damaged'
    return { seq: Number(seq), hash, inbound: Number(inbound) }
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'absent' : 'damaged'
  }
}

/** The mark held open by the one writer. */
export class HighWaterMark {
  readonly #file: number
  #written = ''

  private constructor(file: number) {
    this.#file = file
  }

  /** Makes the file, durably, if there is none. Its directory must be private. */
  static open(path: string, reached: Reached): HighWaterMark {
    const absent = readMark(path) === 'absent'
    const mark = new HighWaterMark(openSync(path, absent ? 'wx' : 'r+', 0o600))
    mark.advance(reached)
    if (absent) mark.#begin(path)
    return mark
  }

  /** A mark that says nothing would be taken for damage at the next start: rather none. @throws then */
  #begin(path: string): void {
    try {
      if (this.#written === '') throw Object.assign(new Error('no mark could be written'), { code: 'ENOSPC' })
      fsyncSync(this.#file)
      const directory = openSync(dirname(path), 'r')
      fsyncSync(directory)
      closeSync(directory)
    } catch (error) {
      this.close()
      unlinkSync(path)
      throw error
    }
  }

  /**
   * One write in place, of constant length and without waiting for the disk. It follows a commit, so it may
   * not fail one: an older mark does no harm, and the next commit writes it again.
   */
  advance({ seq, hash, inbound }: Reached): void {
    const line = `embargod 1 ${pad(seq)} ${hash} ${pad(inbound)}\n`
    if (line === this.#written) return
    try {
      writeSync(this.#file, line, 0, 'latin1')
      this.#written = line
    } catch {
      this.#written = ''
    }
  }

  close(): void {
    closeSync(this.#file)
  }
}

const pad = (count: number): string => String(count).padStart(DIGITS, '0')
