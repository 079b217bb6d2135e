// A further contact comes on the list by itself when its waiting time is over; not past what an admin said of the whole
// organisation meanwhile.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timePassed } from '../../../src/decide/time/timed.ts'
import type { Contact } from '../../../src/model/contact.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { later } from '../../../src/model/scalars.ts'
import { DAY } from '../../../src/model/time.ts'
import { contact, NOW, snapshot } from '../given.ts'

const suspended = {
  why: 'admin',
  at: NOW,
  by: 'alice',
  until: later(NOW, 5 * DAY),
  reason: plaintext('A leak.'),
} as const
const first = contact('one', '1')
const { distributor } = first
const coming: Contact = { ...contact('one', '2'), distributor, state: 'cooling', activeAt: later(NOW, DAY) }
const stopped = (one: Contact): Contact => ({ ...one, state: 'suspended', suspended })
const third: Contact = { ...contact('one', '3'), distributor }

const rows: readonly (readonly [string, readonly Contact[], readonly string[], readonly string[]])[] = [
  ['is told to all', [first], ['contact-activated'], ['joined']],
  [
    'is suspended like all others',
    [stopped(first)],
    ['contact-activated', 'contact-suspended'],
    ['suspended'],
  ],
  ['is not, where one of them gets notices', [stopped(first), third], ['contact-activated'], ['joined']],
  [
    'is not for what another organisation did',
    [first, stopped(contact('two', '4'))],
    ['contact-activated'],
    ['joined'],
  ],
]

for (const [name, others, events, news] of rows)
  test(`who comes ${name}`, () => {
    const seen = snapshot({ now: later(NOW, DAY), contacts: [...others, coming] })
    const decision = timePassed(coming, seen)
    assert.deepEqual(
      decision?.events.map(({ kind }) => kind),
      events,
    )
    const told = decision?.mails.flatMap(({ to, content }) =>
      to === coming.address && content.kind === 'membership' ? content.news.kind : [],
    )
    assert.deepEqual([...new Set(told)], news)
    const suspension = decision?.events.find(event => event.kind === 'contact-suspended')
    assert.equal(suspension?.until, events.length === 2 ? suspended.until : undefined)
  })
