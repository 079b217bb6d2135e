// When a disclosure may happen by the policy's slots: whether an instant is a good one, why it is not, and which good
// ones are the nearest. Pure; whatever the zone does to its clocks, an instant is judged by what they show then.
import type { Calendar, Policy, Slots } from '../../model/policy.ts'
import { unreachable } from '../../model/result.ts'
import { type Instant, instant } from '../../model/scalars.ts'
import { DAY, formatReadable } from '../../model/time.ts'

export type SlotFault =
  | { readonly kind: 'weekday' }
  | { readonly kind: 'holiday'; readonly date: string }
  | { readonly kind: 'blackout'; readonly why: string; readonly to: string }
  | { readonly kind: 'early' | 'late'; readonly hours: { readonly from: string; readonly to: string } }

/** Calendar days looked at in each direction; slots that leave less than three good ones there are hardly any. */
const MOST_DAYS = 400
const MOST_NEAR = 3
/** A good instant of a day may lie nearly a day further off than one of the day after. */
const DAYS_BEYOND = 2

/** What is wrong with an instant; undefined: it is in a slot, or the policy has none. */
export function slotFault(
  at: Instant,
  { slots, calendar }: Pick<Policy, 'slots' | 'calendar'>,
): SlotFault | undefined {
  if (slots === undefined) return undefined
  const local = localTime(at, calendar)
  const fault = dayFault(local.toPlainDate(), slots, calendar)
  const { hours } = slots
  if (fault !== undefined || hours === undefined) return fault
  const time = local.toPlainTime().toString({ smallestUnit: 'minute' })
  if (time < hours.from) return { kind: 'early', hours }
  return time < hours.to ? undefined : { kind: 'late', hours }
}

function dayFault(day: Temporal.PlainDate, slots: Slots, calendar: Calendar): SlotFault | undefined {
  const date = day.toString()
  const blackout = slots.blackout.find(({ from, to }) => from <= date && date <= to)
  if (blackout !== undefined) return { kind: 'blackout', why: blackout.why, to: blackout.to }
  if (slots.holidays === 'avoided' && calendar.holidays.includes(date)) return { kind: 'holiday', date }
  return slots.weekdays.includes(day.dayOfWeek) ? undefined : { kind: 'weekday' }
}

export type Within = {
  /** None at it or before. */
  readonly after: Instant
  /** None later; undefined: as late as may be. */
  readonly until: Instant | undefined
}

/**
 * The three good instants nearest to one, in their order; fewer where there are no more within 400 days. At most one
 * a day: at the same local time, or, where that is too early or too late, at the first or the last full hour.
 */
export function nearestSlots(
  at: Instant,
  policy: Pick<Policy, 'slots' | 'calendar'>,
  { after, until }: Within,
): readonly Instant[] {
  const wished = localTime(at, policy.calendar)
  const found: Instant[] = []
  // Days that can hold one at all; a day more for what the hours of a slot make of it.
  const earliest = Math.max(-MOST_DAYS, Math.floor((after - at) / DAY) - 1)
  const latest = until === undefined ? MOST_DAYS : Math.min(MOST_DAYS, Math.ceil((until - at) / DAY) + 1)
  let last = Math.max(-earliest, latest)
  for (let distance = 0; distance <= last; distance += 1) {
    for (const days of distance === 0 ? [0] : [-distance, distance]) {
      const candidate = days < earliest || days > latest ? undefined : goodOn(wished, days, policy)
      if (candidate !== undefined && candidate > after && (until === undefined || candidate <= until))
        found.push(candidate)
    }
    if (found.length >= MOST_NEAR) last = Math.min(last, distance + DAYS_BEYOND)
  }
  return found
    .sort((a, b) => Math.abs(a - at) - Math.abs(b - at) || a - b)
    .slice(0, MOST_NEAR)
    .sort((a, b) => a - b)
}

/** The good instant so many days from the wished one; undefined: that day has none. */
function goodOn(
  wished: Temporal.ZonedDateTime,
  days: number,
  policy: Pick<Policy, 'slots' | 'calendar'>,
): Instant | undefined {
  const hours = policy.slots?.hours
  const time = wished.toPlainTime()
  const shown = time.toString({ smallestUnit: 'minute' })
  let chosen = time
  if (hours !== undefined && (shown < hours.from || shown >= hours.to)) {
    const isLast = days < 0 || (days === 0 && shown >= hours.to)
    chosen = Temporal.PlainTime.from(isLast ? lastHour(hours) : hours.from)
  }
  const local = wished.toPlainDate().add({ days }).toZonedDateTime({
    timeZone: wished.timeZoneId,
    plainTime: chosen,
  })
  const candidate = instant(local.epochMilliseconds)
  // A time that the zone skips that night moves on, perhaps out of the slot.
  return slotFault(candidate, policy) === undefined ? candidate : undefined
}

/** The last full hour of a slot, or its beginning where it is shorter. */
function lastHour({ from, to }: { readonly from: string; readonly to: string }): string {
  const [hour = '00', minute = '00'] = to.split(':')
  const last = `${String(Number(hour) - (minute === '00' ? 1 : 0)).padStart(2, '0')}:00`
  return last < from ? from : last
}

/** Why nothing is disclosed then, as a sentence that begins with the instant. */
export function faultSentence(at: Instant, fault: SlotFault, { slots, calendar }: Policy): string {
  const shown = formatReadable(at, calendar.zone)
  switch (fault.kind) {
    case 'weekday':
      return `${shown} is a ${WEEKDAYS[localTime(at, calendar).dayOfWeek - 1]}; the policy discloses on ${weekdays(slots)}.`
    case 'holiday':
      return `${shown} is on a holiday (${fault.date}), when the policy discloses nothing.`
    case 'blackout':
      return `${shown} is in a time without disclosure (${fault.why}), which ends with ${fault.to}.`
    case 'early':
      return `${shown} is too early in the day; the policy discloses from ${fault.hours.from} to ${fault.hours.to}.`
    case 'late':
      return `${shown} is too late in the day; the policy discloses from ${fault.hours.from} to ${fault.hours.to}.`
    default:
      return unreachable(fault)
  }
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

const weekdays = (slots: Slots | undefined): string =>
  WEEKDAYS.filter((_, position) => slots?.weekdays.includes(position + 1)).join(', ')

const localTime = (at: Instant, { zone }: Calendar): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
