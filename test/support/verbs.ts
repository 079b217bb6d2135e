// The command line within the test's own process: starting another process for each verb takes half a second.
// That a process says and exits the same is tested in test/cli.
import { main } from '../../src/main.ts'

export type Cli = { readonly code: number; readonly out: string; readonly problem: string }

/** Runs one verb to its end. */
export async function cli(...args: readonly string[]): Promise<Cli> {
  const out: string[] = []
  const problems: string[] = []
  // As the launcher does, so that files are made with the modes they have in earnest; only meanwhile, since
  // servers that a test starts need theirs.
  const umask = process.umask(0o077)
  const writers = {
    out: (text: string) => void out.push(`${text}\n`),
    problem: (text: string) => void problems.push(`${text}\n`),
  }
  const code = await main(args, writers).finally(() => process.umask(umask))
  return { code, out: out.join(''), problem: problems.join('') }
}
