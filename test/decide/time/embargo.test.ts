// Dates of disclosure as admins set them: which ones the policy takes, and what is offered instead.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { plaintext } from '../../../src/model/plaintext.ts'
import { formatInstant } from '../../../src/model/time.ts'
import { NOW } from '../given.ts'
import { C, held } from '../sent.ts'

import {
  active,
  after,
  answerOf,
  at,
  extend,
  given,
  LATEST,
  plan,
  REASONS,
  type Row,
  sent,
  worldOf,
} from './embargo-world.ts'

const rows: readonly Row[] = [
  [
    'of a case that is not accepted yet is a proposal',
    plan('2026-12-09T16:00Z'),
    {},
    {},
    'ok',
    /^C-482107 is to be public at 2026-12-09T16:00Z\. That is a proposal until the case is accepted\.\nThe reporter has no key/,
    'proposed 2026-12-09T16:00Z',
  ],
  [
    'of an accepted case is its date',
    plan('2026-12-09T16:00Z'),
    {},
    { state: 'accepted' },
    'ok',
    /^C-482107 is to be public at 2026-12-09T16:00Z\.\nThe reporter/,
    'active 2026-12-09T16:00Z',
  ],
  [
    'in place of another says which it was',
    plan('2026-12-10T16:00Z'),
    {},
    active('2026-12-09T16:00Z'),
    'ok',
    /at 2026-12-10T16:00Z\. It was to be at 2026-12-09T16:00Z\./,
    'active 2026-12-10T16:00Z',
  ],
  [
    'that is set already changes nothing',
    plan('2026-12-09T16:00Z'),
    {},
    active('2026-12-09T16:00Z'),
    'noop',
    /already/,
  ],
  ['may be the latest', plan(LATEST), {}, { state: 'accepted' }, 'ok', /public at 2026-12-12T12:00Z\.\n/],
  ['has to lie ahead', plan('2026-11-21T12:00Z'), {}, {}, 'E-DATE', /is past/],
  ['needs a zone', plan('2026-12-09T16:00'), {}, {}, 'E-DATE', /lacks a zone/],
  ['needs a reason', `plan ${C} disclose=2026-12-09T16:00Z`, {}, {}, 'E-SYNTAX', /text is missing/],
  ['needs to be there', `plan ${C} <<\nx\n.`, {}, {}, 'E-SYNTAX', /disclose= is missing/],
  [
    'is for what is not public yet',
    plan('2026-12-09T16:00Z'),
    {},
    { state: 'published' },
    'E-STATE',
    /is published/,
  ],
  [
    'comes too late where the embargo is lifted',
    plan('2026-12-09T16:00Z'),
    {},
    { state: 'accepted', embargo: { state: 'lifted', disclose: NOW } },
    'E-STATE',
    /is lifted; publish it/,
  ],
  [
    'beyond the maximum is taken with a warning where the policy warns',
    plan('2026-12-14T16:00Z'),
    { overrun: 'warn' },
    { state: 'accepted' },
    'ok',
    /at 2026-12-14T16:00Z\. That is after 2026-12-12T12:00Z, the latest that the policy allows\./,
    'active 2026-12-14T16:00Z',
  ],
  [
    'beyond the maximum is refused where the policy blocks it',
    plan('2026-12-14T16:00Z'),
    { overrun: 'block' },
    { state: 'accepted' },
    'E-POLICY',
    /allows 2026-12-12T12:00Z at the latest and takes no later date\.\nSend one of these instead:\ndisclose=2026-12-10T12:00Z \(Thu 10 Dec 2026, 12:00 UTC\)\ndisclose=2026-12-11T12:00Z .*\ndisclose=2026-12-12T12:00Z/,
  ],
  [
    'beyond the maximum is refused where the policy publishes then',
    plan('2026-12-14T16:00Z'),
    { overrun: 'publish' },
    { state: 'accepted' },
    'E-POLICY',
    /at the latest and is published then\.\nSend one of these/,
  ],
  [
    'beyond the maximum is an extension where the policy names reasons',
    plan('2026-12-14T16:00Z'),
    { reasons: REASONS },
    { state: 'accepted' },
    'E-POLICY',
    /an extension, for one of its reasons\.\nSend one of these instead:\nextend C-482107 until=2026-12-14T16:00Z reason=not-tested\nextend C-482107 until=2026-12-14T16:00Z reason=distributors/,
  ],
  [
    'within an extension is taken',
    plan('2026-12-14T16:00Z'),
    { overrun: 'block' },
    { ...active('2026-12-09T16:00Z'), extended: { until: at('2026-12-20T12:00Z'), reason: plaintext('x') } },
    'ok',
    /at 2026-12-14T16:00Z/,
    'active 2026-12-14T16:00Z',
  ],
  [
    'may wait for upstream where the policy yields to that',
    plan('2026-12-14T16:00Z'),
    { overrun: 'block', yields: ['upstream'] },
    { state: 'accepted', upstream: [{ name: plaintext('zlib'), instant: at('2026-12-14T16:00Z') }] },
    'ok',
    /at 2026-12-14T16:00Z\.\n/,
    'active 2026-12-14T16:00Z',
  ],
  [
    'earlier than upstream says so',
    plan('2026-12-09T16:00Z'),
    {},
    { state: 'accepted', upstream: [{ name: plaintext('zlib'), instant: at('2026-12-14T16:00Z') }] },
    'ok',
    /A project upstream discloses later, at 2026-12-14T16:00Z\./,
  ],
  [
    'counts before what the maximum counts from has come, as if that came now',
    plan('2026-12-09T16:00Z'),
    { start: 'accepted', overrun: 'block' },
    {},
    'ok',
    /at 2026-12-09T16:00Z/,
    'proposed 2026-12-09T16:00Z',
  ],
  [
    'beyond that is refused until it has come',
    plan('2027-12-09T16:00Z'),
    { start: 'accepted', overrun: 'block' },
    {},
    'E-POLICY',
    /^Counted from now, the policy allows 2026-12-12T12:00Z at the latest and takes no later date\./,
  ],
  [
    'of a held case is not told',
    plan('2026-12-09T16:00Z'),
    {},
    held,
    'ok',
    /It is held: the reporter hears of it when it is released\./,
  ],
]

const extensions: readonly Row[] = [
  [
    'moves the date, and is a proposal as long as that is one',
    extend('2026-12-20T16:00Z'),
    {},
    {},
    'ok',
    /public at 2026-12-20T16:00Z\. That is a proposal .* That is after 2026-12-12T12:00Z/,
    'proposed 2026-12-20T16:00Z',
  ],
  [
    'within the maximum needs no confirmation',
    extend('2026-12-10T16:00Z'),
    { overrun: 'block', quorumBeyond: 1 },
    active('2026-12-09T16:00Z'),
    'ok',
    /at 2026-12-10T16:00Z\. It was to be at 2026-12-09T16:00Z\.\n/,
    'active 2026-12-10T16:00Z',
  ],
  [
    'lasts longer',
    extend('2026-12-09T16:00Z'),
    {},
    active('2026-12-09T16:00Z'),
    'E-DATE',
    /lasts until 2026-12-09T16:00Z as it is; for an earlier date send: plan C-482107 disclose=2026-12-09T16:00Z/,
  ],
  [
    'of nothing is a plan',
    extend('2026-12-09T16:00Z'),
    { start: 'accepted' },
    {},
    'E-STATE',
    /has no date yet; send instead: plan/,
  ],
  [
    'for a reason of the policy',
    extend('2026-12-20T16:00Z', 'not-tested'),
    { reasons: REASONS },
    { state: 'accepted' },
    'ok',
    /at 2026-12-20T16:00Z/,
    'active 2026-12-20T16:00Z',
  ],
  [
    'for another reason is refused with those there are',
    extend('2026-12-20T16:00Z', 'holidays'),
    { reasons: REASONS },
    {},
    'E-POLICY',
    /one of the policy's: not-tested \(the solution is not well-tested\), distributors \(distributor coordination\)\./,
  ],
  [
    'without a reason, too',
    extend('2026-12-20T16:00Z'),
    { reasons: REASONS },
    {},
    'E-POLICY',
    /one of the policy's: not-tested/,
  ],
  [
    'names no reason where the policy has none',
    extend('2026-12-20T16:00Z', 'holidays'),
    {},
    {},
    'E-POLICY',
    /names no reasons; leave reason= out/,
  ],
  ['is blocked', extend('2026-12-20T16:00Z'), { overrun: 'block' }, {}, 'E-POLICY', /takes no later date/],
  ['is too late', extend('2026-12-20T16:00Z'), { overrun: 'publish' }, {}, 'E-POLICY', /is published then/],
]

for (const [suiteName, table] of [
  ['a date of disclosure', rows],
  ['a longer embargo', extensions],
] as const)
  suite(suiteName, () => {
    for (const [name, line, embargo, theCase, status, text, becomes] of table)
      test(name, () => {
        const before = given(theCase)
        const decision = sent(line, before, worldOf(embargo))
        const answer = answerOf(decision)
        assert.equal(answer.status, status, answer.text)
        assert.match(answer.text, text)
        assert.equal(decision.events.length, status === 'ok' ? 1 : 0)
        if (becomes === undefined) return
        const { state, disclose } = after(decision, before).embargo
        assert.equal(`${state} ${disclose && formatInstant(disclose)}`, becomes)
      })
  })

test('every good date, and every reason, comes back ready to be signed, with what was written', () => {
  const slots = { hours: undefined, weekdays: [1, 2, 3, 4], blackout: [], holidays: 'avoided' } as const
  const ours = worldOf({}, { slots })
  const { status, text, offered } = answerOf(sent(plan('2026-12-05T16:00Z'), given(), ours))
  assert.equal(status, 'E-DATE')
  assert.match(
    text,
    /^Sat 5 Dec 2026, 16:00 UTC is a Saturday; the policy discloses on Monday, .*\nSend one of these/,
  )
  assert.deepEqual(
    offered,
    ['2026-12-02', '2026-12-03', '2026-12-07'].map(
      day => `embargod acme\nplan C-482107 disclose=${day}T16:00Z <<\nAs agreed.\n.\n`,
    ),
  )
  for (const body of offered) {
    const again = sent(body.replace('embargod acme\n', ''), given(), ours)
    assert.deepEqual(
      again.events.map(({ kind }) => kind),
      ['disclosure-planned'],
    )
  }
  const because = answerOf(sent(extend('2026-12-20T16:00Z'), given(), worldOf({ reasons: REASONS }))).offered
  assert.deepEqual(
    because,
    REASONS.map(
      ({ name }) => `embargod acme\nextend C-482107 until=2026-12-20T16:00Z reason=${name} <<\nNot yet.\n.\n`,
    ),
  )
})

test('whatever is offered in place of a date is taken, at once or once it is confirmed', () => {
  const slots = {
    hours: { from: '14:00', to: '17:00' },
    weekdays: [1, 2, 3],
    blackout: [{ from: '2026-12-14', to: '2026-12-16', why: 'a conference' }],
    holidays: 'avoided',
  } as const
  let offered = 0
  for (const overrun of ['warn', 'block', 'publish'] as const)
    for (const reasons of [[], REASONS])
      for (const quorumBeyond of [0, 1])
        for (const theCase of [given(), given(active('2026-12-08T15:00Z'))])
          for (const day of ['2026-12-05', '2026-12-12', '2026-12-15'])
            for (const line of [plan(`${day}T20:00Z`), extend(`${day}T20:00Z`, 'distributors')]) {
              const ours = worldOf({ overrun, reasons, quorumBeyond }, { slots })
              const answer = answerOf(sent(line, theCase, ours))
              if (!answer.status.startsWith('E-')) continue
              for (const body of answer.offered) {
                offered += 1
                const again = sent(body.replace('embargod acme\n', ''), theCase, ours)
                assert.match(again.reason, /^(?:carried-out|waits-for-confirmation)$/, `${line}\n${body}`)
              }
            }
  assert.ok(offered > 100, `${offered}`)
})

test('of a bad instant they hear before they hear of a bad reason', () => {
  const slots = { hours: undefined, weekdays: [1], blackout: [], holidays: 'avoided' } as const
  const ours = worldOf({ reasons: REASONS }, { slots })
  const first = answerOf(sent(extend('2026-12-15T12:00Z', 'holidays'), given(), ours))
  assert.deepEqual([first.status, first.offered.length], ['E-DATE', 3])
  const [body = ''] = first.offered
  const second = answerOf(sent(body.replace('embargod acme\n', ''), given(), ours))
  assert.deepEqual([second.status, second.offered.length], ['E-POLICY', 2])
})

test('what was written is offered whole, whatever line would end it', () => {
  const slots = { hours: undefined, weekdays: [1], blackout: [], holidays: 'avoided' } as const
  const line = `plan ${C} disclose=2026-12-05T16:00Z <<SO\nAs\n.\nagreed END1\nend1\nSO`
  const [body] = answerOf(sent(line, given(), worldOf({}, { slots }))).offered
  assert.match(body ?? '', / <<END2\nAs\n\.\nagreed END1\nend1\nEND2\n$/)
})
