// All tests of test/decide, in one process.
import { runRoom } from './support/room.ts'

await runRoom('decide')
