// Finds and runs the other programs that tests need (gpg, sq, dovecot): octets in, octets out.
import { type ChildProcess, fork } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const STARTER = join(import.meta.dirname, 'starter.ts')

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

/** What the starter is asked for. */
export type Start = {
  readonly id: number
  readonly program: string
  readonly args: readonly string[]
  readonly stdin: Uint8Array | string
  readonly env: Readonly<Record<string, string | undefined>>
}

export type Ended = { readonly id: number } & ({ readonly ran: Run } | { readonly failed: string })

let starter: ChildProcess | undefined
let starts = 0
const waiting = new Map<number, (ended: Ended) => void>()

/** Runs a program to its end; a non-zero exit code is a value. Messages of programs are in English. */
export async function run(program: string, args: readonly string[], input: RunInput = {}): Promise<Run> {
  starter ??= startStarter()
  starts += 1
  const { stdin = '', env } = input
  const ended = Promise.withResolvers<Ended>()
  waiting.set(starts, ended.resolve)
  // It keeps the test's process from ending only while an answer is awaited.
  starter.channel?.ref()
  const whole = { ...process.env, LC_ALL: 'C', ...env }
  starter.send({ id: starts, program, args, stdin, env: whole } satisfies Start)
  const answer = await ended.promise
  if ('ran' in answer) return answer.ran
  throw new Error(answer.failed)
}

function startStarter(): ChildProcess {
  const child = fork(STARTER, {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.unref()
  child.on('message', (ended: Ended) => {
    waiting.get(ended.id)?.(ended)
    waiting.delete(ended.id)
    if (waiting.size === 0) child.channel?.unref()
  })
  child.once('exit', code => {
    for (const [id, tell] of waiting) tell({ id, failed: `the starter of programs ended with ${code}` })
  })
  return child
}
