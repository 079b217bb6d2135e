// All tests of test/receive, in one process.
import { runRoom } from './support/room.ts'

await runRoom('receive')
