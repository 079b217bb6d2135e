// What the sentences of a policy in plain words are made of: lists, spans of time, weekdays.
import type { Span } from '../model/policy.ts'

/** Undefined: nothing is said. */
export type Line = string | undefined

/** A title and its items; empty without any. */
export const section = (title: string, items: readonly string[]): readonly Line[] =>
  items.length === 0 ? [] : [`${title}:`, ...items.map(item => `- ${item}`)]

const units = { minute: 'minute', hour: 'hour', day: 'day', 'business-day': 'business day' } as const

/** `3 business days`. */
export const spanWords = ({ count, unit }: Span): string => `${count} ${units[unit]}${count === 1 ? '' : 's'}`

/** `every day`, `every 3 days`. */
export const everyWords = (span: Span): string =>
  `every ${span.count === 1 ? units[span.unit] : spanWords(span)}`

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/** Of an ISO number, 1 for Monday. */
export const weekday = (day: number): string => WEEKDAYS[day - 1] ?? String(day)

/** `a, b and 3 more`. */
export function someOf(parts: readonly string[], most: number): string {
  const more = parts.length - most
  return `${parts.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** `a, b and c`. */
export function listed(parts: readonly string[], last: 'and' | 'or'): string {
  const end = parts[parts.length - 1] ?? ''
  return parts.length < 2 ? end : `${parts.slice(0, -1).join(', ')} ${last} ${end}`
}
