// The date of a case as a calendar takes it (RFC 5545, RFC 5546): one event, published and never an invitation, so that
// nobody's calendar answers. Times are UTC, which each calendar shows in its reader's zone.
import { type DisclosureDate, holds } from '../model/disclosure-date.ts'
import { type CaseId, domainOf, type Instant } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import type { Leaf } from './mime.ts'

/** Octets of a line, its break not counted (RFC 5545 §3.1). */
const LINE_OCTETS = 75

type CalendarFile = Extract<Leaf, { kind: 'file' }>

export type CalendarSources = {
  readonly settings: Settings
  /** The project as people write it. */
  readonly displayName: string
  readonly now: Instant
}

/**
 * Puts the date into a calendar, moves what is there, or takes it out; undefined: nothing was ever put there. Others may
 * see a calendar, so that it names the project and the number of the case and nothing else, and rings no bell of ours.
 */
export function calendarFile(
  theCase: CaseId,
  date: DisclosureDate,
  { settings, displayName, now }: CalendarSources,
): CalendarFile | undefined {
  if (!holds(date) && date.sequence === 0) return undefined
  const { instance, addresses } = settings
  const method = holds(date) ? 'PUBLISH' : 'CANCEL'
  const content = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//embargod//embargod//EN',
    `METHOD:${method}`,
    'BEGIN:VEVENT',
    `UID:${theCase}.${instance}@${domainOf(addresses.security)}`,
    `SEQUENCE:${date.sequence}`,
    `DTSTAMP:${utc(now)}`,
    `DTSTART:${utc(date.at)}`,
    `SUMMARY:${text(`${displayName} ${theCase}`)}`,
    `ORGANIZER:mailto:${encodeURIComponent(addresses.security).replaceAll('%40', '@')}`,
    'CLASS:PRIVATE',
    'TRANSP:TRANSPARENT',
    `STATUS:${method === 'PUBLISH' ? 'CONFIRMED' : 'CANCELLED'}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  return {
    kind: 'file',
    mediaType: `text/calendar; charset="utf-8"; method="${method}"`,
    fileName: `${theCase}.ics`,
    octets: Buffer.from(content.map(folded).join('')),
  }
}

/** `20261209T160000Z`. */
const utc = (at: Instant): string =>
  Temporal.Instant.fromEpochMilliseconds(at).round('second').toString().replace(/[-:]/g, '')

/** RFC 5545 §3.3.11. */
const text = (value: string): string => value.replace(/[\\;,]/g, '\\$&').replace(/\r\n|[\r\n]/g, '\\n')

/** One content line, broken where it is too long and never within a character. */
function folded(line: string): string {
  const lines: string[] = []
  let current = ''
  for (const character of line) {
    if (Buffer.byteLength(current + character) > LINE_OCTETS) {
      lines.push(current)
      current = ' '
    }
    current += character
  }
  return `${[...lines, current].join('\r\n')}\r\n`
}
