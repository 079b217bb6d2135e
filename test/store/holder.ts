// A child process that takes the instance lock, or stops in the midst of a transaction, says so on standard
// output and stands still until it is killed.
import { writeSync } from 'node:fs'
import type { OutgoingMail } from '../../src/store/delivery.ts'
import { InstanceLock } from '../../src/store/lock.ts'
import { caseId, claim, opened, receive, reply, settlement, storeIn } from './support.ts'

const [directory = '', what = ''] = process.argv.slice(2)

function standStill(): never {
  writeSync(1, 'here\n')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  throw new Error('woken')
}

if (what === 'lock') {
  const lock = InstanceLock.take(directory)
  if (!lock.ok) throw new Error(lock.error.code)
  standStill()
}

const store = await storeIn(directory)
const inbound = receive(store, 'received before the crash')
const half: OutgoingMail = {
  ...reply(),
  get envelopeFrom() {
    return standStill()
  },
}
if (what === 'settle')
  store.settle(settlement([opened(caseId(1), inbound)], { inbound, outgoing: [reply(), half] }))
if (what === 'sending') {
  store.settle(settlement([opened(caseId(1), inbound)], { inbound, outgoing: [reply()] }))
  claim(store, settlement([]).now)
  standStill()
}
