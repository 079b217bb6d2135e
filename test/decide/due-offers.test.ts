// What a reminder offers first: what ends that which is due, to whoever may send it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timePassed } from '../../src/decide/time/timed.ts'
import type { Case } from '../../src/model/case.ts'
import type { Clock } from '../../src/model/policy.ts'
import { later } from '../../src/model/scalars.ts'
import { DAY } from '../../src/model/time.ts'
import { ALICE, BOB, NOW, snapshot } from './given.ts'
import { C, CAROL, clock, days, opened, sends, under } from './governed.ts'
import { RIYA } from './sent.ts'

test('a reminder offers first what ends that which is due, to whoever may send it', () => {
  const rows: readonly [Partial<Clock>, Partial<Case>, string][] = [
    [{ until: 'conversation' }, {}, `reply ${C} <<`],
    [{ until: 'plan' }, {}, `reply ${C} plan=yes <<`],
    [{ until: 'plan' }, { reporter: { address: RIYA, key: undefined } }, `reply ${C} plan=yes clear=yes <<`],
    [
      { until: 'plan' },
      { reporter: { address: RIYA, key: undefined }, protection: 'encrypted' },
      `ask-key ${C}`,
    ],
    [{ until: 'decided' }, {}, `accept ${C}`],
    [{ until: 'severity' }, {}, `severity ${C} cvss=CVSS:4.0/…`],
    [{ until: 'communication' }, {}, `comms ${C} <<`],
    [{ until: 'mitigation' }, {}, `mitigate ${C} <<`],
    [{ until: 'fix-team' }, { state: 'accepted' }, `assign ${C} fix=…`],
    [{ until: 'fix-ready' }, { state: 'accepted' }, `fix-ready ${C} tested="" lgtm=""`],
    [{ until: 'cve' }, {}, `cve ${C} request`],
    [{ until: 'lead' }, {}, `take ${C}`],
    [{ until: 'published', after: ['fix-ready'] }, { state: 'fixing' }, `fix-ready ${C} tested="" lgtm=""`],
  ]
  for (const [changes, theCase, wanted] of rows) {
    const rules = { clocks: [clock({ within: days(1), ...changes })] }
    const one = opened(theCase)
    const seen = { now: later(NOW, 2 * DAY), settings: under(rules), cases: new Map([[one.id, one]]) }
    const [order] = timePassed(one, snapshot(seen))?.mails ?? []
    const [first] = order?.offers ?? []
    assert.equal(first?.body.split('\n')[1], wanted)
    // What is left to fill in is refused until it is.
    if (/…|<<|""/.test(wanted))
      assert.equal(
        sends(first?.body.split('\n').slice(1).join('\n') ?? '', one, rules).decision.outcome,
        'refused',
      )
  }
})

test('a severity is asked of whoever has the last word on it, and proposals of the others', () => {
  const severity = { versions: ['3.1'], decidedBy: 'lead' } as const
  const rules = { severity, clocks: [clock({ until: 'severity', within: days(1) })] }
  const one = opened({ lead: 'carol', sharedWith: 'maintainers' })
  const seen = { now: later(NOW, 2 * DAY), settings: under(rules), cases: new Map([[one.id, one]]) }
  const firsts = timePassed(one, snapshot(seen))?.mails.map(({ to, offers }) => [
    to,
    offers?.[0]?.body.split('\n')[1],
  ])
  assert.deepEqual(firsts, [
    [ALICE.address, `propose-severity ${C} cvss=CVSS:3.1/…`],
    [BOB.address, `propose-severity ${C} cvss=CVSS:3.1/…`],
    [CAROL.address, `severity ${C} cvss=CVSS:3.1/…`],
  ])
})

test('the embargo offers to extend it', () => {
  const one = opened()
  const seen = { now: later(NOW, 21 * DAY), settings: under({ clocks: [] }), cases: new Map([[one.id, one]]) }
  const [order] = timePassed(one, snapshot(seen))?.mails ?? []
  assert.ok(order?.offers?.some(({ body }) => body.startsWith(`embargod acme\nextend ${C} until=20`)))
})
