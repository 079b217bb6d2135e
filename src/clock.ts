// The clock. Wall time decides; the time since boot, which counts suspend too, tells whether it may be
// believed (threats.md I01, I02).
import { uptime } from 'node:os'
import { type Instant, instant } from './model/scalars.ts'
import { MINUTE, SECOND } from './model/time.ts'

/** Wall and boot clock may drift apart by this much before nothing scheduled is released. */
const TOLERANCE = 5 * MINUTE

export type Clock = {
  readonly now: () => Instant
  readonly trust: () => 'trusted' | 'doubtful'
}

const wall = (): Instant => instant(Temporal.Now.instant().epochMilliseconds)

/** @param lastSeen the newest instant in the store: a clock before it has gone back. */
export function guardedClock(lastSeen: Instant | undefined): Clock {
  const startedAt = wall()
  const uptimeAtStart = uptime() * SECOND
  const trust = () => {
    const now = wall()
    if (lastSeen !== undefined && now < lastSeen) return 'doubtful'
    const elapsed = uptime() * SECOND - uptimeAtStart
    return Math.abs(now - startedAt - elapsed) <= TOLERANCE ? 'trusted' : 'doubtful'
  }
  return { now: wall, trust }
}

/** A cron expression for about every so many seconds; up to an hour. */
export function cronEvery(seconds: number): string {
  return seconds < 60 ? `*/${seconds} * * * * *` : `*/${Math.min(60, Math.round(seconds / 60))} * * * *`
}
