// The clock. Wall time decides; the time since boot, which counts suspend too, tells whether it may be
// believed (threats.md I01, I02). A wall clock that jumped is believed again when it is set back, or when the
// operator says so; a restart alone does not make it so.
import { readFileSync, readlinkSync } from 'node:fs'
import { uptime } from 'node:os'
import { type Instant, instant } from '../model/scalars.ts'
import { MINUTE, SECOND } from '../model/time.ts'

/** Wall and boot clock may drift apart by this much before nothing scheduled is released. */
const TOLERANCE = 5 * MINUTE

export type Clock = {
  readonly now: () => Instant
  readonly trust: () => 'trusted' | 'doubtful'
  /** The operator vouches that the wall clock is right as it is now. */
  readonly vouch: () => void
}

/** Where the two clocks were seen to agree: wall time minus time since boot, in milliseconds, in one boot. */
export type Agreement = { readonly boot: string; readonly offset: number }

/** Keeps the agreement beyond the process. */
export type ClockMemory = {
  readonly agreement: () => Agreement | undefined
  readonly keepAgreement: (agreement: Agreement) => void
}

export type Sources = {
  readonly wall: () => Instant
  /** Milliseconds since boot. */
  readonly sinceBoot: () => number
  /** What tells this boot, and this container, from others; undefined where the system does not say. */
  readonly boot: string | undefined
}

/** Wall time now, for whoever schedules nothing. */
export const wall = (): Instant => instant(Temporal.Now.instant().epochMilliseconds)

/** @param lastSeen the newest instant in the store: a clock before it has gone back. */
export function guardedClock(
  lastSeen: Instant | undefined,
  memory: ClockMemory,
  sources: Sources = system(),
): Clock {
  const { wall: now, sinceBoot, boot } = sources
  const kept = memory.agreement()
  let earliest = lastSeen
  let offset = kept !== undefined && kept.boot === boot ? kept.offset : undefined
  const agree = () => {
    offset = now() - sinceBoot()
    if (boot !== undefined) memory.keepAgreement({ boot, offset })
  }
  const trust = () => {
    if (earliest !== undefined && now() < earliest) return 'doubtful'
    // A host may start with a clock that is far behind: the first plausible time is the one to hold on to.
    if (offset === undefined) agree()
    return Math.abs(now() - sinceBoot() - (offset ?? 0)) <= TOLERANCE ? 'trusted' : 'doubtful'
  }
  const vouch = () => {
    earliest = now()
    agree()
  }
  return { now, trust, vouch }
}

const system = (): Sources => ({ wall, sinceBoot: () => uptime() * SECOND, boot: thisBoot() })

function thisBoot(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    // A container may count its own uptime.
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return undefined
  }
}
