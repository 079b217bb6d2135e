// All tests of test/openpgp, in one process.
import { runRoom } from './support/room.ts'

await runRoom('openpgp')
