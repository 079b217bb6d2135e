// The command line within the test's own process: starting another process for each verb takes half a second.
// That a process says and exits the same is tested in test/cli.
import { main } from '../../src/main.ts'

export type Cli = { readonly code: number; readonly out: string; readonly problem: string }

let running = 0
let ordinary = 0

/** Runs one verb to its end. */
export async function cli(...args: readonly string[]): Promise<Cli> {
  const out: string[] = []
  const problems: string[] = []
  // As the launcher does, so that files are made with the modes they have in earnest; only meanwhile, since
  // servers that a test starts need theirs. Of several verbs at once the last to end gives it back.
  running += 1
  if (running === 1) ordinary = process.umask(0o077)
  const writers = {
    out: (text: string) => void out.push(`${text}\n`),
    octets: (octets: Uint8Array) => void out.push(Buffer.from(octets).toString('latin1')),
    problem: (text: string) => void problems.push(`${text}\n`),
  }
  const code = await main(args, writers).finally(() => {
    running -= 1
    if (running === 0) process.umask(ordinary)
  })
  return { code, out: out.join(''), problem: problems.join('') }
}
