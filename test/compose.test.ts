// All tests of test/compose, in one process.
import { runRoom } from './support/room.ts'

await runRoom('compose')
