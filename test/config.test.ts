// All tests of test/config, in one process.
import { runRoom } from './support/room.ts'

await runRoom('config')
