// What several parts of a profile hold: spans of time, names, lists of named things. In go values as YAML gives them.
import * as z from 'zod'
import type { Span } from '../model/policy.ts'
import { line, listOf, parsed, section } from './fields.ts'

const units = { m: 'minute', h: 'hour', d: 'day', bd: 'business-day' } as const

/** More of them no calendar is searched for: see `dueAt`. */
const MOST_BUSINESS_DAYS = 500

/** `30m`, `72h`, `14d` or `3bd`. */
export function parseSpan(text: string): Span | undefined {
  const [, count, unit] = /^([1-9][0-9]{0,3})(m|h|d|bd)$/.exec(text) ?? []
  if (unit === 'bd' && Number(count) > MOST_BUSINESS_DAYS) return undefined
  return count !== undefined && (unit === 'm' || unit === 'h' || unit === 'd' || unit === 'bd')
    ? { count: Number(count), unit: units[unit] }
    : undefined
}

export const span = parsed(
  `a time such as 30m, 72h, 14d or 3bd (business days, at most ${MOST_BUSINESS_DAYS})`,
  parseSpan,
)
export const spans = listOf(span, 'times such as 30m, 72h, 14d or 3bd')

/** How often people are reminded until somebody acts: more often they would read none of it. */
export const interval = parsed('a time of an hour or more such as 4h, 1d or 1bd', text => {
  const every = parseSpan(text)
  return every?.unit === 'minute' && every.count < 60 ? undefined : every
})

/** How long others have to stop what somebody else did with a member's key: a night, at the least. */
export const coolingOff = parsed('a time of a day or more such as 24h, 2d or 1bd', text => {
  const time = parseSpan(text)
  if (time?.unit === 'minute') return time.count < 24 * 60 ? undefined : time
  return time?.unit === 'hour' && time.count < 24 ? undefined : time
})

/** A key that may be left out. */
export const maybe = <T extends z.ZodType>(schema: T) => schema.optional().transform(value => value)

export const slug = parsed('a name of lower-case letters, digits and -', text =>
  /^[a-z][a-z0-9-]{0,39}$/.test(text) ? text : undefined,
)

/** A list of named things in which no name stands twice. */
export const namedList = <S extends z.core.$ZodShape & { readonly name: typeof slug }>(
  shape: S,
  what: string,
) =>
  listOf(section(shape), what).superRefine((items, context) => {
    const names = items.map(item => (item as { readonly name: string }).name)
    names.forEach((name, i) => {
      if (names.indexOf(name) < i)
        context.addIssue({ code: 'custom', path: [i, 'name'], message: `must be another name than ${name}` })
    })
  })

/** `as the policy says it`, or with words that tell whether somebody's text has it, and with `more` keys. */
export const signed = <S extends z.core.$ZodShape>(more: S) => {
  const shaped = section({
    text: line('a sentence'),
    signs: listOf(line('a word or phrase', 60), 'words or phrases').prefault([]),
    ...more,
  })
  return z.preprocess(value => (typeof value === 'string' ? { text: value } : value), shaped)
}

export const named = { name: slug, text: line('what it is, in a few words') }
