// All tests of test/store, in one process.
import { runRoom } from './support/room.ts'

await runRoom('store')
