// All tests of test/pipeline, in one process.
import { runRoom } from './support/room.ts'

await runRoom('pipeline')
