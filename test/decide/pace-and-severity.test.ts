// What the policy says of the pace of a fix and of who rates a case, in refusals and in what clocks do then.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plaintext } from '../../src/model/plaintext.ts'
import { later } from '../../src/model/scalars.ts'
import { DAY } from '../../src/model/time.ts'
import { BOB, NOW } from './given.ts'
import { C, CAROL, clock, contents, opened, sends } from './governed.ts'

test('slow stops the clocks that yield to it, tells all who work on it, and ends with the time added', () => {
  const theCase = opened({
    state: 'accepted',
    severity: { version: '3.1', vector: 'x', score: 3.1 },
    sharedWith: 'maintainers',
  })
  const rule = { slow: { below: 4, text: 'Below 4.0 it may take longer.' } }
  const slowed = sends(`slow ${C} <<\nHolidays.\n.`, theCase, rule)
  assert.match(slowed.text, /Clocks: fix stands still\./)
  const told = slowed.decision.mails.filter(({ content }) => content.kind === 'change')
  assert.deepEqual(
    told.map(({ to }) => to),
    [BOB.address, CAROL.address],
  )
  const [change] = contents(slowed.decision, 'change')
  assert.match(change?.lines.map(one => one.open()).join('\n') ?? '', /Below 4\.0.*\nHolidays\./s)
  assert.equal(slowed.decision.change, undefined)
  const on = sends(`slow ${C} off`, slowed.after, rule, { at: later(NOW, 2 * DAY) })
  assert.match(on.text, /slowed down no more\.\nClocks: fix is due 2026-11-30T12:00Z\./)
  assert.match(sends(`slow ${C} off`, on.after, rule).text, /not slowed down/)
  assert.match(sends(`slow ${C} on`, on.after, rule).text, /E-SYNTAX/)
})

test('a score above what may be slowed down ends that, keeps the time, and all who work on it hear', () => {
  const rule = { slow: { below: 4, text: 'Below 4.0 it may take longer.' } }
  const slowed = opened({
    state: 'accepted',
    severity: { version: '3.1', vector: 'x', score: 3.1 },
    sharedWith: 'maintainers',
    slowed: { at: NOW, reason: plaintext('Holidays.') },
  })
  const high = sends(`severity ${C} cvss=${V31}`, slowed, rule, { at: later(NOW, 2 * DAY) })
  assert.match(high.text, /slowed down no more\.\nClocks: fix is due 2026-11-30T12:00Z\./)
  assert.equal(high.after.slowed, undefined)
  assert.deepEqual(
    high.decision.mails.filter(({ content }) => content.kind === 'change').map(({ to }) => to),
    [BOB.address, CAROL.address],
  )
  const low = 'CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N'
  const still = sends(`severity ${C} cvss=${low}`, slowed, rule)
  assert.notEqual(still.after.slowed, undefined)
  const never = { slow: { below: undefined, text: 'x' } }
  assert.notEqual(sends(`severity ${C} cvss=${V31}`, slowed, never).after.slowed, undefined)
})

test('a matter that is public goes on, slowed down or not', () => {
  const theCase = opened({ slowed: { at: NOW, reason: plaintext('Holidays.') } })
  const rules = { public: { effect: 'all-asap' } } as const
  const { text } = sends(`public ${C} url=https://example.org/x`, theCase, rules)
  assert.match(text, /fix is due 2026-11-21T12:00Z/)
})

test('slow is refused where the policy does not allow it, with what to send instead', () => {
  const rated = (score: number) => opened({ severity: { version: '3.1', vector: 'x', score } })
  const rule = { slow: { below: 4, text: 'x' } }
  const line = `slow ${C} <<\nHolidays.\n.`
  assert.match(
    sends(line, rated(1), { slow: undefined }).text,
    /E-POLICY .* lets no fix be slowed down\. .*extend C-482107/,
  )
  assert.match(
    sends(line, opened(), rule).text,
    /E-POLICY .* below CVSS 4\.0 only; first: severity C-482107 cvss=/,
  )
  assert.match(sends(line, rated(4), rule).text, /E-POLICY .*rated 4\.0.*extend C-482107/)
  assert.doesNotMatch(sends(line, rated(3.9), rule).text, /E-/)
  assert.doesNotMatch(sends(line, rated(9.8), { slow: { below: undefined, text: 'x' } }).text, /E-/)
})

const V31 = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'
const V40 = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N'

test('a vector of another version is refused, with the versions that are taken', () => {
  const only3 = { severity: { versions: ['3.0', '3.1'], decidedBy: 'team' } } as const
  for (const verb of ['severity', 'propose-severity']) {
    assert.match(
      sends(`${verb} ${C} cvss=${V40}`, opened(), only3).text,
      /E-POLICY .*takes CVSS 3\.0 or 3\.1, not 4\.0/,
    )
    assert.equal(sends(`${verb} ${C} cvss=${V31}`, opened(), only3).decision.outcome, 'command')
    assert.equal(sends(`${verb} ${C} cvss=${V40}`, opened()).decision.outcome, 'command')
  }
})

test('where the lead decides, no other admin does; where nobody leads any admin does', () => {
  const theirs = { severity: { versions: ['3.1'], decidedBy: 'lead' } } as const
  const line = `severity ${C} cvss=${V31}`
  assert.match(
    sends(line, opened({ lead: 'bob' }), theirs).text,
    /E-POLICY .*the lead decides, who is bob.*propose-severity/,
  )
  assert.equal(sends(line, opened({ lead: 'alice' }), theirs).decision.outcome, 'command')
  assert.equal(sends(line, opened(), theirs).decision.outcome, 'command')
  const carolLeads = opened({ lead: 'carol', sharedWith: 'maintainers' })
  const byCarol = { by: CAROL.fingerprint }
  assert.equal(sends(line, carolLeads, theirs, byCarol).decision.outcome, 'command')
  assert.match(sends(line, carolLeads, {}, byCarol).text, /E-ROLE An admin decides/)
  assert.match(
    sends(`propose-severity ${C} cvss=${V31}`, opened({ lead: 'bob' }), theirs).text,
    /bob decides/,
  )
})

test('clocks that stand still are told together', () => {
  const clocks = ['fix', 'release'].map(name => clock({ name, yields: ['slow'] }))
  assert.match(
    sends(`slow ${C} <<\nHolidays.\n.`, opened({ state: 'accepted' }), {
      slow: { below: undefined, text: 'x' },
      clocks,
    }).text,
    /Clocks: fix, release stand still\./,
  )
})
