// A room of many small test files as one process: most of what each costs alone is that Node starts and loads the same
// modules. Each file still runs by itself, too.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'node:test'

const TESTS = join(import.meta.dirname, '..')

/** Every test file of a folder of test/, in order of their names, as one suite: no test runs before all are loaded. */
export const runRoom = (room: string): Promise<void> =>
  describe(room, async () => {
    const files = globSync(`${room}/**/*.test.ts`, { cwd: TESTS }).sort()
    if (files.length === 0) throw new Error(`test/${room} has no tests`)
    for (const file of files) await import(join(TESTS, file))
  })
