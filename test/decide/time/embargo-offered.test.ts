// Dates of disclosure that are offered ready to send, in whose mail, and that they are taken.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import { offersFor } from '../../../src/decide/offers.ts'
import type { Case } from '../../../src/model/case.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import type { Settings } from '../../../src/model/settings.ts'
import { formatInstant } from '../../../src/model/time.ts'
import { ALICE, fresh, mail, NOTHING_FOUND, NOW, signedText, snapshot, unsignedText } from '../given.ts'

import { active, at, given, LATEST, REASONS, worldOf } from './embargo-world.ts'

suite('a date is offered ready to send', () => {
  const slots = {
    hours: { from: '14:00', to: '17:00' },
    weekdays: [1, 2, 3],
    blackout: [],
    holidays: 'avoided',
  } as const
  const ten = { preferred: { count: 10, unit: 'day' } } as const
  const linesFor = (theCase: Case, ours: Settings, now = NOW) =>
    offersFor(theCase, { who: ALICE.fingerprint, name: 'alice' }, ours, 'asked', now)
      .map(({ body }) => body.split('\n')[1] ?? '')
      .filter(line => /^(?:plan|extend) /.test(line))
  const accepted = given({ state: 'accepted' })
  const late = at('2026-12-20T12:00Z')
  const proposing = (date: string): Case => ({
    ...accepted,
    wishes: { ...accepted.wishes, position: { kind: 'propose', instant: at(date) } },
  })
  for (const [name, theCase, ours, lines, now] of [
    ['none before it is accepted', given(), worldOf(), []],
    [
      'the one that the policy prefers',
      accepted,
      worldOf(ten),
      ['plan C-482107 disclose=2026-12-01T12:00Z <<'],
    ],
    ['moved into a slot', accepted, worldOf(ten, { slots }), ['plan C-482107 disclose=2026-12-01T14:00Z <<']],
    [
      'else the latest that the policy allows',
      accepted,
      worldOf(),
      ['plan C-482107 disclose=2026-12-12T12:00Z <<'],
    ],
    [
      'in a slot before that',
      accepted,
      worldOf({}, { slots }),
      ['plan C-482107 disclose=2026-12-09T16:00Z <<'],
    ],
    [
      'none that has passed, but a longer one',
      accepted,
      worldOf(),
      ['extend C-482107 until=2026-12-27T12:00Z <<'],
      late,
    ],
    [
      'what the reporter proposes before that',
      proposing('2026-12-08T15:00Z'),
      worldOf(ten, { slots }),
      ['plan C-482107 disclose=2026-12-08T15:00Z <<', 'plan C-482107 disclose=2026-12-01T14:00Z <<'],
    ],
    [
      'but not where the policy does not take it',
      proposing('2026-12-08T18:00Z'),
      worldOf(ten, { slots }),
      ['plan C-482107 disclose=2026-12-01T14:00Z <<'],
    ],
    [
      'no earlier than upstream, where it yields to that',
      { ...accepted, upstream: [{ name: plaintext('zlib'), instant: at('2026-12-15T12:00Z') }] },
      worldOf({ ...ten, yields: ['upstream'] }),
      ['plan C-482107 disclose=2026-12-15T12:00Z <<'],
    ],
    ['a longer one not before the end is near', given(active('2026-12-09T16:00Z')), worldOf(), []],
    [
      'a longer one when it is, for the one reason of the policy',
      given(active('2026-11-27T16:00Z')),
      worldOf({ reasons: REASONS.slice(0, 1) }),
      ['extend C-482107 until=2026-12-04T16:00Z reason=not-tested <<'],
    ],
    [
      'a longer one when it is, without choosing among several reasons',
      given(active('2026-11-27T16:00Z')),
      worldOf({ reasons: REASONS }),
      ['extend C-482107 until=2026-12-04T16:00Z <<'],
    ],
    [
      'a week from now when it is over',
      given(active('2026-12-09T16:00Z')),
      worldOf(),
      ['extend C-482107 until=2026-12-27T12:00Z <<'],
      late,
    ],
    [
      'none beyond what is never taken',
      given(active(LATEST)),
      worldOf({ overrun: 'publish' }),
      [],
      at('2026-12-10T12:00Z'),
    ],
    [
      'none when it is lifted',
      given({ ...active(LATEST), embargo: { state: 'lifted', disclose: NOW } }),
      worldOf(),
      [],
    ],
  ] as const)
    test(name, () => assert.deepEqual(linesFor(theCase, ours, now), lines))

  test('and is taken as it stands, unless a reason is to be chosen', () => {
    const policies = [
      {},
      ten,
      { reasons: REASONS.slice(0, 1) },
      { overrun: 'block' },
      { overrun: 'publish' },
      { quorumBeyond: 1 },
    ] as const
    const cases = [
      accepted,
      proposing('2026-12-08T15:00Z'),
      given(active('2026-11-24T15:00Z')),
      given(active('2026-12-10T15:00Z')),
    ]
    let offered = 0
    for (const embargo of policies)
      for (const theCase of cases)
        for (const ours of [worldOf(embargo), worldOf(embargo, { slots })])
          for (const now of [NOW, at('2026-12-08T20:00Z'), late])
            for (const line of linesFor(theCase, ours, now)) {
              offered += 1
              const text = `embargod acme\n${line}\nwords\n.\n`
              const world = snapshot({ now, settings: ours, cases: new Map([[theCase.id, theCase]]) })
              const input = mail({ authored: signedText(text, ALICE.fingerprint, now), receivedAt: now })
              assert.match(
                decide(input, world, fresh).reason,
                /^(?:carried-out|waits-for-confirmation)$/,
                line,
              )
            }
    assert.ok(offered > 50)
  })

  test('to a reporter who asks for one that is too late', () => {
    const extract = {
      ...NOTHING_FOUND,
      requestedDate: plaintext('March 2027'),
      requestedAt: at('2027-03-01T00:00Z'),
    }
    const input = mail({
      authored: unsignedText('It crashes.'),
      addressed: { kind: 'security' },
      arrival: { extract },
    })
    const { mails } = decide(input, snapshot({ settings: worldOf(ten, { slots }) }), fresh)
    const reports = mails.flatMap(({ content }) => (content.kind === 'report' ? [content] : []))
    assert.deepEqual(
      reports.map(({ proposal }) => proposal && formatInstant(proposal)),
      ['2026-12-01T14:00Z', '2026-12-01T14:00Z'],
    )
  })
})
