// Instants as people write and read them. Zones appear here and in wording only; Instant is always UTC.
import { err, ok, type Result } from './result.ts'
import { type Instant, instant } from './scalars.ts'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

const utcShape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?Z$/
const zonedShape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?\[[A-Za-z0-9_+/-]{1,60}\]$/
const durationShape = /^([1-9][0-9]{0,4})(s|m|h|d)$/
const unitMilliseconds = { s: SECOND, m: MINUTE, h: HOUR, d: DAY } as const

/**
 * `2026-12-09T16:00Z` or `2026-12-09T16:00[Europe/Berlin]` (RFC 9557), seconds optional. A local time that
 * the zone skips or repeats is refused, as is one without a zone; the error is one sentence.
 */
export function parseInstant(text: string): Result<Instant, string> {
  const upper = text.replace(/^(\d{4}-\d{2}-\d{2})t/, '$1T').replace(/z$/, 'Z')
  try {
    if (utcShape.test(upper)) return ok(instant(Temporal.Instant.from(upper).epochMilliseconds))
    if (zonedShape.test(upper))
      return ok(instant(Temporal.ZonedDateTime.from(upper, { disambiguation: 'reject' }).epochMilliseconds))
  } catch {
    return err(
      `${text} is not an instant that exists once in that zone; write it in UTC, as 2026-12-09T16:00Z`,
    )
  }
  const day = /^\d{4}-\d{2}-\d{2}$/.exec(text)?.[0]
  return err(`${text} lacks ${day ? 'time and zone' : 'a zone'}; write it as ${day ?? '2026-12-09'}T16:00Z`)
}

/** `90s`, `30m`, `36h` or `14d` in milliseconds. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = durationShape.exec(text) ?? []
  return count !== undefined && (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd')
    ? Number(count) * unitMilliseconds[unit]
    : undefined
}

/** `2026-12-09T16:00Z`, with seconds only where they are not zero. */
export function formatInstant(at: Instant): string {
  const iso = Temporal.Instant.fromEpochMilliseconds(at).round('second').toString()
  return iso.replace(/:00Z$/, 'Z')
}

/** `Wed 9 Dec 2026, 16:00 UTC`, as people read it. */
export function formatReadable(at: Instant, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).round('second').toZonedDateTimeISO(zone)
  const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][local.dayOfWeek - 1]
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][
    local.month - 1
  ]
  const two = (n: number) => String(n).padStart(2, '0')
  const seconds = local.second === 0 ? '' : `:${two(local.second)}`
  return `${day} ${local.day} ${month} ${local.year}, ${two(local.hour)}:${two(local.minute)}${seconds} ${zone}`
}

/** `37 minutes`, `5 hours 12 minutes`, `3 days 4 hours`: the largest unit and the next, rounded down. */
export function formatLength(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / MINUTE)
  const counted = (count: number, unit: string) =>
    count === 0 ? [] : [`${count} ${unit}${count === 1 ? '' : 's'}`]
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60]
  const parts = [
    ...counted(days, 'day'),
    ...counted(hours, 'hour'),
    ...(days > 0 ? [] : counted(rest, 'minute')),
  ]
  return parts.length === 0 ? '0 minutes' : parts.join(' ')
}

/** A cron expression for about every so many seconds; up to an hour. */
export function cronEvery(seconds: number): string {
  return seconds < 60 ? `*/${seconds} * * * * *` : `*/${Math.min(60, Math.round(seconds / 60))} * * * *`
}
