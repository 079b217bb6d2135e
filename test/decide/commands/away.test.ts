// Who is away, and until when.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Absences, evolveAbsences, NOBODY_AWAY } from '../../../src/model/absence.ts'
import { later } from '../../../src/model/scalars.ts'
import { DAY } from '../../../src/model/time.ts'
import { ALICE, aCase, fingerprint, NOW } from '../given.ts'
import { asAdmin, CAROL, casesOf, said, sends, verdict } from './commanding.ts'

const away = (...names: readonly string[]): { readonly absences: Absences } => ({
  absences: {
    ...NOBODY_AWAY,
    revision: names.length,
    away: names.map(name => ({ name, until: later(NOW, DAY) })),
  },
})

for (const [text, world, code, says] of [
  ['away until=14d', {}, 'ok', /alice is away until 2026-12-05T12:00Z/],
  ['away until=2026-12-09T16:00Z', {}, 'ok', /until 2026-12-09T16:00Z/],
  ['away until=2026-12-09', {}, 'E-DATE', /2026-12-09T16:00Z; or a span/],
  ['away until=2026-11-01T16:00Z', {}, 'E-DATE', /until=now/],
  ['away until=2062-12-09T16:00Z', {}, 'E-DATE', /check the year/],
  ['away until=1d', away('alice'), 'noop', /known already/],
  ['away until=now', away('alice'), 'ok', /alice is back/],
  ['away until=now', away('bob'), 'noop', /not away/],
  ['away', away('bob', 'carol'), 'noop', /^bob until 2026-11-22T12:00Z\ncarol until 2026-11-22T12:00Z$/],
  ['away', {}, 'noop', /Nobody/],
  ['assign C-482107 lead=bob', away('bob'), 'ok', /bob is away until/],
] as const)
  test(`${text}, ${'absences' in world ? world.absences.away.map(one => one.name) : 'nobody'} away`, () => {
    const outcome = asAdmin(text, world)
    assert.equal(verdict(outcome), code, said(outcome))
    assert.match(said(outcome), says)
    assert.equal(outcome.decision.events.length > 0, code === 'ok')
  })

test('a maintainer says so for themself, an engineer has nothing to say it of', () => {
  const { decision } = sends('away until=1d', CAROL.fingerprint, casesOf())
  const [event] = decision.events
  assert.ok(event && 'absences' in event)
  assert.deepEqual(evolveAbsences(NOBODY_AWAY, event).away, [{ name: 'carol', until: later(NOW, DAY) }])
  const erin = { ...ALICE, name: 'erin', fingerprint: fingerprint('E'), key: undefined, since: NOW }
  assert.equal(verdict(sends('away', erin.fingerprint, casesOf(aCase({ fixTeam: [erin] })))), 'E-ROLE')
})

test('whoever comes back before their time is here', () => {
  const [gone] = asAdmin('away until=14d').decision.events
  assert.ok(gone?.kind === 'away-set')
  const team = evolveAbsences(NOBODY_AWAY, gone)
  assert.deepEqual([team.revision, team.away.length], [1, 1])
  assert.deepEqual(evolveAbsences(team, { ...gone, until: undefined }).away, [])
})
