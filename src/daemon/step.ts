// The worker's time, in milliseconds: one step does a piece of its work and says when it wants the next turn.
import { type Log, logCode } from '../log.ts'
import { SECOND } from '../model/time.ts'

/** Longest time the worker sleeps without looking around. */
export const LONGEST_NAP = 15 * SECOND
/** Pause after a fault of disk or database, before the same is tried again. */
const FAULT_PAUSE = SECOND

/** Runs one step; the answer is in how many milliseconds it wants to run again unless the bell rings. */
export async function step(
  work: () => Promise<number>,
  failure: string,
  log: Log,
  onFailure: () => void = () => undefined,
): Promise<number> {
  try {
    return await work()
  } catch (error) {
    log(failure, { why: logCode(error instanceof Error ? error.name : 'other') })
    onFailure()
    return FAULT_PAUSE
  }
}
