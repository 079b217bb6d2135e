// Starts programs for a test's process, which may have grown large: starting one copies the page tables of whoever
// starts it, and that took longer than what gpg has to do.
import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { Ended, Run, Start } from './program.ts'

process.on('message', (start: Start) => {
  const { id } = start
  const answer = (ended: Ended): unknown => process.send?.(ended)
  started(start).then(
    ran => answer({ id, ran }),
    (error: Error) => answer({ id, failed: error.message }),
  )
})

function started({ program, args, stdin, env }: Start): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], env })
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
    child.stdin.end(stdin)
  })
}

function collect(stream: Readable): Buffer[] {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return chunks
}
