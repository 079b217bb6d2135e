// Admins hear of a key of theirs that ends: once at each step, again nearer to its end, and once it has ended; of one
// that lasts, and of one that was renewed, nothing (threats.md K06).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKey } from 'openpgp'
import { TeamKeys, type TeamKeysParts } from '../../src/daemon/team-keys.ts'
import { alerted } from '../../src/decide/outcomes.ts'
import type { Alert } from '../../src/model/alert.ts'
import { type Fingerprint, type Instant, later, parseFingerprint } from '../../src/model/scalars.ts'
import { DAY } from '../../src/model/time.ts'
import type { KeyWarnings } from '../../src/store/key-warnings.ts'
import { ALICE, BOB, NOW, settings, sure } from '../decide/given.ts'

async function keyFor(days: number): Promise<readonly [Fingerprint, Uint8Array]> {
  const made = await generateKey({
    userIDs: [{ name: 'Admin', email: 'admin@team.example' }],
    date: new Date(NOW),
    keyExpirationTime: (days * DAY) / 1_000,
    format: 'object',
  })
  return [sure(parseFingerprint(made.publicKey.getFingerprint())), made.publicKey.write()]
}

test('a key that ends is told of at each step once', async () => {
  const [[one, ends], [two, lasts]] = await Promise.all([keyFor(100), keyFor(1_000)])
  const admins = [
    { ...ALICE, fingerprint: one },
    { ...BOB, fingerprint: two },
  ]
  let now: Instant = NOW
  let told: KeyWarnings = new Map()
  const alerts: Alert[] = []
  const parts: TeamKeysParts = {
    config: {
      settings: settings({ admins, quorum: 1 }),
      certificates: new Map([
        [one, ends],
        [two, lasts],
      ]),
    },
    clock: { now: () => now, trust: () => 'trusted' },
    store: { safeMode: { mode: 'normal' }, keyWarnings: { told: () => told } },
    pipeline: {
      alert: async (alert, tells) => {
        alerts.push(alert)
        if (tells?.kind === 'team-keys') told = tells.told
      },
    },
  }
  let keys = new TeamKeys(parts)
  const heard: (readonly [day: number, within: number | undefined, usable: number])[] = []
  for (let day = 0; day < 110; day += 1) {
    now = later(NOW, day * DAY + 1_000)
    // As if started anew: what was told is remembered.
    if (day % 10 === 0) keys = new TeamKeys(parts)
    await keys.look(() => undefined)
    await keys.look(() => undefined)
    for (const alert of alerts.splice(0)) {
      assert.equal(alert.kind, 'team-keys')
      assert.deepEqual([alert.ends[0]?.name, alert.ends.length, alert.of, alert.needed], ['alice', 1, 2, 2])
      // Who cannot read it is not written to.
      const readers = alerted(alert, parts.config.settings).mails.map(({ to }) => to)
      assert.deepEqual(readers, day < 100 ? [ALICE.address, BOB.address] : [BOB.address])
      heard.push([day, alert.ends[0]?.within, alert.usable])
    }
  }
  assert.deepEqual(heard, [
    [40, 60, 2],
    [70, 30, 2],
    [93, 7, 2],
    [99, 1, 2],
    [100, 0, 1],
  ])
})
