// The file that puts a date into calendars, read by the grammar of RFC 5545 as far as it goes here: lines, folding,
// escaping, one event, and what RFC 5546 wants of a publication and of a cancellation.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { calendarFile } from '../../src/compose/calendar.ts'
import { compose, payloadOf, worded } from '../../src/compose/compose.ts'
import type { DisclosureDate } from '../../src/model/disclosure-date.ts'
import { at, CASE, contextWith, orderOf, settings } from './given.ts'
import { everyOrder } from './orders.ts'

const NOW = at('2026-11-21T12:00Z')
const first: DisclosureDate = { at: at('2026-12-09T16:00Z'), standing: 'active', sequence: 0 }

function octetsOf(date: DisclosureDate, displayName = 'Harbor Light'): string {
  const file = calendarFile(CASE, date, { settings, displayName, now: NOW })
  assert.ok(file)
  return Buffer.from(file.octets).toString()
}

type Property = readonly [name: string, value: string]

/** The content lines of RFC 5545 §3.1 that these files use, unfolded; anything else fails. */
function read(octets: string): readonly Property[] {
  assert.match(octets, /\r\n$/)
  const physical = octets.slice(0, -2).split('\r\n')
  for (const line of physical) {
    assert.ok(Buffer.byteLength(line) <= 75, `${Buffer.byteLength(line)} octets`)
    assert.doesNotMatch(line, /[\p{Cc}]/u)
  }
  return octets
    .slice(0, -2)
    .replace(/\r\n[ \t]/g, '')
    .split('\r\n')
    .map(line => {
      const [, name, value] = /^([A-Z-]+):(.*)$/su.exec(line) ?? []
      assert.ok(name !== undefined && value !== undefined, line)
      return [name, value] as const
    })
}

const only = (properties: readonly Property[], name: string): string => {
  const [found, second] = properties.filter(([one]) => one === name)
  assert.ok(found !== undefined && second === undefined, `one ${name}`)
  return found[1]
}

/** TEXT of §3.3.11 back to what it says; a bare character that must be escaped fails. */
function unescaped(value: string): string {
  assert.match(value, /^(?:[^\\;,]|\\[\\;,nN])*$/su)
  return value.replace(/\\([\\;,nN])/g, (_, mark) => (/n/i.test(mark) ? '\n' : mark))
}

suite('the file for calendars', () => {
  test('is one published event in UTC that names the project and the case alone', () => {
    const properties = read(octetsOf(first))
    assert.deepEqual(properties, [
      ['BEGIN', 'VCALENDAR'],
      ['VERSION', '2.0'],
      ['PRODID', '-//embargod//embargod//EN'],
      ['METHOD', 'PUBLISH'],
      ['BEGIN', 'VEVENT'],
      ['UID', 'C-482107.harbor@harbor.example'],
      ['SEQUENCE', '0'],
      ['DTSTAMP', '20261121T120000Z'],
      ['DTSTART', '20261209T160000Z'],
      ['SUMMARY', 'Harbor Light C-482107'],
      ['ORGANIZER', 'mailto:security@harbor.example'],
      ['CLASS', 'PRIVATE'],
      ['TRANSP', 'TRANSPARENT'],
      ['STATUS', 'CONFIRMED'],
      ['END', 'VEVENT'],
      ['END', 'VCALENDAR'],
    ])
  })

  test('asks nobody, and rings no bell', () =>
    assert.doesNotMatch(octetsOf(first), /ATTENDEE|REQUEST|RSVP|VALARM|DESCRIPTION|LOCATION/))

  test('moves the same event: another start, a higher number, the same UID', () => {
    const moved = read(octetsOf({ ...first, at: at('2026-12-21T16:00Z'), sequence: 1 }))
    assert.equal(only(moved, 'UID'), only(read(octetsOf(first)), 'UID'))
    assert.deepEqual([only(moved, 'SEQUENCE'), only(moved, 'DTSTART')], ['1', '20261221T160000Z'])
  })

  for (const standing of ['lifted', 'broken', 'dropped'] as const)
    test(`takes it out when it is ${standing}`, () => {
      const cancelled = read(octetsOf({ ...first, standing, sequence: 2 }))
      assert.deepEqual(
        ['METHOD', 'STATUS', 'SEQUENCE', 'UID'].map(name => only(cancelled, name)),
        ['CANCEL', 'CANCELLED', '2', 'C-482107.harbor@harbor.example'],
      )
    })

  test('takes nothing out where there never was anything', () =>
    assert.equal(
      calendarFile(CASE, { ...first, standing: 'lifted' }, { settings, displayName: 'x', now: NOW }),
      undefined,
    ))

  for (const name of [
    'A, B; C \\ D',
    'Two\nlines\r\nBEGIN:VEVENT',
    `${'Long '.repeat(30)}name`,
    `${'長'.repeat(40)}`,
    `${'x'.repeat(59)}🚢🚢`,
    '',
  ])
    test(`says ${JSON.stringify(name.slice(0, 20))} as it is`, () => {
      const properties = read(octetsOf(first, name))
      assert.equal(unescaped(only(properties, 'SUMMARY')), `${name.replace(/\r\n/g, '\n')} C-482107`)
      assert.equal(properties.length, 16)
    })
})

suite('it goes along', () => {
  const files = (name: string) => {
    const order = everyOrder[name]
    assert.ok(order)
    return worded(order, contextWith()).leaves.flatMap(leaf =>
      leaf.kind === 'file' ? [`${leaf.fileName} ${leaf.mediaType}`] : [],
    )
  }
  const file = (method: string) => [`C-482107.ics text/calendar; charset="utf-8"; method="${method}"`]
  for (const [name, expected] of [
    ['date-member', file('PUBLISH')],
    ['date-insider', file('PUBLISH')],
    ['date-member-dropped', file('CANCEL')],
    ['news-date', file('PUBLISH')],
    ['news-dropped', file('CANCEL')],
    ['news-lifted', file('CANCEL')],
    ['news-broken', file('CANCEL')],
    ['embargo-over', file('CANCEL')],
    ['embargo-over-public', []],
    ['news-accepted', []],
    ['tally-objected', []],
  ] as const)
    test(`with ${name}`, () => assert.deepEqual(files(name), expected))

  test('with the reminder of the moment at which the embargo is lifted, and with none after', () => {
    const reminder = everyOrder['reminder-lifted']
    assert.equal(reminder?.content.kind, 'reminder')
    const { content } = reminder
    const lifted = { state: 'lifted', disclose: content.at, set: { at: content.at, why: undefined } } as const
    const names = (theCase: object, when = content.at) =>
      worded(
        { ...reminder, content: { ...content, at: when, theCase: { ...content.theCase, ...theCase } } },
        contextWith(),
      ).leaves.length
    assert.equal(names({ embargo: lifted, dateChanges: 2 }), 2)
    assert.equal(names({ embargo: lifted, dateChanges: 2 }, at('2026-12-13T12:00Z')), 1)
    assert.equal(names({ embargo: lifted, dateChanges: 1 }), 1, 'nobody had a date')
  })

  test('never with mail in clear', () => {
    const news = { kind: 'news', state: undefined, reason: undefined, date: first } as const
    const bare = orderOf(news, { encryptTo: { kind: 'nobody' } })
    assert.equal(worded(bare, contextWith()).leaves.length, 1)
  })

  test('in a part whose method is the file’s, and whose octets are', () => {
    const order = everyOrder['date-member']
    assert.ok(order)
    const entity = Buffer.from(payloadOf(compose(order, contextWith()), 'encrypted')).toString('latin1')
    const [, part = ''] = entity.split(/\r\n(?=Content-Type: text\/calendar)/)
    const [header = '', body = ''] = part.split('\r\n\r\n')
    assert.match(
      header.replace(/\r\n /g, ' '),
      /^Content-Type: text\/calendar; charset="utf-8"; method="PUBLISH"; name="C-482107\.ics"\r\n/,
    )
    const octets = Buffer.from(body.split('\r\n--')[0] ?? '', 'base64').toString()
    assert.equal(only(read(octets), 'METHOD'), 'PUBLISH')
  })
})
