// Finds and runs the other programs that tests need (gpg, sq, dovecot): octets in, octets out.
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Readable } from 'node:stream'

/** System programs live here even where an ordinary user's PATH does not name the folder. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin']

/** Full path of an installed program. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).concat(SYSTEM_FOLDERS)
  return folders.map(folder => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export type Run = {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
  /** What the program wrote to file descriptor 3. */
  readonly status: string
}

export type RunInput = {
  readonly stdin?: Uint8Array | string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program to its end; a non-zero exit code is a value. Messages of programs are in English. */
export function run(program: string, args: readonly string[], input: RunInput = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', ...input.env },
    })
    const [, stdout, stderr, status] = child.stdio
    const collected = {
      stdout: collect(stdout),
      stderr: collect(stderr),
      status: collect(status as Readable),
    }
    child.once('error', reject)
    child.once('close', (code, signal) =>
      resolve({
        code: code ?? 128 + (signal === null ? 0 : 1),
        stdout: Buffer.concat(collected.stdout),
        stderr: Buffer.concat(collected.stderr).toString('utf8'),
        status: Buffer.concat(collected.status).toString('utf8'),
      }),
    )
    // A program that refuses its input early closes the pipe; its exit code tells.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input.stdin ?? '')
  })
}

function collect(stream: Readable): Buffer[] {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return chunks
}
