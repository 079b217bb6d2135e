// All tests of test/cli, in one process.
import { runRoom } from './support/room.ts'

await runRoom('cli')
