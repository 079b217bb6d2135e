// Volcano's "Fix Disclosure Process" from report to notice, as its own words have it: users hear of a coming fix within
// 7 days and after a fix or mitigation; distributors get the patches where the lead finds it critical enough.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { PACKAGED_PROFILES, readProfile } from '../../../src/config/profile.ts'
import { clocksOf } from '../../../src/decide/time/clocks.ts'
import type { Decision } from '../../../src/model/decision.ts'
import { type CaseId, type Instant, instant, later } from '../../../src/model/scalars.ts'
import { DAY, HOUR } from '../../../src/model/time.ts'
import { Life } from '../../support/life.ts'
import { BOB } from '../given.ts'

const read = await readProfile(join(PACKAGED_PROFILES, 'volcano.yaml'), 'volcano')
assert.ok(read.ok)
const POLICY = read.value
const FROM = instant(Date.UTC(2026, 10, 27, 12))
const at = (days: number): Instant => later(FROM, days * DAY)

const SEVERITY = 'cvss=CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'
const PATCHES = 'send=2026-12-03T16:00Z att:fix.patch <<\nThe gate opens.\n.'
const USERS = 'stage=users send=2026-12-01T16:00Z'

/** Alice leads it, and it is to be public on the twelfth day. */
function led(tag: string): { readonly life: Life; readonly id: CaseId } {
  const life = new Life(POLICY, FROM)
  const id = life.report(FROM, 'When I knock twice, the gate opens.')
  const lines = [
    `accept ${id}`,
    `take ${id}`,
    `tag ${id} ${tag}`,
    `severity ${id} ${SEVERITY}`,
    `plan ${id} disclose=2026-12-09T16:00Z <<\nThe fix is there then.\n.`,
  ]
  for (const [i, line] of lines.entries()) life.command(later(FROM, (i + 1) * HOUR), line)
  return { life, id }
}

const answerOf = ({ mails }: Decision): string =>
  mails
    .flatMap(({ content }) => (content.kind === 'transcript' ? content.results : []))
    .map(({ code, text }) => `${code ?? 'ok'} ${text.open()}`)
    .join('\n')
const dayDue = (life: Life, id: CaseId, name: string) => {
  const running = clocksOf(life.theCase(id), POLICY).find(({ clock }) => clock.name === name)
  return running?.state === 'running' ? (running.dueAt - FROM) / DAY : running?.state
}
const sentTo = (life: Life, kind: 'notice' | 'users-notice-text') =>
  life.mails
    .filter(({ order }) => order.content.kind === kind)
    .map(one => [(one.at - FROM) / DAY, one.order.to] as const)

suite('the optional disclosure of the fix to distributors', () => {
  test('of what is remotely exploitable is due within 14 days, and meets it with the patches of its lead', () => {
    const { life, id } = led('remote')
    life.command(at(1), `fix-ready ${id} tested="by hand" lgtm="bob"`)
    assert.equal(dayDue(life, id, 'distributors'), 14)
    assert.match(
      answerOf(life.command(at(2), `notice ${id} stage=fix-disclosure ${PATCHES}`, BOB.fingerprint)),
      /^E-POLICY .*the lead decides/,
    )
    const bare = PATCHES.replace(' att:fix.patch', '')
    assert.match(answerOf(life.command(at(2), `notice ${id} stage=fix-disclosure ${bare}`)), /^E-.*patch/)
    life.command(at(2), `notice ${id} stage=fix-disclosure ${PATCHES}`)
    life.until(at(8))
    const sixth = 6 + 4 / 24
    assert.deepEqual(sentTo(life, 'notice'), [
      [sixth, 'oncall@one.example'],
      [sixth, 'oncall@two.example'],
    ])
    assert.equal(dayDue(life, id, 'distributors'), 'met')
  })

  test('of anything else can be skipped: nobody is reminded, and a notice asks whether it is meant', () => {
    const { life, id } = led('crash')
    life.command(at(1), `fix-ready ${id} tested="by hand" lgtm="bob"`)
    assert.equal(dayDue(life, id, 'distributors'), 'elsewhere')
    assert.match(
      answerOf(life.command(at(2), `notice ${id} stage=fix-disclosure ${PATCHES}`)),
      /^E-POLICY .*anyway=yes/,
    )
  })
})

test('users are told of the coming fix within 7 days, once there is a fix or a mitigation', () => {
  const { life, id } = led('crash')
  assert.equal(dayDue(life, id, 'users'), 7)
  life.command(at(1), `mitigate ${id} <<\nLock the gate.\n.`)
  assert.match(
    answerOf(life.command(at(2), `notice ${id} ${USERS}`, BOB.fingerprint)),
    /^E-POLICY .*the lead decides/,
  )
  life.command(at(2), `notice ${id} ${USERS}`)
  life.until(at(8))
  assert.equal(dayDue(life, id, 'users'), 'met')
  const fourth = 4 + 4 / 24
  assert.deepEqual(sentTo(life, 'users-notice-text'), [
    [fourth, 'alice@team.example'],
    [fourth, 'bob@team.example'],
  ])
  assert.match(life.print(), /Lock the gate\./)
})
