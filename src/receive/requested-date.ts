// Finds the day on which a reporter wants to disclose. In: text and when it arrived. Out: the words and the day,
// or nothing. It is a guess for a reader who has the mail before them; nothing is decided by it.
import { type Instant, instant } from '../model/scalars.ts'
import { DAY } from '../model/time.ts'

/** Dates of one text that are looked at. */
const MAX_DATES = 100
/** Characters around a date in which disclosure must be spoken of. */
const BEFORE = 120
const AFTER = 80

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const month = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\\.?'
const date = new RegExp(
  [
    '\\b(20[0-9]{2})-([0-9]{2})-([0-9]{2})\\b',
    `\\b([0-9]{1,2})(?:st|nd|rd|th)? ${month},? (20[0-9]{2})\\b`,
    `\\b${month} ([0-9]{1,2})(?:st|nd|rd|th)?,? (20[0-9]{2})\\b`,
    '\\b([0-9]{1,3})[ -](day|week|month)s?\\b',
  ].join('|'),
  'gi',
)
const aboutDisclosure = /disclos|publish|public|embargo|deadline|announc|blog|advisory/i

/** The first date that lies ahead and stands near words of disclosure; `text` is one line. */
export function requestedDate(
  text: string,
  receivedAt: Instant,
): { readonly written: string; readonly at: Instant } | undefined {
  let seen = 0
  for (const match of text.matchAll(date)) {
    seen += 1
    if (seen > MAX_DATES) return undefined
    const around = text.slice(Math.max(0, match.index - BEFORE), match.index + match[0].length + AFTER)
    const at = aboutDisclosure.test(around) ? dayOf(match, receivedAt) : undefined
    if (at !== undefined && at > receivedAt) return { written: match[0], at }
  }
  return undefined
}

function dayOf(match: RegExpMatchArray, receivedAt: Instant): Instant | undefined {
  const [, y1, m1, d1, d2, m2, y2, m3, d3, y3, count, unit] = match
  if (count !== undefined)
    return daysAhead(Number(count) * DAYS[(unit ?? 'day').toLowerCase() as keyof typeof DAYS], receivedAt)
  const name = (m2 ?? m3 ?? '').toLowerCase()
  return midnight(
    Number(y1 ?? y2 ?? y3),
    m1 === undefined ? months.indexOf(name) + 1 : Number(m1),
    Number(d1 ?? d2 ?? d3),
  )
}

const DAYS = { day: 1, week: 7, month: 30 } as const

const daysAhead = (days: number, from: Instant): Instant => instant(Math.floor(from / DAY) * DAY + days * DAY)

/** Undefined for a day that does not exist. */
function midnight(year: number, month: number, day: number): Instant | undefined {
  try {
    const date = Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' })
    return instant(date.toZonedDateTime('UTC').epochMilliseconds)
  } catch {
    return undefined
  }
}
